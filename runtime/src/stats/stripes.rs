//! [`Stripes`]: counters that threads do not fight over.
//!
//! A counter is one number for each stripe. Some stripes belong to one thread each, for as long as it lives: it counts
//! there without a locked instruction, which costs a hit in memory a tenth of its time. Threads that find all of these
//! taken are dealt over the stripes that are shared.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// So many counters, in stripes.
#[derive(Debug)]
pub(super) struct Stripes<const COUNTERS: usize>([Stripe<COUNTERS>; STRIPES]);

/// What the counters are for some of the threads. Two cache lines: processors fetch lines in pairs.
#[derive(Debug)]
#[repr(align(128))]
struct Stripe<const COUNTERS: usize>([AtomicU64; COUNTERS]);

impl<const COUNTERS: usize> Stripes<COUNTERS> {
    pub(super) fn new() -> Self {
        let stripe = || Stripe(std::array::from_fn(|_| AtomicU64::new(0)));
        Self(std::array::from_fn(|_| stripe()))
    }

    #[inline]
    pub(super) fn add(&self, counter: usize, by: u64) {
        let place = own_place();
        let count = &self.0[place].0[counter];
        // Relaxed, here and below: counts order nothing, and who comes to own a stripe has seen what was counted there.
        if place < OWNED {
            let sum = count.load(Ordering::Relaxed).wrapping_add(by);
            count.store(sum, Ordering::Relaxed);
        } else {
            count.fetch_add(by, Ordering::Relaxed);
        }
    }

    pub(super) fn sum(&self, counter: usize) -> u64 {
        let counts = self.0.iter().map(|stripe| &stripe.0[counter]);
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    }
}

thread_local! {
    /// Where the thread counts, [`STRIPES`] before it has counted anything.
    static PLACE: Cell<usize> = const { Cell::new(STRIPES) };
    /// What of it is the thread's own, to be given back at its end.
    static OWN: Own = const { Own(Cell::new(None)) };
}

/// The stripe of the calling thread.
#[inline]
fn own_place() -> usize {
    let place = PLACE.try_with(Cell::get).unwrap_or(SHARED);
    if place < STRIPES { place } else { take_place() }
}

#[cold]
fn take_place() -> usize {
    // A thread that is ending could not give back what it takes.
    let owned = OWN.try_with(Own::take).ok().flatten();
    let place = owned.unwrap_or_else(|| SHARED + NEXT.fetch_add(1, Ordering::Relaxed) % DEALT);
    let _ = PLACE.try_with(|own| own.set(place));
    place
}

/// A stripe that the thread has for itself.
struct Own(Cell<Option<usize>>);

impl Own {
    /// The first stripe that is nobody's.
    fn take(&self) -> Option<usize> {
        let free = |taken: usize| {
            let place = taken.trailing_ones() as usize;
            (place < OWNED).then_some(taken | 1 << place)
        };
        // Acquire, for what its last owner has counted.
        let taken = TAKEN.fetch_update(Ordering::Acquire, Ordering::Relaxed, free);
        let place = taken.ok()?.trailing_ones() as usize;
        self.0.set(Some(place));
        Some(place)
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(place) = self.0.take() {
            // Destructors that run after this one may still call cached functions.
            let _ = PLACE.try_with(|own| own.set(SHARED));
            TAKEN.fetch_and(!(1 << place), Ordering::Release);
        }
    }
}

/// One bit for each stripe that a thread owns.
static TAKEN: AtomicUsize = AtomicUsize::new(0);

/// Whom the next shared stripe is for.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// So many stripes come first, each with one owner.
const OWNED: usize = 8;

/// The first of the shared ones.
const SHARED: usize = OWNED;

/// Enough that a few dozen threads rarely meet.
const DEALT: usize = 8;

/// 2 KiB per function that is called.
const STRIPES: usize = OWNED + DEALT;

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Barrier};

    use super::*;

    #[test]
    fn what_all_threads_count_is_summed_whether_they_own_a_stripe_or_share_one() {
        let stripes = Arc::new(Stripes::<2>::new());
        let threads = 3 * STRIPES;
        let all_are_there = Barrier::new(threads);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    stripes.add(1, 1);
                    all_are_there.wait();
                    (0..1_000).for_each(|_| stripes.add(1, 2));
                });
            }
        });

        assert_eq!(stripes.sum(1), 2_001 * threads as u64);
        assert_eq!(stripes.sum(0), 0);
    }

    #[test]
    fn no_two_threads_own_a_stripe_at_once() {
        let all_are_there = Barrier::new(2 * OWNED);
        let places: Vec<usize> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..2 * OWNED)
                .map(|_| {
                    scope.spawn(|| {
                        let place = own_place();
                        all_are_there.wait();
                        place
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });

        let mut owned: Vec<_> = places.into_iter().filter(|place| *place < OWNED).collect();
        let count = owned.len();
        owned.sort_unstable();
        owned.dedup();
        assert_eq!(owned.len(), count);
    }

    #[test]
    fn a_stripe_is_given_back_when_its_owner_ends_and_goes_on_from_there() {
        let stripes = Arc::new(Stripes::<1>::new());
        for _ in 0..10 * STRIPES {
            let stripes = Arc::clone(&stripes);
            std::thread::spawn(move || stripes.add(0, 1))
                .join()
                .unwrap();
        }

        assert_eq!(stripes.sum(0), 10 * STRIPES as u64);
    }

    #[test]
    fn destructors_of_a_thread_may_count() {
        struct Late(Arc<Stripes<1>>);
        impl Drop for Late {
            fn drop(&mut self) {
                self.0.add(0, 1);
            }
        }
        thread_local! {
            static LATE: Cell<Option<Late>> = const { Cell::new(None) };
        }
        let stripes = Arc::new(Stripes::<1>::new());
        for is_first in [true, false] {
            let stripes = Arc::clone(&stripes);
            let thread = std::thread::spawn(move || {
                // Destructors run in some order of the first uses.
                if is_first {
                    stripes.add(0, 1);
                }
                LATE.set(Some(Late(Arc::clone(&stripes))));
                stripes.add(0, 1);
            });
            thread.join().unwrap();
        }

        assert_eq!(stripes.sum(0), 5);
    }
}
