//! What one file says, whatever module it becomes: a function of its text alone, so that it can be kept
//! from run to run under the text's digest.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Digest;
use super::std_traits::StdTraits;
use super::symbol::{Names, Symbol};

mod segments;

pub(crate) use segments::Segments;

/// A range of bytes of the file's text.
pub(crate) type Range = std::ops::Range<u32>;

/// Everything the index needs of one file. Symbols are the file's own until it is assembled.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct FileFacts {
    /// See [`super::shape`].
    pub(crate) shape: Digest,
    pub(crate) symbols: Names,
    /// `[0]` is the file itself; inline modules and function bodies with items follow their parent.
    pub(crate) scopes: Vec<ScopeFacts>,
    /// Owners come before their members.
    pub(crate) items: Vec<ItemFacts>,
    pub(crate) imports: Vec<ImportFacts>,
    pub(crate) marked: Vec<MarkedFacts>,
    pub(crate) orphans: Vec<(Range, Cow<'static, str>)>,
    pub(crate) includes: Vec<IncludeFacts>,
}

impl FileFacts {
    /// Whether modules may be files of which no item says so: macros do.
    pub(crate) fn hides_files(&self) -> bool {
        self.items.iter().any(|item| match &item.kind {
            FactKind::MacroRules(facts) => facts.files,
            // Items among the arguments are indexed as such.
            FactKind::MacroCall(call) => call.shell.is_none() && call.arguments.files,
            _ => false,
        })
    }
}

/// A module or function body of a file.
#[derive(Clone, Debug, Hash, Serialize, Deserialize)]
pub(crate) struct ScopeFacts {
    pub(crate) parent: Option<usize>,
    pub(crate) kind: ScopeKind,
}

/// How a scope came about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum ScopeKind {
    File,
    /// `mod name { … }`; the item is the declaration.
    Inline {
        item: usize,
    },
    Block,
}

/// One item of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ItemFacts {
    pub(crate) kind: FactKind,
    pub(crate) name: Option<Symbol>,
    /// The scope the item is defined in.
    pub(crate) scope: usize,
    /// The scope of its own body, where that has items or imports.
    pub(crate) body: Option<usize>,
    pub(crate) owner: Option<usize>,
    pub(crate) visibility: VisibilityFacts,
    pub(crate) cfgs: Vec<String>,
    /// Under `#[cfg(test)]` or `#[test]`: neither digested nor scanned.
    pub(crate) test_only: bool,
    pub(crate) location: Range,
    /// All tokens that are digested: attributes to the end.
    pub(crate) extent: Range,
    #[serde(with = "super::digest_bytes")]
    pub(crate) digest: Digest,
    /// The digest with what only some macros see: documentation and spacing of their arguments (R19). `None`
    /// where nothing is passed to such a macro.
    pub(crate) spaced: Option<Digest>,
    pub(crate) mentions: Vec<Mention>,
    /// Whether it is a function that takes arguments.
    pub(crate) arguments: bool,
    /// The macro call in whose arguments the item stands.
    pub(crate) product_of: Option<usize>,
    /// Derives and attribute macros that are not the language's own, each under the predicate of its
    /// `cfg_attr`; empty without one.
    pub(crate) macros: Vec<(String, Vec<Symbol>)>,
    /// The name the linker knows it by, where that matters (R20).
    pub(crate) link_name: Option<Symbol>,
    /// Whether the linker is told a section to put it into.
    pub(crate) is_placed: bool,
}

/// What an item is, with what only its kind has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum FactKind {
    Fn,
    Const,
    Static(StaticFacts),
    Struct(Signatures),
    Enum {
        variants: Vec<Symbol>,
    },
    Union,
    TypeAlias {
        target: Range,
        signatures: Signatures,
    },
    Trait,
    TraitAlias,
    /// `mod name;` with its `#[path]` candidates, or the head of an inline module.
    Mod(ModFacts),
    MacroRules(Box<MacroFacts>),
    MacroCall(Box<CallFacts>),
    Impl(Box<ImplFacts>),
    TraitMember(super::MemberKind),
    ImplMember(super::MemberKind),
    /// A macro call among the members of an impl, or of a trait.
    MemberCall {
        in_trait: bool,
        call: Box<CallFacts>,
    },
    ExternCrate,
    Foreign,
    /// `extern "C" { … }` without what is in it.
    ForeignBlock,
    /// `#![…]` of a module.
    Attributes,
    /// `include!(…)` in the place of items.
    Include(FileMention),
    Other,
}

