//! The identities of all items that some function reaches: fingerprints are made of them, and the manifest tells of the
//! same ones.

use std::ops::Range;

use crate::index::{Index, ItemId};

/// Items with their identities.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    /// One identity after the other.
    text: String,
    /// By their ids; empty for those that nothing reaches.
    places: Vec<Range<usize>>,
}

impl Catalogue {
    pub(super) fn new(index: &Index) -> Self {
        Self {
            text: String::new(),
            places: vec![0..0; index.items.len()],
        }
    }

    /// Has the identity of an item written that is not known yet.
    pub(super) fn add(&mut self, item: ItemId, write: impl FnOnce(&mut String)) {
        let place = &mut self.places[item.0 as usize];
        if place.start == place.end {
            let start = self.text.len();
            write(&mut self.text);
            *place = start..self.text.len();
        }
    }

    pub(super) fn identity(&self, item: ItemId) -> Option<&str> {
        let place = self.places.get(item.0 as usize)?;
        (place.start < place.end).then(|| &self.text[place.clone()])
    }

    /// In the order of their ids.
    pub(crate) fn items(&self) -> impl Iterator<Item = (ItemId, &str)> {
        let items = (0..).map(ItemId).zip(&self.places);
        let known = items.filter(|(_, place)| place.start < place.end);
        known.map(|(item, place)| (item, &self.text[place.clone()]))
    }
}
