//! Finding out in the background how servers are arranged: by one thread at a time, again whenever it may have changed.
//!
//! No caller waits for a survey but for the first, and for that no longer than for an answer.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use event_listener::{Event, Listener};

use super::link::within;
use crate::store::backoff::Backoff;
use crate::store::{StoreError, StoreErrorKind};

/// Surveys are not closer together than this, however many callers find that something has changed: what they find
/// takes the servers longer to agree on.
const SELDOM: Duration = Duration::from_millis(50);
/// A finding is looked up again after this time even if nobody has complained, as long as somebody listens for news:
/// an arrangement that has changed unnoticed would keep some from them.
const FRESH: Duration = Duration::from_secs(1);

/// The longest pause while something is amiss: a fail-over is followed within it.
const LONGEST: Duration = Duration::from_millis(500);

/// What was found.
pub(super) struct Found<T> {
    pub(super) value: Arc<T>,
    /// All of it is well. Otherwise another survey follows.
    pub(super) is_settled: bool,
}

/// Finds out. It is given what was found before.
type Find<T> = Box<dyn Fn(Option<&Arc<T>>) -> Result<Found<T>, StoreError> + Send + Sync>;

/// What is known, and the thread that looks whether it still holds.
pub(super) struct Survey<T>(Arc<Shared<T>>);

struct Shared<T> {
    find: Find<T>,
    /// How long a caller waits for the first finding.
    deadline: Duration,
    known: RwLock<Option<Arc<T>>>,
    state: Mutex<State>,
    /// A survey has ended, either way.
    settled: Event,
    /// The store was dropped.
    closed: Condvar,
}

#[derive(Default)]
struct State {
    /// In which process there is a thread: a forked child has its parent's memory and not its threads.
    runs_in: Option<u32>,
    /// Somebody has asked since the survey began.
    is_wanted: bool,
    /// When the last survey ended.
    ended: Option<Instant>,
    /// Why the last survey has failed; `None` if it has not.
    refusal: Option<StoreError>,
    backoff: Backoff,
    is_closed: bool,
}

impl<T: Send + Sync + 'static> Survey<T> {
    pub(super) fn new(
        deadline: Duration,
        find: impl Fn(Option<&Arc<T>>) -> Result<Found<T>, StoreError> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Shared {
            find: Box::new(find),
            deadline,
            known: RwLock::new(None),
            state: Mutex::default(),
            settled: Event::new(),
            closed: Condvar::new(),
        }))
    }

    /// What the last survey that succeeded has found.
    pub(super) fn known(&self) -> Option<Arc<T>> {
        self.0.known()
    }

    /// Has a survey made: what is known may not hold any more.
    pub(super) fn want(&self) {
        self.0.want();
    }

    /// Has a survey made, unless the last was a moment ago.
    pub(super) fn check(&self) {
        let ended = self.0.state().ended;
        if ended.is_none_or(|ended| ended.elapsed() >= FRESH) {
            self.0.want();
        }
    }

    /// What is known; the first finding, if need be.
    pub(super) async fn found(&self) -> Result<Arc<T>, StoreError> {
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let settled = self.0.settled.listen();
        self.0.want_first()?;
        if self.known().is_none() {
            let settles = async {
                settled.await;
                Ok(())
            };
            within(self.0.deadline, settles)?.await?;
        }
        self.0.finding()
    }

    /// [`found`](Self::found), blocking the calling thread until `ends` at most.
    pub(super) fn found_blocking(&self, ends: Instant) -> Result<Arc<T>, StoreError> {
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let settled = self.0.settled.listen();
        self.0.want_first()?;
        if self.known().is_none() && settled.wait_deadline(ends).is_none() {
            return Err(StoreErrorKind::Timeout.into());
        }
        self.0.finding()
    }
}

impl<T: Send + Sync + 'static> Shared<T> {
    fn known(&self) -> Option<Arc<T>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    /// What is known, or why there is nothing.
    fn finding(&self) -> Result<Arc<T>, StoreError> {
        let refused = || self.state().refusal();
        self.known().ok_or_else(refused)
    }

    /// As [`want`](Self::want) for who has to wait: an error if it is too early to try again.
    fn want_first(self: &Arc<Self>) -> Result<(), StoreError> {
        let state = self.state();
        if state.backoff.is_waiting(Instant::now()) && self.known().is_none() {
            return Err(state.refusal());
        }
        drop(state);
        self.want();
        Ok(())
    }

    fn want(self: &Arc<Self>) {
        let process = std::process::id();
        let mut state = self.state();
        state.is_wanted = true;
        if state.runs_in == Some(process) {
            return;
        }
        let shared = Arc::clone(self);
        let surveyor = thread::Builder::new().name("selfsame-survey".to_owned());
        // Without a thread the next who wants one tries again.
        if surveyor.spawn(move || shared.run()).is_ok() {
            state.runs_in = Some(process);
        }
    }

    /// Surveys until nobody wants another. Runs on a thread of its own.
    fn run(&self) {
        let _shift = Shift(self);
        while let Some(pause) = self.pause() {
            let state = self.state();
            let is_open = |state: &mut State| !state.is_closed;
            drop(self.closed.wait_timeout_while(state, pause, is_open));
            self.survey();
        }
    }

    /// How long to wait before the next survey; `None` if there is to be none. One step: whoever wants one later finds
    /// that there is no thread.
    fn pause(&self) -> Option<Duration> {
        let mut state = self.state();
        let now = Instant::now();
        let goes_on = state.is_wanted || state.backoff.is_waiting(now);
        if state.is_closed || !goes_on {
            state.runs_in = None;
            return None;
        }
        state.is_wanted = false;
        let earliest = state.ended.map_or(now, |ended| ended + SELDOM);
        let due = state
            .backoff
            .ends()
            .map_or(earliest, |ends| ends.max(earliest));
        Some(due.saturating_duration_since(now).min(LONGEST))
    }

    fn survey(&self) {
        if self.state().is_closed {
            return;
        }
        let found = (self.find)(self.known().as_ref());
        let mut state = self.state();
        let now = Instant::now();
        state.ended = Some(now);
        state.refusal = None;
        match found {
            Ok(Found { value, is_settled }) => {
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(value);
                if is_settled {
                    state.backoff.succeed();
                } else {
                    state.backoff.fail(now);
                }
            }
            Err(error) => {
                state.backoff.fail(now);
                state.refusal = Some(error);
            }
        }
        drop(state);
        self.settled.notify(usize::MAX);
    }
}

impl<T> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread's time at work.
struct Shift<'a, T>(&'a Shared<T>);

impl<T> Drop for Shift<'_, T> {
    fn drop(&mut self) {
        // Otherwise it has signed off, and another thread may be at work already.
        if thread::panicking() {
            self.0.state().runs_in = None;
        }
    }
}

impl State {
    fn refusal(&self) -> StoreError {
        let unknown = || StoreErrorKind::Unavailable.into();
        self.refusal.clone().unwrap_or_else(unknown)
    }
}

impl<T> Drop for Survey<T> {
    fn drop(&mut self) {
        self.0.state().is_closed = true;
        self.0.closed.notify_all();
    }
}

impl<T: fmt::Debug> fmt::Debug for Survey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Survey").field(&self.0.known).finish()
    }
}