/// Paths that a type names in the signatures of function pointers and nowhere else: no value of the type holds what they
/// name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Signatures(pub(crate) Vec<Vec<Symbol>>);

/// What a static is made of, as far as it may change while the program runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct StaticFacts {
    /// `static mut`.
    pub(crate) mutable: bool,
    /// All paths of its type, but those in the signatures of function pointers.
    pub(crate) types: Vec<Vec<Symbol>>,
}

/// What the tokens of a macro may define.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct MacroFacts {
    /// Names that stand after `fn`, `struct` and the like.
    pub(crate) defined: Vec<Symbol>,
    /// Whether a macro's fragment stands in such a place.
    pub(crate) names_fragments: bool,
    /// Likewise in the bodies of impls and traits, where they are members and nothing else, and in those of functions,
    /// where nobody outside can name them. Of a definition alone: what arguments say may come to stand anywhere.
    pub(crate) members: Vec<Symbol>,
    pub(crate) members_fragments: bool,
    /// The macros called outside of these bodies.
    pub(crate) called: Vec<Symbol>,
    /// Whether a macro is called by the name that a fragment stands for.
    pub(crate) calls_fragments: bool,
    /// Whether that happens outside of these bodies.
    pub(crate) items_by_fragments: bool,
    /// Whether names may be put together from parts, or come from a file.
    pub(crate) pastes: bool,
    pub(crate) implements: Vec<ImplHead>,
    /// Every identifier that is handed on to another macro, outside of functions.
    pub(crate) passed: Vec<Symbol>,
    /// Whether it may make traits.
    pub(crate) traits: bool,
    /// Whether it may make statics.
    pub(crate) statics: bool,
    /// Whether what stands behind a dot is given to it, or what it calls: `$value.$name()`, `$($token)*()`.
    pub(crate) dots: bool,
    /// Whether it may make modules, or import something by which paths lead on.
    pub(crate) modules: bool,
    /// Whether it may make modules that are files.
    pub(crate) files: bool,
    /// Whether it may make blocks of foreign items.
    pub(crate) foreign: bool,
    /// Whether it may make items that the linker knows by names or places.
    pub(crate) exports: bool,
    /// Whether it may import all of a module that only the arguments of a call name.
    pub(crate) open_globs: bool,
    /// Whether it may import traits.
    pub(crate) imports_traits: bool,
    /// Every identifier.
    pub(crate) identifiers: Vec<Symbol>,
    /// Whether the macro passes items on and adds nothing; of a definition.
    pub(crate) transparent: bool,
}

/// A macro call in the place of an item or a member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CallFacts {
    /// As written.
    pub(crate) path: Vec<Symbol>,
    /// Of the arguments.
    pub(crate) arguments: MacroFacts,
    /// The call without the items in its arguments, where there are any.
    pub(crate) shell: Option<(Digest, Vec<Mention>)>,
}

/// The header of an `impl` in a macro.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ImplHead {
    pub(crate) of: HeadOf,
    /// All paths of the header.
    pub(crate) paths: Vec<Vec<Symbol>>,
    /// Whether fragments of the macro stand in it: then it is about what the arguments name.
    pub(crate) fragments: bool,
    /// Whether it may be for any type: for a parameter, or for what only the compiler finds out.
    pub(crate) for_any: bool,
}

/// What an `impl` in a macro implements.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum HeadOf {
    /// Nothing: an inherent impl.
    Type,
    Trait(Vec<Symbol>),
    Unknown,
}

/// A `mod` item.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ModFacts {
    pub(crate) inline: bool,
    /// `#[path = "…"]`.
    pub(crate) path: Option<String>,
    /// `#[cfg_attr(predicate, path = "…")]`, in order.
    pub(crate) conditional_paths: Vec<(String, String)>,
}

/// The header of an impl.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ImplFacts {
    /// The implemented trait's path; `None` for an inherent impl.
    pub(crate) trait_path: Option<Vec<Symbol>>,
    /// Whether the trait has type arguments (`From<Local>`): then they are inputs of the choice of impl.
    pub(crate) trait_has_arguments: bool,
    /// The trait's argument, if it has one type for one: `&`, `Vec` and `Row` of `From<&Vec<Row>>`. An empty part
    /// stands for what can't be said so.
    pub(crate) argument: Option<Vec<Vec<Symbol>>>,
    pub(crate) self_type: SelfType,
    /// Whether the self type is a path without types among its arguments, and so one type alone.
    pub(crate) is_plain: bool,
    /// Type parameters of the impl.
    pub(crate) parameters: Vec<Symbol>,
    /// All paths of the header's types, for rules that ask what it is made of.
    pub(crate) header_paths: Vec<Vec<Symbol>>,
}

