//! Time as a value that is passed in: [`Clock`], the system's, and one to move by hand.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where a [`Cache`](crate::Cache) gets its time from.
///
/// Deadlines of copies in memory are read on every hit, so [`now_ms`](Clock::now_ms) must be cheap; it never meets
/// the clock of another machine.
pub trait Clock: Debug + Send + Sync + 'static {
    /// Milliseconds since an arbitrary origin; never goes back. May be coarse by a few milliseconds.
    fn now_ms(&self) -> u64;

    /// Milliseconds since the Unix epoch: the time of stores that processes of one machine share.
    fn unix_ms(&self) -> u64;

    /// Time since an arbitrary origin, exact: read before and after a computation to know what it cost.
    fn precise(&self) -> Duration {
        Duration::from_millis(self.now_ms())
    }
}

/// The clock of the system: coarse where it is read on every hit.
///
/// A coarse reading costs about 5 ns, an exact one 40 to 60 ns, more than the whole look-up of a hit.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    origin: Instant,
}

impl SystemClock {
    /// The system's clock, with its origin now.
    #[must_use]
    pub fn new() -> Self {
        Self {
            origin: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[inline]
    fn now_ms(&self) -> u64 {
        // Not `now()`: it also writes a process-wide cell, which threads would fight over.
        let ticks = coarsetime::Instant::now_without_cache_update().as_ticks();
        coarsetime::Duration::from_ticks(ticks).as_millis()
    }

    fn unix_ms(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        // A machine set before 1970 gets age 0 for everything, rather than a panic.
        since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(0))
    }

    fn precise(&self) -> Duration {
        self.origin.elapsed()
    }
}

/// A clock that moves only when it is told to. Clones share their time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    ms: Arc<AtomicU64>,
}

impl ManualClock {
    /// A clock that stands at 2020-01-01 until it is moved.
    #[must_use]
    pub fn new() -> Self {
        Self {
            ms: Arc::new(AtomicU64::new(1_577_836_800_000)),
        }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by = milliseconds(by);
        // Relaxed: the time is the only thing that is shared.
        self.ms.fetch_add(by, Ordering::Relaxed);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> u64 {
        self.ms.load(Ordering::Relaxed)
    }

    fn unix_ms(&self) -> u64 {
        self.now_ms()
    }
}

/// The clock of one cache. The system's is a variant of its own, so that a hit pays no virtual call for it.
#[derive(Clone, Debug)]
pub(crate) enum Time {
    System(SystemClock),
    Given(Arc<dyn Clock>),
}

impl Time {
    #[inline]
    pub(crate) fn now_ms(&self) -> u64 {
        match self {
            Self::System(clock) => clock.now_ms(),
            Self::Given(clock) => clock.now_ms(),
        }
    }

    pub(crate) fn precise(&self) -> Duration {
        match self {
            Self::System(clock) => clock.precise(),
            Self::Given(clock) => clock.precise(),
        }
    }

    /// How long to sleep until the clock may show `at_ms`. One that is moved by hand is looked at again and again.
    pub(crate) fn pause_until(&self, at_ms: u64) -> Duration {
        match self {
            // A millisecond more: a coarse clock may still show the one before.
            Self::System(clock) => {
                Duration::from_millis(at_ms.saturating_sub(clock.now_ms()).saturating_add(1))
            }
            Self::Given(_) => crate::timers::GLANCE,
        }
    }

    /// The same clock for a store, which asks it rarely enough to go through the trait.
    pub(crate) fn shared(&self) -> Arc<dyn Clock> {
        match self {
            Self::System(clock) => Arc::new(*clock),
            Self::Given(clock) => Arc::clone(clock),
        }
    }
}

/// So many whole milliseconds; more than fit are as many as do.
pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = ManualClock::new();
        let (coarse, exact) = (clock.now_ms(), clock.precise());
        let shared = clock.clone();
        shared.advance(Duration::from_millis(1_500));

        assert_eq!(clock.now_ms(), coarse + 1_500);
        assert_eq!(clock.precise(), exact + Duration::from_millis(1_500));
        assert_eq!(clock.unix_ms(), clock.now_ms());
    }

    #[test]
    fn the_system_clock_never_goes_back() {
        let clock = SystemClock::new();
        let readings: Vec<u64> = (0..1_000).map(|_| clock.now_ms()).collect();

        assert!(readings.is_sorted());
        assert!(clock.unix_ms() > 1_577_836_800_000);
    }
}
