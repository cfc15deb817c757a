//! What instances, store and judge have in common, under one lock that nobody holds while other code runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Waker;

use event_listener::Event as Signal;
use fastrand::Rng;

use super::clock::SkewedClock;
use super::domain::Target;
use super::judge::Judge;
use super::link::{Item, Link};
use super::message::{Mailbox, Message, Reply, Request};
use super::server::{Effects, Server, Told};
use super::trace::Trace;
use super::work::Works;
use crate::clock::Clock;
use crate::event::Event;
use crate::key::EntryKey;

pub(super) const INSTANCES: usize = 3;

#[derive(Clone, Debug)]
pub(super) struct Hub(Arc<Mutex<State>>);

#[derive(Debug)]
pub(super) struct State {
    pub(super) dice: Rng,
    /// The store's time, and everybody's.
    pub(super) now_ms: u64,
    pub(super) server: Server,
    pub(super) judge: Judge,
    pub(super) trace: Trace,
    pub(super) messages: Vec<Message>,
    pub(super) mailboxes: BTreeMap<u64, Mailbox>,
    pub(super) links: [Link; INSTANCES],
    /// Who waits for the end of which lease.
    pub(super) watches: Vec<(usize, String, Weak<Signal>)>,
    /// Wake-ups on their way.
    pub(super) wakes: Vec<(usize, Weak<Signal>)>,
    pub(super) works: Works,
    pub(super) clocks: [SkewedClock; INSTANCES],
    /// Which life of each instance it is; all differ.
    pub(super) lives: [u64; INSTANCES],
    /// Who can't reach the store, without knowing.
    pub(super) is_cut: [bool; INSTANCES],
    /// Nobody can, and everybody knows at once.
    pub(super) is_down: bool,
    /// Requests may be lost on the way.
    pub(super) is_lossy: bool,
    /// The call that is polled or dropped.
    pub(super) current: Option<u64>,
    pub(super) count: u64,
}

impl Hub {
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Rng::with_seed(seed);
        let clocks = std::array::from_fn(|_| SkewedClock::new(BEGIN_MS, &mut dice));
        Self(Arc::new(Mutex::new(State {
            dice,
            now_ms: BEGIN_MS,
            server: Server::default(),
            judge: Judge::default(),
            trace: Trace::default(),
            messages: Vec::new(),
            mailboxes: BTreeMap::new(),
            links: Default::default(),
            watches: Vec::new(),
            wakes: Vec::new(),
            works: Works::default(),
            clocks,
            lives: [0; INSTANCES],
            is_cut: [false; INSTANCES],
            is_down: false,
            is_lossy: false,
            current: None,
            count: 0,
        })))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An event of the call that is polled.
    pub(super) fn hear(&self, event: &Event) {
        let mut state = self.state();
        if let Some(call) = state.current {
            state.judge.hear(call, event);
        }
    }
}

impl State {
    /// A number that nothing else has.
    pub(super) fn number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    pub(super) fn clocks_ms(&self) -> [u64; INSTANCES] {
        std::array::from_fn(|slot| self.clocks[slot].now_ms())
    }

    pub(super) fn note(
        &mut self,
        slot: Option<usize>,
        call: Option<u64>,
        target: Option<Target>,
        what: &'static str,
        detail: u64,
    ) {
        let tick = self.judge.tick();
        self.trace.add(tick, slot, call, target, what, detail);
    }

    /// The store does what a call has asked it to.
    pub(super) fn execute_for(&mut self, slot: usize, call: u64, request: &Request) -> Reply {
        let (reply, effects) = self.execute(slot, Some(call), request);
        let (is_change, is_write) = match request {
            Request::Write(_, _, fence) => (fence.news().is_some() && effects.news.is_some(), true),
            Request::Remove(..) | Request::Invalidate(..) => (true, false),
            _ => (false, false),
        };
        let mut known = Vec::new();
        if is_change {
            let (clocks_ms, lives) = (self.clocks_ms(), self.lives);
            self.judge.executed(call, is_write, clocks_ms, lives);
            known.extend(self.judge.told_by(call));
        }
        self.apply(effects, known);
        reply
    }

