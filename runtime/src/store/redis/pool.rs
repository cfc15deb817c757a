//! The blocking connections of a process: few, used last in first out, made in the background.

use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use redis::Value;

use super::TIMEOUTS_IN_A_ROW;
use super::command::{self, Request};
use super::conversation::Conversation;
use super::endpoint::Endpoint;
use super::reply;
use super::server::Spoken;
use crate::store::backoff::Backoff;
use crate::store::{StoreError, StoreErrorKind};

/// More connections than this make a server slower, not faster; further callers wait for one to come back.
const MOST: usize = 16;

/// Lends connections to blocking callers.
#[derive(Debug)]
pub(super) struct Pool {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    endpoint: Arc<Endpoint>,
    state: Mutex<State>,
    /// A connection has come back or been made, or making one has failed.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The last one used is the first to be lent again: its socket is warm, and the others may grow old and end.
    idle: Vec<Conversation>,
    /// Idle and lent ones.
    open: usize,
    /// Callers that wait for a connection.
    waiting: usize,
    /// Since when a thread tries to connect; `None` if none does.
    connecting: Option<Instant>,
    backoff: Backoff,
    /// Why the last attempt to connect has failed; `None` if it has not.
    refusal: Option<StoreError>,
    /// Time-outs since the last answer.
    timeouts: u32,
    /// The process the sockets belong to: a forked child that used them would read its parent's replies.
    process: u32,
}

/// What a connection is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Urgency {
    /// A call, which goes on without the store where that can't be reached.
    Call,
    /// Finding out whether it can.
    Probe,
}

impl Pool {
    pub(super) fn new(endpoint: Arc<Endpoint>) -> Self {
        let state = State {
            process: std::process::id(),
            ..State::default()
        };
        let shared = Shared {
            endpoint,
            state: Mutex::new(state),
            changed: Condvar::new(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Sends the request that `request` makes of the server's time. Neither that nor the wait for its answer goes on
    /// after `ends`.
    pub(super) fn begin(
        &self,
        ends: Instant,
        request: impl FnOnce(u64) -> Request,
    ) -> Result<Pending<'_>, StoreError> {
        self.begin_as(Urgency::Call, ends, request)
    }

    /// Whether the server answers. Connects however often that has failed before, so that no wait between attempts
    /// delays the news that it is back.
    pub(super) fn ping(&self) -> Result<(), StoreError> {
        let ends = Instant::now() + self.shared.endpoint.deadline;
        let ping = |_| command::ping().into();
        let spoken = self.begin_as(Urgency::Probe, ends, ping)?.finish()?;
        reply::pong(spoken.reply)
    }

    fn begin_as(
        &self,
        urgency: Urgency,
        ends: Instant,
        request: impl FnOnce(u64) -> Request,
    ) -> Result<Pending<'_>, StoreError> {
        let mut lent = self.check_out(urgency, ends)?;
        match lent.send(request, ends) {
            Ok(request) => Ok(Pending {
                lent,
                request,
                ends,
            }),
            Err(error) => {
                lent.settle(Some(&error));
                Err(error)
            }
        }
    }

    fn check_out(&self, urgency: Urgency, ends: Instant) -> Result<Lent<'_>, StoreError> {
        // Once: an attempt that fails at once must not be followed by another until the deadline.
        let mut hurries = urgency == Urgency::Probe;
        let mut state = self.shared.state();
        state.forget_parents();
        loop {
            if let Some(conversation) = state.idle.pop() {
                return Ok(Lent {
                    shared: &self.shared,
                    conversation: Some(conversation),
                });
            }
            self.want(&mut state, mem::take(&mut hurries))?;
            let left = ends.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreErrorKind::Timeout.into());
            }
            state.waiting += 1;
            state = self.shared.wait(state, left);
            state.waiting -= 1;
        }
    }

    /// Has a connection made, if there may be another; an error if waiting would be in vain. Who hurries does not care
    /// whether it is too early to try again.
    fn want(&self, state: &mut State, hurries: bool) -> Result<(), StoreError> {
        let now = Instant::now();
        if let Some(since) = state.connecting {
            // The look-up of a name or a full socket may hold the thread for long.
            let is_stuck =
                now.saturating_duration_since(since) > self.shared.endpoint.connect_deadline() * 2;
            return if is_stuck { state.refuse() } else { Ok(()) };
        }
        if !hurries && state.backoff.is_waiting(now) {
            return state.refuse();
        }
        if state.open < MOST {
            state.connecting = Some(now);
            let shared = Arc::clone(&self.shared);
            let connector = thread::Builder::new().name("selfsame-redis".to_owned());
            if connector.spawn(move || shared.connect()).is_err() {
                state.connecting = None;
                state.backoff.fail(now);
            }
        }
        Ok(())
    }
}

