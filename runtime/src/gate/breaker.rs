//! The breaker: a store that fails again and again is left alone until it answers a probe.
//!
//! After the circuit breaker of Nygard, "Release It!": *closed*, calls go through and their outcomes are counted;
//! *open*, none does, and callers compute at once; *half-open*, one probe goes through. Probes are made by a thread of
//! the cache's own and not by callers, so that no caller ever pays for one, and service is back soon after the store.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many failures in a row open it.
const IN_A_ROW: u32 = 5;
/// Or half of at least so many calls within [`WINDOW_MS`].
const AT_LEAST: u32 = 20;
const WINDOW_MS: u64 = 10_000;
/// The window moves by this much at a time.
const SLICE_MS: u64 = 1_000;

/// Counts how calls end, and says when it is enough.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    /// Read by every call, written by few.
    is_open: AtomicBool,
    in_a_row: AtomicU32,
    /// There are failures in the window, with which successes are to be compared.
    is_watching: AtomicBool,
    window: Mutex<VecDeque<Slice>>,
}

/// The calls of one second.
#[derive(Clone, Copy, Debug)]
struct Slice {
    begins_ms: u64,
    calls: u32,
    failures: u32,
}

impl Breaker {
    /// Whether calls go through.
    pub(crate) fn is_closed(&self) -> bool {
        !self.is_open.load(Ordering::Acquire)
    }

    /// Notes that a call has succeeded.
    pub(crate) fn succeed(&self, now_ms: u64) {
        // Read first: a write on every call would make the threads fight over the line of memory.
        if self.in_a_row.load(Ordering::Relaxed) != 0 {
            self.in_a_row.store(0, Ordering::Relaxed);
        }
        if self.is_watching.load(Ordering::Relaxed) {
            self.count(now_ms, false);
        }
    }

    /// Notes that a call has failed. Whether that opens it: the caller is then the one to say so.
    pub(crate) fn fail(&self, now_ms: u64) -> bool {
        let in_a_row = self.in_a_row.fetch_add(1, Ordering::Relaxed) + 1;
        let is_half = self.count(now_ms, true);
        (in_a_row >= IN_A_ROW || is_half) && !self.is_open.swap(true, Ordering::AcqRel)
    }

    /// The store has answered a probe. Whether it was open.
    pub(crate) fn close(&self) -> bool {
        self.window().clear();
        self.in_a_row.store(0, Ordering::Relaxed);
        self.is_open.swap(false, Ordering::AcqRel)
    }

    /// Whether half of enough calls have failed of late.
    fn count(&self, now_ms: u64, failed: bool) -> bool {
        let mut window = self.window();
        add(&mut window, now_ms, failed);
        let calls: u32 = window.iter().map(|slice| slice.calls).sum();
        let failures: u32 = window.iter().map(|slice| slice.failures).sum();
        self.is_watching.store(failures > 0, Ordering::Relaxed);
        if failures == 0 {
            window.clear();
        }
        calls >= AT_LEAST && failures * 2 >= calls
    }

    fn window(&self) -> MutexGuard<'_, VecDeque<Slice>> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add(window: &mut VecDeque<Slice>, now_ms: u64, failed: bool) {
    while window
        .front()
        .is_some_and(|slice| now_ms.saturating_sub(slice.begins_ms) >= WINDOW_MS)
    {
        window.pop_front();
    }
    let is_new = window
        .back()
        .is_none_or(|slice| now_ms.saturating_sub(slice.begins_ms) >= SLICE_MS);
    if is_new {
        window.push_back(Slice {
            begins_ms: now_ms,
            calls: 0,
            failures: 0,
        });
    }
    if let Some(slice) = window.back_mut() {
        slice.calls = slice.calls.saturating_add(1);
        slice.failures = slice.failures.saturating_add(u32::from(failed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_in_a_row_open_it_and_it_is_said_once() {
        let breaker = Breaker::default();
        for _ in 0..4 {
            assert!(!breaker.fail(0));
        }
        breaker.succeed(0);
        let said: Vec<bool> = (0..6).map(|_| breaker.fail(0)).collect();

        assert_eq!(said, [false, false, false, false, true, false]);
        assert!(!breaker.is_closed());
        assert!(breaker.close());
        assert!(breaker.is_closed() && !breaker.close());
    }

    #[test]
    fn half_of_twenty_calls_open_it() {
        let breaker = Breaker::default();
        let opened = (0..20).map(|_| {
            let opened = breaker.fail(0);
            breaker.succeed(0);
            opened
        });

        assert_eq!(opened.filter(|opened| *opened).count(), 1);
    }

    #[test]
    fn old_failures_do_not_count() {
        let breaker = Breaker::default();
        for second in 0..100 {
            assert!(!breaker.fail(second * SLICE_MS));
            breaker.succeed(second * SLICE_MS);
            breaker.succeed(second * SLICE_MS);
        }
        assert!(breaker.is_closed());
    }

    #[test]
    fn a_few_failures_among_many_calls_do_not_open_it() {
        let breaker = Breaker::default();
        for call in 0..1_000_u64 {
            if call % 4 == 0 {
                assert!(!breaker.fail(call));
            } else {
                breaker.succeed(call);
            }
        }
        assert!(breaker.is_closed());
    }
}
