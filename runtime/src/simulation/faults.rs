//! What goes wrong, and what happens by itself: each a step on the hub alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::Waker;

use super::hub::{Hub, INSTANCES, State};
use super::link::{self, Item};
use super::server::{Effects, Told};
use crate::clock::Clock;
use crate::store::{DEADLINE, News, StoreErrorKind};

/// The name at a random place.
fn any_name<V>(map: &BTreeMap<String, V>, place: usize) -> Option<String> {
    map.keys().nth(place % map.len().max(1)).cloned()
}

fn told(news: Told) -> Effects {
    Effects {
        news: Some(news),
        ended: None,
    }
}

impl State {
    /// A request comes to the store, unless its sender is cut off. Whether there was one.
    pub(super) fn arrive(&mut self) -> bool {
        let waiting: Vec<usize> = (0..self.messages.len())
            .filter(|&at| self.messages[at].reply.is_none())
            .collect();
        let Some(&at) = self.dice.choice(&waiting) else {
            return false;
        };
        let message = &self.messages[at];
        let (slot, call, request) = (message.slot, message.call, message.request.clone());
        let lost = self.is_cut[slot] || (self.is_lossy && self.dice.u32(..12) == 0);
        if lost && self.dice.u32(..8) != 0 {
            self.messages.swap_remove(at);
            self.note(Some(slot), Some(call), None, "loses a request", 0);
            return true;
        }
        let reply = self.execute_for(slot, call, &request);
        self.messages[at].reply = Some(reply);
        true
    }

    /// An answer comes back.
    pub(super) fn reply(&mut self) -> Option<Waker> {
        let answered: Vec<usize> = (0..self.messages.len())
            .filter(|&at| self.messages[at].reply.is_some())
            .collect();
        let at = *self.dice.choice(&answered)?;
        let message = self.messages.swap_remove(at);
        let lost = self.is_cut[message.slot] || (self.is_lossy && self.dice.u32(..12) == 0);
        if lost {
            self.note(
                Some(message.slot),
                Some(message.call),
                None,
                "loses an answer",
                0,
            );
            return None;
        }
        self.answer(message.id, Ok(message.reply?))
    }

    /// A call waits no longer for its answer; the request is still on its way.
    pub(super) fn time_out(&mut self) -> Option<Waker> {
        let ids: Vec<u64> = self.mailboxes.keys().copied().collect();
        let id = *self.dice.choice(&ids)?;
        self.answer(id, Err(StoreErrorKind::Timeout.into()))
    }

    /// Time goes by, for everybody at a pace of his own.
    pub(super) fn advance(&mut self, ms: u64) -> Vec<Waker> {
        self.now_ms += ms;
        for clock in &self.clocks {
            clock.advance(ms);
        }
        let deadline_ms = u64::try_from(DEADLINE.as_millis()).unwrap_or(0);
        let late: Vec<u64> = self
            .mailboxes
            .keys()
            .copied()
            .filter(|id| self.is_late(*id, deadline_ms))
            .collect();
        let timed_out = |id| self.answer(id, Err(StoreErrorKind::Timeout.into()));
        late.into_iter().filter_map(timed_out).collect()
    }

    /// Whether a request is older than anybody waits, or was lost.
    fn is_late(&self, id: u64, deadline_ms: u64) -> bool {
        let message = self.messages.iter().find(|message| message.id == id);
        message.is_none_or(|message| message.sent_ms + deadline_ms <= self.now_ms)
    }

    pub(super) fn step_ms(&mut self) -> u64 {
        match self.dice.u32(..20) {
            0 => self.dice.u64(500..4_000),
            1..4 => self.dice.u64(50..500),
            _ => self.dice.u64(0..20),
        }
    }

    pub(super) fn partition(&mut self) {
        let slot = self.dice.usize(..INSTANCES);
        self.is_cut[slot] = !self.is_cut[slot];
        self.note(
            Some(slot),
            None,
            None,
            "is cut off:",
            u64::from(self.is_cut[slot]),
        );
        if self.is_cut[slot] && self.dice.bool() {
            self.links[slot].fall(link::State::Silent);
        }
    }

    pub(super) fn break_link(&mut self, to: link::State) -> bool {
        let slot = self.dice.usize(..INSTANCES);
        let was_up = self.links[slot].state == link::State::Up;
        self.links[slot].fall(to);
        if was_up {
            let what = if to == link::State::Silent {
                "its link falls silent"
            } else {
                "its link is cut"
            };
            self.note(Some(slot), None, None, what, 0);
        }
        was_up
    }

    pub(super) fn forget_entry(&mut self) -> bool {
        let place = self.dice.usize(..1_000);
        any_name(&self.server.entries, place)
            .and_then(|name| self.server.entries.remove(&name))
            .is_some()
    }

    /// A full server has forgotten a tag, and says so.
    pub(super) fn forget_tag(&mut self) -> bool {
        let place = self.dice.usize(..1_000);
        let Some(name) = any_name(&self.server.tags, place) else {
            return false;
        };
        self.server.tags.remove(&name);
        self.note(None, None, None, "a tag is forgotten", place as u64);
        self.apply(told(Told::Tag(name)), Vec::new());
        true
    }

