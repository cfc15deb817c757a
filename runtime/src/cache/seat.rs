//! The place of a computing call: in a flight or outside of one, and what becomes of it.

use std::future::Future;
use std::mem;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::call::{Call, Owned};
use super::face::Face;
use crate::event::{Event, Fate, Layer, StaleReason};
use crate::flight::{Joined, Lead, Scope, Turn};
use crate::l1::Kept;
use crate::shape::Shape;
use crate::stored::Stored;

/// The right to compute. Dropping it before it is settled tells that the computation was cancelled or panicked, and
/// hands the flight over or ends it.
#[derive(Debug)]
pub(super) struct Seat<'a> {
    call: &'a Call<'a>,
    hold: Hold<'a>,
    /// Whether there is an outcome to speak of.
    settled: AtomicBool,
    /// Whether a panic came out of the user's function.
    panicked: AtomicBool,
}

/// By what right a call computes.
#[derive(Debug)]
enum Hold<'a> {
    /// For all who wait.
    Lead(Lead<'a>),
    /// For itself.
    Alone,
}

/// What taking a seat came to.
#[derive(Debug)]
pub(super) enum Taken<'a, V> {
    /// Another call computed the value.
    Shared(V),
    /// This call computes, for all who wait or for itself.
    Seat(Seat<'a>),
}

