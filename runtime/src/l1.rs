//! L1: typed values in this process, bounded by bytes, each with its own deadline.
//!
//! One map for all functions. A look-up borrows the encoded key and compares it exactly; nothing is
//! allocated or decoded. The value's type is checked, so that even two functions that share an identity by accident
//! can't get each other's values.

use std::any::Any;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{Equivalent, OptionsBuilder, Weighter};

use crate::coherence::{Checked, Coherence, Permit};
use crate::event::MissReason;
use crate::hash::AsIs;
use crate::key::Key;
use crate::shards::shards;
use crate::sync::atomic::{AtomicU64, Ordering};

#[cfg(test)]
mod tests;

/// The in-process layer.
#[derive(Debug)]
pub(crate) struct L1 {
    slots: Cache<CallKey, Slot, SlotWeight, AsIs>,
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
    /// A copy of the value, if it is of this type.
    #[inline]
    pub(crate) fn copy<V: Any + Clone>(&self) -> Option<V> {
        self.value.downcast_ref::<V>().cloned()
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
                usize::try_from(max_bytes / TYPICAL_SLOT_BYTES)
                    .unwrap_or(usize::MAX)
                    .max(1),
            )
            .shards(shards(max_bytes, max_value_bytes))
            .build()
            // It asks for the two capacities, which are given.
            .expect("both capacities are set");
        Self {
            slots: Cache::with_options(options, SlotWeight, AsIs, DefaultLifecycle::default()),
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
        let slot = self.slots.get(call).ok_or(MissReason::Cold)?;
        let note = self.check(call, &slot, now_ms, coherence)?;
        Ok(Usable { slot, note })
    }

    /// What `answer` makes of the value that [`find`](Self::find) would find. Where it lies: the processor would wait
    /// for a slot that was moved.
    #[inline]
    pub(crate) fn find_with<T>(
        &self,
        call: &CallRef<'_>,
        now_ms: u64,
        coherence: &Coherence,
        answer: impl FnOnce(&Slot, Option<Note>) -> T,
    ) -> Result<T, MissReason> {
        let slot = self.slots.get(call).ok_or(MissReason::Cold)?;
        let note = self.check(call, &slot, now_ms, coherence)?;
        Ok(answer(&slot, note))
    }

    /// Whether a kept value may be used, and what there is to be noted then.
    #[inline]
    fn check(
        &self,
        call: &CallRef<'_>,
        slot: &Slot,
        now_ms: u64,
        coherence: &Coherence,
    ) -> Result<Option<Note>, MissReason> {
        if !coherence.is_usable(now_ms) {
            return Err(MissReason::Incoherent);
        }
        let Some(keeping) = slot.keeping.get() else {
            return Err(MissReason::Cold);
        };
        if !coherence.holds_still(&keeping.permit, &slot.checked) {
            return Err(self.drop_slot(call, slot, MissReason::Outdated));
        }
        // Relaxed: it stands for itself, and whoever lets a time pass twice only looks twice.
        if slot.attention_ms.load(Ordering::Relaxed) > now_ms {
            return Ok(None);
        }
        if keeping.deadline_ms <= now_ms {
            return Err(self.drop_slot(call, slot, MissReason::Expired));
        }
        Ok(keeping.note(&slot.attention_ms, now_ms))
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
            self.slots.insert(call, slot);
        }
    }

    /// Gives the bytes back now: nothing else would, as long as there is room.
    #[cold]
    fn drop_slot(&self, call: &CallRef<'_>, slot: &Slot, reason: MissReason) -> MissReason {
        // Only this one: another thread may have put a new value there since.
        self.slots.remove_if(call, |there| Arc::ptr_eq(there, slot));
        reason
    }

    /// Forgets everything, as a process that was started again.
    #[cfg(test)]
    pub(crate) fn clear(&self) {
        self.slots.clear();
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

/// The identity of a call in this process, owned: a function, and the exact bytes of its key.
#[derive(Clone, Debug)]
pub(crate) struct CallKey {
    memo: usize,
    hash: u64,
    bytes: Arc<[u8]>,
}

/// The identity of a call in this process, borrowed. It looks into the key when it is compared: to copy where the bytes
/// are and how many, the processor would wait for the number that was just written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallRef<'a> {
    memo: usize,
    key: &'a Key,
}

impl CallKey {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Spreads calls over the tables of a process.
    pub(crate) const fn hash(&self) -> u64 {
        self.hash
    }
}

impl<'a> CallRef<'a> {
    /// The call of the function `memo` with this key.
    #[inline]
    pub(crate) fn new(memo: usize, key: &'a Key) -> Self {
        Self { memo, key }
    }

    pub(crate) fn to_owned(self) -> CallKey {
        CallKey {
            memo: self.memo,
            hash: self.key.hash(),
            bytes: self.key.bytes().into(),
        }
    }
}

impl PartialEq for CallKey {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.memo == other.memo && self.bytes == other.bytes
    }
}

impl Eq for CallKey {}

impl Hash for CallKey {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl Hash for CallRef<'_> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.key.hash());
    }
}

impl Equivalent<CallKey> for CallRef<'_> {
    #[inline]
    fn equivalent(&self, key: &CallKey) -> bool {
        self.key.hash() == key.hash && self.memo == key.memo && *self.key.bytes() == *key.bytes
    }
}

#[derive(Clone, Copy, Debug)]
struct SlotWeight;

impl Weighter<CallKey, Slot> for SlotWeight {
    fn weight(&self, call: &CallKey, slot: &Slot) -> u64 {
        let payload_bytes = slot
            .keeping
            .get()
            .map_or(0, |keeping| keeping.payload_bytes);
        (call.bytes.len() + payload_bytes + SLOT_OVERHEAD_BYTES) as u64
    }
}

/// The time for values that are to be computed anew after every hit.
const ALWAYS_DUE: u64 = 0;

/// After this long it is noted again that a value is due.
const REMIND_MS: u64 = 1_000;

/// What the map, the key and the value's box need beside their bytes: the slot twice (the table is sparse), two
/// allocations with their counts.
const SLOT_OVERHEAD_BYTES: usize = 280;

/// A guess for sizing the map's tables; it may be wrong by two orders of magnitude without harm.
const TYPICAL_SLOT_BYTES: u64 = 512;
