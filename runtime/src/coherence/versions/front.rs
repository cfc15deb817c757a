//! The versions that every call asks for, in front of all others: read without a lock.
//!
//! Every call has the tags of the namespace and of its function. In a table with locks all threads would count themselves
//! in and out at the same two places. Here each version has a slot, a sequence lock (as in Boehm, "Can seqlocks get along
//! with programming language memory models?", 2012): a number that is odd while somebody writes. Readers never write, and
//! take for unknown what was written while they read.

use super::{Known, Stamp};
use crate::store::{TagRef, TagVersion};
use crate::sync::atomic::{AtomicU64, Ordering, fence};

/// A version for each of the last tags that were put here, by their hashes.
#[derive(Debug)]
pub(super) struct Front(Box<[Slot]>);

/// Alone in its line of memory: nobody who reads it waits for those who write another.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Slot {
    sequence: AtomicU64,
    words: [AtomicU64; WORDS],
}

impl Front {
    pub(super) fn new() -> Self {
        Self((0..SLOTS).map(|_| Slot::default()).collect())
    }

    /// What was put here for the tag last, if nothing has taken its place.
    pub(super) fn get(&self, tag: TagRef<'_>) -> Option<Known> {
        let [hash, words @ ..] = self.slot(tag).read()?;
        // Of 64 bits that nobody can guess, so that it stands for the name. Tags that share one would share their mark too,
        // and so never a version that one of them has lost.
        (hash == tag.hash).then(|| unpack(words))
    }

    pub(super) fn put(&self, tag: TagRef<'_>, known: &Known) {
        self.slot(tag).write(pack(tag.hash, known));
    }

    fn slot(&self, tag: TagRef<'_>) -> &Slot {
        // The high bits: the low ones choose the mark.
        let high = usize::try_from(tag.hash >> 32).unwrap_or(0);
        &self.0[high % SLOTS]
    }
}

impl Slot {
    fn read(&self) -> Option<[u64; WORDS]> {
        // Acquire: the words are no older than the number.
        let before = self.sequence.load(Ordering::Acquire);
        if before % 2 == 1 {
            return None;
        }
        let words = self
            .words
            .each_ref()
            .map(|word| word.load(Ordering::Relaxed));
        // Whoever saw a new word sees the new number after it.
        fence(Ordering::Acquire);
        (self.sequence.load(Ordering::Relaxed) == before).then_some(words)
    }

    /// Unless somebody else writes: one of both is enough.
    fn write(&self, words: [u64; WORDS]) {
        let before = self.sequence.load(Ordering::Relaxed);
        let (odd, even) = (before.wrapping_add(1), before.wrapping_add(2));
        let (taken, lost) = (Ordering::Acquire, Ordering::Relaxed);
        let is_mine = before.is_multiple_of(2)
            && self
                .sequence
                .compare_exchange(before, odd, taken, lost)
                .is_ok();
        if is_mine {
            fence(Ordering::Release);
            for (word, new) in self.words.iter().zip(words) {
                word.store(new, Ordering::Relaxed);
            }
            self.sequence.store(even, Ordering::Release);
        }
    }
}

fn pack(hash: u64, known: &Known) -> [u64; WORDS] {
    let Stamp { mark, count } = known.stamp;
    let stamp = (u64::from(mark) << 32) | u64::from(count);
    let version = u64::from_le_bytes(known.version.to_bytes());
    [hash, version, known.lasts_ms, known.generation, stamp]
}

fn unpack([version, lasts_ms, generation, stamp]: [u64; WORDS - 1]) -> Known {
    Known {
        version: TagVersion::from_bytes(version.to_le_bytes()),
        lasts_ms,
        generation,
        stamp: Stamp {
            mark: (stamp >> 32) as u32,
            count: stamp as u32,
        },
    }
}

/// The hash, the version, until when it lasts, the generation, the stamp.
const WORDS: usize = 5;

/// More than most programs have cached functions; 16 kB.
const SLOTS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::TagKey;

    fn known(number: u8) -> Known {
        Known {
            version: TagVersion::from_bytes([number; 8]),
            lasts_ms: 1 << number,
            generation: u64::from(number),
            stamp: Stamp {
                mark: u32::from(number),
                count: u32::MAX - u32::from(number),
            },
        }
    }

    #[test]
    fn what_was_put_last_is_there_and_for_no_other_tag() {
        let front = Front::new();
        let tag = TagKey::function("c", 1);
        assert_eq!(front.get(tag.borrowed()), None);
        front.put(tag.borrowed(), &known(1));
        front.put(tag.borrowed(), &known(2));
        assert_eq!(front.get(tag.borrowed()), Some(known(2)));

        let hash = tag.borrowed().hash ^ 1;
        let other = TagRef {
            hash,
            name: "in the same slot",
        };
        assert_eq!(front.get(other), None);
        front.put(other, &known(3));
        assert_eq!(front.get(tag.borrowed()), None);
    }

    #[test]
    fn what_is_being_written_is_unknown_and_not_written_twice() {
        let slot = Slot::default();
        slot.write([1; WORDS]);
        slot.sequence.fetch_add(1, Ordering::Relaxed);
        assert_eq!(slot.read(), None);
        slot.write([2; WORDS]);

        slot.sequence.fetch_add(1, Ordering::Relaxed);
        assert_eq!(slot.read(), Some([1; WORDS]));
    }

    /// Each write is of one number, so a mixture would show.
    #[test]
    fn readers_see_all_of_a_write_or_nothing() {
        const WRITES: u64 = 20_000;
        let slot = Slot::default();
        std::thread::scope(|scope| {
            for writer in 0..2 {
                let slot = &slot;
                scope.spawn(move || (0..WRITES).for_each(|n| slot.write([2 * n + writer; WORDS])));
            }
            for _ in 0..WRITES {
                if let Some(words) = slot.read() {
                    assert_eq!(words, [words[0]; WORDS]);
                }
            }
        });
        assert!(slot.read().is_some());
    }
}
