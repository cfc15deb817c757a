//! How long a store that could not be reached is left alone.

use std::time::{Duration, Instant};

/// The wait after the first failure: a restarted server is back within it or soon after.
const FIRST: Duration = Duration::from_millis(100);
/// The longest wait: an outage costs one attempt every two seconds, and is noticed to be over within that.
const LONGEST: Duration = Duration::from_secs(2);

/// When something that failed may be tried again: after 100 ms, doubling with each failure in a row to 2 s.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    /// `None` while the last attempt succeeded, or none was made.
    failed: Option<Failed>,
}

#[derive(Debug)]
struct Failed {
    delay: Duration,
    until: Instant,
}

impl Backoff {
    /// Whether it is too early to try again.
    pub(crate) fn is_waiting(&self, now: Instant) -> bool {
        self.failed
            .as_ref()
            .is_some_and(|failed| now < failed.until)
    }

    /// Until when it is too early; `None` while nothing has failed.
    #[cfg(feature = "redis")]
    pub(crate) fn ends(&self) -> Option<Instant> {
        self.failed.as_ref().map(|failed| failed.until)
    }

    /// Notes a failure at `now`.
    pub(crate) fn fail(&mut self, now: Instant) {
        let delay = self
            .failed
            .as_ref()
            .map_or(FIRST, |failed| (failed.delay * 2).min(LONGEST));
        self.failed = Some(Failed {
            delay,
            until: now + delay,
        });
    }

    /// Notes a success: the next failure waits briefly again.
    pub(crate) fn succeed(&mut self) {
        self.failed = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_to_two_seconds_and_starts_over_after_a_success() {
        let mut backoff = Backoff::default();
        let mut now = Instant::now();
        assert!(!backoff.is_waiting(now), "nothing has failed yet");

        for expected in [100, 200, 400, 800, 1_600, 2_000, 2_000] {
            backoff.fail(now);
            let end = now + Duration::from_millis(expected);
            assert!(backoff.is_waiting(end - Duration::from_millis(1)));
            assert!(!backoff.is_waiting(end));
            now = end;
        }
        backoff.succeed();
        assert!(!backoff.is_waiting(now));
        backoff.fail(now);
        assert!(!backoff.is_waiting(now + FIRST));
    }
}
