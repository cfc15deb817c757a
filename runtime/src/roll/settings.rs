//! What a cache is to do about versions that nobody runs any more.

use std::time::Duration;

use crate::function::{FOREVER_MS, Function};

/// When entries of versions that no process runs any more are removed from the store. (No process reads them, in any case.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purge {
    /// Once no living process has run their version for the [grace time](crate::CacheBuilder::grace). Until then a
    /// roll-back finds them warm.
    #[default]
    AfterGrace,
    /// At start-up: entries of other versions of the functions this process has are removed at once, also where another
    /// process still runs them. Whatever is left goes after the grace time.
    Immediate,
    /// When they end, and no sooner. Nothing is written for the sake of finding them, and no process says what it runs.
    Off,
}

/// The settings of a cache.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) purge: Purge,
    pub(crate) grace: Duration,
    pub(crate) heartbeat: Duration,
}

impl Settings {
    /// Whether entries of this function are found by their version. Those that have ended by the time they would be looked
    /// for are not worth it.
    pub(super) fn indexes(&self, function: &Function) -> bool {
        let life_ms = function.ttl_ms().max(function.none_ms());
        let life_ms = life_ms.saturating_add(function.stale_ms());
        life_ms == FOREVER_MS || u128::from(life_ms) > self.grace.as_millis()
    }

    /// How long an instance lives after a sign of life: two may be lost.
    pub(super) const fn life(&self) -> Duration {
        self.heartbeat.saturating_mul(3)
    }

    /// How long what is known of builds and editions outlives the last instance.
    pub(super) fn kept(&self) -> Duration {
        self.grace.saturating_mul(2).max(KEPT)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            purge: Purge::AfterGrace,
            grace: GRACE,
            heartbeat: HEARTBEAT,
        }
    }
}

/// Long enough to notice that a release has to be rolled back.
const GRACE: Duration = Duration::from_secs(15 * 60);

/// A thousand instances that say so every ten seconds are a hundred small requests a second.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// A job that runs once a day finds what it knew yesterday.
const KEPT: Duration = Duration::from_secs(48 * 3_600);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::Version;

    #[test]
    fn what_ends_within_the_grace_time_is_not_indexed() {
        let function = Function::new("app::f", Version::from_bits(1));
        let indexes = |function: Function| Settings::default().indexes(&function);

        assert!(!indexes(function));
        assert!(!indexes(function.with_ttl_ms(900_000)));
        assert!(indexes(function.with_ttl_ms(900_001)));
        assert!(indexes(function.with_stale_ms(600_001)));
        assert!(indexes(function.with_none_ms(900_001)));
        assert!(indexes(function.with_ttl_ms(u64::MAX)));
    }
}
