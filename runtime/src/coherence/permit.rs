//! [`Permit`]: leave to rely on what was found, as long as nothing of it is invalidated.

use smallvec::SmallVec;

use crate::store::FEW_LABELS;
use crate::sync::atomic::{AtomicU64, Ordering};

/// The state of a mark at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(super) mark: u32,
    pub(super) count: u32,
}

/// The state of all that something depends on, at the moment before it was looked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Permit {
    pub(super) generation: u64,
    entry: Stamp,
    /// The namespace, the function and the labels: without an allocation, if there are few.
    tags: SmallVec<[Stamp; 2 + FEW_LABELS]>,
}

impl Clone for Permit {
    fn clone(&self) -> Self {
        Self {
            // In one piece: what is derived goes through them one by one.
            tags: SmallVec::from_slice(&self.tags),
            ..*self
        }
    }
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

impl Permit {
    /// Of an entry; its tags are still to come.
    pub(super) fn new(generation: u64, entry: Stamp) -> Self {
        Self {
            generation,
            entry,
            tags: SmallVec::new(),
        }
    }

    pub(super) fn add(&mut self, tag: Stamp) {
        self.tags.push(tag);
    }

    #[inline]
    pub(super) fn stamps(&self) -> impl Iterator<Item = Stamp> {
        std::iter::once(self.entry).chain(self.tags.iter().copied())
    }

    /// The generation it was given in.
    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }

    /// The stamp of the tag at this place among the entry's tags.
    pub(super) fn tag(&self, place: usize) -> Option<Stamp> {
        self.tags.get(place).copied()
    }

    /// The same permit after its owner has invalidated the entry once more: void, if anybody else did meanwhile.
    pub(crate) fn after(mut self, own: Stamp) -> Option<Self> {
        let is_next = self.entry.count.wrapping_add(1) == own.count;
        self.entry = own;
        is_next.then_some(self)
    }
}
