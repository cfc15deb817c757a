//! A few threads of our own that wait for the file on behalf of asynchronous callers.
//!
//! A lock of another process may hold a call for its whole deadline, and a worker of an asynchronous runtime must not
//! be held at all. No runtime is needed: a call is a job, a place for its result and a waker.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::promise::{self, Promise};
use super::warden::Warden;
use crate::store::{StoreError, StoreErrorKind};

/// Reads go on side by side; more threads than this would only queue for the processor.
const MOST_THREADS: usize = 4;
/// Jobs that may wait. With more of them than that the file is hopelessly behind, and a caller is better off computing.
const MOST_JOBS: usize = 1_024;
/// A thread without work ends after this.
const IDLE: Duration = Duration::from_secs(10);

/// The threads and the jobs that wait for them.
#[derive(Debug)]
pub(super) struct Workers {
    shared: Arc<Shared>,
    warden: Warden,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// There is a job, or no more will come.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    threads: usize,
    /// Threads that wait for a job.
    idle: usize,
    is_closed: bool,
}

type Job = Box<dyn FnOnce() + Send>;

impl Workers {
    pub(super) fn new() -> Self {
        Self {
            shared: Arc::new(Shared {
                state: Mutex::new(State::default()),
                changed: Condvar::new(),
            }),
            warden: Warden::new(),
        }
    }

    /// Has a thread do `work`, and waits for the result until `ends`, or a little longer.
    ///
    /// Work whose caller has gone, or whose time is over before it has begun, is not done.
    pub(super) fn run<T: Send + 'static>(
        &self,
        ends: Instant,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Promise<T> {
        let (keeper, promise) = promise::new();
        let keeper = Arc::new(keeper);
        let in_job = Arc::clone(&keeper);
        let job = Box::new(move || {
            if in_job.is_wanted() {
                in_job.keep(work());
            }
        });
        match self
            .enqueue(job)
            .and_then(|()| self.warden.watch(ends, Arc::downgrade(&keeper) as _))
        {
            Ok(()) => {}
            Err(error) => keeper.keep(Err(error)),
        }
        promise
    }

    fn enqueue(&self, job: Job) -> Result<(), StoreError> {
        let mut state = self.shared.state();
        if state.jobs.len() >= MOST_JOBS {
            return Err(StoreErrorKind::Busy.into());
        }
        if state.idle <= state.jobs.len() && state.threads < MOST_THREADS {
            let shared = Arc::clone(&self.shared);
            let worker = thread::Builder::new().name("selfsame-sqlite".to_owned());
            match worker.spawn(move || shared.work()) {
                Ok(_) => state.threads += 1,
                Err(_) if state.threads == 0 => return Err(StoreErrorKind::Unavailable.into()),
                // Those that are there will come to it.
                Err(_) => {}
            }
        }
        state.jobs.push_back(job);
        drop(state);
        self.shared.changed.notify_one();
        Ok(())
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.state().is_closed = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    /// Does jobs until there are none for a while. Runs on a thread of its own.
    fn work(&self) {
        while let Some(job) = self.next() {
            job();
        }
    }

    fn next(&self) -> Option<Job> {
        let mut state = self.state();
        let mut is_over = false;
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            if is_over || state.is_closed {
                state.threads -= 1;
                return None;
            }
            state.idle += 1;
            let (guard, wait) = self
                .changed
                .wait_timeout(state, IDLE)
                .unwrap_or_else(PoisonError::into_inner);
            state = guard;
            state.idle -= 1;
            is_over = wait.timed_out();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("jobs", &self.jobs.len())
            .field("threads", &self.threads)
            .field("idle", &self.idle)
            .finish_non_exhaustive()
    }
}
