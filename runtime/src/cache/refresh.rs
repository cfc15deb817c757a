//! Replacing an entry, by a value that is computed now or given.
//!
//! Both are newer than whatever is being computed meanwhile, so they take the flight over: its value still goes to its
//! callers, but not into the cache. What can't be stored leaves nothing behind, rather than the older entry.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::Core;
use super::call::{Call, uncached};
use super::face::Face;
use super::seat::Seat;
use super::write::Fresh;
use crate::event::Event;
use crate::key::Key;
use crate::l1::Kept;
use crate::memo::Memo;
use crate::shape::Shape;
use crate::stored::Stored;

/// Computes and stores now. An error leaves what was there.
pub(crate) async fn refresh<F, S, C, R>(
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
    let seat = Seat::supersede::<F>(&call);
    let (output, cost) = seat.compute(compute).await;
    let value = match seat.conclude::<S>(output, cost) {
        Ok(value) => value,
        Err(output) => return output,
    };
    replace::<F, S>(face, &call, &value.shared, cost, || seat.is_void()).await;
    S::close(value.value)
}

/// Stores a value that someone else knows.
pub(crate) async fn put<F, S>(
    face: F,
    core: &Core,
    memo: &'static Memo,
    key: Key,
    _: S,
    value: S::Value,
) where
    F: Face,
    S: Shape,
    S::Value: Stored,
{
    if let Some(fault) = key.fault() {
        uncached(core, memo, fault);
        return;
    }
    let call = Call::new(core, memo, &key);
    core.flights.doom(&call.key);
    let permit = core.flights.permit(&call.key);
    call.emit(Event::Put);
    let value = Arc::new(Kept::new(value));
    replace::<F, S>(face, &call, &value, Duration::ZERO, || permit.is_void()).await;
}

async fn replace<F, S>(
    face: F,
    call: &Call<'_>,
    value: &Arc<Kept<S::Value>>,
    cost: Duration,
    is_void: impl Fn() -> bool,
) where
    F: Face,
    S: Shape,
    S::Value: Stored,
{
    let entry_key = call.entry_key();
    let fresh = Fresh {
        value,
        cost,
        reachable: true,
    };
    let is_stored = call.write::<F, S>(face, &entry_key, fresh, &is_void).await;
    // If it is void, someone else has replaced or removed the entry since.
    if !is_stored && !is_void() {
        call.core.l1.remove(&call.key);
        let _ = call.remove(face, &entry_key).await;
    }
}
