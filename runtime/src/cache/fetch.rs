//! THE read path, top to bottom: key → L1 → flight → L2 → compute → store.
//!
//! Written once, as a future, for both faces. Every branch emits an event. Every await is a place where the future may be
//! dropped: the seat in the flight is then handed over by its guard, and nothing else is held.

use std::future::Future;

use super::Core;
use super::call::{Call, Lookup, uncached};
use super::face::{Async, Blocking, Face, now};
use super::seat::{Seat, Taken};
use super::write::Fresh;
use crate::event::{Event, Layer, MissReason};
use crate::key::Key;
use crate::l1::{CallRef, Look};
use crate::memo::Memo;
use crate::shape::Shape;
use crate::stored::Stored;

/// Answers from the cache, or computes on the caller's own thread.
#[inline]
pub(crate) fn fetch<S: Shape>(
    core: &Core,
    memo: &'static Memo,
    key: Key,
    shape: S,
    compute: impl FnOnce() -> S::Output,
) -> S::Output
where
    S::Value: Stored,
{
    if let Some(output) = fetch_from_memory::<S>(core, memo, &key) {
        return output;
    }
    let compute = move || async move { compute() };
    now(fetch_beyond_memory(
        Blocking, core, memo, key, shape, compute,
    ))
}

/// Answers from the cache, or awaits the function.
#[inline]
pub(crate) async fn fetch_async<S, C, R>(
    core: &Core,
    memo: &'static Memo,
    key: Key,
    shape: S,
    compute: C,
) -> S::Output
where
    S: Shape,
    S::Value: Stored,
    C: FnOnce() -> R,
    R: Future<Output = S::Output>,
{
    if let Some(output) = fetch_from_memory::<S>(core, memo, &key) {
        return output;
    }
    // Boxed, or a function that awaits its own wrapper would have a future that contains itself.
    Box::pin(fetch_beyond_memory(Async, core, memo, key, shape, compute)).await
}

/// The step that most calls end with. A function of its own, and not a future: a hit must not pay for the moving of
/// what only a miss needs, which took as long as the look-up itself.
#[inline]
fn fetch_from_memory<S>(core: &Core, memo: &'static Memo, key: &Key) -> Option<S::Output>
where
    S: Shape,
    S::Value: Stored,
{
    if key.fault().is_some() {
        return None;
    }
    look_in_memory(core, memo, key).map(S::close)
}

/// All the steps after that, for both faces.
async fn fetch_beyond_memory<F, S, C, R>(
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
    let value = match seat.conclude::<S>(output, cost) {
        Ok(value) => value,
        Err(output) => return output,
    };

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
    if let Some(value) = look_in_memory(core, memo, &key) {
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

#[inline]
fn look_in_memory<V: Stored>(core: &Core, memo: &'static Memo, key: &Key) -> Option<V> {
    let call = CallRef::new(memo.id(), key);
    match core.l1.get::<V>(&call, core.time.now_ms()) {
        Look::Hit { value, cost_us } => {
            core.emit_memory_hit(memo, cost_us);
            Some(value)
        }
        Look::Miss(reason) => {
            memory_miss(core, memo, reason);
            None
        }
    }
}

#[cold]
fn memory_miss(core: &Core, memo: &'static Memo, reason: MissReason) {
    core.emit(
        memo,
        Event::Miss {
            layer: Layer::Memory,
            reason,
        },
    );
}
