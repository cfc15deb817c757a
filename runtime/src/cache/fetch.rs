//! THE read path, top to bottom: key → L1 → flight → L2 → compute → store.
//!
//! Written once, as a future, for both faces. Every branch emits an event. Every await is a place where the future may be
//! dropped: the seat in the flight is then handed over by its guard, and nothing else is held.

use std::future::Future;

use super::Core;
use super::call::{Call, Lookup, Owned, uncached};
use super::face::Face;
use super::seat::{Seat, Taken};
use super::write::Fresh;
use crate::event::{Event, Layer};
use crate::key::Key;
use crate::l1::{CallRef, Look};
use crate::memo::Memo;
use crate::shape::Shape;
use crate::stored::Stored;

/// Answers from the cache, or computes and stores.
#[inline]
pub(crate) async fn fetch<F, S, C, R>(
    face: F,
    core: &Core,
    memo: &'static Memo,
    key: Key,
    _: S,
    compute: C,
) -> S::Output
where
    F: Face,
    S: Shape,
    S::Value: Stored,
    C: FnOnce() -> R,
    R: Future<Output = S::Output>,
{
    if key.fault().is_none() {
        let call = core.l1.call(memo.id(), key.bytes());
        if let Some(value) = look_in_memory::<S::Value>(core, memo, &call) {
            return S::close(value);
        }
    }
    // Boxed, or a function that awaits its own wrapper would have a future that contains itself. Also keeps the hit,
    // above, from moving what only a miss needs.
    Box::pin(fetch_beyond_memory::<F, S, C, R>(
        face, core, memo, key, compute,
    ))
    .await
}

async fn fetch_beyond_memory<F, S, C, R>(
    face: F,
    core: &Core,
    memo: &'static Memo,
    key: Key,
    compute: C,
) -> S::Output
where
    F: Face,
    S: Shape,
    S::Value: Stored,
    C: FnOnce() -> R,
    R: Future<Output = S::Output>,
{
    if let Some(fault) = key.fault() {
        uncached(core, memo, fault);
        return compute().await;
    }

    let call = Call::new(core, memo, &key);
    let seat = match Seat::take::<F, S::Value>(face, &call).await {
        Taken::Shared(value) => return S::close(value),
        Taken::Seat(seat) => seat,
    };

    let entry_key = call.entry_key();
    let mut reachable = true;
    if seat.leads() {
        match call.read(face, &entry_key).await {
            Lookup::Hit(found) => {
                seat.share(&found.shared);
                seat.withdraw_if_void();
                return S::close(found.value);
            }
            Lookup::Miss => {}
            Lookup::Unreachable => reachable = false,
        }
    }

    let (output, cost) = seat.compute(compute).await;
    let value = match S::open(output) {
        Ok(value) => Owned::new(value),
        Err(output) => {
            call.emit(Event::Failed { took: cost });
            seat.fail();
            return output;
        }
    };
    call.emit(Event::Computed { took: cost });
    seat.share(&value.shared);

    let fresh = Fresh {
        value: &value.shared,
        cost,
        reachable,
    };
    call.write::<F, S>(face, &entry_key, fresh, || seat.is_void())
        .await;
    S::close(value.value)
}

/// Looks in memory and in the store, without computing.
pub(crate) async fn peek<F, S>(
    face: F,
    core: &Core,
    memo: &'static Memo,
    key: Key,
    _: S,
) -> Option<S::Value>
where
    F: Face,
    S: Shape,
    S::Value: Stored,
{
    if let Some(fault) = key.fault() {
        uncached(core, memo, fault);
        return None;
    }
    if let Some(value) = look_in_memory(core, memo, &core.l1.call(memo.id(), key.bytes())) {
        return Some(value);
    }
    let call = Call::new(core, memo, &key);
    let permit = core.flights.permit(&call.key);
    match call.read(face, &call.entry_key()).await {
        Lookup::Hit(found) => {
            if permit.is_void() {
                core.l1.remove(&call.key);
            }
            Some(found.value)
        }
        Lookup::Miss | Lookup::Unreachable => None,
    }
}

/// The step that most calls end with.
#[inline]
fn look_in_memory<V: Stored>(core: &Core, memo: &'static Memo, call: &CallRef<'_>) -> Option<V> {
    match core.l1.get::<V>(call, core.time.now_ms()) {
        Look::Hit { value, cost_us } => {
            core.emit_memory_hit(memo, cost_us);
            Some(value)
        }
        Look::Miss(reason) => {
            core.emit(
                memo,
                Event::Miss {
                    layer: Layer::Memory,
                    reason,
                },
            );
            None
        }
    }
}
