//! L1: typed values in this process, bounded by bytes, each with its own deadline.
//!
//! One map for all functions. A look-up borrows the encoded key and compares it exactly; nothing is
//! allocated or decoded. The value's type is checked, so that even two functions that share an identity by accident
//! can't get each other's values.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use quick_cache::OptionsBuilder;
use quick_cache::sync::{Cache, DefaultLifecycle};

use crate::coherence::{Checked, Coherence, Permit};
use crate::event::MissReason;
use crate::hash::AsIs;
use crate::shards::shards;
use crate::sync::atomic::{AtomicU64, Ordering};

mod call;
mod entry;
#[cfg(test)]
mod tests;

pub(crate) use self::call::{CallKey, CallRef};
use self::entry::{Entry, EntryWeight, Exactly, Glance};

/// The in-process layer.
#[derive(Debug)]
pub(crate) struct L1 {
    entries: Cache<Entry, (), EntryWeight, AsIs>,
    max_bytes: u64,
}

/// A kept value that may be used, whatever its type.
#[derive(Debug)]
pub(crate) struct Usable {
    pub(crate) slot: Slot,
    /// What is to be done or said about it, other than a hit.
    pub(crate) note: Option<Note>,
}

/// What is special about a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// It is time to compute the value anew. Said to one caller.
    Due,
    /// The value is not fresh any more: a fresh one could not be computed a moment ago.
    Stale,
}

/// A value for everyone but the caller that computed it: for memory, and for those who wait.
///
/// All that a hit usually needs lies at the beginning of this one allocation, whose count it touches anyway, in the same
/// cache line as a small value: with the deadline in the map, or with marks to compare, it took several lines more.
#[derive(Debug)]
pub(crate) struct Kept<V: ?Sized> {
    /// From when on a hit has more to do than to hit: the copy has ended, or there is something to note. In
    /// milliseconds of the clock.
    attention_ms: AtomicU64,
    /// When its permit was last found to hold.
    checked: Checked,
    /// Unset until it is in memory: the value is shared with those who wait before it is known how it may be kept.
    keeping: OnceLock<Box<Keeping>>,
    pub(crate) value: V,
}

/// A kept value of any type.
pub(crate) type Slot = Arc<Kept<dyn Any + Send + Sync>>;

/// What is known of a value once it is kept in memory.
#[derive(Clone, Debug)]
pub(crate) struct Keeping {
    /// When the copy stops being usable, in milliseconds of the clock; `u64::MAX` for never.
    pub(crate) deadline_ms: u64,
    /// When the value is to be computed anew; `u64::MAX` for not before that.
    pub(crate) refresh_ms: u64,
    /// The value is not fresh any more.
    pub(crate) is_stale: bool,
    /// What computing the value took.
    pub(crate) cost_us: u64,
    /// The length of the payload: the best guess there is at what the value takes in memory.
    pub(crate) payload_bytes: usize,
    /// What the value depends on, as it was before it was looked for.
    pub(crate) permit: Permit,
}

impl<V> Kept<V> {
    pub(crate) const fn new(value: V) -> Self {
        Self {
            attention_ms: AtomicU64::new(0),
            checked: Checked::never(),
            keeping: OnceLock::new(),
            value,
        }
    }
}

impl Kept<dyn Any + Send + Sync> {
    /// The value, if it is of this type.
    #[inline]
    pub(crate) fn value<V: Any>(&self) -> Option<&V> {
        self.value.downcast_ref()
    }

    /// Whether the value may be used, and what there is to be noted then.
    #[inline]
    fn check(&self, now_ms: u64, coherence: &Coherence) -> Result<Option<Note>, MissReason> {
        if !coherence.is_usable(now_ms) {
            return Err(MissReason::Incoherent);
        }
        let Some(keeping) = self.keeping.get() else {
            return Err(MissReason::Cold);
        };
        if !coherence.holds_still(&keeping.permit, &self.checked) {
            return Err(MissReason::Outdated);
        }
        // Relaxed: it stands for itself, and whoever lets a time pass twice only looks twice.
        if self.attention_ms.load(Ordering::Relaxed) > now_ms {
            return Ok(None);
        }
        if keeping.deadline_ms <= now_ms {
            return Err(MissReason::Expired);
        }
        Ok(keeping.note(&self.attention_ms, now_ms))
    }

    /// What computing the value had taken.
    pub(crate) fn cost_us(&self) -> u64 {
        let keeping = self.keeping.get();
        keeping.map_or(0, |keeping| keeping.cost_us)
    }
}

