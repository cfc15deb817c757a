//! Definitions by the name the linker knows them by (rule R20).

use crate::hash::HashMap;
use crate::index::collect::ANY_LINK_NAME;
use crate::index::{Index, ItemId, ItemKind};

/// Everything that is exported to the linker by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Linked {
    by_name: HashMap<String, Vec<ItemId>>,
    /// What stands in sections of its own, where names that the linker makes (`__start_list`) lead to it.
    placed: Vec<ItemId>,
    /// What may have any name: the compiler finds it out, or a macro makes it.
    unnamed: Vec<ItemId>,
}

impl Linked {
    pub(super) fn of(index: &Index) -> Self {
        let mut linked = Self::default();
        for (number, item) in index.items.iter().enumerate() {
            let id = ItemId(u32::try_from(number).expect("items are counted in 32 bits"));
            if item.left_out {
                continue;
            }
            if item.link_name.is_some() && item.kind != ItemKind::Foreign {
                linked.export(link_name(index, id), id);
            }
            if item.is_placed {
                linked.placed.push(id);
            }
        }
        let calls = index.expansions.calls.iter();
        let exporting = calls.filter(|(_, expansion)| expansion.exports);
        linked.unnamed.extend(exporting.map(|(call, _)| *call));
        linked
    }

    fn export(&mut self, name: String, item: ItemId) {
        if name == ANY_LINK_NAME {
            self.unnamed.push(item);
        } else {
            self.by_name.entry(name).or_default().push(item);
        }
    }

    /// What a foreign item stands for, and whether that surely is Rust of ours.
    pub(super) fn behind(&self, index: &Index, foreign: ItemId) -> (Vec<ItemId>, bool) {
        let name = link_name(index, foreign);
        if name == ANY_LINK_NAME {
            return (self.all(), false);
        }
        let known = self.by_name.get(&name);
        let items = known.unwrap_or(&self.placed).iter();
        let items = items.chain(&self.unnamed).copied();
        (items.collect(), known.is_some())
    }

    /// What foreign items may stand for whose names nobody sees.
    pub(super) fn all(&self) -> Vec<ItemId> {
        let named = self.by_name.values().flatten();
        let mut all: Vec<ItemId> = named
            .chain(&self.placed)
            .chain(&self.unnamed)
            .copied()
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The foreign items that may stand for an item: of the same name, or where one of the two names is not known.
pub(super) fn importing(index: &Index, item: ItemId) -> Vec<ItemId> {
    let facts = index.item(item);
    let made = index.expansions.of_call(item);
    let is_unnamed = facts.is_placed || made.is_some_and(|made| made.exports);
    if facts.kind == ItemKind::Foreign || !(is_unnamed || facts.link_name.is_some()) {
        return Vec::new();
    }
    let name = link_name(index, item);
    let is_any = |name: &str| name == ANY_LINK_NAME;
    let items = (0..).map(ItemId).zip(&index.items);
    let foreign = items.filter(|(_, other)| other.kind == ItemKind::Foreign && !other.left_out);
    foreign
        .map(|(other, _)| (other, link_name(index, other)))
        .filter(|(_, other)| is_unnamed || is_any(&name) || is_any(other) || *other == name)
        .map(|(other, _)| other)
        .collect()
}

fn link_name(index: &Index, item: ItemId) -> String {
    let written = index
        .item(item)
        .link_name
        .map_or("", |name| index.text(name));
    if written.is_empty() {
        index.name(item).to_owned()
    } else {
        written.to_owned()
    }
}
