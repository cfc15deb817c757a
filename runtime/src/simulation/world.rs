//! All of it: instances, what they are in the middle of, and the next step.

use super::breaks::{Break, Broken};
use super::calls::{Call, Kind};
use super::hub::{Hub, INSTANCES};
use super::instance::Instance;
use super::judge::{Excused, Violation};
use super::link;
use super::plan::{Action, Plan};
use super::work::End;
use crate::random::seeded;

pub(super) struct World {
    pub(super) hub: Hub,
    pub(super) instances: Vec<Instance>,
    pub(super) calls: Vec<Call>,
    plan: Plan,
    pub(super) steps: u64,
}

/// What came of a run.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) steps: u64,
    pub(super) excused: Excused,
    pub(super) violation: Option<(Violation, String)>,
}

/// Runs one seed for so many steps, and until all is quiet.
pub(super) fn run(seed: u64, steps: u64, broken: Option<Break>) -> Report {
    let _broken = Broken::by(broken);
    let _seeded = seeded::by(seed);
    let mut world = World::new(seed);
    while world.steps < steps && world.is_innocent() {
        world.step();
    }
    if world.is_innocent() {
        world.drain();
    }
    world.report()
}

impl World {
    fn new(seed: u64) -> Self {
        let hub = Hub::new(seed);
        let instances = (0..INSTANCES)
            .map(|slot| Instance::start(&hub, slot))
            .collect();
        let plan = Plan::any(&mut hub.state().dice);
        Self {
            hub,
            instances,
            calls: Vec::new(),
            plan,
            steps: 0,
        }
    }

    pub(super) fn is_innocent(&self) -> bool {
        self.hub.state().judge.violation.is_none()
    }

    fn report(self) -> Report {
        let state = self.hub.state();
        let violation = state.judge.violation.clone();
        let violation = violation.map(|violation| {
            let trace = state.trace.about(violation.about);
            (violation, trace)
        });
        Report {
            steps: self.steps,
            excused: state.judge.excused,
            violation,
        }
    }

    /// Something happens, if it can.
    fn step(&mut self) {
        let action = self.plan.choose(&mut self.hub.state().dice);
        if self.act(action) {
            self.steps += 1;
        }
    }

    fn act(&mut self, action: Action) -> bool {
        let slot = self.hub.state().dice.usize(..INSTANCES);
        match action {
            Action::Call => return self.begin(),
            Action::Poll => return self.poll_any(),
            Action::Abandon => return self.abandon_any(),
            Action::Crash => self.crash(slot),
            Action::Errands => self.instances[slot].run_errands(&self.hub),
            Action::Timers => self.instances[slot].cache.core().timers.fire(),
            Action::Tick => {
                let ms = self.hub.state().step_ms();
                self.advance(ms);
            }
            Action::Arrive => return self.hub.state().arrive(),
            Action::Answer => {
                let waker = self.hub.state().reply();
                return waker.map(std::task::Waker::wake).is_some();
            }
            Action::TimeOut => {
                let waker = self.hub.state().time_out();
                return waker.map(std::task::Waker::wake).is_some();
            }
            Action::FinishWork => return self.finish_work(),
            Action::Ping => return self.hub.ping(slot),
            Action::Pong => return self.hub.pong(slot),
            Action::Hear => return self.hub.hear_next(slot),
            Action::Wake => return self.hub.wake(),
            Action::Connect => return self.hub.connect(slot),
            Action::GiveLinkUp => return self.hub.give_link_up(slot),
            Action::Partition => self.hub.state().partition(),
            Action::CutLink => return self.hub.state().break_link(link::State::Cut),
            Action::SilenceLink => return self.hub.state().break_link(link::State::Silent),
            Action::ForgetEntry => return self.hub.state().forget_entry(),
            Action::ForgetTag => return self.hub.state().forget_tag(),
            Action::ForgetLease => return self.hub.state().forget_lease(),
            Action::Flush => self.hub.state().flush(),
            Action::Restart => self.hub.state().restart(),
            Action::Drift => {
                let mut state = self.hub.state();
                let state = &mut *state;
                state.clocks[slot].drift(&mut state.dice);
            }
            Action::Lossy => {
                let mut state = self.hub.state();
                state.is_lossy = !state.is_lossy;
            }
        }
        true
    }

    pub(super) fn advance(&self, ms: u64) {
        let wakers = self.hub.state().advance(ms);
        wakers.into_iter().for_each(std::task::Waker::wake);
    }

    fn begin(&mut self) -> bool {
        if self.calls.len() >= self.plan.most_calls {
            return false;
        }
        let (slot, kind) = {
            let dice = &mut self.hub.state().dice;
            let (slot, target) = self.plan.next_call(dice);
            (slot, Kind::any(dice, target, self.plan.unrest))
        };
        self.start(slot, kind);
        true
    }

    pub(super) fn start(&mut self, slot: usize, kind: Kind) {
        self.calls
            .push(Call::new(&self.hub, &self.instances[slot], kind));
    }

    /// Polls one that was woken, or now and then one that was not.
    fn poll_any(&mut self) -> bool {
        let is_any = self.hub.state().dice.u32(..10) == 0;
        let ready: Vec<usize> = (0..self.calls.len())
            .filter(|&at| is_any || self.calls[at].is_woken())
            .collect();
        let Some(&at) = self.hub.state().dice.choice(&ready) else {
            return false;
        };
        self.poll(at);
        true
    }

    pub(super) fn poll(&mut self, at: usize) {
        if self.calls[at].poll(&self.hub) {
            self.calls.swap_remove(at);
        }
    }

    fn abandon_any(&mut self) -> bool {
        if self.calls.is_empty() {
            return false;
        }
        let at = self.hub.state().dice.usize(..self.calls.len());
        self.calls[at].abandon(&self.hub);
        self.calls.swap_remove(at);
        true
    }

    /// An instance ends, with all it was doing, and another takes its place.
    fn crash(&mut self, slot: usize) {
        for at in (0..self.calls.len()).rev() {
            if self.calls[at].slot == slot {
                self.calls[at].abandon(&self.hub);
                self.calls.swap_remove(at);
            }
        }
        self.instances[slot] = Instance::start(&self.hub, slot);
    }

    pub(super) fn finish_work(&self) -> bool {
        let waker = {
            let mut state = self.hub.state();
            let running: Vec<u64> = state
                .works
                .iter()
                .filter(|(_, work)| work.end.is_none())
                .map(|(id, _)| *id)
                .collect();
            let Some(&id) = state.dice.choice(&running) else {
                return false;
            };
            let end = match state.dice.u32(..20) {
                0 => End::Fails,
                1 => End::Panics,
                _ => End::Returns,
            };
            state.works.get_mut(&id).and_then(|work| {
                work.end = Some(end);
                work.waker.take()
            })
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }
}