impl L1 {
    /// A layer of at most about `max_bytes`, whose largest value has `max_value_bytes`.
    pub(crate) fn new(max_bytes: u64, max_value_bytes: usize) -> Self {
        let options = OptionsBuilder::new()
            .weight_capacity(max_bytes)
            .estimated_items_capacity(
                usize::try_from(max_bytes / TYPICAL_ENTRY_BYTES)
                    .unwrap_or(usize::MAX)
                    .max(1),
            )
            .shards(shards(max_bytes, max_value_bytes))
            .build()
            // It asks for the two capacities, which are given.
            .expect("both capacities are set");
        Self {
            entries: Cache::with_options(options, EntryWeight, AsIs, DefaultLifecycle::default()),
            max_bytes,
        }
    }

    /// The kept value of `call`, of whatever type, if it is usable at `now_ms` by what `coherence` says.
    #[inline]
    pub(crate) fn find(
        &self,
        call: &CallRef<'_>,
        now_ms: u64,
        coherence: &Coherence,
    ) -> Result<Usable, MissReason> {
        let slot = self.glance(call, Slot::clone).ok_or(MissReason::Cold)?;
        match slot.check(now_ms, coherence) {
            Ok(note) => Ok(Usable { slot, note }),
            Err(reason) => Err(self.drop_void(call, &slot, reason)),
        }
    }

    /// What `copy` makes of the value that [`find`](Self::find) would find, where it lies. The layer is locked meanwhile:
    /// `copy` must not come back to it, nor run anything of the user's.
    #[inline]
    pub(crate) fn find_in_place<T>(
        &self,
        call: &CallRef<'_>,
        now_ms: u64,
        coherence: &Coherence,
        copy: impl Fn(&Slot) -> T,
    ) -> Result<(T, Option<Note>), MissReason> {
        let take = |slot: &Slot| match slot.check(now_ms, coherence) {
            Ok(note) => Ok((copy(slot), note)),
            Err(reason) => Err((Slot::clone(slot), reason)),
        };
        match self.glance(call, take) {
            Some(Ok(found)) => Ok(found),
            Some(Err((slot, reason))) => Err(self.drop_void(call, &slot, reason)),
            None => Err(MissReason::Cold),
        }
    }

    #[inline]
    fn glance<T>(&self, call: &CallRef<'_>, take: impl Fn(&Slot) -> T) -> Option<T> {
        let glance = Glance::new(call, take);
        // That it is there says nothing more than what was taken of it.
        let _ = self.entries.get(&glance);
        glance.taken()
    }

    /// Keeps a value, in place of whatever was kept for the call.
    pub(crate) fn insert(&self, call: CallKey, slot: Slot, keeping: Keeping) {
        if self.max_bytes == 0 {
            return;
        }
        slot.attention_ms
            .store(keeping.attention_ms(), Ordering::Relaxed);
        // A value is kept once; one that came to memory by two ways is the same both times.
        if slot.keeping.set(Box::new(keeping)).is_ok() {
            self.entries.insert(Entry { call, slot }, ());
        }
    }

    /// Gives the bytes of a value that will never be usable again back now: nothing else would, as long as there is room.
    #[cold]
    fn drop_void(&self, call: &CallRef<'_>, slot: &Slot, reason: MissReason) -> MissReason {
        if matches!(reason, MissReason::Outdated | MissReason::Expired) {
            // Only this one: another thread may have put a new value there since.
            self.entries.remove(&Exactly { call, slot });
        }
        reason
    }

    /// Forgets everything, as a process that was started again.
    #[cfg(test)]
    pub(crate) fn clear(&self) {
        self.entries.clear();
    }
}

impl Keeping {
    /// From when on a hit has more to do than to hit.
    fn attention_ms(&self) -> u64 {
        if self.is_stale {
            0
        } else {
            self.refresh_ms.min(self.deadline_ms)
        }
    }

    /// What is to be noted now that the time has come. That the value is due is noted to one caller, and again a while
    /// later if it is still the same copy: what it led to may have been dropped.
    #[cold]
    fn note(&self, attention_ms: &AtomicU64, now_ms: u64) -> Option<Note> {
        if self.is_stale {
            return Some(Note::Stale);
        }
        if self.refresh_ms == ALWAYS_DUE {
            return Some(Note::Due);
        }
        let again_ms = now_ms.saturating_add(REMIND_MS).min(self.deadline_ms);
        let seen_ms = attention_ms.swap(again_ms, Ordering::Relaxed);
        (seen_ms <= now_ms).then_some(Note::Due)
    }
}

/// The time for values that are to be computed anew after every hit.
const ALWAYS_DUE: u64 = 0;

/// After this long it is noted again that a value is due.
const REMIND_MS: u64 = 1_000;

/// A guess for sizing the map's tables; it may be wrong by two orders of magnitude without harm.
const TYPICAL_ENTRY_BYTES: u64 = 512;
