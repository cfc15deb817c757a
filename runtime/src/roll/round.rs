//! A purge under way: which editions, how far it has come, and when it goes on.

use std::collections::VecDeque;
use std::time::Duration;

use super::survey::{Survey, Verdict};
use crate::store::{Listed, Revision, Roster, StoreError};

/// A purge under way. Nothing of it is kept in the store: whoever takes over begins anew, and finds what is left.
#[derive(Debug)]
pub(super) struct Round {
    dead: VecDeque<Listed>,
    /// Where to go on in the first of them.
    bucket: u16,
    /// They are purged whoever runs them.
    pub(super) is_immediate: bool,
    /// When to go on, in milliseconds of the process.
    pub(super) next_ms: u64,
    /// When it was last checked that they are still dead.
    pub(super) checked_ms: u64,
    failures: u32,
    /// How many entries the last step has removed.
    removed: u64,
    pub(super) done: Purged,
}

/// What a purge has removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Purged {
    /// How many versions of functions, each kind of generic arguments for itself.
    pub versions: u64,
    /// How many entries. Some may have ended before.
    pub entries: u64,
}

impl Round {
    /// None if there is nothing to do.
    pub(super) fn new(dead: Vec<Listed>, is_immediate: bool, now_ms: u64) -> Option<Self> {
        (!dead.is_empty()).then(|| Self {
            dead: dead.into(),
            bucket: 0,
            is_immediate,
            next_ms: now_ms,
            checked_ms: now_ms,
            failures: 0,
            removed: 0,
            done: Purged::default(),
        })
    }

    pub(super) fn is_over(&self) -> bool {
        self.dead.is_empty()
    }

    /// Leaves alone what is not to be purged any more.
    pub(super) fn check(&mut self, survey: &Survey, grace_ms: u64) {
        let first = self.dead.front().map(|listed| listed.edition.clone());
        self.dead
            .retain(|listed| survey.judge(listed, grace_ms) == Verdict::Purge);
        if self.dead.front().map(|listed| &listed.edition) != first.as_ref() {
            self.bucket = 0;
        }
    }

    /// Goes on by a hundred entries or so.
    pub(super) fn step(&mut self, roster: &dyn Roster, control: &str) -> Result<(), StoreError> {
        let Some(listed) = self.dead.front() else {
            return Ok(());
        };
        self.removed = 0;
        let step = roster.purge(&listed.edition, self.bucket)?;
        self.removed = step.removed;
        self.done.entries += step.removed;
        if let Some(next) = step.next {
            self.bucket = next;
            return Ok(());
        }
        // If it was listed again meanwhile, it is not what was read, and stays.
        roster.revise(control, &[(listed.clone(), Revision::Gone)])?;
        self.done.versions += 1;
        self.dead.pop_front();
        self.bucket = 0;
        Ok(())
    }

    /// Notes that a step took so long, and ended like this; gives up where the store keeps failing.
    pub(super) fn pace(&mut self, took: Duration, failed: bool, now_ms: u64) {
        self.failures = if failed { self.failures + 1 } else { 0 };
        if self.failures >= MOST_FAILURES {
            self.dead.clear();
        }
        let pause = if failed {
            AFTER_FAILURE
        } else {
            self.pause(took)
        };
        let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        self.next_ms = now_ms.saturating_add(pause_ms);
    }

    /// How long to leave the store alone after a step that took so long: others hardly meet one then. The slower the store
    /// answers, the longer, up to what the removed entries can have cost it: a step also takes as long as the way to the
    /// store and other work on this machine, which must not keep what is dead for ever.
    pub(super) fn pause(&self, took: Duration) -> Duration {
        let removed = u32::try_from(self.removed).unwrap_or(u32::MAX);
        let longest = LONGEST_PAUSE_PER_ENTRY.saturating_mul(removed);
        took.saturating_mul(PAUSE_FACTOR)
            .min(longest)
            .clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
    }
}

/// The store is busy with a purge for at most half a percent of the time: so few of others' requests meet it that the
/// slowest hundredth of them is hardly any slower.
const PAUSE_FACTOR: u32 = 200;
/// Removing an entry takes a Redis some 20 µs, the index included.
const LONGEST_PAUSE_PER_ENTRY: Duration = Duration::from_millis(4);
const SHORTEST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
const AFTER_FAILURE: Duration = Duration::from_secs(1);
const MOST_FAILURES: u32 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn round(removed: u64) -> Round {
        Round {
            dead: VecDeque::new(),
            bucket: 0,
            is_immediate: false,
            next_ms: 0,
            checked_ms: 0,
            failures: 0,
            removed,
            done: Purged::default(),
        }
    }

    #[test]
    fn a_pause_is_so_long_that_few_meet_a_step() {
        let pause = |removed, took| round(removed).pause(Duration::from_micros(took));
        assert_eq!(pause(100, 800), Duration::from_millis(160));
        assert_eq!(pause(1, 1), SHORTEST_PAUSE);
        assert_eq!(pause(200, 10_000_000), LONGEST_PAUSE);
        assert_eq!(pause(0, 800), SHORTEST_PAUSE, "the way there is no work");
        assert_eq!(pause(1, 800), LONGEST_PAUSE_PER_ENTRY);
    }
}
