//! What does not see how code is written: std's macros, attributes without effect on behaviour.

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Path, Token};

/// Macros of std whose expansion depends on the values of their arguments alone, not on spacing or
/// documentation. `stringify!`, `assert!` and `dbg!` print their arguments' text and are not among them.
const BLIND_MACROS: &[&str] = &[
    "format",
    "format_args",
    "print",
    "println",
    "eprint",
    "eprintln",
    "write",
    "writeln",
    "panic",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "concat",
    "env",
    "option_env",
    "include",
    "include_str",
    "include_bytes",
    "line",
    "column",
    "file",
    "module_path",
    "compile_error",
];

/// Attributes that change diagnostics, documentation or speed only (R2).
const QUIET_ATTRIBUTES: &[&str] = &[
    "doc",
    "allow",
    "warn",
    "deny",
    "forbid",
    "expect",
    "inline",
    "cold",
    "must_use",
    "deprecated",
];

/// Derives of the language itself: they read neither documentation nor quiet attributes.
const BUILTIN_DERIVES: &[&str] = &[
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Eq",
    "Hash",
    "Ord",
    "PartialEq",
    "PartialOrd",
];

/// Attributes of the language that are no macros of somebody else.
const BUILTIN_ATTRIBUTES: &[&str] = &[
    "automatically_derived",
    "cfg",
    "cfg_attr",
    "default",
    "derive",
    "export_name",
    "global_allocator",
    "ignore",
    "link",
    "link_name",
    "link_ordinal",
    "link_section",
    "macro_export",
    "macro_use",
    "naked",
    "no_implicit_prelude",
    "no_mangle",
    "no_std",
    "non_exhaustive",
    "panic_handler",
    "path",
    "proc_macro",
    "proc_macro_attribute",
    "proc_macro_derive",
    "recursion_limit",
    "repr",
    "should_panic",
    "target_feature",
    "test",
    "track_caller",
    "type_length_limit",
    "unsafe",
    "used",
    "diagnostic",
    "clippy",
    "rustfmt",
];

/// Whether a macro of this name takes its arguments as values only: assertions print their text, but make no
/// names of it.
pub(crate) fn is_blind_name(name: &str) -> bool {
    const PRINTING: &[&str] = &[
        "assert",
        "assert_eq",
        "assert_ne",
        "dbg",
        "debug_assert",
        "debug_assert_eq",
        "debug_assert_ne",
        "matches",
    ];
    BLIND_MACROS.contains(&name) || PRINTING.contains(&name)
}

/// Macros of other crates that make nothing of how their arguments are written.
const BLIND_ELSEWHERE: &[&str] = &[
    "anyhow",
    "bail",
    "cfg_if",
    "debug",
    "error",
    "eyre",
    "format_err",
    "hashmap",
    "indexmap",
    "info",
    "json",
    "lazy_static",
    "log",
    "smallvec",
    "thread_local",
    "trace",
    "warn",
];

/// Whether a macro that is not ours makes nothing of the spacing and documentation of its arguments.
pub(crate) fn is_blind_to_spacing(name: &str) -> bool {
    is_blind_name(name) || BLIND_ELSEWHERE.contains(&name) || matches!(name, "cfg" | "cfg_select")
}

/// Whether an attribute of this name is the language's, and names nothing that code defines.
pub(crate) fn names_nothing(name: &str) -> bool {
    let names_items = name == "derive" || name == "global_allocator";
    !names_items && (QUIET_ATTRIBUTES.contains(&name) || BUILTIN_ATTRIBUTES.contains(&name))
        || matches!(
            name,
            "feature" | "no_core" | "crate_type" | "crate_name" | "rustc_on_unimplemented"
        )
}

/// Whether an attribute has no effect on what code does.
pub(crate) fn is_quiet_attribute(attribute: &Attribute) -> bool {
    is_quiet_path(attribute.path())
}

fn is_quiet_path(path: &Path) -> bool {
    path.segments
        .first()
        .is_some_and(|first| is_quiet_name(&first.ident.to_string(), path.segments.len() == 1))
}

/// Whether an attribute has no effect on what code does whose path begins so, or is no more than that.
pub(super) fn is_quiet_name(first: &str, is_alone: bool) -> bool {
    is_alone && QUIET_ATTRIBUTES.contains(&first) || matches!(first, "rustfmt" | "clippy")
}

/// Whether a macro of somebody else may read the attributes and documentation of an item (R2).
pub(crate) fn has_foreign_macro(attributes: &[Attribute]) -> bool {
    !foreign_macros(attributes).is_empty()
}

/// The derives and attributes that may be macros of somebody else, each under the predicate of its `cfg_attr`;
/// empty without one.
pub(crate) fn foreign_macros(attributes: &[Attribute]) -> Vec<(String, Path)> {
    let mut found = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| !attribute.path().is_ident("doc"))
    {
        gather_macros(&attribute.meta, "", &mut found);
    }
    found
}

fn gather_macros(meta: &Meta, predicate: &str, found: &mut Vec<(String, Path)>) {
    let path = meta.path();
    let list = |list: &syn::MetaList| {
        list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .unwrap_or_default()
    };
    match meta {
        Meta::List(derive) if path.is_ident("derive") => {
            found.extend(
                list(derive)
                    .iter()
                    .map(Meta::path)
                    .filter(|path| !is_known_derive(path))
                    .map(|path| (predicate.to_owned(), path.clone())),
            );
        }
        // `cfg_attr(predicate, derive(A), b)`
        Meta::List(conditional) if path.is_ident("cfg_attr") => {
            let parts = list(conditional);
            let predicate = parts
                .first()
                .map(|first| first.to_token_stream().to_string());
            let predicate = predicate.unwrap_or_default();
            parts
                .iter()
                .skip(1)
                .for_each(|inner| gather_macros(inner, &predicate, found));
        }
        _ if is_quiet_path(path) || is_builtin(path) || is_helper_of_builtin(path) => {}
        _ => found.push((predicate.to_owned(), path.clone())),
    }
}

fn is_builtin(path: &Path) -> bool {
    path.segments
        .first()
        .is_some_and(|first| BUILTIN_ATTRIBUTES.iter().any(|name| first.ident == name))
}

/// `#[serde(…)]` on a field says nothing new: the derive that owns it decides.
fn is_helper_of_builtin(path: &Path) -> bool {
    path.is_ident("serde")
}

/// Whether a derive of this name is one of std's.
pub(super) fn is_builtin_derive(name: &str) -> bool {
    BUILTIN_DERIVES.contains(&name)
}

/// Std's derives, and serde's: serde reads `#[serde]` attributes and nothing of documentation. A derive of
/// these names by another crate is taken for one only if it is spelled the same; the price of a wrong guess
/// is a documentation text that a macro copied into code.
fn is_known_derive(path: &Path) -> bool {
    let Some(last) = path.segments.last() else {
        return false;
    };
    let standard = path.segments.len() == 1
        || path.segments[0].ident == "std"
        || path.segments[0].ident == "core";
    let serde = path.segments.len() == 1 || path.segments[0].ident == "serde";
    (standard && BUILTIN_DERIVES.iter().any(|name| last.ident == name))
        || (serde && (last.ident == "Serialize" || last.ident == "Deserialize"))
}
