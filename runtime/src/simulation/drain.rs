//! Faults stop: everything must come to an end, and nothing may be left.

use super::calls::Kind;
use super::domain::Target;
use super::hub::INSTANCES;
use super::world::World;

impl World {
    pub(super) fn drain(&mut self) {
        self.heal();
        self.settle();
        for slot in 0..INSTANCES {
            for target in Target::all() {
                self.start(slot, Kind::Fetch(target));
            }
        }
        self.settle();
        if self.is_innocent() {
            self.look_for_leftovers();
        }
    }

    fn heal(&self) {
        let mut state = self.hub.state();
        if state.is_down {
            state.restart();
        }
        state.is_lossy = false;
        state.is_cut = [false; INSTANCES];
        state.clocks.iter().for_each(|clock| clock.heal());
        drop(state);
        for slot in 0..INSTANCES {
            self.hub.give_link_up(slot);
        }
    }

    /// Goes on until there is no call any more. Only those that were woken are polled: a wake-up that was lost shows.
    fn settle(&mut self) {
        for _ in 0..PATIENCE {
            self.round();
            if self.calls.is_empty() || !self.is_innocent() {
                break;
            }
        }
        if let Some(call) = self.calls.first() {
            let what = format!(
                "{} calls do not end, the first is {}",
                self.calls.len(),
                call.describe()
            );
            self.hub.state().judge.accuse(None, what);
        }
        // Leases that were given up, and what was owed.
        for _ in 0..AFTERWARDS {
            self.round();
        }
    }

    fn round(&mut self) {
        self.advance(STEP_MS);
        for slot in 0..INSTANCES {
            self.hub.connect(slot);
            self.hub.ping(slot);
            while self.hub.pong(slot) {}
            while self.hub.hear_next(slot) {}
        }
        while self.hub.wake() {}
        for instance in &self.instances {
            instance.cache.core().timers.fire();
            instance.run_errands(&self.hub);
        }
        while self.finish_work() {}
        for at in (0..self.calls.len()).rev() {
            if self.calls[at].is_woken() {
                self.poll(at);
            }
        }
        while self.hub.state().arrive() {}
        loop {
            let mut state = self.hub.state();
            if state.messages.iter().all(|message| message.reply.is_none()) {
                break;
            }
            let waker = state.reply();
            drop(state);
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    fn look_for_leftovers(&self) {
        for instance in &self.instances {
            let left = instance.leftovers();
            if !left.is_empty() {
                let what = format!(
                    "instance {} is left with {}",
                    instance.slot,
                    left.join(", ")
                );
                self.hub.state().judge.accuse(None, what);
            }
        }
        let mut state = self.hub.state();
        state
            .watches
            .retain(|(.., signal)| signal.strong_count() > 0);
        let left = (
            state.works.len(),
            state.mailboxes.len(),
            state.watches.len(),
        );
        if left != (0, 0, 0) {
            let what = format!("computations, mailboxes and watches are left: {left:?}");
            state.judge.accuse(None, what);
        }
    }
}

const STEP_MS: u64 = 25;
/// Longer than any lease, limit and pause together.
const PATIENCE: u32 = 1_000;
const AFTERWARDS: u32 = 20;
