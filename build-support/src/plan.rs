//! The plan: every decision about the generated files, made. Emitting it can't fail, and needs nothing else.
//!
//! A stage of refusals too: a function no wrapper can be made for is reported here, with the edit that solves it,
//! all of them in one run. Tokens are held for what is copied from signatures alone; the rest is plain data.

use std::hash::{Hash, Hasher};

use crate::diagnostic::{Diagnostics, catalogue};
use crate::fingerprint::late::LateInput;
use crate::hash::HashMap;
use crate::index::{IncludeForm, Index, ModuleId, ModuleKind};
use crate::marker::{Codec, Marker, Refresh};
use crate::source::{Location, SourceSet};

mod function;
pub(crate) mod helper;
mod helper_type;
mod imports;
mod key;
mod lifetimes;
mod listed;
mod lossy;
mod method;
pub(crate) mod name;
mod names;
pub(crate) mod numbers;
mod parameter;
mod parse;
mod pattern;
mod returned;
mod rewrite;
mod shape;
pub(crate) mod shown;
mod taken;
mod tokens;
mod tree;
mod versions;
mod visibility;

use helper::{HelpersPlan, HolePlan};

pub(crate) use listed::entry;
pub(crate) use tokens::Tokens;
pub(crate) use versions::{Version, Versions};

/// What the plan is made from; `markers` and `versions` run along `index.marked`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    pub(crate) sources: &'a SourceSet,
    pub(crate) index: &'a Index,
    pub(crate) markers: &'a [Marker],
    pub(crate) versions: &'a Versions,
    /// Whether the target is a binary.
    pub(crate) is_binary: bool,
}

/// All files that are generated for one target.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Plan {
    /// The crate this is generated for, as `CARGO_CRATE_NAME` spells it.
    pub(crate) crate_name: String,
    /// Whether that is a binary: it may share its name with the library beside it.
    pub(crate) is_binary: bool,
    /// What the compiler adds to versions; each list once.
    pub(crate) late: Vec<Vec<LateInput>>,
    /// Every marked function, in the order of `index.marked`.
    pub(crate) functions: Vec<FunctionEntry>,
    /// The contents of `crate::cached`.
    pub(crate) root: ModulePlan,
    /// What spells the tags of the functions in it.
    pub(crate) tags: Option<HelpersPlan>,
    /// The contents of `cached` inside modules that include their own.
    pub(crate) inside: Vec<InsidePlan>,
}

/// A marked function in `FUNCTIONS`, and in the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FunctionEntry {
    /// `app::users::permissions`, `app::pages::Page::render`.
    pub(crate) path: String,
    pub(crate) version: Version,
    pub(crate) options: Options,
    /// Everything that decides whether the function is compiled at all.
    pub(crate) cfgs: Vec<String>,
}

/// The options a wrapper carries into the runtime.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Options {
    /// `u64::MAX` is forever.
    pub(crate) ttl_ms: u64,
    /// 0 is "not at all".
    pub(crate) none_ms: u64,
    /// 0 is "off".
    pub(crate) l1_ms: u64,
    pub(crate) codec: Codec,
    /// Templates, normalised, in the order of the marker.
    pub(crate) tags: Vec<String>,
    /// 0 is "not at all", `u64::MAX` is forever.
    pub(crate) stale_ms: u64,
    pub(crate) refresh: Refresh,
    pub(crate) soft_ms: Option<u64>,
    pub(crate) hard_ms: Option<u64>,
    /// `None` where the marker leaves it to the runtime, 0 is "off".
    pub(crate) lease_ms: Option<u64>,
}

/// One module of the mirrored tree.
#[derive(Clone, Debug, Hash)]
pub(crate) struct ModulePlan {
    /// Its name; empty for `cached` itself.
    pub(crate) name: String,
    /// The module it mirrors, `crate::users`.
    pub(crate) mirrors: String,
    /// Whether it holds anything for other crates.
    pub(crate) visibility: Visibility,
    pub(crate) cfgs: Vec<String>,
    pub(crate) imports: Vec<ImportPlan>,
    pub(crate) reexports: Vec<Reexport>,
    pub(crate) functions: Vec<FunctionPlan>,
    pub(crate) children: Vec<Self>,
}

/// The file of a module that includes its own wrappers.
#[derive(Clone, Debug, Hash)]
pub(crate) struct InsidePlan {
    /// `users`, `sql` for `crate::users::sql`.
    pub(crate) path: Vec<String>,
    pub(crate) functions: Vec<FunctionPlan>,
    /// What spells their tags.
    pub(crate) tags: Option<HelpersPlan>,
}

