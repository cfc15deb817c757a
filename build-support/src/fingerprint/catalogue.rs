//! The identities of all items that some function reaches: fingerprints are made of them, and the manifest tells of the
//! same ones.

use std::ops::Range;

use crate::hash::HashMap;
use crate::index::ItemId;

/// Items with their identities.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    /// One identity after the other.
    text: String,
    places: HashMap<ItemId, Range<usize>>,
}

impl Catalogue {
    /// Asks for the identity of an item that is not known yet.
    pub(super) fn add(&mut self, item: ItemId, identity: impl FnOnce() -> String) {
        self.places.entry(item).or_insert_with(|| {
            let start = self.text.len();
            self.text.push_str(&identity());
            start..self.text.len()
        });
    }

    pub(super) fn identity(&self, item: ItemId) -> Option<&str> {
        Some(&self.text[self.places.get(&item)?.clone()])
    }

    /// In no order.
    pub(crate) fn items(&self) -> impl Iterator<Item = (ItemId, &str)> {
        let places = self.places.iter();
        places.map(|(item, place)| (*item, &self.text[place.clone()]))
    }
}
