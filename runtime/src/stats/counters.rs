//! Counters folded from events.
//!
//! Threads must not fight over the counters of hits: one in memory costs some tens of nanoseconds, and those in the
//! store are many at once. These are striped. Everything else happens beside work that costs far more, and is counted
//! plainly.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::FunctionStats;
use super::stripes::Stripes;
use crate::event::{Event, Layer, Leasing, MissReason, Refreshing};
use crate::function::Function;

/// The counters of one function.
#[derive(Debug)]
pub(crate) struct Counters {
    striped: Stripes<{ Striped::COUNT }>,
    plain: [AtomicU64; Plain::COUNT],
}

/// What is counted in stripes.
#[derive(Clone, Copy, Debug)]
enum Striped {
    MemoryHits,
    MemoryMisses,
    StoreHits,
    StoreSavedUs,
}

impl Striped {
    const COUNT: usize = Self::StoreSavedUs as usize + 1;
}

/// What is counted plainly.
#[derive(Clone, Copy, Debug)]
enum Plain {
    StaleHits,
    TagMisses,
    OutdatedMisses,
    LeaseWaits,
    Refreshes,
    RefreshesDropped,
    ColdMisses,
    ExpiredMisses,
    RejectedMisses,
    FailedMisses,
    Waits,
    Computes,
    Failures,
    Panics,
    Cancellations,
    Uncached,
    Stores,
    NotStored,
    StoredBytes,
    StoreFailures,
    Evictions,
    ComputeUs,
}

impl Plain {
    const COUNT: usize = Self::ComputeUs as usize + 1;
}

impl Counters {
    pub(crate) fn new() -> Self {
        Self {
            striped: Stripes::new(),
            plain: std::array::from_fn(|_| AtomicU64::new(0)),
        }
    }

    /// Counts a hit in memory.
    #[inline]
    pub(crate) fn memory_hit(&self) {
        self.add_striped(Striped::MemoryHits, 1);
    }

    /// Counts what an event says.
    pub(crate) fn count(&self, event: &Event) {
        match *event {
            Event::Hit {
                layer: Layer::Memory,
                ..
            } => self.memory_hit(),
            Event::Hit {
                layer: Layer::Store,
                saved,
            } => {
                self.add_striped(Striped::StoreHits, 1);
                self.add_striped(Striped::StoreSavedUs, microseconds(saved));
            }
            Event::Miss {
                layer: Layer::Memory,
                ..
            } => self.add_striped(Striped::MemoryMisses, 1),
            Event::Miss {
                layer: Layer::Store,
                reason,
            } => self.add(store_miss(reason), 1),
            Event::Stale { .. } => self.add(Plain::StaleHits, 1),
            Event::Lease {
                outcome: Leasing::Busy,
            } => self.add(Plain::LeaseWaits, 1),
            Event::Refresh { outcome } => match outcome {
                Refreshing::Begun => self.add(Plain::Refreshes, 1),
                Refreshing::Full | Refreshing::NoRuntime => self.add(Plain::RefreshesDropped, 1),
                _ => {}
            },
            Event::Joined => self.add(Plain::Waits, 1),
            Event::Computed { took } => {
                self.add(Plain::Computes, 1);
                self.add(Plain::ComputeUs, microseconds(took));
            }
            Event::Failed { .. } => self.add(Plain::Failures, 1),
            Event::Panicked => self.add(Plain::Panics, 1),
            Event::Cancelled => self.add(Plain::Cancellations, 1),
            Event::Stored { bytes } => {
                self.add(Plain::Stores, 1);
                self.add(Plain::StoredBytes, bytes as u64);
            }
            Event::NotStored { .. } => self.add(Plain::NotStored, 1),
            Event::Uncached { .. } => self.add(Plain::Uncached, 1),
            Event::StoreFailed { .. } => self.add(Plain::StoreFailures, 1),
            Event::Evicted { .. } => self.add(Plain::Evictions, 1),
            // Followed by an event that is counted, or preceded by one.
            Event::Waited { .. }
            | Event::TimedOut
            | Event::Alone { .. }
            | Event::Lease { .. }
            | Event::Put => {}
        }
    }

