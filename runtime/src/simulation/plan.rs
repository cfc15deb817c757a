//! What happens how often. Each seed has a plan of its own: where everything goes wrong at once, little is found.

use fastrand::Rng;

use super::domain::Target;
use super::hub::INSTANCES;

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Call,
    Poll,
    Arrive,
    Answer,
    FinishWork,
    Tick,
    Errands,
    Timers,
    Ping,
    Pong,
    Hear,
    Wake,
    Connect,
    Abandon,
    TimeOut,
    Partition,
    CutLink,
    SilenceLink,
    GiveLinkUp,
    Crash,
    ForgetEntry,
    ForgetTag,
    ForgetLease,
    Flush,
    Restart,
    Drift,
    Lossy,
}

/// What goes on without faults, and how often.
const USUAL: [(Action, u32); 13] = [
    (Action::Call, 120),
    (Action::Poll, 400),
    (Action::Arrive, 200),
    (Action::Answer, 200),
    (Action::FinishWork, 60),
    (Action::Tick, 80),
    (Action::Errands, 40),
    (Action::Timers, 40),
    (Action::Ping, 40),
    (Action::Pong, 40),
    (Action::Hear, 150),
    (Action::Wake, 30),
    (Action::Connect, 30),
];

/// Faults, how often each is where it is chosen, and the odds in a hundred that it is.
const FAULTS: [(Action, u32, u32); 14] = [
    (Action::Abandon, 12, 70),
    (Action::TimeOut, 8, 50),
    (Action::Partition, 4, 40),
    (Action::CutLink, 4, 50),
    (Action::SilenceLink, 4, 50),
    (Action::GiveLinkUp, 3, 90),
    (Action::Crash, 1, 50),
    (Action::ForgetEntry, 6, 40),
    (Action::ForgetTag, 5, 40),
    (Action::ForgetLease, 5, 40),
    (Action::Flush, 1, 30),
    (Action::Restart, 1, 40),
    (Action::Drift, 4, 40),
    (Action::Lossy, 2, 40),
];

#[derive(Debug)]
pub(super) struct Plan {
    weights: Vec<(Action, u32)>,
    total: u32,
    pub(super) most_calls: usize,
    /// How many of a hundred calls invalidate something.
    pub(super) unrest: u32,
    /// What is called most for a while, and where: what can only go wrong between calls of the same does so there.
    hot: (usize, Target),
    /// How many of a hundred calls are of that.
    heat: u32,
}

impl Plan {
    pub(super) fn any(dice: &mut Rng) -> Self {
        let mut weights: Vec<(Action, u32)> = USUAL
            .iter()
            .map(|(action, weight)| (*action, weight * dice.u32(50..200) / 100))
            .collect();
        for (action, weight, odds) in FAULTS {
            if dice.u32(..100) < odds {
                weights.push((action, weight * dice.u32(1..=3)));
            }
        }
        let total = weights.iter().map(|(_, weight)| weight).sum();
        let most_calls = dice.usize(4..20);
        let (hot, heat) = (anything(dice), dice.u32(0..95));
        Self {
            weights,
            total,
            most_calls,
            unrest: dice.u32(3..30),
            hot,
            heat,
        }
    }

    /// What is called next, and at which instance.
    pub(super) fn next_call(&mut self, dice: &mut Rng) -> (usize, Target) {
        if dice.u32(..COOLING) == 0 {
            self.hot = anything(dice);
        }
        let (slot, target) = anything(dice);
        let mut is_hot = || dice.u32(..100) < self.heat;
        (
            if is_hot() { self.hot.0 } else { slot },
            if is_hot() { self.hot.1 } else { target },
        )
    }

    pub(super) fn choose(&self, dice: &mut Rng) -> Action {
        let mut left = dice.u32(..self.total);
        for (action, weight) in &self.weights {
            if left < *weight {
                return *action;
            }
            left -= weight;
        }
        Action::Poll
    }
}

fn anything(dice: &mut Rng) -> (usize, Target) {
    (dice.usize(..INSTANCES), Target::any(dice))
}

/// So many calls until something else is hot, on average.
const COOLING: u32 = 60;
