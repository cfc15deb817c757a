//! What the map holds, and how it is asked.
//!
//! The map gives copies of its values away, and to copy a [`Slot`] is to count, where other threads count as well: of
//! all that a hit does that was the dearest. Only what compares entries with a call sees them where they lie. So an
//! entry is all key, and whoever looks for a call takes what he wants of the entry as soon as it is found to be the
//! right one: a [`Glance`]. The map is locked meanwhile, for readers.

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use quick_cache::{Equivalent, Weighter};

use super::{CallKey, CallRef, Slot};

/// A call and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) call: CallKey,
    pub(super) slot: Slot,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.call == other.call
    }
}

impl Eq for Entry {}

impl Hash for Entry {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        Hash::hash(&self.call, state);
    }
}

/// Finds the entry of a call, and takes something of it.
pub(super) struct Glance<'a, T, F> {
    call: &'a CallRef<'a>,
    take: F,
    taken: Cell<Option<T>>,
}

impl<'a, T, F: Fn(&Slot) -> T> Glance<'a, T, F> {
    /// `take` runs while the map is locked: it must not come back to it, nor run anything of the user's.
    #[inline]
    pub(super) const fn new(call: &'a CallRef<'a>, take: F) -> Self {
        Self {
            call,
            take,
            taken: Cell::new(None),
        }
    }

    /// What was taken, if the entry was there.
    #[inline]
    pub(super) fn taken(self) -> Option<T> {
        self.taken.into_inner()
    }
}

impl<T, F> Hash for Glance<'_, T, F> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.call.hash(state);
    }
}

impl<T, F: Fn(&Slot) -> T> Equivalent<Entry> for Glance<'_, T, F> {
    #[inline]
    fn equivalent(&self, entry: &Entry) -> bool {
        let is_there = self.call.equivalent(&entry.call);
        if is_there {
            self.taken.set(Some((self.take)(&entry.slot)));
        }
        is_there
    }
}

/// Finds the entry of a call only while it has this value.
pub(super) struct Exactly<'a> {
    pub(super) call: &'a CallRef<'a>,
    pub(super) slot: &'a Slot,
}

impl Hash for Exactly<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.call.hash(state);
    }
}

impl Equivalent<Entry> for Exactly<'_> {
    fn equivalent(&self, entry: &Entry) -> bool {
        Arc::ptr_eq(self.slot, &entry.slot) && self.call.equivalent(&entry.call)
    }
}

/// What an entry takes in memory, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct EntryWeight;

impl Weighter<Entry, ()> for EntryWeight {
    fn weight(&self, entry: &Entry, (): &()) -> u64 {
        let keeping = entry.slot.keeping.get();
        let payload_bytes = keeping.map_or(0, |keeping| keeping.payload_bytes);
        (entry.call.bytes().len() + payload_bytes + ENTRY_OVERHEAD_BYTES) as u64
    }
}

/// What the map, the key and the value's box need beside their bytes: the entry twice (the table is sparse), two
/// allocations with their counts.
const ENTRY_OVERHEAD_BYTES: usize = 280;
