//! The followers' side of a flight.

use std::sync::Arc;

use event_listener::EventListener;

use super::stack::Waiting;
use super::{Flight, Flights, Lead, Phase, Wait, blocks_on_future};
use crate::event::{AloneReason, Fate};
use crate::l1::Slot;

/// A caller that waits for a leader. May be dropped at any time.
#[derive(Debug)]
pub(crate) struct Follower<'a> {
    flights: &'a Flights,
    flight: Arc<Flight>,
    wait: Wait,
    /// The record of the waiting, which goes when the follower goes.
    waiting: Option<Waiting<'a>>,
}

/// What a follower is to do.
#[derive(Debug)]
pub(crate) enum Turn<'a> {
    /// Go on waiting.
    Wait,
    /// Take the value.
    Share(Slot),
    /// Take a value that is not fresh any more, instead of waiting.
    Stale(Slot),
    /// Compute for all: the leader was dropped.
    Lead(Lead<'a>),
    /// Compute for itself: the leader met this fate.
    Compute(Fate),
    /// Compute for itself: the new leader is none to wait for.
    Alone(AloneReason),
}

impl<'a> Follower<'a> {
    /// The caller has counted itself among the followers.
    pub(super) const fn new(flights: &'a Flights, flight: Arc<Flight>, wait: Wait) -> Self {
        Self {
            flights,
            flight,
            wait,
            waiting: None,
        }
    }

    pub(super) fn waiting(mut self, waiting: Waiting<'a>) -> Self {
        self.waiting = Some(waiting);
        self
    }

    pub(super) fn flight_id(&self) -> usize {
        self.flight.id()
    }

    /// Hears of the next change. To be called *before* [`look`](Self::look), so that none is missed in between.
    pub(crate) fn listen(&self) -> EventListener {
        self.flight.changed.listen()
    }

    /// What to do now.
    pub(crate) fn look(&self) -> Turn<'a> {
        let mut state = self.flight.state();
        if let (Phase::Running(_), Some(stale)) = (&state.phase, &state.stale) {
            return Turn::Stale(Arc::clone(stale));
        }
        match &state.phase {
            Phase::Running(leader) if blocks_on_future(*leader, self.wait) => {
                Turn::Alone(AloneReason::WouldBlock)
            }
            Phase::Running(_) => Turn::Wait,
            Phase::Done(value) => Turn::Share(Arc::clone(value)),
            Phase::Ended(fate) => Turn::Compute(*fate),
            Phase::Vacant => {
                state.phase = Phase::Running(self.wait);
                Turn::Lead(Lead::new(self.flights, Arc::clone(&self.flight)))
            }
        }
    }
}

impl Drop for Follower<'_> {
    fn drop(&mut self) {
        let mut shard = self.flights.shard(&self.flight.key);
        let mut state = self.flight.state();
        state.followers -= 1;
        if let Phase::Vacant = state.phase {
            if state.followers == 0 {
                Flights::close(&mut shard, &self.flight);
            } else {
                // This one may have been the heir that was woken.
                self.flight.changed.notify(1);
            }
        }
    }
}
