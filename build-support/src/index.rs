//! The index: what the sources define, import and mention, as plain data without syntax trees.
//!
//! Facts of single files ([`facts`]) are put together along the module tree ([`assemble`]); names are
//! looked up in the result ([`names`], [`visible`]).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::source::walk::Folders;
use crate::source::{FileId, Location};

pub(crate) mod adorned;
pub(crate) mod assemble;
pub(crate) mod collect;
mod digest_bytes;
pub(crate) mod expansions;
pub(crate) mod facts;
pub(crate) mod kept;
pub(crate) mod names;
pub(crate) mod shape;
pub(crate) mod std_traits;
pub(crate) mod symbol;
mod views;
pub(crate) mod visible;

use facts::{CallFacts, ImplFacts, MacroFacts, Mention, Signatures, StaticFacts};
use symbol::{Interner, Symbol};

/// Names one [`Crate`] of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct CrateId(pub(crate) u32);
/// Names one [`Module`] of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct ModuleId(pub(crate) u32);
/// Names one [`Item`] of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct ItemId(pub(crate) u32);
/// Names one [`Import`] of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct ImportId(pub(crate) u32);

/// 16 bytes of SHA-256.
pub(crate) type Digest = [u8; 16];

/// Everything the later stages know of the sources.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Index {
    /// `crates[0]` is the target being built; the rest is what it can reach by path.
    pub(crate) crates: Vec<Crate>,
    pub(crate) modules: Vec<Module>,
    pub(crate) items: Vec<Item>,
    pub(crate) imports: Vec<Import>,
    /// Functions with a marker, in the target crate only, in source order.
    pub(crate) marked: Vec<Marked>,
    /// Markers that are attached to no function, in the target crate only.
    #[serde(skip)]
    pub(crate) orphans: Vec<Orphan>,
    /// The `include_generated!` calls of the target crate.
    pub(crate) includes: Vec<Include>,
    pub(crate) symbols: Interner,
    /// What macro calls may define.
    pub(crate) expansions: expansions::Expansions,
    /// What derives and attribute macros may define.
    pub(crate) adorned: adorned::Adorned,
    /// What each module binds, by name.
    pub(crate) scopes: names::Scopes,
    /// Paths usable from the root of `crates[0]`.
    pub(crate) visible: visible::RootPaths,
}

/// One crate whose sources are indexed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Crate {
    /// The name code uses for it (`-` is `_`).
    pub(crate) name: String,
    pub(crate) root: ModuleId,
    /// Indexed crates this one can name, by the name it uses.
    pub(crate) externs: Vec<(String, CrateId)>,
    /// Files that could not be parsed, or are modules by macros alone.
    pub(crate) unparsed: Vec<FileId>,
    /// Whether it is a crate of procedural macros.
    pub(crate) proc_macro: bool,
    /// Whether paths of imports, and those with a leading `::`, begin at the crate root (edition 2015).
    pub(crate) begins_at_root: bool,
    /// Where the files it includes are.
    pub(crate) folders: Folders,
    /// All crates this one can name besides std's own, by the name it uses.
    pub(crate) dependencies: Vec<String>,
}

/// A module, or a function body that has items of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Module {
    pub(crate) krate: CrateId,
    /// `None` for a crate root.
    pub(crate) parent: Option<ModuleId>,
    /// Empty for a crate root and for a block.
    pub(crate) name: String,
    pub(crate) kind: ModuleKind,
    pub(crate) visibility: Visibility,
    /// Predicate texts of `#[cfg(…)]` on the `mod` item, e.g. `feature = "x"`.
    pub(crate) cfgs: Vec<String>,
    /// As of an item, itself or what it stands in.
    pub(crate) left_out: bool,
    /// The `mod` item; `None` for a crate root and for a block.
    pub(crate) declaration: Option<ItemId>,
    pub(crate) file: FileId,
    pub(crate) items: Vec<ItemId>,
    pub(crate) imports: Vec<ImportId>,
    /// Its `#![…]`.
    pub(crate) attributes: Vec<ItemId>,
}

/// How a module came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ModuleKind {
    Root,
    Named,
    /// A function body with items or imports of its own; lexically inside its parent.
    Block,
}

/// From where an item can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Visibility {
    Public,
    /// Visible in this module and everything below it.
    Restricted(ModuleId),
}

