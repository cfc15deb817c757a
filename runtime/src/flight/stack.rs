//! Who is inside which computation, and who waits for whom.
//!
//! A thread knows which computations it is inside of: a future is inside its computation only while it is polled. A
//! caller inside a computation that waits for another flight makes the one wait for the other; the wait that would
//! close a circle is refused, because no one in it could ever go on. What a computation spawns elsewhere and then
//! awaits can't be seen here.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;

use super::lock;
use crate::event::AloneReason;
use crate::sync::{Mutex, thread_local};

thread_local! {
    /// The flights whose computations the thread is inside of, outermost first.
    static INSIDE: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Whether the calling thread is inside the computation of this flight.
pub(super) fn contains(flight: usize) -> bool {
    INSIDE
        .try_with(|inside| inside.borrow().contains(&flight))
        .unwrap_or(false)
}

/// The calling thread is inside a computation until this is dropped.
#[derive(Debug)]
pub(crate) struct Scope {
    /// How deep the thread was before.
    depth: usize,
}

impl Scope {
    pub(super) fn enter(flight: usize) -> Self {
        let enter = |inside: &RefCell<Vec<usize>>| {
            let mut inside = inside.borrow_mut();
            inside.push(flight);
            inside.len() - 1
        };
        // A thread that is ending has no stack any more; what it computes then is not guarded against itself.
        let depth = INSIDE.try_with(enter).unwrap_or(0);
        Self { depth }
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        let _ = INSIDE.try_with(|inside| inside.borrow_mut().truncate(self.depth));
    }
}

/// The computations a caller is inside of, for one of its own making that runs elsewhere while it waits.
#[derive(Clone, Debug)]
pub(crate) struct Inherited(Vec<usize>);

impl Inherited {
    /// What the calling thread is inside of.
    pub(crate) fn here() -> Self {
        Self(
            INSIDE
                .try_with(|inside| inside.borrow().clone())
                .unwrap_or_default(),
        )
    }

    /// Polls `running` as if it were inside the same computations.
    pub(crate) async fn around<T>(self, running: impl Future<Output = T>) -> T {
        let mut running = pin!(running);
        std::future::poll_fn(|context| {
            let _scope = self.enter();
            running.as_mut().poll(context)
        })
        .await
    }

    fn enter(&self) -> Scope {
        let enter = |inside: &RefCell<Vec<usize>>| {
            let mut inside = inside.borrow_mut();
            let depth = inside.len();
            inside.extend_from_slice(&self.0);
            depth
        };
        Scope {
            depth: INSIDE.try_with(enter).unwrap_or(0),
        }
    }
}

/// Which flights can't go on before which others do. Empty unless computations wait for each other.
#[derive(Debug, Default)]
pub(super) struct Waits(Mutex<HashMap<usize, Vec<usize>>>);

impl Waits {
    /// Records that all computations the thread is inside of wait for `flight`, unless it waits for one of them.
    pub(super) fn begin(&self, flight: usize) -> Result<Waiting<'_>, AloneReason> {
        let inside = INSIDE
            .try_with(|inside| inside.borrow().clone())
            .unwrap_or_default();
        if inside.is_empty() {
            return Ok(Waiting {
                waits: self,
                inside,
                flight,
            });
        }
        let mut waits = lock(&self.0);
        if reaches(&waits, flight, &inside) {
            return Err(AloneReason::Reentrant);
        }
        for &waiter in &inside {
            waits.entry(waiter).or_default().push(flight);
        }
        drop(waits);
        Ok(Waiting {
            waits: self,
            inside,
            flight,
        })
    }
}

/// The record of a wait, until this is dropped.
#[derive(Debug)]
pub(super) struct Waiting<'a> {
    waits: &'a Waits,
    inside: Vec<usize>,
    flight: usize,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.inside.is_empty() {
            return;
        }
        let mut waits = lock(&self.waits.0);
        for waiter in &self.inside {
            let Some(flights) = waits.get_mut(waiter) else {
                continue;
            };
            // One only: another branch of the same computation may wait for the same flight.
            if let Some(place) = flights.iter().position(|&flight| flight == self.flight) {
                flights.swap_remove(place);
            }
            if flights.is_empty() {
                waits.remove(waiter);
            }
        }
    }
}

/// Whether `from` is, or waits for, one of `targets`.
fn reaches(waits: &HashMap<usize, Vec<usize>>, from: usize, targets: &[usize]) -> bool {
    let mut seen = vec![from];
    let mut next = 0;
    while let Some(&flight) = seen.get(next) {
        if targets.contains(&flight) {
            return true;
        }
        for &other in waits.get(&flight).into_iter().flatten() {
            if !seen.contains(&other) {
                seen.push(other);
            }
        }
        next += 1;
    }
    false
}
