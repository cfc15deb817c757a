//! Definitions by the name the linker knows them by (rule R20).

use crate::hash::HashMap;
use crate::index::{Index, ItemId, ItemKind};

/// Everything that is exported to the linker by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Linked {
    by_name: HashMap<String, Vec<ItemId>>,
    /// What stands in sections of its own, where names that the linker makes (`__start_list`) lead to it.
    placed: Vec<ItemId>,
}

impl Linked {
    pub(super) fn of(index: &Index) -> Self {
        let mut linked = Self::default();
        for (number, item) in index.items.iter().enumerate() {
            let id = ItemId(u32::try_from(number).expect("items are counted in 32 bits"));
            if item.link_name.is_some() && item.kind != ItemKind::Foreign && !item.left_out {
                linked
                    .by_name
                    .entry(link_name(index, id))
                    .or_default()
                    .push(id);
            }
            if item.is_placed && !item.left_out {
                linked.placed.push(id);
            }
        }
        linked
    }

    /// What a foreign item stands for, if it is Rust of ours.
    pub(super) fn behind(&self, index: &Index, foreign: ItemId) -> Option<&[ItemId]> {
        self.by_name
            .get(&link_name(index, foreign))
            .map(Vec::as_slice)
    }

    /// What a foreign item may stand for that is nothing of ours by its name.
    pub(super) fn placed(&self) -> &[ItemId] {
        &self.placed
    }
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
