//! How a closure came to an item, in names people know.

use crate::graph::Closure;
use crate::index::{Index, ItemId, ItemKind};

/// From the function to an item of its closure, both included.
pub(super) fn to(item: ItemId, closure: &Closure) -> Vec<ItemId> {
    let before = |item: &ItemId| closure.reached(*item)?.parent;
    let mut chain: Vec<ItemId> = std::iter::successors(Some(item), before).collect();
    chain.reverse();
    chain
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
            .self_type
            .path()?
            .last()
            .map(|last| index.text(*last)),
        None => item.name.map(|name| index.text(name)),
    }
}