impl Shared {
    /// Makes connections for as long as callers wait for one. Runs on a thread of its own.
    fn connect(&self) {
        loop {
            let made = Conversation::dial(&self.endpoint);
            let mut state = self.state();
            match made {
                Ok(conversation) => {
                    state.backoff.succeed();
                    state.refusal = None;
                    state.idle.push(conversation);
                    state.open += 1;
                }
                Err(error) => {
                    state.backoff.fail(Instant::now());
                    state.refusal = Some(error);
                }
            }
            let goes_on = state.idle.len() < state.waiting
                && state.open < MOST
                && !state.backoff.is_waiting(Instant::now());
            state.connecting = goes_on.then(Instant::now);
            drop(state);
            self.changed.notify_all();
            if !goes_on {
                return;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, left: Duration) -> MutexGuard<'a, State> {
        let (state, _) = self
            .changed
            .wait_timeout(state, left)
            .unwrap_or_else(PoisonError::into_inner);
        state
    }
}

impl State {
    /// There will be no further connection for now: an error, unless there is one to wait for.
    fn refuse(&self) -> Result<(), StoreError> {
        if self.open > 0 {
            return Ok(());
        }
        let unknown = || StoreErrorKind::Unavailable.into();
        Err(self.refusal.clone().unwrap_or_else(unknown))
    }

    /// Starts over in a forked child: the parent's sockets are its own, and its threads are not here.
    fn forget_parents(&mut self) {
        let process = std::process::id();
        if self.process != process {
            *self = Self {
                process,
                ..Self::default()
            };
        }
    }
}

/// A request that was sent; dropped, its connection is closed.
#[derive(Debug)]
pub(super) struct Pending<'a> {
    lent: Lent<'a>,
    request: Request,
    ends: Instant,
}

impl Pending<'_> {
    /// Waits for the answer.
    pub(super) fn finish(mut self) -> Result<Spoken, StoreError> {
        let received = self.lent.receive(&self.request, self.ends);
        self.lent.settle(received.as_ref().err());
        let (reply, now_ms) = received?;
        Ok(Spoken {
            request: self.request,
            reply,
            now_ms,
        })
    }
}

/// A connection on loan; dropped, it is closed.
#[derive(Debug)]
struct Lent<'a> {
    shared: &'a Shared,
    conversation: Option<Conversation>,
}

impl Lent<'_> {
    fn send(
        &mut self,
        request: impl FnOnce(u64) -> Request,
        ends: Instant,
    ) -> Result<Request, StoreError> {
        let conversation = self.conversation()?;
        conversation.keep_time(ends)?;
        let request = request(conversation.now_ms());
        conversation.send(&request, ends)?;
        Ok(request)
    }

    fn receive(&mut self, request: &Request, ends: Instant) -> Result<(Value, u64), StoreError> {
        let conversation = self.conversation()?;
        let reply = conversation.receive(request, ends)?;
        Ok((reply, conversation.now_ms()))
    }

    fn conversation(&mut self) -> Result<&mut Conversation, StoreError> {
        self.conversation
            .as_mut()
            .ok_or_else(|| StoreErrorKind::Unavailable.into())
    }

    /// Gives the connection back; after an error it is closed, since a reply may still be under way.
    fn settle(mut self, error: Option<&StoreError>) {
        let mut state = self.shared.state();
        let Some(error) = error else {
            state.timeouts = 0;
            state.idle.extend(self.conversation.take());
            drop(state);
            self.shared.changed.notify_one();
            return;
        };
        let timed_out = error.kind() == StoreErrorKind::Timeout;
        state.timeouts = if timed_out { state.timeouts + 1 } else { 0 };
        if !timed_out || state.timeouts >= TIMEOUTS_IN_A_ROW {
            // What broke one has broken the others: no caller should find out for each.
            state.open = state.open.saturating_sub(state.idle.len());
            state.idle.clear();
        }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if self.conversation.take().is_some() {
            let mut state = self.shared.state();
            state.open = state.open.saturating_sub(1);
            drop(state);
            self.shared.changed.notify_one();
        }
    }
}