/// Wrappers that live in their function's own module.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Reexport {
    pub(crate) cfgs: Vec<String>,
    pub(crate) visibility: Visibility,
    /// `crate::users::sql::cached`.
    pub(crate) path: Vec<String>,
    /// Sorted.
    pub(crate) names: Vec<String>,
}

/// One `use` of the generated module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ImportPlan {
    /// Absolute: begins with `crate`, or with an empty segment for a leading `::`.
    pub(crate) path: Vec<String>,
    pub(crate) binding: Binding,
    pub(crate) cfgs: Vec<String>,
}

/// What an import binds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Binding {
    /// A name.
    Name(String),
    /// `as _`: a trait, for its methods.
    Nothing,
    /// `*`.
    Glob,
}

/// From where an item may be named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Visibility {
    /// The module it stands in.
    Private,
    /// A module of this crate, `users`, `sql`, and everything below it.
    In(Vec<String>),
    Crate,
    Public,
}

/// All wrappers of one function.
#[derive(Clone, Debug, Hash)]
pub(crate) struct FunctionPlan {
    /// Its path in the manifest and to people in docs: `app::users::permissions`.
    pub(crate) path: String,
    /// The same from inside the crate: `crate::users::permissions`.
    pub(crate) shown: String,
    /// Its name without `r#`, on which the wrappers' names are built.
    pub(crate) name: String,
    pub(crate) version: Version,
    pub(crate) options: Options,
    pub(crate) cfgs: Vec<String>,
    pub(crate) visibility: Visibility,
    /// The name of its static.
    pub(crate) memo: String,
    /// `impl<…> Type where …`, for methods.
    pub(crate) header: Option<Tokens>,
    pub(crate) is_async: bool,
    /// Whether the docs need an `Errors` section.
    pub(crate) fails: bool,
    /// Lint levels and `doc(hidden)`, which all wrappers take over.
    pub(crate) attributes: Vec<Tokens>,
    /// What the wrappers that answer like the function take over.
    pub(crate) must_use: Option<Tokens>,
    /// `crate::users::permissions::<T>`.
    pub(crate) callee: Tokens,
    /// Parameters of `cached_` and `refresh_`.
    pub(crate) call: Parameters,
    /// Parameters of `evict_`.
    pub(crate) keyed: Parameters,
    /// Parameters of `peek_` and `put_`: what the tags are made from, too.
    pub(crate) tagged: Parameters,
    pub(crate) key: Vec<KeyStep>,
    /// What the holes of tags need in sight.
    pub(crate) tag_bindings: Vec<KeyStep>,
    pub(crate) tags: Vec<TagPlan>,
    pub(crate) background: Background,
    /// A name for the key that no parameter has.
    pub(crate) key_name: String,
    /// A name for the key's builder that no parameter has.
    pub(crate) parts: String,
    /// A name for the collector of tags that no parameter has.
    pub(crate) tags_name: String,
    /// A name for a receiver of the computation's own that no parameter has.
    pub(crate) this: String,
    /// A name for the value of `put_` that no parameter has.
    pub(crate) value: String,
    pub(crate) returns: Returns,
}

/// The generics and parameters of a wrapper.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Parameters {
    /// `<'a, T: Bound>`.
    pub(crate) generics: Tokens,
    pub(crate) where_clause: Tokens,
    /// `&self`.
    pub(crate) receiver: Option<Tokens>,
    /// Behind how many references it is.
    pub(crate) receiver_depth: usize,
    pub(crate) list: Vec<Parameter>,
}

/// One parameter of a wrapper.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Parameter {
    pub(crate) cfgs: Vec<Tokens>,
    pub(crate) name: Tokens,
    pub(crate) ty: Tokens,
    /// Behind how many references it is; 0 for what a computation can keep as it is.
    pub(crate) depth: usize,
}

/// Whether computations of a function may go on after their callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Background {
    Never,
    Sometimes,
    /// They may, and then their callers get an error.
    GivesUp,
}

/// One tag of a call.
#[derive(Clone, Debug)]
pub(crate) struct TagPlan {
    /// What `format_args!` is given: `user:{user_id}`, `user:{}`.
    pub(crate) format: String,
    /// What the empty holes take, in order.
    pub(crate) arguments: Vec<Tokens>,
    /// As people read it: `user:{order.user_id}`.
    pub(crate) template: String,
    pub(crate) location: Location,
    /// The text before, between and after the holes, braces doubled.
    pub(crate) texts: Vec<String>,
    pub(crate) holes: Vec<HolePlan>,
    /// As visible as the function is.
    pub(crate) visibility: Visibility,
}

