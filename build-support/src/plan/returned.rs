//! What a function returns, as far as its spelling and the index tell.
//!
//! At run time the type itself decides what is stored; here the question is only how `peek_` and `put_` can spell
//! it. Where nothing tells, they speak in the whole return type.

use quote::{ToTokens, quote};
use syn::{GenericArgument, PathArguments, ReturnType, Type};

use super::{Returns, Tokens};
use crate::index::names::{Def, Meaning};
use crate::index::{Index, ItemId, ItemKind, ModuleId};
use crate::source::SourceSet;

/// What a type is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// std's `Result<T, E>`, spelled with both.
    Result,
    /// Some alias of std's `Result`.
    AliasOfResult,
    /// std's `Option<T>`.
    Option,
    /// Some alias of it.
    AliasOfOption,
    /// Neither.
    Plain,
    /// Nothing tells.
    Unknown,
}

/// What is known of a return type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) kind: Kind,
    /// What the `T` of a `Result<T, E>` is; `kind` again for other types.
    pub(super) inner: Kind,
    /// Whether it is spelled with a type whose hasher lints want parameters to leave open.
    pub(super) names_hasher: bool,
}

impl Verdict {
    /// Of a function without a written return type.
    pub(super) const UNIT: Self = Self {
        kind: Kind::Plain,
        inner: Kind::Plain,
        names_hasher: false,
    };
}

/// Tells what types are.
#[derive(Clone, Copy)]
pub(super) struct Classifier<'a> {
    pub(super) index: &'a Index,
    pub(super) sources: &'a SourceSet,
    pub(super) module: ModuleId,
}

impl Classifier<'_> {
    /// What a return type is; `is_generic` tells type parameters in scope.
    pub(super) fn verdict(&self, ty: &Type, is_generic: &dyn Fn(&str) -> bool) -> Verdict {
        let kind = self.kind(ty, is_generic);
        let inner = match ok_type(ty) {
            Some(ok) if kind == Kind::Result => self.kind(ok, is_generic),
            _ => kind,
        };
        Verdict {
            kind,
            inner,
            names_hasher: self.names_hasher(ty),
        }
    }

    fn kind(&self, ty: &Type, is_generic: &dyn Fn(&str) -> bool) -> Kind {
        self.kind_within(ty, is_generic, MAX_ALIASES)
    }

    fn kind_within(&self, ty: &Type, is_generic: &dyn Fn(&str) -> bool, aliases: usize) -> Kind {
        match ty {
            Type::Paren(paren) => self.kind_within(&paren.elem, is_generic, aliases),
            Type::Group(group) => self.kind_within(&group.elem, is_generic, aliases),
            Type::Path(path) if path.qself.is_none() => self.path(&path.path, is_generic, aliases),
            Type::Path(_) | Type::Macro(_) | Type::Verbatim(_) => Kind::Unknown,
            _ => Kind::Plain,
        }
    }

    fn path(&self, path: &syn::Path, is_generic: &dyn Fn(&str) -> bool, aliases: usize) -> Kind {
        let mut segments: Vec<String> = path
            .segments
            .iter()
            .map(|segment| super::unraw(&segment.ident.to_string()).to_owned())
            .collect();
        if path.leading_colon.is_some() {
            segments.insert(0, String::new());
        }
        let arguments = path
            .segments
            .last()
            .map_or(0, |last| type_arguments(&last.arguments).len());
        match segments.as_slice() {
            [name] if name == "Self" || is_generic(name) => return Kind::Plain,
            [head, ..] if head == "Self" || is_generic(head) => return Kind::Unknown,
            [name] => match self.index.meaning(self.module, name) {
                Meaning::Prelude => return prelude(name, arguments),
                // Shadowing the prelude by a glob is rare, and an alias of another crate would be told by the type.
                Meaning::Globs(_) => return behind_glob(name),
                _ => {}
            },
            _ => {}
        }
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let defs = self.index.resolve(self.module, &path);
        let mut kinds = defs.iter().map(|def| self.def(def, arguments, aliases));
        let Some(first) = kinds.next() else {
            return Kind::Unknown;
        };
        if kinds.all(|kind| kind == first) {
            first
        } else {
            Kind::Unknown
        }
    }

    fn def(&self, def: &Def, arguments: usize, aliases: usize) -> Kind {
        match def {
            Def::Item(item) => self.item(*item, aliases),
            Def::External(path) => {
                let path: Vec<&str> = path
                    .iter()
                    .map(|segment| self.index.text(*segment))
                    .collect();
                external(&path, arguments)
            }
            Def::Module(_) | Def::Member(..) | Def::AnyMember(_) | Def::Anything(_) => {
                Kind::Unknown
            }
        }
    }

    /// Whether a type is spelled with `HashMap` or `HashSet` of any crate.
    fn names_hasher(&self, ty: &Type) -> bool {
        struct Search<'c, 'a>(&'c Classifier<'a>, bool);
        impl<'ast> syn::visit::Visit<'ast> for Search<'_, '_> {
            fn visit_path(&mut self, path: &'ast syn::Path) {
                let segments: Vec<String> = path
                    .segments
                    .iter()
                    .map(|segment| segment.ident.to_string())
                    .collect();
                let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
                let is_hashed = |def: &Def| match def {
                    Def::External(path) => path.last().is_some_and(|last| {
                        matches!(self.0.index.text(*last), "HashMap" | "HashSet")
                    }),
                    _ => false,
                };
                self.1 |= self
                    .0
                    .index
                    .resolve(self.0.module, &segments)
                    .iter()
                    .any(is_hashed);
                syn::visit::visit_path(self, path);
            }
        }
        let mut search = Search(self, false);
        syn::visit::Visit::visit_type(&mut search, ty);
        search.1
    }

    fn item(&self, item: ItemId, aliases: usize) -> Kind {
        let facts = self.index.item(item);
        match facts.kind {
            ItemKind::Struct | ItemKind::Enum | ItemKind::Union => Kind::Plain,
            ItemKind::TypeAlias if aliases > 0 => {
                let text = facts.alias.map(|location| self.sources.text(location));
                let Some(Ok(ty)) = text.map(syn::parse_str::<Type>) else {
                    return Kind::Unknown;
                };
                let there = Self {
                    module: facts.module,
                    ..*self
                };
                // A parameter of the alias is a single capital letter by all custom; any other is looked up in vain.
                let kind = there.kind_within(&ty, &|name| name.len() == 1, aliases - 1);
                match kind {
                    Kind::Result => Kind::AliasOfResult,
                    Kind::Option => Kind::AliasOfOption,
                    other => other,
                }
            }
            _ => Kind::Unknown,
        }
    }
}