    /// The counts as they are now. Not one moment in time: threads go on counting meanwhile.
    pub(crate) fn read(&self, function: &'static Function) -> FunctionStats {
        let get = |counter: Plain| self.plain[counter as usize].load(Ordering::Relaxed);
        FunctionStats {
            function,
            memory_hits: self.sum(Striped::MemoryHits),
            store_hits: self.sum(Striped::StoreHits),
            stale_hits: get(Plain::StaleHits),
            tag_misses: get(Plain::TagMisses),
            outdated_misses: get(Plain::OutdatedMisses),
            lease_waits: get(Plain::LeaseWaits),
            refreshes: get(Plain::Refreshes),
            refreshes_dropped: get(Plain::RefreshesDropped),
            memory_misses: self.sum(Striped::MemoryMisses),
            cold_misses: get(Plain::ColdMisses),
            expired_misses: get(Plain::ExpiredMisses),
            rejected_misses: get(Plain::RejectedMisses),
            failed_misses: get(Plain::FailedMisses),
            waits: get(Plain::Waits),
            computes: get(Plain::Computes),
            failures: get(Plain::Failures),
            panics: get(Plain::Panics),
            cancellations: get(Plain::Cancellations),
            uncached: get(Plain::Uncached),
            stores: get(Plain::Stores),
            not_stored: get(Plain::NotStored),
            stored_bytes: get(Plain::StoredBytes),
            store_failures: get(Plain::StoreFailures),
            evictions: get(Plain::Evictions),
            compute_time: Duration::from_micros(get(Plain::ComputeUs)),
            time_saved: self.time_saved(),
        }
    }

    /// Hits in memory are taken to have saved what the function's values took on average: to add up what each one took
    /// would cost every hit a second counter.
    fn time_saved(&self) -> Duration {
        let get = |counter: Plain| self.plain[counter as usize].load(Ordering::Relaxed);
        let saved_us = self.sum(Striped::StoreSavedUs);
        let values = get(Plain::Computes) + self.sum(Striped::StoreHits);
        let mean_us = (get(Plain::ComputeUs) + saved_us) / values.max(1);
        let in_memory_us = self.sum(Striped::MemoryHits).saturating_mul(mean_us);
        Duration::from_micros(in_memory_us.saturating_add(saved_us))
    }

    fn sum(&self, counter: Striped) -> u64 {
        self.striped.sum(counter as usize)
    }

    #[inline]
    fn add_striped(&self, counter: Striped, by: u64) {
        self.striped.add(counter as usize, by);
    }

    fn add(&self, counter: Plain, by: u64) {
        // Relaxed: counts order nothing.
        self.plain[counter as usize].fetch_add(by, Ordering::Relaxed);
    }
}

const fn store_miss(reason: MissReason) -> Plain {
    match reason {
        MissReason::Cold => Plain::ColdMisses,
        MissReason::Expired => Plain::ExpiredMisses,
        MissReason::Rejected(_) | MissReason::Type => Plain::RejectedMisses,
        MissReason::Tag => Plain::TagMisses,
        MissReason::Outdated | MissReason::Owed | MissReason::Incoherent => Plain::OutdatedMisses,
        MissReason::Failed(_) => Plain::FailedMisses,
    }
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Fault;
    use crate::store::StoreErrorKind;
    use crate::version::Version;

    static FUNCTION: Function = Function::new("app::f", Version::from_bits(1));

    #[test]
    fn misses_of_the_store_are_counted_by_reason() {
        let counters = Counters::new();
        let reasons = [
            MissReason::Cold,
            MissReason::Expired,
            MissReason::Rejected(Fault::Key),
            MissReason::Failed(StoreErrorKind::Timeout),
        ];
        for reason in reasons {
            counters.count(&Event::Miss {
                layer: Layer::Store,
                reason,
            });
            counters.count(&Event::Miss {
                layer: Layer::Memory,
                reason,
            });
        }

        let stats = counters.read(&FUNCTION);
        assert_eq!(stats.memory_misses, 4);
        assert_eq!((stats.cold_misses, stats.expired_misses), (1, 1));
        assert_eq!((stats.rejected_misses, stats.failed_misses), (1, 1));
    }

    #[test]
    fn times_are_added_up() {
        let counters = Counters::new();
        let took = Duration::from_millis(3);
        counters.count(&Event::Computed { took });
        counters.count(&Event::Hit {
            layer: Layer::Store,
            saved: took,
        });
        counters.count(&Event::Hit {
            layer: Layer::Memory,
            saved: took,
        });

        let stats = counters.read(&FUNCTION);
        assert_eq!(
            (stats.computes, stats.store_hits, stats.memory_hits),
            (1, 1, 1)
        );
        assert_eq!((stats.compute_time, stats.time_saved), (took, 2 * took));
    }
}
