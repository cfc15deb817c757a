//! A few threads at the places where threads meet, in many of the orders in which they can run.
//!
//! Under `RUSTFLAGS="--cfg selfsame_model"` the locks and atomics of [`crate::sync`] are those of `shuttle`, which
//! decides at each of them who goes on, and fails a test whose threads all wait. The order that failed is printed, to be
//! replayed with `shuttle::replay`.

mod copies;
mod debts;
mod flights;
mod leases;
mod path;

use std::sync::Arc;

use crate::clock::{ManualClock, Time};
use crate::coherence::{Coherence, Permit};
use crate::store::TagKey;
use crate::store::memory::Memory;

/// Runs it in orders that are random, and in those that need few but well chosen switches.
fn check(scenario: impl Fn() + Send + Sync + Copy + 'static) {
    check_some(ORDERS, scenario);
}

/// The same in fewer orders, for what takes long.
fn check_some(orders: usize, scenario: impl Fn() + Send + Sync + Copy + 'static) {
    shuttle::check_random(scenario, orders);
    shuttle::check_pct(scenario, orders, SWITCHES);
}

const ENTRY: &str = "entry";
const ORDERS: usize = 500;
const SWITCHES: usize = 3;

fn memory() -> (Memory, Time) {
    let clock = ManualClock::new();
    let memory = Memory::new(1 << 20, Arc::new(clock.clone()));
    (memory, Time::Given(Arc::new(clock)))
}

fn coherence() -> Arc<Coherence> {
    let (memory, time) = memory();
    Coherence::start(&memory, "model", time, |_| {})
}

/// The tags that every entry has.
fn tags(coherence: &Coherence) -> [TagKey; 2] {
    [coherence.namespace().clone(), TagKey::function("model", 1)]
}

/// Leave to rely on the entry.
fn permit(coherence: &Coherence) -> Permit {
    let tags = tags(coherence);
    coherence.permit(ENTRY, &tags.each_ref().map(TagKey::borrowed))
}