    pub(super) fn forget_lease(&mut self) -> bool {
        let place = self.dice.usize(..1_000);
        let Some(name) = any_name(&self.server.leases, place) else {
            return false;
        };
        self.server.leases.remove(&name);
        self.judge.leases.forget(&name);
        true
    }

    pub(super) fn flush(&mut self) {
        self.note(None, None, None, "everything is flushed", 0);
        self.empty();
        self.apply(told(Told::Anything), Vec::new());
    }

    fn empty(&mut self) {
        self.server = Default::default();
        self.judge.leases.clear();
    }

    /// The server goes, with all it has, or comes back.
    pub(super) fn restart(&mut self) {
        self.is_down = !self.is_down;
        self.note(
            None,
            None,
            None,
            "the server is down:",
            u64::from(self.is_down),
        );
        self.empty();
        for slot in 0..INSTANCES {
            let to = if self.dice.bool() {
                link::State::Cut
            } else {
                link::State::Silent
            };
            self.links[slot].fall(to);
        }
        // What was on its way is not answered any more.
        self.messages.retain(|message| message.reply.is_none());
    }
}

impl Hub {
    /// An instance connects its link, if it has none and can.
    pub(super) fn connect(&self, slot: usize) -> bool {
        let mut state = self.state();
        let can = !state.is_down && !state.is_cut[slot];
        let link = &mut state.links[slot];
        if !can || link.state != link::State::Down {
            return false;
        }
        link.state = link::State::Up;
        state.note(Some(slot), None, None, "its link is up", 0);
        true
    }

    /// An instance notices that its link is dead.
    pub(super) fn give_link_up(&self, slot: usize) -> bool {
        let listener = {
            let mut state = self.state();
            let link = &mut state.links[slot];
            if !matches!(link.state, link::State::Cut | link::State::Silent) {
                return false;
            }
            link.state = link::State::Down;
            let listener = link.listener.clone();
            state.judge.forgets(slot);
            state.note(Some(slot), None, None, "loses its link", 0);
            listener
        };
        if let Some(listener) = listener {
            listener.lose();
        }
        true
    }

    /// An instance asks over its link for a sign of life.
    pub(super) fn ping(&self, slot: usize) -> bool {
        let mut state = self.state();
        let asked_ms = state.clocks[slot].now_ms();
        let link = &mut state.links[slot];
        let is_up = link.state == link::State::Up;
        if is_up {
            link.pings.push_back(asked_ms);
        }
        is_up
    }

    /// The question comes to the store, which answers behind all news it has sent.
    pub(super) fn pong(&self, slot: usize) -> bool {
        let mut state = self.state();
        if state.is_cut[slot] {
            return false;
        }
        let link = &mut state.links[slot];
        let Some(asked_ms) = link.pings.pop_front() else {
            return false;
        };
        link.send(Item::Pong(asked_ms));
        true
    }

    /// The next item comes over the link.
    pub(super) fn hear_next(&self, slot: usize) -> bool {
        let (listener, item) = {
            let mut state = self.state();
            if state.is_cut[slot] {
                return false;
            }
            let link = &mut state.links[slot];
            let (Some(item), Some(listener)) = (link.items.pop_front(), link.listener.clone())
            else {
                return false;
            };
            (listener, item)
        };
        match &item {
            Item::Entry(name, origin, _) => listener.hear(News::Entry {
                name,
                origin: *origin,
            }),
            Item::Tag(name, _) => listener.hear(News::Tag { name }),
            Item::Anything => listener.hear(News::Anything),
            Item::Pong(asked_ms) => listener.prove(*asked_ms),
        }
        self.note_heard(slot, item);
        true
    }

    fn note_heard(&self, slot: usize, item: Item) {
        let mut state = self.state();
        match item {
            Item::Entry(name, _, known) => {
                let target = super::domain::Target::of_entry(&name);
                state.note(Some(slot), None, target, "hears of an entry", 0);
                known
                    .into_iter()
                    .for_each(|which| state.judge.heard(slot, which));
            }
            Item::Tag(_, known) => {
                state.note(Some(slot), None, None, "hears of a tag", 0);
                known
                    .into_iter()
                    .for_each(|which| state.judge.heard(slot, which));
            }
            Item::Anything => state.judge.forgets_but_link(slot),
            Item::Pong(asked_ms) => {
                state.judge.proven(slot, asked_ms);
                state.note(Some(slot), None, None, "proves", asked_ms);
            }
        }
    }

    /// A wake-up arrives, or is lost.
    pub(super) fn wake(&self) -> bool {
        let signal = {
            let mut state = self.state();
            let place = state.dice.usize(..1_000);
            if state.wakes.is_empty() {
                return false;
            }
            let at = place % state.wakes.len();
            let (slot, signal) = state.wakes.swap_remove(at);
            let lost = state.is_cut[slot] || (state.is_lossy && state.dice.bool());
            if lost { None } else { signal.upgrade() }
        };
        if let Some(signal) = signal {
            let _ = Arc::clone(&signal).notify(usize::MAX);
        }
        true
    }
}
