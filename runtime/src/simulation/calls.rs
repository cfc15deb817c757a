//! Calls, as users make them.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use fastrand::Rng;

use super::domain::{Answer, Scope, Target, memo, shape};
use super::hub::Hub;
use super::instance::Instance;
use super::judge::Duty;
use super::work::compute;
use crate::cache::Cache;
use crate::cache::face::Async;
use crate::cache::{fetch, invalidate, refresh, renew};
use crate::clock::Clock;
use crate::evicted::Evicted;

/// What is called.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Fetch(Target),
    Peek(Target),
    Refresh(Target),
    Put(Target),
    /// Computes anew in the background.
    Renew(Target),
    Invalidate(Scope),
}

/// What comes of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome {
    Value(u64),
    Nothing,
    Invalidated(Evicted),
}

#[derive(Debug)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A call under way.
pub(super) struct Call {
    pub(super) id: u64,
    pub(super) slot: usize,
    life: u64,
    kind: Kind,
    duty: Duty,
    woken: Arc<Flag>,
    future: Option<Pin<Box<dyn Future<Output = Outcome>>>>,
    has_begun: bool,
}

impl Kind {
    /// Some call of `target`, or one that invalidates it or something else.
    /// `unrest` of a hundred invalidate.
    pub(super) fn any(dice: &mut Rng, target: Target, unrest: u32) -> Self {
        if dice.u32(..100) < unrest {
            return Self::Invalidate(Scope::any(dice, target));
        }
        match dice.u32(..83) {
            0..66 => Self::Fetch(target),
            66..70 => Self::Peek(target),
            70..74 => Self::Refresh(target),
            74..78 => Self::Put(target),
            _ => Self::Renew(target),
        }
    }

    const fn target(self) -> Option<Target> {
        match self {
            Self::Fetch(target)
            | Self::Peek(target)
            | Self::Refresh(target)
            | Self::Put(target)
            | Self::Renew(target) => Some(target),
            Self::Invalidate(Scope::Entry(target)) => Some(target),
            Self::Invalidate(_) => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Fetch(_) => "fetch",
            Self::Peek(_) => "peek",
            Self::Refresh(_) => "refresh",
            Self::Put(_) => "put",
            Self::Renew(_) => "renew",
            Self::Invalidate(Scope::Entry(_)) => "evict",
            Self::Invalidate(Scope::Row(_)) => "invalidate row",
            Self::Invalidate(Scope::Group(_)) => "invalidate group",
            Self::Invalidate(Scope::Function(_)) => "clear function",
            Self::Invalidate(Scope::Everything) => "clear",
        }
    }
}

impl Call {
    pub(super) fn new(hub: &Hub, instance: &Instance, kind: Kind) -> Self {
        let cache = instance.cache.clone();
        let mut duty = match kind {
            Kind::Fetch(_) | Kind::Peek(_) => Duty::Reads,
            Kind::Renew(_) => Duty::Renews,
            Kind::Refresh(target) => Duty::Replaces(target),
            Kind::Invalidate(scope) => Duty::Invalidates(scope),
            Kind::Put(target) => Duty::Puts(target, 0),
        };
        let future: Pin<Box<dyn Future<Output = Outcome>>> = match kind {
            Kind::Fetch(target) => Box::pin(fetch(cache, hub.clone(), target)),
            Kind::Peek(target) => Box::pin(peek(cache, target)),
            Kind::Refresh(target) => Box::pin(recompute(cache, hub.clone(), target)),
            Kind::Renew(target) => Box::pin(renewal(cache, hub.clone(), target)),
            Kind::Invalidate(scope) => Box::pin(invalidation(cache, scope)),
            Kind::Put(target) => {
                let value = hub.state().judge.value(target, u64::MAX);
                duty = Duty::Puts(target, value);
                Box::pin(put(cache, target, value))
            }
        };
        Self {
            id: hub.state().number(),
            slot: instance.slot,
            life: instance.life,
            kind,
            duty,
            woken: Arc::new(Flag(AtomicBool::new(true))),
            future: Some(future),
            has_begun: false,
        }
    }

    pub(super) fn is_woken(&self) -> bool {
        self.woken.0.load(Ordering::Relaxed)
    }

    pub(super) fn describe(&self) -> String {
        format!("{} {} of instance {}", self.kind.name(), self.id, self.slot)
    }