impl Hash for TagPlan {
    /// Where it stands is for people.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self {
            format,
            arguments,
            template,
            location: _,
            texts,
            holes,
            visibility,
        } = self;
        (format, arguments, template, texts, holes, visibility).hash(state);
    }
}

/// One statement of the key.
#[derive(Clone, Debug, Hash)]
pub(crate) enum KeyStep {
    /// The name of a type argument joins the key.
    Generic(Tokens),
    /// Brings the bindings of a pattern into sight.
    Bind {
        cfgs: Vec<Tokens>,
        pattern: Tokens,
        of: Tokens,
    },
    /// A part, as an expression that is a reference.
    Part { cfgs: Vec<Tokens>, part: Tokens },
}

/// What the function returns, as the wrappers spell it.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Returns {
    /// The return type; `()` where none is written.
    pub(crate) whole: Tokens,
    /// Whether it is `()`.
    pub(crate) is_unit: bool,
    /// What `put_` takes.
    pub(crate) value: Tokens,
    /// What `peek_` answers an `Option` of.
    pub(crate) peeked: Tokens,
    /// Whether the value is spelled with a type that names a hasher.
    pub(crate) names_hasher: bool,
    /// Whether `peek_` and `put_` speak in the whole return type, because nothing tells what it is.
    pub(crate) in_whole: bool,
}

impl Plan {
    /// The plan of a crate without markers.
    pub(crate) fn empty(crate_name: String, is_binary: bool) -> Self {
        let root = ModulePlan {
            name: String::new(),
            mirrors: "crate".to_owned(),
            visibility: Visibility::Public,
            cfgs: Vec::new(),
            imports: Vec::new(),
            reexports: Vec::new(),
            functions: Vec::new(),
            children: Vec::new(),
        };
        Self {
            crate_name,
            is_binary,
            late: Vec::new(),
            functions: Vec::new(),
            root,
            tags: None,
            inside: Vec::new(),
        }
    }

    /// The names all helpers of a function have: what is generated, sorted.
    pub(crate) fn helper_names(name: &str) -> Vec<String> {
        let mut names: Vec<String> = HELPERS
            .iter()
            .map(|prefix| format!("{prefix}_{name}"))
            .collect();
        names.push(version_name(name));
        names.sort();
        names
    }
}

/// The prefixes of the wrappers.
const HELPERS: [&str; 6] = ["cached", "clear", "evict", "peek", "put", "refresh"];

/// The constant that holds a function's version.
pub(crate) fn version_name(name: &str) -> String {
    format!("{}_VERSION", name.to_uppercase())
}

/// Decides everything; what can't be decided is pushed, and the plan is then not to be used.
pub(crate) fn plan(input: &Input<'_>, diagnostics: &mut Diagnostics) -> Plan {
    let inside = modules_with_own_include(input.index, diagnostics);
    for orphan in &input.index.orphans {
        let line = input.sources.text(orphan.location);
        let blank = line.len() - line.trim_start().len();
        let start = orphan.location.start + u32::try_from(blank).unwrap_or(0);
        let location = Location {
            start,
            ..orphan.location
        };
        diagnostics.push(catalogue::marker::orphan(location, &orphan.attached_to));
    }
    tree::Tree::new(input, &inside).plan(diagnostics)
}

/// Modules that hold an `include_generated!(mod …)`, by path.
fn modules_with_own_include(
    index: &Index,
    diagnostics: &mut Diagnostics,
) -> HashMap<ModuleId, Vec<String>> {
    let mut inside = HashMap::default();
    for include in &index.includes {
        let IncludeForm::Module { path } = &include.form else {
            continue;
        };
        let module = index.named_module(include.module);
        let actual: Vec<String> = index
            .module_path(module)
            .iter()
            .map(|name| unraw(name).to_owned())
            .collect();
        if index.module(module).kind == ModuleKind::Root {
            diagnostics.push(catalogue::root_include(include.location));
            continue;
        }
        if *path != actual {
            diagnostics.push(catalogue::wrong_include(
                include.location,
                &path.join("::"),
                &actual.join("::"),
            ));
        }
        // A wrong path still says that the module wants its own wrappers.
        inside.insert(module, actual);
    }
    inside
}

/// A name without `r#`.
pub(crate) fn unraw(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
