//! How a closure came to an item, in names people know.

use crate::graph::Closure;
use crate::hash::HashMap;
use crate::index::{Index, ItemId, ItemKind};

/// What led to each item of a closure.
pub(super) struct Chains {
    parents: HashMap<ItemId, ItemId>,
}

impl Chains {
    pub(super) fn of(closure: &Closure) -> Self {
        let parents = closure.items();
        Self {
            parents: parents
                .filter_map(|reached| Some((reached.item, reached.parent?)))
                .collect(),
        }
    }

    /// From the function to the item, both included.
    pub(super) fn to(&self, item: ItemId) -> Vec<ItemId> {
        let mut chain = vec![item];
        let mut at = item;
        while let Some(parent) = self.parents.get(&at) {
            chain.push(*parent);
            at = *parent;
        }
        chain.reverse();
        chain
    }
}

/// What people call an item: `rate`, `Rates::of`, `rates!`. Impls, modules and nameless macro calls are steps of the
/// analysis, and left out.
pub(super) fn name(index: &Index, id: ItemId) -> Option<String> {
    let item = index.item(id);
    let name = index.text(item.name?);
    match item.kind {
        ItemKind::Mod | ItemKind::ExternCrate => None,
        ItemKind::MacroRules | ItemKind::MacroCall => Some(format!("{name}!")),
        _ => Some(
            match item.owner.and_then(|owner| self::owner(index, owner)) {
                Some(owner) => format!("{owner}::{name}"),
                None => name.to_owned(),
            },
        ),
    }
}

/// The type of an impl, or a trait.
fn owner(index: &Index, id: ItemId) -> Option<&str> {
    let item = index.item(id);
    match &item.implementation {
        Some(header) => header
            .self_path
            .as_ref()?
            .last()
            .map(|last| index.text(*last)),
        None => item.name.map(|name| index.text(name)),
    }
}
