//! `soft` and `hard`: a caller that waits only so long, while the computation goes on without it.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use event_listener::Event as Signal;

use super::Core;
use super::face::Face;
use crate::event::{Event, Layer, StaleReason};
use crate::l1::Kept;
use crate::memo::Memo;
use crate::shape::Shape;
use crate::stored::Stored;

/// Where a computation in the background leaves its outcome, and a stale value before that if it has one.
#[derive(Debug)]
pub(super) struct Outcome<S: Shape> {
    state: Mutex<State<S>>,
    changed: Arc<Signal>,
    /// When the call began; its limits count from there.
    began_ms: u64,
}

struct State<S: Shape> {
    stale: Option<Arc<Kept<S::Value>>>,
    end: Option<End<S::Output>>,
}

enum End<T> {
    Returned(T),
    Panicked(Box<dyn Any + Send>),
    /// Its runtime has ended, or its thread could not be started.
    Vanished,
}

/// Fulfils the outcome, come what may: dropped without a word, it has vanished.
#[derive(Debug)]
pub(super) struct Keeper<S: Shape>(Arc<Outcome<S>>);

impl<S: Shape> Outcome<S> {
    /// Both ends, for a call that begins at `began_ms`.
    pub(super) fn new(began_ms: u64) -> (Keeper<S>, Arc<Self>) {
        let outcome = Arc::new(Self {
            state: Mutex::new(State {
                stale: None,
                end: None,
            }),
            changed: Arc::new(Signal::new()),
            began_ms,
        });
        (Keeper(Arc::clone(&outcome)), outcome)
    }

    fn state(&self) -> MutexGuard<'_, State<S>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Shape> Keeper<S> {
    /// There is something to go on with meanwhile.
    pub(super) fn offer(&self, stale: &Arc<Kept<S::Value>>) {
        self.0.state().stale = Some(Arc::clone(stale));
        self.0.changed.notify(usize::MAX);
    }

    pub(super) fn fulfil(&self, output: S::Output) {
        self.end(End::Returned(output));
    }

    /// Polls `running` to its end; a panic of it is the outcome.
    pub(super) async fn guard<T>(&self, running: impl Future<Output = T>) -> Option<T> {
        let mut running = pin!(running);
        let caught = std::future::poll_fn(|context| {
            let polling = AssertUnwindSafe(|| running.as_mut().poll(context));
            match catch_unwind(polling) {
                Ok(polled) => polled.map(Ok),
                Err(panic) => std::task::Poll::Ready(Err(panic)),
            }
        });
        match caught.await {
            Ok(output) => Some(output),
            Err(panic) => {
                self.end(End::Panicked(panic));
                None
            }
        }
    }

    fn end(&self, end: End<S::Output>) {
        self.0.state().end.get_or_insert(end);
        self.0.changed.notify(usize::MAX);
    }
}

impl<S: Shape> Drop for Keeper<S> {
    fn drop(&mut self) {
        self.end(End::Vanished);
    }
}

/// Waits for an outcome within the limits of the function: `soft`, if there is a stale value to answer with, and `hard`,
/// if there is that or a way to `give_up`.
pub(super) async fn wait<F, S>(
    face: F,
    core: &Core,
    memo: &'static Memo,
    outcome: &Outcome<S>,
    mut give_up: Option<impl FnOnce() -> S::Output>,
) -> S::Output
where
    F: Face,
    S: Shape,
    S::Value: Stored,
{
    let function = memo.function();
    let at = |limit: Option<u64>| limit.map(|ms| outcome.began_ms.saturating_add(ms));
    let (soft_ms, hard_ms) = (at(function.soft_ms()), at(function.hard_ms()));
    loop {
        let listener = outcome.changed.listen();
        let now_ms = core.time.now_ms();
        let stale = {
            let mut state = outcome.state();
            if let Some(end) = state.end.take() {
                drop(state);
                return end.into_output();
            }
            state.stale.clone()
        };
        let is_over = |limit: Option<u64>| limit.is_some_and(|at_ms| at_ms <= now_ms);
        if let Some(stale) = stale
            && (is_over(soft_ms) || is_over(hard_ms))
        {
            let reason = if is_over(hard_ms) {
                StaleReason::GaveUp
            } else {
                StaleReason::Slow
            };
            let layer = Layer::Store;
            core.emit(memo, Event::Stale { layer, reason });
            return S::close(stale.value.clone());
        }
        if is_over(hard_ms)
            && let Some(give_up) = give_up.take()
        {
            core.emit(memo, Event::TimedOut);
            return give_up();
        }
        let next_ms = [soft_ms, hard_ms]
            .into_iter()
            .flatten()
            .filter(|at_ms| *at_ms > now_ms)
            .min();
        if let Some(next_ms) = next_ms {
            core.timers.notify_at(next_ms, &outcome.changed);
        }
        face.wait(listener).await;
    }
}

impl<T> End<T> {
    fn into_output(self) -> T {
        match self {
            Self::Returned(output) => output,
            Self::Panicked(panic) => resume_unwind(panic),
            Self::Vanished => panic!("the runtime ended while a cached function was computed"),
        }
    }
}

impl<S: Shape> std::fmt::Debug for State<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("has_stale", &self.stale.is_some())
            .field("has_end", &self.end.is_some())
            .finish()
    }
}
