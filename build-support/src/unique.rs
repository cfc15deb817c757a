//! Lists in which nothing stands twice.

use std::hash::Hash;

use crate::hash::HashSet;
use crate::index::ItemId;

/// Leaves out what came before; the rest keeps its order.
pub(crate) fn keep_first<T: Copy + Eq + Hash>(values: &mut Vec<T>) {
    if values.len() > SHORT {
        let mut seen = HashSet::with_capacity_and_hasher(values.len(), Default::default());
        values.retain(|value| seen.insert(*value));
        return;
    }
    let mut kept = 0;
    for at in 0..values.len() {
        if !values[..kept].contains(&values[at]) {
            values[kept] = values[at];
            kept += 1;
        }
    }
    values.truncate(kept);
}

/// Most lists are so short that to look through them costs less than to hash.
const SHORT: usize = 16;

/// Items, each once, in the order they came.
#[derive(Debug)]
pub(crate) struct Items {
    list: Vec<ItemId>,
    /// One bit for each item there is: for many items, that is much faster than a set.
    known: Vec<u64>,
}

impl Items {
    /// None yet, out of so many.
    pub(crate) fn none_of(count: usize) -> Self {
        Self {
            list: Vec::new(),
            known: vec![0; count.div_ceil(64)],
        }
    }

    pub(crate) fn extend(&mut self, items: impl IntoIterator<Item = ItemId>) {
        for item in items {
            let (word, bit) = bit(item);
            if self.known[word] & bit == 0 {
                self.known[word] |= bit;
                self.list.push(item);
            }
        }
    }

    pub(crate) fn list(&self) -> &[ItemId] {
        &self.list
    }

    /// Where an item stands in the list.
    pub(crate) fn place(&self, item: ItemId) -> Option<usize> {
        let (word, bit) = bit(item);
        let place = || self.list.iter().position(|known| *known == item);
        (self.known[word] & bit != 0).then(place).flatten()
    }
}

fn bit(item: ItemId) -> (usize, u64) {
    (item.0 as usize / 64, 1 << (item.0 % 64))
}
