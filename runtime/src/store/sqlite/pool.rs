//! A few connections to the file, opened when they are needed.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::identity::Identity;
use super::session::Session;
use crate::store::backoff::Backoff;
use crate::store::{StoreError, StoreErrorKind};

/// How often it is checked, where it is done now and then, that the file is still the one that was opened.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// When it is checked that the file is still the one that was opened. A check costs about a microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CheckFile {
    NowAndThen,
    EachTime,
}

/// Lends connections, to one thread each.
#[derive(Debug)]
pub(super) struct Pool {
    path: PathBuf,
    /// How many there may be.
    most: usize,
    /// How long a caller waits in all.
    deadline: Duration,
    check: CheckFile,
    state: Mutex<State>,
    /// A connection has come back or was closed.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The last one used is lent first: its cache is warm.
    idle: Vec<Session>,
    /// Idle and lent ones.
    open: usize,
    /// Counts the files opened under this path; a connection to an earlier one is not taken back.
    file: u64,
    /// Which file the connections are to; `None` before the first is opened.
    identity: Option<Identity>,
    checked: Option<Instant>,
    backoff: Backoff,
    /// The process that opened them. SQLite forbids using or closing a connection in a forked child.
    process: u32,
}

impl Pool {
    pub(super) fn new(path: PathBuf, most: usize, deadline: Duration, check: CheckFile) -> Self {
        Self {
            path,
            most,
            deadline,
            check,
            state: Mutex::new(State {
                process: std::process::id(),
                ..State::default()
            }),
            changed: Condvar::new(),
        }
    }

    /// Does `work` with a connection, within the deadline from `begin` on: waiting for one, opening one and waiting for
    /// locks included.
    pub(super) fn with<T>(
        &self,
        begin: Instant,
        work: impl FnOnce(&Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let lent = self.check_out(begin)?;
        let Some(session) = &lent.session else {
            return Err(StoreErrorKind::Unavailable.into());
        };
        session.wait_for(lent.patience)?;
        let result = work(session);
        lent.settle(result.as_ref().err());
        result
    }

    /// Has the file be checked before the next connection is lent.
    pub(super) fn look_again(&self) {
        self.state().checked = None;
    }

    fn check_out(&self, begin: Instant) -> Result<Lent<'_>, StoreError> {
        let mut state = self.state();
        state.forget_parents();
        if self.check == CheckFile::EachTime || state.is_check_due(begin) {
            state.check_file(&self.path, begin);
        }
        if let Some(session) = state.idle.pop() {
            // The usual case, which looks at no clock.
            return Ok(self.lend(session, state.file, self.deadline));
        }
        let ends = begin + self.deadline;
        loop {
            let now = Instant::now();
            let left = ends.saturating_duration_since(now);
            if let Some(session) = state.idle.pop() {
                return Ok(self.lend(session, state.file, left));
            }
            if state.open < self.most {
                if state.backoff.is_waiting(now) {
                    return Err(StoreErrorKind::Unavailable.into());
                }
                state.open += 1;
                drop(state);
                return self.open(ends);
            }
            if left.is_zero() {
                return Err(StoreErrorKind::Busy.into());
            }
            (state, _) = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Opens a connection that is counted already. Without the lock: it may have to wait for other processes.
    fn open(&self, ends: Instant) -> Result<Lent<'_>, StoreError> {
        let opened = Session::open(&self.path, ends);
        let mut state = self.state();
        match opened {
            Ok(session) => {
                state.backoff.succeed();
                state.admit(&session);
                let left = ends.saturating_duration_since(Instant::now());
                Ok(self.lend(session, state.file, left))
            }
            Err(error) => {
                state.open = state.open.saturating_sub(1);
                state.backoff.fail(Instant::now());
                drop(state);
                self.changed.notify_one();
                Err(error)
            }
        }
    }

    fn lend(&self, session: Session, file: u64, patience: Duration) -> Lent<'_> {
        Lent {
            pool: self,
            session: Some(session),
            file,
            patience,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_check_due(&self, now: Instant) -> bool {
        self.checked
            .is_none_or(|checked| now.saturating_duration_since(checked) >= CHECK_EVERY)
    }

    /// Lets go of connections to a file that was deleted or replaced: entries written to it would be nobody's.
    fn check_file(&mut self, path: &Path, now: Instant) {
        self.checked = Some(now);
        if self.open > 0 && self.identity != Identity::of(path) {
            self.close_idle();
            self.identity = None;
        }
    }

    /// Counts a connection that was opened as one to the file there is now.
    fn admit(&mut self, session: &Session) {
        if self.identity != session.identity() {
            self.close_idle();
            self.identity = session.identity();
        }
    }

    /// Has connections that are idle or lent no longer be used.
    fn close_idle(&mut self) {
        self.open = self.open.saturating_sub(self.idle.len());
        self.idle.clear();
        self.file += 1;
    }

    /// Starts over in a forked child.
    fn forget_parents(&mut self) {
        let process = std::process::id();
        if self.process != process {
            let parents = std::mem::take(self);
            self.process = process;
            // Not dropped: closing them would take part in the parent's locks and log.
            std::mem::forget(parents.idle);
        }
    }
}

/// A connection on loan; dropped, it is closed.
struct Lent<'a> {
    pool: &'a Pool,
    session: Option<Session>,
    file: u64,
    /// How long the borrower may wait for locks of others.
    patience: Duration,
}

impl Lent<'_> {
    /// Gives the connection back, unless its file is no longer the one to use or the error was one of the file.
    fn settle(mut self, error: Option<&StoreError>) {
        let is_sound = error.is_none_or(|error| error.kind() == StoreErrorKind::Busy)
            && self.session.as_ref().is_some_and(Session::is_at_rest);
        let mut state = self.pool.state();
        if is_sound && state.file == self.file {
            state.idle.extend(self.session.take());
            drop(state);
            self.pool.changed.notify_one();
        }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            // Without the lock: closing the last connection writes the log into the file.
            drop(session);
            let mut state = self.pool.state();
            state.open = state.open.saturating_sub(1);
            drop(state);
            self.pool.changed.notify_one();
        }
    }
}