/// One item: the unit that is digested and reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) kind: ItemKind,
    /// `None` for an impl and a nameless macro call.
    pub(crate) name: Option<Symbol>,
    pub(crate) module: ModuleId,
    /// The impl, trait or foreign block a member belongs to.
    pub(crate) owner: Option<ItemId>,
    pub(crate) visibility: Visibility,
    /// Predicate texts of `#[cfg(…)]` on the item itself.
    pub(crate) cfgs: Vec<String>,
    /// The name, or the head of a nameless item.
    pub(crate) location: Location,
    /// All its tokens, attributes included; of an impl, trait or module just the head.
    pub(crate) extent: Location,
    /// The canonical tokens (rule R1), attributes and visibility included (R2).
    #[serde(with = "digest_bytes")]
    pub(crate) digest: Digest,
    /// Which of the digests it is.
    pub(crate) view: View,
    /// What the tokens mention; of use to the graph and to hints alone, which are kept themselves.
    #[serde(skip)]
    pub(crate) mentions: Arc<[Mention]>,
    /// Where the mentions are resolved: the item's module, or the block of its own body.
    pub(crate) scope: ModuleId,
    /// The digest with documentation and spacing of macro arguments, where it differs.
    pub(crate) spaced: Option<Digest>,
    /// The macro call, or `include!`, by which it is here.
    pub(crate) product_of: Option<ItemId>,
    /// Whether it is a function that takes arguments.
    pub(crate) arguments: bool,
    /// Derives and attribute macros that are not the language's own.
    pub(crate) macros: Vec<Vec<Symbol>>,
    /// Likewise, under predicates that do not hold in this build.
    pub(crate) macros_left_out: Vec<Vec<Symbol>>,
    /// What the linker knows it by, if not by its name only in its own crate; empty for the item's name (R20).
    pub(crate) link_name: Option<Symbol>,
    /// Whether the linker is told a section to put it into.
    pub(crate) is_placed: bool,
    /// What only its kind has; as with `mentions`.
    #[serde(skip)]
    pub(crate) detail: Detail,
    /// Set for an impl.
    pub(crate) implementation: Option<Arc<ImplFacts>>,
    /// The aliased type's text; set for a type alias.
    pub(crate) alias: Option<Location>,
    /// No candidate for any name: part of test builds only, or under a `cfg` that does not hold in this build.
    pub(crate) left_out: bool,
    /// Names of the variants; set for an enum.
    pub(crate) variants: Box<[Symbol]>,
}

/// Which digest of an item counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum View {
    /// Of the canonical tokens.
    #[default]
    Plain,
    /// The one with documentation and spacing (R19).
    Spaced,
    /// Of a macro call without the items in its arguments.
    Shell,
}

/// What only one kind of item has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Detail {
    #[default]
    Nothing,
    Static(Arc<StaticFacts>),
    /// A struct or an alias with function pointers in it.
    Type(Arc<Signatures>),
    /// A `macro_rules!`.
    Macro(Arc<MacroFacts>),
    /// An item-level macro call.
    Call(Arc<CallFacts>),
    /// An `include!`, and whether its file is indexed.
    Include {
        read: bool,
    },
    /// Something syn keeps verbatim: it may define anything.
    Unknown,
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum ItemKind {
    Fn,
    Const,
    Static,
    Struct,
    Enum,
    Union,
    TypeAlias,
    Trait,
    TraitAlias,
    /// A module; its contents by [`names::Scopes::modules`].
    Mod,
    MacroRules,
    /// A macro call in item position.
    MacroCall,
    Impl,
    /// A function, constant or type of a trait.
    TraitMember(MemberKind),
    /// A function, constant or type of an impl.
    ImplMember(MemberKind),
    ExternCrate,
    /// A function, static or type of an `extern` block.
    Foreign,
    /// `#![…]` of a module.
    Attributes,
    /// `include!(…)` in the place of items.
    Include,
    /// Something syn keeps verbatim.
    Other,
}

/// What a member of a trait or impl is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum MemberKind {
    Fn,
    Const,
    Type,
    /// The call of a macro, or tokens that syn leaves as they are: it may be any member.
    MacroCall,
}

