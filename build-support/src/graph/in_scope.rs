//! Which traits code can mean without naming them: those in scope where it stands.
//!
//! As everywhere, visibility, `cfg` and shadowing rule nothing out. Where an import leads to nothing that is known,
//! it may bring any trait.

use crate::hash::HashMap;
use crate::index::names::{Def, Resolution};
use crate::index::std_traits::StdTraits;
use crate::index::symbol::Symbol;
use crate::index::{Detail, Import, Index, ItemId, ItemKind, ModuleId};

/// Crates whose code calls none of the traits that [`StdTraits`] knows on types it is given, but where a type, an
/// attribute or a method spells it.
const CALLING_NONE: &[&str] = &["selfsame", "serde", "serde_derive", "thiserror"];

/// Crates whose code calls those alone that are called everywhere.
const CALLING_FEW: &[&str] = &["anyhow", "log", "serde_json", "tracing"];

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
        brought.add(index, import, &leads_to.defs);
    }

    pub(super) fn brought(&self, module: ModuleId) -> Option<&Brought> {
        self.by_module.get(&module)
    }
}

impl Brought {
    fn add(&mut self, index: &Index, import: &Import, defs: &[Def]) {
        let krate = index.module(import.module).krate;
        let is_glob = import.name.is_none();
        self.unknown |= defs.is_empty();
        for def in defs {
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
                Def::External(path) if index.is_std(path) => {}
                Def::External(path) => {
                    self.called = self.called.with(called_by(index, path));
                    self.unknown |= !index.is_dependency(krate, path);
                }
            }
        }
    }
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
        _ if index.is_std(path) => StdTraits::NONE,
        Some(head) if CALLING_NONE.contains(&head) => StdTraits::NONE,
        Some(head) if CALLING_FEW.contains(&head) => StdTraits::called_everywhere(),
        Some(head) if CALLING_OPERATORS.contains(&head) => StdTraits::OPERATORS,
        _ => StdTraits::ALL,
    }
}
