//! [`Permit`]: leave to rely on what was found, as long as nothing of it is invalidated.

use std::sync::Arc;

use crate::sync::atomic::{AtomicU64, Ordering};

/// The state of a mark at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(super) mark: u32,
    pub(super) count: u32,
}

/// The state of all that something depends on, at the moment before it was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Permit {
    pub(super) generation: u64,
    /// The entry, then the tags that every entry has: these need no allocation.
    first: [Stamp; FIRST],
    /// Shared: the call, its flight and the copy in memory have it.
    labels: Option<Arc<[Stamp]>>,
}

/// When a permit was last found to hold: the number of changes at that time.
#[derive(Debug)]
pub(crate) struct Checked(AtomicU64);

impl Checked {
    pub(crate) const fn never() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }

    #[inline]
    pub(super) fn is_at(&self, changes: u64) -> bool {
        // Relaxed, here and below: the number stands for itself, and an older one only leads to another look.
        self.0.load(Ordering::Relaxed) == changes
    }

    pub(super) fn set(&self, changes: u64) {
        self.0.store(changes, Ordering::Relaxed);
    }
}

/// The entry, the namespace and the function.
const FIRST: usize = 3;

impl Permit {
    pub(super) fn new(generation: u64, mut stamps: impl Iterator<Item = Stamp>) -> Self {
        let none = Stamp { mark: 0, count: 0 };
        let first = std::array::from_fn(|_| stamps.next());
        debug_assert!(first.iter().all(Option::is_some), "an entry has two tags");
        let mut labels = stamps.peekable();
        Self {
            generation,
            first: first.map(|stamp| stamp.unwrap_or(none)),
            labels: labels.peek().is_some().then(|| labels.collect()),
        }
    }

    #[inline]
    pub(super) fn stamps(&self) -> impl Iterator<Item = Stamp> {
        self.first
            .iter()
            .chain(self.labels.iter().flat_map(|labels| labels.iter()))
            .copied()
    }

    /// The generation it was given in.
    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }

    /// The stamp of the tag at this place among the entry's tags.
    pub(super) fn tag(&self, place: usize) -> Option<Stamp> {
        self.stamps().nth(place + 1)
    }

    /// The same permit after its owner has invalidated the entry once more: void, if anybody else did meanwhile.
    pub(crate) fn after(mut self, own: Stamp) -> Option<Self> {
        let is_next = self.first[0].count.wrapping_add(1) == own.count;
        self.first[0] = own;
        is_next.then_some(self)
    }
}
