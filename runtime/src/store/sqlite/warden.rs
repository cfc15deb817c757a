//! One thread that ends waits whose time is over.
//!
//! Threads that wait for the file keep their deadlines themselves, as long as the file system answers at all. A disk
//! that hangs holds them, and without this it would hold their callers.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::promise::Keeper;
use crate::store::{StoreError, StoreErrorKind};

/// How often it looks while there is something to look after. With less, it would wake for every single call.
const ROUND: Duration = Duration::from_millis(20);
/// Without anything to look after it ends after this.
const IDLE: Duration = Duration::from_secs(10);

/// Ends waits by their deadlines, give or take [`ROUND`].
#[derive(Debug)]
pub(super) struct Warden(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// There is something to watch again, or nothing will come any more.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// In the order of their ends: all callers wait equally long.
    waits: VecDeque<(Instant, Weak<dyn Wait>)>,
    has_thread: bool,
    is_closed: bool,
}

/// Something that can be given up.
pub(super) trait Wait: Send + Sync {
    fn give_up(&self);
}

impl<T: Send> Wait for Keeper<T> {
    fn give_up(&self) {
        self.keep(Err(StoreErrorKind::Timeout.into()));
    }
}

impl Warden {
    pub(super) fn new() -> Self {
        Self(Arc::new(Shared {
            state: Mutex::new(State::default()),
            changed: Condvar::new(),
        }))
    }

    /// Gives `wait` up when it is not over by `ends`.
    pub(super) fn watch(&self, ends: Instant, wait: Weak<dyn Wait>) -> Result<(), StoreError> {
        let mut state = self.0.state();
        if !state.has_thread {
            let shared = Arc::clone(&self.0);
            let warden = thread::Builder::new().name("selfsame-warden".to_owned());
            warden
                .spawn(move || shared.go_round())
                .map_err(|_| StoreErrorKind::Unavailable)?;
            state.has_thread = true;
        }
        state.waits.push_back((ends, wait));
        let was_idle = state.waits.len() == 1;
        drop(state);
        if was_idle {
            self.0.changed.notify_one();
        }
        Ok(())
    }
}

impl Drop for Warden {
    fn drop(&mut self) {
        self.0.state().is_closed = true;
        self.0.changed.notify_one();
    }
}

impl Shared {
    fn go_round(&self) {
        let mut state = self.state();
        loop {
            let pause = if state.waits.is_empty() { IDLE } else { ROUND };
            let (guard, wait) = self
                .changed
                .wait_timeout(state, pause)
                .unwrap_or_else(PoisonError::into_inner);
            state = guard;
            let nothing_to_do = state.waits.is_empty() && wait.timed_out();
            if nothing_to_do || state.is_closed {
                state.has_thread = false;
                return;
            }
            let over = state.over(Instant::now());
            drop(state);
            // Without the lock: waking a caller runs code of its runtime.
            for wait in over {
                wait.give_up();
            }
            state = self.state();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes out those whose time is over and which are still waited for.
    fn over(&mut self, now: Instant) -> Vec<Arc<dyn Wait>> {
        let count = self.waits.partition_point(|(ends, _)| *ends <= now);
        self.waits
            .drain(..count)
            .filter_map(|(_, wait)| wait.upgrade())
            .collect()
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("waits", &self.waits.len())
            .finish_non_exhaustive()
    }
}
