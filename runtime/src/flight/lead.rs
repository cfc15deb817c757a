//! The leader's side of a flight: a guard that settles it, whatever becomes of the leader.

use std::sync::Arc;

use super::stack::Scope;
use super::{Flight, Flights, Phase};
use crate::event::Fate;
use crate::l1::Slot;

/// The right, and the duty, to compute for all. Dropping it without a word hands it over.
#[derive(Debug)]
pub(crate) struct Lead<'a> {
    flights: &'a Flights,
    flight: Arc<Flight>,
    /// Nobody waits and nobody comes any more.
    is_over: bool,
}

impl<'a> Lead<'a> {
    pub(super) const fn new(flights: &'a Flights, flight: Arc<Flight>) -> Self {
        Self {
            flights,
            flight,
            is_over: false,
        }
    }

    /// Marks the calling thread as being inside this computation, until the scope is dropped.
    pub(crate) fn enter(&self) -> Scope {
        Scope::enter(self.flight.id())
    }

    /// Lets all who wait, and all who come, have a value that is not fresh any more: they need not wait.
    pub(crate) fn offer_stale(&self, value: Slot) {
        self.flight.state().stale = Some(value);
        self.flight.changed.notify(usize::MAX);
    }

    /// Gives the value to all who wait, and to all who come until the lead is dropped, which is after it is stored.
    pub(crate) fn share(&self, value: Slot) {
        let mut state = self.flight.state();
        state.phase = Phase::Done(value);
        let is_awaited = state.followers > 0;
        drop(state);
        // Waking allocates, even where nobody sleeps. Who comes from now on looks first.
        if is_awaited {
            self.flight.changed.notify(usize::MAX);
        }
    }

    /// Ends the flight with a value that those who come now find where it was found: it is asked for, and given to those
    /// who wait, only if there are any.
    pub(crate) fn land(mut self, value: impl FnOnce() -> Slot) {
        let mut shard = self.flights.shard(&self.flight.key);
        Flights::close(&mut shard, &self.flight);
        self.is_over = self.flight.state().followers == 0;
        drop(shard);
        // Made without a lock, for that is the work of users' code.
        if !self.is_over {
            self.share(value());
        }
    }

    /// Ends the flight without a value.
    pub(crate) fn end(&self, fate: Fate) {
        let mut shard = self.flights.shard(&self.flight.key);
        Flights::close(&mut shard, &self.flight);
        self.flight.state().phase = Phase::Ended(fate);
        drop(shard);
        self.flight.changed.notify(usize::MAX);
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let mut shard = self.flights.shard(&self.flight.key);
        let mut state = self.flight.state();
        if let (Phase::Running(_), 1..) = (&state.phase, state.followers) {
            state.phase = Phase::Vacant;
            drop(state);
            drop(shard);
            #[cfg(test)]
            if crate::simulation::breaks::Break::HandsNothingOver.is_on() {
                return;
            }
            self.flight.changed.notify(1);
            return;
        }
        Flights::close(&mut shard, &self.flight);
    }
}