    /// The store does what an instance asks it to of its own accord.
    pub(super) fn execute_own(&mut self, slot: usize, request: &Request) -> Reply {
        let (reply, effects) = self.execute(slot, None, request);
        let name = match request {
            Request::Remove(key, _) => Some(key.as_str().to_owned()),
            Request::Invalidate(tag, _) => Some(tag.as_str().to_owned()),
            _ => None,
        };
        let (clocks_ms, lives) = (self.clocks_ms(), self.lives);
        let known = name.map(|name| self.judge.replayed(lives[slot], &name, clocks_ms, lives));
        self.apply(effects, known.unwrap_or_default());
        reply
    }

    fn execute(&mut self, slot: usize, call: Option<u64>, request: &Request) -> (Reply, Effects) {
        let target = request.key().and_then(|key| Target::of_entry(key.as_str()));
        let now_ms = self.now_ms;
        let (reply, effects) = if let Request::Claim(key, claim) = request {
            // Looked at before, since granting changes it.
            let (reply, effects) = self.server.execute(request, now_ms);
            if let Reply::Claimed(claimed) = &reply
                && let Some(what) =
                    self.judge
                        .leases
                        .object(&self.server, key, claim, &claimed.grant, now_ms)
            {
                self.judge.accuse(target, what.to_owned());
            }
            (reply, effects)
        } else {
            self.server.execute(request, now_ms)
        };
        self.judge.leases.note(request, &reply, now_ms);
        self.note(Some(slot), call, target, request.name(), reply.detail());
        (reply, effects)
    }

    /// Tells and wakes, by messages that are on their way from here.
    pub(super) fn apply(&mut self, effects: Effects, known: Vec<usize>) {
        if let Some(news) = effects.news {
            for link in &mut self.links {
                link.send(match &news {
                    Told::Entry(name, origin) => Item::Entry(name.clone(), *origin, known.clone()),
                    Told::Tag(name) => Item::Tag(name.clone(), known.clone()),
                    Told::Anything => Item::Anything,
                });
            }
        }
        if let Some(key) = effects.ended {
            self.wake_those_who_watch(&key);
        }
    }

    pub(super) fn wake_those_who_watch(&mut self, key: &str) {
        self.watches
            .retain(|(.., signal)| signal.strong_count() > 0);
        let woken = self.watches.iter().filter(|(_, watched, _)| watched == key);
        self.wakes
            .extend(woken.map(|(slot, _, signal)| (*slot, signal.clone())));
    }

    pub(super) fn send(&mut self, slot: usize, request: Request) -> u64 {
        let (id, call) = (self.number(), self.current.unwrap_or(0));
        let mut mailbox = Mailbox::default();
        if self.is_down {
            mailbox.answer = Some(Err(crate::store::StoreErrorKind::Unavailable.into()));
        } else {
            let sent_ms = self.now_ms;
            self.messages.push(Message {
                id,
                slot,
                call,
                sent_ms,
                request,
                reply: None,
            });
        }
        self.mailboxes.insert(id, mailbox);
        id
    }

    pub(super) fn answer(
        &mut self,
        id: u64,
        answer: Result<Reply, crate::store::StoreError>,
    ) -> Option<Waker> {
        self.mailboxes.get_mut(&id)?.post(answer)
    }
}

impl Request {
    pub(super) fn key(&self) -> Option<&EntryKey> {
        match self {
            Self::Read(key, _)
            | Self::Claim(key, _)
            | Self::Write(key, ..)
            | Self::Remove(key, _)
            | Self::Renew(key, ..)
            | Self::Release(key, _) => Some(key),
            Self::Invalidate(..) | Self::Ping => None,
        }
    }
}

impl Reply {
    /// A number for the trace.
    fn detail(&self) -> u64 {
        use crate::store::{Grant, Written};
        match self {
            Self::Looked(looked) => u64::from(looked.entry.is_some()),
            Self::Claimed(claimed) => match claimed.grant {
                Grant::Leased(_) => 1,
                Grant::Stored(_) => 2,
                Grant::Busy { .. } => 3,
            },
            Self::Written(written) => u64::from(*written == Written::Stored),
            Self::Renewed(renewed) => u64::from(*renewed),
            Self::Done => 1,
        }
    }
}

/// 2020-01-01.
const BEGIN_MS: u64 = 1_577_836_800_000;