impl<'a> Seat<'a> {
    /// Joins the flight of the call: leads it, waits for its value, or computes alone.
    pub(super) async fn take<F: Face, V: Stored>(face: F, call: &'a Call<'a>) -> Taken<'a, V> {
        let follower = match call.core.flights.join(&call.key, F::WAIT, &call.permit) {
            Joined::Lead(lead) => return Taken::Seat(Self::new(call, Hold::Lead(lead))),
            Joined::Alone(reason) => {
                call.emit(Event::Alone { reason });
                return Taken::Seat(Self::alone(call));
            }
            Joined::Follow(follower) => follower,
        };
        call.emit(Event::Joined);
        loop {
            let changed = follower.listen();
            match follower.look() {
                Turn::Wait => face.wait(changed).await,
                turn => return Self::after_waiting(call, turn),
            }
        }
    }

    /// Takes the lead, from whoever has it.
    pub(super) fn supersede<F: Face>(call: &'a Call<'a>) -> Self {
        Self::new(
            call,
            Hold::Lead(
                call.core
                    .flights
                    .supersede(&call.key, F::WAIT, &call.permit),
            ),
        )
    }

    /// Computes outside a flight.
    pub(super) const fn alone(call: &'a Call<'a>) -> Self {
        Self::new(call, Hold::Alone)
    }

    const fn new(call: &'a Call<'a>, hold: Hold<'a>) -> Self {
        Self {
            call,
            hold,
            settled: AtomicBool::new(false),
            panicked: AtomicBool::new(false),
        }
    }

    fn after_waiting<V: Stored>(call: &'a Call<'a>, turn: Turn<'a>) -> Taken<'a, V> {
        let waited = |fate| call.emit(Event::Waited { fate });
        match turn {
            Turn::Share(shared) => {
                waited(Fate::Done);
                // Only a name that two functions share by accident can bring a value of another type here.
                let value = shared.value.downcast_ref::<V>().cloned();
                value.map_or_else(|| Taken::Seat(Self::alone(call)), Taken::Shared)
            }
            Turn::Stale(stale) => {
                call.emit(Event::Stale {
                    layer: Layer::Store,
                    reason: StaleReason::Refreshing,
                });
                let value = stale.value.downcast_ref::<V>().cloned();
                value.map_or_else(|| Taken::Seat(Self::alone(call)), Taken::Shared)
            }
            Turn::Lead(lead) => {
                waited(Fate::Cancelled);
                Taken::Seat(Self::new(call, Hold::Lead(lead)))
            }
            Turn::Compute(fate) => {
                waited(fate);
                Taken::Seat(Self::alone(call))
            }
            Turn::Alone(reason) => {
                call.emit(Event::Alone { reason });
                Taken::Seat(Self::alone(call))
            }
            Turn::Wait => unreachable!("the caller goes on waiting"),
        }
    }

    /// Whether this call computes for all. One that computes for itself does so because the leader found nothing.
    pub(super) const fn leads(&self) -> bool {
        matches!(self.hold, Hold::Lead(_))
    }

    /// Runs the user's function, and measures it.
    pub(super) async fn compute<C, R>(&self, compute: C) -> (R::Output, Duration)
    where
        C: FnOnce() -> R,
        R: Future,
    {
        let time = &self.call.core.time;
        let began = time.precise();
        // The function itself is called inside too: it may panic before there is a future.
        let mut running = pin!(async move { compute().await });
        let output = std::future::poll_fn(|context| {
            let inside = Inside::enter(self);
            let polled = running.as_mut().poll(context);
            inside.leave();
            polled
        })
        .await;
        (output, time.precise().saturating_sub(began))
    }

    /// The value of what the function returned, if it is one; which of both is told.
    pub(super) fn open<S>(
        &self,
        output: S::Output,
        took: Duration,
    ) -> Result<Owned<S::Value>, S::Output>
    where
        S: Shape,
        S::Value: Stored,
    {
        match S::open(output) {
            Ok(value) => {
                self.call.emit(Event::Computed { took });
                Ok(Owned::new(value))
            }
            Err(output) => {
                self.call.emit(Event::Failed { took });
                Err(output)
            }
        }
    }

    /// Lets all who wait have a value that is not fresh any more.
    pub(super) fn offer_stale<V: Stored>(&self, value: &Arc<Kept<V>>) {
        if let Hold::Lead(lead) = &self.hold {
            lead.offer_stale(Arc::<Kept<V>>::clone(value));
        }
    }

    /// Gives the value to all who wait.
    pub(super) fn share<V: Stored>(&self, value: &Arc<Kept<V>>) {
        self.settle();
        if let Hold::Lead(lead) = &self.hold {
            lead.share(Arc::<Kept<V>>::clone(value));
        }
    }

    /// Gives a value from the store to all who wait. Those who come from now on look there themselves.
    pub(super) fn answer<V: Stored>(mut self, value: &Owned<V>) {
        self.settle();
        if let Hold::Lead(lead) = mem::replace(&mut self.hold, Hold::Alone) {
            lead.land(|| Arc::<Kept<V>>::clone(value.shared()));
        }
    }

    /// Sends all who wait off to compute for themselves.
    pub(super) fn fail(&self) {
        self.settle();
        self.end(Fate::Failed);
    }

    fn end(&self, fate: Fate) {
        if let Hold::Lead(lead) = &self.hold {
            lead.end(fate);
        }
    }

    fn settle(&self) {
        // Relaxed, here and below: a seat is used by one task, whose executor orders its polls.
        self.settled.store(true, Ordering::Relaxed);
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        if *self.settled.get_mut() {
            return;
        }
        if *self.panicked.get_mut() {
            self.call.emit(Event::Panicked);
            self.end(Fate::Panicked);
        } else {
            self.call.emit(Event::Cancelled);
        }
    }
}

/// The user's function is running on this thread, until it is left; leaving it by a panic is noticed.
struct Inside<'a, 'b> {
    seat: &'a Seat<'b>,
    _scope: Option<Scope>,
    left: bool,
}

impl<'a, 'b> Inside<'a, 'b> {
    fn enter(seat: &'a Seat<'b>) -> Self {
        let scope = match &seat.hold {
            Hold::Lead(lead) => Some(lead.enter()),
            // No one waits for this one.
            Hold::Alone => None,
        };
        Self {
            seat,
            _scope: scope,
            left: false,
        }
    }

    fn leave(mut self) {
        self.left = true;
    }
}

impl Drop for Inside<'_, '_> {
    fn drop(&mut self) {
        if !self.left {
            self.seat.panicked.store(true, Ordering::Relaxed);
        }
    }
}