/// The type an impl is for, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum SelfType {
    Path(Vec<Symbol>),
    /// Behind a reference.
    Referenced(Vec<Symbol>),
    /// A tuple, a slice and the like, which have no name.
    Nameless,
    /// Found out by the compiler: `<T as Trait>::Type`, `name!()`.
    Unknown,
}

impl SelfType {
    /// The path, if it is one.
    pub(crate) fn path(&self) -> Option<&[Symbol]> {
        match self {
            Self::Path(path) | Self::Referenced(path) => Some(path),
            Self::Nameless | Self::Unknown => None,
        }
    }
}

/// Visibility as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum VisibilityFacts {
    Public,
    Private,
    /// `pub(crate)`, `pub(super)`, `pub(self)`, `pub(in path)`.
    In(Vec<Symbol>),
}

/// One leaf of a `use` tree, or an `extern crate`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ImportFacts {
    pub(crate) scope: usize,
    pub(crate) name: Option<Symbol>,
    pub(crate) path: Vec<Symbol>,
    pub(crate) cfgs: Vec<String>,
    pub(crate) visibility: VisibilityFacts,
    pub(crate) location: Range,
}

/// Something the tokens of an item name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Mention {
    /// A path, from one segment up. The first may be `crate`, `self`, `super`, `Self`, `$crate`, empty for a
    /// leading `::`, or `<>` for a qualified type (`<T as Trait>::name`).
    Path(Segments),
    /// `dyn path`.
    Dyn(Segments),
    /// A path that may name a module, all of which is meant: `with = "path"` in an attribute.
    All(Segments),
    /// `.name(…)`.
    Method(Symbol),
    /// A name in the tokens of macros that may stand behind any path, or be a part of one: `$module::name`, and what
    /// such macros are given.
    Loose(Symbol),
    /// `.name` among the arguments of a macro, which may make a call of it.
    Field(Symbol),
    /// A name that is put together from parts: its letters, with `*` for those that nobody can see.
    Pasted(Symbol),
    /// A type parameter that is declared: paths that begin with it may lead to any type.
    Parameter(Symbol),
    /// A name that is given to an item here and said nowhere else: it is among the paths, too.
    Defined(Symbol),
    /// `path!`.
    Macro(Segments),
    /// A string among a macro's arguments that may name a file or a variable.
    Literal(Symbol),
    /// A predicate of `#[cfg(…)]`, `cfg!(…)` or `cfg_attr(…, …)`, without spaces; empty where a macro's
    /// fragment stands in it.
    Cfg(Symbol),
    /// The variable of `env!(…)` or `option_env!(…)`; empty where it is no literal.
    Env(Symbol),
    /// `include!`, `include_str!` or `include_bytes!`.
    File(Box<FileMention>),
    /// `use path::*` where syn sees no items; empty where it can't be told what is imported.
    Glob(Segments),
    /// Operators that the tokens may have.
    Operators(StdTraits),
    /// One of the language's own derives.
    Derive(Segments),
    /// An impl among the arguments of a macro that is called in a body: it counts wherever it stands.
    Impl(Box<ImplHead>),
}

/// A file that becomes part of the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileMention {
    pub(crate) kind: IncludeKind,
    /// `None` if its path can't be known before the build.
    pub(crate) path: Option<Box<[PathPart]>>,
    /// The argument.
    pub(crate) place: Range,
}

/// What a file becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum IncludeKind {
    /// Text or bytes.
    Data,
    /// Code, in the place of the macro.
    Code,
}

/// A piece of a path that code spells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum PathPart {
    Text(Symbol),
    /// `env!("…")`.
    Variable(Symbol),
}

/// A function whose documentation holds a marker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct MarkedFacts {
    pub(crate) item: usize,
    pub(crate) docs: Vec<(String, Range)>,
    pub(crate) signature: Range,
    pub(crate) owner: OwnerFacts,
    pub(crate) place: super::Place,
}

/// What a marked function belongs to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum OwnerFacts {
    Free,
    Inherent { header: Range },
    TraitImpl { header: Range },
    TraitDefault,
}

/// An `include_generated!` call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct IncludeFacts {
    pub(crate) scope: usize,
    pub(crate) form: super::IncludeForm,
    pub(crate) location: Range,
}