/// Aliases of aliases may go in circles; nobody writes longer chains.
const MAX_ALIASES: usize = 16;

fn prelude(name: &str, arguments: usize) -> Kind {
    match name {
        "Result" if arguments == 2 => Kind::Result,
        "Option" => Kind::Option,
        _ => Kind::Plain,
    }
}

fn behind_glob(name: &str) -> Kind {
    match name {
        "Result" => Kind::AliasOfResult,
        "Option" => Kind::Option,
        _ => Kind::Unknown,
    }
}

/// A type of a crate that is not indexed; std is known to have no alias but those of `Result`.
fn external(path: &[&str], arguments: usize) -> Kind {
    let path = path.strip_prefix(&[""]).unwrap_or(path);
    let is_std = matches!(path.first(), Some(&"std" | &"core" | &"alloc"));
    match path {
        [_, "result", "Result"] if is_std && arguments == 2 => Kind::Result,
        [_, "option", "Option"] if is_std => Kind::Option,
        [.., last] if *last == "Result" || (is_std && last.ends_with("Result")) => {
            Kind::AliasOfResult
        }
        _ if is_std => Kind::Plain,
        _ => Kind::Unknown,
    }
}

/// The type arguments of a path segment.
fn type_arguments(arguments: &PathArguments) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// The `T` of a `Result<T, E>` by its spelling.
pub(super) fn ok_type(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Paren(paren) => ok_type(&paren.elem),
        Type::Group(group) => ok_type(&group.elem),
        Type::Path(path) => type_arguments(&path.path.segments.last()?.arguments)
            .first()
            .copied(),
        _ => None,
    }
}

/// The return type as the wrappers spell it: `ty` already carried over, the verdict told before.
pub(super) fn spell(ty: Option<&Type>, verdict: Verdict) -> Returns {
    let unit = syn::parse_quote!(());
    let whole = ty.unwrap_or(&unit);
    let (value, is_option) = match verdict.kind {
        Kind::Result => (
            ok_type(whole).unwrap_or(whole).to_token_stream(),
            verdict.inner == Kind::Option,
        ),
        Kind::AliasOfResult => (quote!(<#whole as __selfsame::Returns>::Value), false),
        other => (whole.to_token_stream(), other == Kind::Option),
    };
    // The same type in another spelling: an `Option` of an `Option` is what lints call a mistake.
    let peeked = if is_option {
        quote!(<#value as __selfsame::Returns>::Value)
    } else {
        value.clone()
    };
    Returns {
        whole: Tokens::of(whole),
        is_unit: matches!(whole, Type::Tuple(tuple) if tuple.elems.is_empty()),
        value: Tokens::of(value),
        peeked: Tokens::of(peeked),
        names_hasher: verdict.names_hasher,
        in_whole: verdict.kind == Kind::Unknown,
    }
}

/// Whether callers are told about errors.
pub(super) fn fails(ty: &ReturnType, kind: Kind) -> bool {
    let ReturnType::Type(_, ty) = ty else {
        return false;
    };
    match kind {
        Kind::Result | Kind::AliasOfResult => true,
        Kind::Unknown => match &**ty {
            Type::Path(path) => path
                .path
                .segments
                .last()
                .is_some_and(|last| last.ident.to_string().ends_with("Result")),
            _ => false,
        },
        _ => false,
    }
}