    /// Polls once; whether it has ended.
    pub(super) fn poll(&mut self, hub: &Hub) -> bool {
        self.enter(hub);
        self.woken.0.store(false, Ordering::Relaxed);
        let waker = Waker::from(Arc::clone(&self.woken));
        let Some(future) = &mut self.future else {
            return true;
        };
        let mut polling = || future.as_mut().poll(&mut Context::from_waker(&waker));
        let ended = match catch_unwind(AssertUnwindSafe(&mut polling)) {
            Ok(Poll::Pending) => None,
            Ok(Poll::Ready(outcome)) => Some(Ok(outcome)),
            Err(panic) => Some(Err(panic)),
        };
        if let Some(outcome) = &ended {
            self.future = None;
            self.judge(hub, outcome);
        }
        hub.state().current = None;
        ended.is_some()
    }

    /// Drops the future where it stands.
    pub(super) fn abandon(&mut self, hub: &Hub) {
        hub.state().current = Some(self.id);
        self.future = None;
        let mut state = hub.state();
        state.current = None;
        state.judge.end(self.id, false);
        state.note(
            Some(self.slot),
            Some(self.id),
            self.kind.target(),
            "is dropped",
            0,
        );
    }

    fn enter(&mut self, hub: &Hub) {
        let mut state = hub.state();
        state.current = Some(self.id);
        if !self.has_begun {
            self.has_begun = true;
            let clock_ms = state.clocks[self.slot].now_ms();
            state
                .judge
                .begin(self.id, self.slot, self.life, clock_ms, self.duty);
            state.note(
                Some(self.slot),
                Some(self.id),
                self.kind.target(),
                self.kind.name(),
                clock_ms,
            );
        }
    }

    fn judge(&self, hub: &Hub, outcome: &Result<Outcome, Box<dyn Any + Send>>) {
        let mut state = hub.state();
        let target = self.kind.target();
        let (what, detail) = match (outcome, target) {
            (Ok(Outcome::Value(value)), Some(target)) => {
                state.judge.receive(self.id, target, *value);
                ("gets value", *value)
            }
            (Ok(Outcome::Invalidated(evicted)), _) => {
                state.judge.invalidated(self.id, *evicted == Evicted::Done);
                (
                    "has invalidated, done:",
                    u64::from(*evicted == Evicted::Done),
                )
            }
            (Err(panic), _) if !panic.is::<super::domain::Oops>() => {
                let words = panic.downcast_ref::<String>().map(String::as_str);
                let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
                state
                    .judge
                    .accuse(target, format!("a panic of our own: {words:?}"));
                ("panics", 0)
            }
            _ => ("ends", 0),
        };
        state.judge.end(self.id, outcome.is_ok());
        state.note(Some(self.slot), Some(self.id), target, what, detail);
    }
}

fn outcome(answer: Answer) -> Outcome {
    answer.map_or(Outcome::Nothing, Outcome::Value)
}

async fn fetch(cache: Cache, hub: Hub, target: Target) -> Outcome {
    let compute = || compute(hub, target);
    outcome(fetch::fetch_async(cache.core(), target.memo(), target.key(), shape(), compute).await)
}

async fn peek(cache: Cache, target: Target) -> Outcome {
    let found = fetch::peek(Async, cache.core(), target.memo(), target.key(), shape()).await;
    found.map_or(Outcome::Nothing, Outcome::Value)
}

async fn recompute(cache: Cache, hub: Hub, target: Target) -> Outcome {
    let compute = || compute(hub, target);
    outcome(
        refresh::refresh(
            Async,
            cache.core(),
            target.memo(),
            target.key(),
            shape(),
            compute,
        )
        .await,
    )
}

async fn put(cache: Cache, target: Target, value: u64) -> Outcome {
    refresh::put(
        Async,
        cache.core(),
        target.memo(),
        target.key(),
        shape(),
        value,
    )
    .await;
    Outcome::Nothing
}

async fn renewal(cache: Cache, hub: Hub, target: Target) -> Outcome {
    let (memo, key) = (target.memo(), target.key());
    if let Some(place) = renew::take_place(cache.core(), memo, &key) {
        let compute = || compute(hub, target);
        renew::renew(Async, cache, memo, key, shape(), compute, place).await;
    }
    Outcome::Nothing
}

async fn invalidation(cache: Cache, scope: Scope) -> Outcome {
    let core = cache.core();
    let evicted = match scope {
        Scope::Entry(target) => invalidate::evict(Async, core, target.memo(), target.key()).await,
        Scope::Function(function) => invalidate::clear_function(Async, core, memo(function)).await,
        Scope::Everything => invalidate::clear(Async, core).await,
        Scope::Row(_) | Scope::Group(_) => {
            invalidate::tag(Async, core, &scope.label().unwrap_or_default()).await
        }
    };
    Outcome::Invalidated(evicted)
}
