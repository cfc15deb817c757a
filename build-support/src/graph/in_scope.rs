//! Which traits code can mean without naming them: those in scope where it stands.
//!
//! As everywhere, visibility, `cfg` and shadowing rule nothing out. Where an import leads to nothing that is known,
//! it may bring any trait.

use std::iter::successors;

use crate::hash::HashMap;
use crate::index::names::{Def, Resolution};
use crate::index::std_traits::StdTraits;
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Detail, Import, Index, ItemId, ItemKind, ModuleId};

/// Crates whose code calls none of the traits that [`StdTraits`] knows on types it is given, but where a type, an
/// attribute or a method spells it.
const CALLING_NONE: &[&str] = &[
    "anstyle",
    "cfg_if",
    "crc32fast",
    "equivalent",
    "itoa",
    "lazy_static",
    "libc",
    "libm",
    "memchr",
    "once_cell",
    "percent_encoding",
    "ryu",
    "selfsame",
    "serde",
    "serde_core",
    "serde_derive",
    "static_assertions",
    "thiserror",
    "unicode_ident",
    "unicode_normalization",
    "unicode_segmentation",
    "unicode_width",
    "zmij",
];

/// Crates whose code calls those alone that are called everywhere. The tables of `hashbrown` are spelled as std's are.
const CALLING_FEW: &[&str] = &[
    "adler2",
    "aho_corasick",
    "anyhow",
    "arrayvec",
    "base64",
    "bstr",
    "byteorder",
    "fixedbitset",
    "form_urlencoded",
    "hashbrown",
    "log",
    "regex",
    "regex_automata",
    "regex_syntax",
    "serde_json",
    "smallvec",
    "tracing",
    "unicase",
    "url",
    "uuid",
    "zerocopy",
];

/// Crates whose code calls operators alone: the rest is comparing, cloning and their own traits.
const CALLING_OPERATORS: &[&str] = &["num_integer", "num_traits"];

/// What each module brings into the scope of its code.
#[derive(Clone, Debug, Default)]
pub(super) struct InScope {
    by_module: HashMap<ModuleId, Brought>,
}

/// What one module brings into the scope of its own code, and of whoever imports all of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Brought {
    pub(super) traits: Vec<ItemId>,
    /// The modules all of which it imports.
    pub(super) globs: Vec<ModuleId>,
    /// Whether it may bring any other trait too.
    pub(super) unknown: bool,
    /// What crates may call that are not indexed, and some of whose traits it may bring.
    pub(super) called: StdTraits,
}

impl InScope {
    /// What the items of modules bring.
    pub(super) fn of_items(index: &Index) -> Self {
        let mut found = Self::default();
        for (item, number) in index.items.iter().zip(0u32..) {
            let is_unseen = matches!(
                item.detail,
                Detail::Unknown | Detail::Include { read: false }
            );
            let is_trait = matches!(item.kind, ItemKind::Trait | ItemKind::TraitAlias);
            if item.left_out || !(is_unseen || is_trait) {
                continue;
            }
            let brought = found.by_module.entry(item.module).or_default();
            brought.unknown |= is_unseen;
            brought
                .traits
                .extend(Some(ItemId(number)).filter(|_| is_trait));
        }
        found
    }

    /// Takes in what an import leads to.
    pub(super) fn add(&mut self, index: &Index, import: &Import, leads_to: &Resolution) {
        let brought = self.by_module.entry(import.module).or_default();
        brought.add(index, import, leads_to);
    }

    pub(super) fn brought(&self, module: ModuleId) -> Option<&Brought> {
        self.by_module.get(&module)
    }
}

impl Brought {
    fn add(&mut self, index: &Index, import: &Import, leads_to: &Resolution) {
        let krate = index.module(import.module).krate;
        let is_glob = import.name.is_none();
        let open = match leads_to.open_globs.as_slice() {
            _ if is_certain(index, leads_to) => &[],
            globs => globs,
        };
        let is_nothing = leads_to.defs.is_empty() && open.is_empty();
        self.unknown |= is_nothing && !index.is_own_macro(&import.path);
        let ways = |glob| index.scopes.ways_out(index, glob);
        for path in open.iter().copied().flat_map(ways) {
            self.lead_out(index, krate, path);
        }
        for def in &leads_to.defs {
            match def {
                Def::Item(item) => match index.item(*item).kind {
                    ItemKind::Trait | ItemKind::TraitAlias => self.traits.push(*item),
                    ItemKind::MacroCall => {
                        self.unknown |= is_glob || may_import_traits(index, *item);
                    }
                    ItemKind::Include | ItemKind::Other => self.unknown = true,
                    _ => {}
                },
                Def::Anything(_) => self.unknown = true,
                Def::Module(module) if is_glob => self.globs.push(*module),
                Def::Module(_) | Def::Member(..) => {}
                Def::AnyMember(_) => self.unknown = true,
                Def::External(path) => self.lead_out(index, krate, path),
            }
        }
    }

    /// Takes in what a path out of the indexed crates may bring.
    fn lead_out(&mut self, index: &Index, krate: CrateId, path: &[Symbol]) {
        if index.is_std(path) || index.is_own_macro(path) {
            return;
        }
        self.called = self.called.with(called_by(index, path));
        self.unknown |= !index.is_dependency(krate, path);
    }
}

/// Whether an import leads in every build to a type, trait or module of ours, so that no glob brings a trait by it.
fn is_certain(index: &Index, leads_to: &Resolution) -> bool {
    let mut imports = leads_to.imports.iter();
    let mut defs = leads_to.defs.iter();
    imports.all(|import| index.import(*import).cfgs.is_empty())
        && defs.any(|def| match def {
            Def::Item(item) => is_always_there(index, *item),
            Def::Module(module) => {
                let mut declaration = index.module(*module).declaration.iter();
                declaration.all(|item| is_always_there(index, *item))
            }
            _ => false,
        })
}

/// Whether an item is one of those that have the names of traits, and is under no predicate.
fn is_always_there(index: &Index, item: ItemId) -> bool {
    let item = index.item(item);
    let has_name_of_trait = matches!(
        item.kind,
        ItemKind::Struct
            | ItemKind::Enum
            | ItemKind::Union
            | ItemKind::TypeAlias
            | ItemKind::Trait
            | ItemKind::TraitAlias
            | ItemKind::Mod
    );
    let mut modules = successors(Some(item.module), |module| index.module(*module).parent);
    has_name_of_trait
        && item.cfgs.is_empty()
        && modules.all(|module| index.module(module).cfgs.is_empty())
}

/// Whether a macro call may import traits into its module: those it makes itself are none of ours that are known.
fn may_import_traits(index: &Index, call: ItemId) -> bool {
    let expansion = index.expansions.of_call(call);
    expansion.is_some_and(|expansion| expansion.imports_traits || expansion.anything)
}

/// What the code of the crate may call on types it is given that a path out of the indexed crates leads to.
pub(super) fn called_by(index: &Index, path: &[Symbol]) -> StdTraits {
    let mut segments = path.iter().map(|segment| index.text(*segment));
    match segments.find(|segment| !segment.is_empty()) {
        _ if index.is_std(path) || index.is_own_macro(path) => StdTraits::NONE,
        Some(head) if CALLING_NONE.contains(&head) => StdTraits::NONE,
        Some(head) if CALLING_FEW.contains(&head) => StdTraits::called_everywhere(),
        Some(head) if CALLING_OPERATORS.contains(&head) => StdTraits::OPERATORS,
        _ => StdTraits::ALL,
    }
}