/// One leaf of a `use` tree, or an `extern crate`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Import {
    pub(crate) module: ModuleId,
    /// The bound name (`_` for `as _`); `None` for a glob.
    pub(crate) name: Option<Symbol>,
    /// As written: the first segment may be `crate`, `self`, `super`, or empty for a leading `::`.
    pub(crate) path: Vec<Symbol>,
    pub(crate) cfgs: Vec<String>,
    pub(crate) visibility: Visibility,
    pub(crate) location: Location,
}

/// An `include_generated!` call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Include {
    pub(crate) module: ModuleId,
    pub(crate) form: IncludeForm,
    pub(crate) location: Location,
}

/// Which of its forms an `include_generated!` call has.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum IncludeForm {
    /// For the crate: `pub mod NAME`.
    Root { name: String },
    /// For one module, inside it; the path as written.
    Module { path: Vec<String> },
}

/// A function that carries a marker, as the plan needs it.
///
/// The ranges are of the file's text, so that the plan can parse just these pieces again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Marked {
    /// The function's own item.
    pub(crate) item: ItemId,
    /// The module (or block) it stands in.
    pub(crate) module: ModuleId,
    /// The doc lines of the function, one per line of text, markers included.
    pub(crate) docs: Vec<DocLine>,
    /// Attributes, visibility and signature, without the body.
    pub(crate) signature: Location,
    /// What the function belongs to.
    pub(crate) owner: Owner,
    /// Where it stands, as far as that decides whether a wrapper can be made.
    pub(crate) place: Place,
}

/// What a marked function belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Owner {
    /// A module.
    Free,
    /// `impl Type`; the header runs from `impl` to before `{`, attributes not included.
    Inherent { header: Location, item: ItemId },
    /// `impl Trait for Type`.
    TraitImpl { header: Location, item: ItemId },
    /// A trait's default method.
    TraitDefault,
}

/// Where a marked function stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Place {
    Ordinary,
    /// Under `#[cfg(test)]` or `#[test]`.
    Test,
    /// Inside a function body.
    Body,
}

/// A marker attached to something that is no function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Orphan {
    /// The line with the marker.
    pub(crate) location: Location,
    /// What it was attached to, with its article: `a struct`.
    pub(crate) attached_to: std::borrow::Cow<'static, str>,
}

/// One line of documentation text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DocLine {
    /// The text after `///`, `*` or inside the quotes of `#[doc = "…"]`, unescaped.
    pub(crate) text: String,
    /// Where `text` stands; exact unless the line needed unescaping.
    pub(crate) location: Location,
}

impl Index {
    /// A crate by its id.
    pub(crate) fn krate(&self, id: CrateId) -> &Crate {
        &self.crates[id.0 as usize]
    }

    /// If an item is a macro call that may define anything: in which crate.
    pub(crate) fn defines_anything(&self, call: ItemId) -> Option<CrateId> {
        let expansion = self.expansions.of_call(call)?;
        let krate = self.module(self.item(call).module).krate;
        expansion.defines_anything.then_some(krate)
    }

    /// A module by its id.
    pub(crate) fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0 as usize]
    }

    /// An item by its id.
    pub(crate) fn item(&self, id: ItemId) -> &Item {
        &self.items[id.0 as usize]
    }

    /// An import by its id.
    pub(crate) fn import(&self, id: ImportId) -> &Import {
        &self.imports[id.0 as usize]
    }

    /// The text of a symbol.
    pub(crate) fn text(&self, symbol: Symbol) -> &str {
        self.symbols.text(symbol)
    }

    /// An item's name; empty where it has none.
    pub(crate) fn name(&self, id: ItemId) -> &str {
        self.item(id).name.map_or("", |name| self.text(name))
    }

    /// The nearest enclosing module that is no block.
    pub(crate) fn named_module(&self, id: ModuleId) -> ModuleId {
        let module = self.module(id);
        match (module.kind, module.parent) {
            (ModuleKind::Block, Some(parent)) => self.named_module(parent),
            _ => id,
        }
    }

    /// The segments of a module's path below its crate root; blocks add none.
    pub(crate) fn module_path(&self, id: ModuleId) -> Vec<String> {
        let module = self.module(id);
        let mut path = module
            .parent
            .map_or_else(Vec::new, |parent| self.module_path(parent));
        if module.kind == ModuleKind::Named {
            path.push(module.name.clone());
        }
        path
    }
}
