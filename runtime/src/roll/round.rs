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
        let step = roster.purge(&listed.edition, self.bucket)?;
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
        let pause = if failed { AFTER_FAILURE } else { pause(took) };
        let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        self.next_ms = now_ms.saturating_add(pause_ms);
    }
}

/// How long to leave the store alone after a step: so long that others hardly meet one. The slower it answers, the longer, up
/// to a bound: a busy machine should not keep what is dead for ever.
pub(super) fn pause(took: Duration) -> Duration {
    (took * PAUSE_FACTOR).clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
}

/// At most a thirtieth of the time the store is busy with a purge: few of others' requests meet it.
const PAUSE_FACTOR: u32 = 30;
const SHORTEST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);
const AFTER_FAILURE: Duration = Duration::from_secs(1);
const MOST_FAILURES: u32 = 5;
