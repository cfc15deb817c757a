//! Where computations go on without a caller: a few threads for plain functions, the caller's runtime for asynchronous
//! ones, and a bound on both.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::l1::CallKey;

/// The computations that hits have led to: a bounded number, one for each call.
#[derive(Clone, Debug)]
pub(crate) struct Background(Arc<Shared>);

struct Shared {
    most: usize,
    state: Mutex<State>,
    /// There is a job, or none will come any more.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// What is being computed, wherever.
    running: HashSet<CallKey>,
    jobs: VecDeque<Job>,
    /// Threads that wait for a job.
    idle: usize,
}

type Job = Box<dyn FnOnce() + Send>;

/// The right to one of the places; dropped, it is free again.
#[derive(Debug)]
pub(crate) struct Place {
    background: Background,
    call: CallKey,
}

/// Why a computation does not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// All places are taken.
    Full,
    /// It is under way already.
    UnderWay,
}

impl Background {
    /// Room for so many at a time.
    pub(crate) fn new(most: usize) -> Self {
        Self(Arc::new(Shared {
            most,
            state: Mutex::default(),
            changed: Condvar::new(),
        }))
    }

    /// Takes a place for this call.
    pub(crate) fn take_place(&self, call: &CallKey) -> Result<Place, Refused> {
        let mut state = self.0.state();
        if state.running.contains(call) {
            return Err(Refused::UnderWay);
        }
        if state.running.len() >= self.0.most {
            return Err(Refused::Full);
        }
        state.running.insert(call.clone());
        Ok(Place {
            background: self.clone(),
            call: call.clone(),
        })
    }

    /// How many places are taken.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> usize {
        self.0.state().running.len()
    }

    /// Runs a job that has a place on a thread; whether there is one to run it.
    pub(crate) fn run(&self, job: impl FnOnce() + Send + 'static) -> bool {
        let mut state = self.0.state();
        state.jobs.push_back(Box::new(job));
        if state.idle >= state.jobs.len() {
            drop(state);
            self.0.changed.notify_one();
            return true;
        }
        drop(state);
        let shared = Arc::clone(&self.0);
        if spawn(move || shared.work()) {
            return true;
        }
        // Whoever is at work will come to it; if nobody is, nobody will.
        self.0.state().jobs.pop_back().is_none()
    }
}

/// Runs `work` on a thread of its own; on this one if there can be no other.
pub(crate) fn spawn_or_run(work: impl FnOnce() + Send + 'static) {
    // A thread that can't be started takes its work with it, unless that is held here too.
    let held = Arc::new(Mutex::new(Some(work)));
    let take = |held: &Mutex<Option<_>>| held.lock().unwrap_or_else(PoisonError::into_inner).take();
    let lent = Arc::clone(&held);
    let on_thread = move || {
        if let Some(work) = take(&lent) {
            work();
        }
    };
    if !spawn(on_thread)
        && let Some(work) = take(&held)
    {
        work();
    }
}

/// Runs `work` on a thread of its own; whether there is one.
fn spawn(work: impl FnOnce() + Send + 'static) -> bool {
    let thread = thread::Builder::new().name("selfsame-background".to_owned());
    thread.spawn(work).is_ok()
}

impl Shared {
    /// Does jobs until none has come for a while.
    fn work(&self) {
        while let Some(job) = self.next() {
            // A panic of the function has been told where it happened; the thread goes on.
            let _ = catch_unwind(AssertUnwindSafe(job));
        }
    }

    fn next(&self) -> Option<Job> {
        let mut state = self.state();
        if let Some(job) = state.jobs.pop_front() {
            return Some(job);
        }
        state.idle += 1;
        let (mut state, _) = self
            .changed
            .wait_timeout_while(state, IDLE, |state| state.jobs.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        state.idle -= 1;
        state.jobs.pop_front()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.background.0.state().running.remove(&self.call);
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("most", &self.most)
            .field("running", &self.state().running.len())
            .finish_non_exhaustive()
    }
}

/// After this long without a job a thread ends.
const IDLE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::key::Key;
    use crate::l1::CallRef;

    fn call(argument: u64) -> CallKey {
        let key = Key::build(1, |parts| parts.part(&argument));
        CallRef::new(1, &key).to_owned()
    }

    #[test]
    fn places_are_bounded_and_one_for_each_call() {
        let background = Background::new(2);
        let first = background.take_place(&call(1)).unwrap();
        let _second = background.take_place(&call(2)).unwrap();

        assert_eq!(
            background.take_place(&call(1)).unwrap_err(),
            Refused::UnderWay
        );
        assert_eq!(background.take_place(&call(3)).unwrap_err(), Refused::Full);
        drop(first);
        assert!(background.take_place(&call(3)).is_ok());
    }

    #[test]
    fn jobs_are_run_also_after_one_has_panicked() {
        let background = Background::new(1);
        let (done, wait) = mpsc::channel();
        assert!(background.run(|| panic!("as it should")));
        for number in 0..10 {
            let done = done.clone();
            assert!(background.run(move || done.send(number).unwrap()));
        }
        drop(done);
        let mut numbers: Vec<u64> = wait.iter().collect();
        numbers.sort_unstable();

        assert_eq!(numbers, (0..10).collect::<Vec<_>>());
    }
}
