//! What has happened so far, per function: [`stats`].

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::function::Function;
use crate::memo::Memo;

mod counters;
mod stripes;

pub(crate) use self::counters::Counters;

/// What has happened in this process so far, for every cached function that was called.
#[must_use]
pub fn stats() -> Stats {
    let memos = MEMOS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut functions: Vec<_> = memos.into_iter().map(Memo::stats).collect();
    functions.sort_by_key(|stats| (stats.function.path(), stats.function.version()));
    Stats { functions }
}

/// Adds a function to those [`stats`] asks. Once, when it is first called.
pub(crate) fn register(memo: &'static Memo) {
    MEMOS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(memo);
}

/// Every function that was called, in the order of first calls.
static MEMOS: Mutex<Vec<&'static Memo>> = Mutex::new(Vec::new());

/// Counts of all functions that were called.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// One element per function, in the order of their paths.
    pub functions: Vec<FunctionStats>,
}

impl Stats {
    /// The counts of the function at `path`, if it was called.
    #[must_use]
    pub fn function(&self, path: &str) -> Option<&FunctionStats> {
        self.functions
            .iter()
            .find(|stats| stats.function.path() == path)
    }
}

/// Counts of one function, since the process began.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FunctionStats {
    /// Which function.
    pub function: &'static Function,
    /// Calls answered from memory.
    pub memory_hits: u64,
    /// Calls answered from the store.
    pub store_hits: u64,
    /// Calls answered with a value that was not fresh any more, as far as the function allows.
    pub stale_hits: u64,
    /// Look-ups in the store that found an entry one of whose tags was invalidated, or whose function was cleared.
    pub tag_misses: u64,
    /// Look-ups in the store that found an entry of which it can't be told whether it still holds.
    pub outdated_misses: u64,
    /// Calls that waited for another process.
    pub lease_waits: u64,
    /// Computations in the background, begun by a hit.
    pub refreshes: u64,
    /// Those that were due and not begun: too many were under way, or there was no runtime to do them on.
    pub refreshes_dropped: u64,
    /// Look-ups in memory that found nothing usable.
    pub memory_misses: u64,
    /// Look-ups in the store that found nothing.
    pub cold_misses: u64,
    /// Look-ups in the store that found an entry that was not fresh any more.
    pub expired_misses: u64,
    /// Look-ups in the store that found something that was not the entry.
    pub rejected_misses: u64,
    /// Look-ups the store did not answer.
    pub failed_misses: u64,
    /// Calls that waited for the computation of another call.
    pub waits: u64,
    /// Computations that returned a value.
    pub computes: u64,
    /// Computations that returned an error.
    pub failures: u64,
    /// Computations that panicked.
    pub panics: u64,
    /// Calls that were given up before they had a value.
    pub cancellations: u64,
    /// Calls without a key, computed and not stored.
    pub uncached: u64,
    /// Values that were stored, in memory or beyond.
    pub stores: u64,
    /// Values that were not.
    pub not_stored: u64,
    /// Bytes of the payloads that were stored, before compression.
    pub stored_bytes: u64,
    /// Operations the store could not do.
    pub store_failures: u64,
    /// Entries that were evicted.
    pub evictions: u64,
    /// Time spent computing values.
    pub compute_time: Duration,
    /// Time that computing would have taken where a layer had the answer; for hits in memory an estimate, by what the
    /// function's values took on average.
    pub time_saved: Duration,
}
