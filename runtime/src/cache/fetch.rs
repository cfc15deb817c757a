//! THE read path, top to bottom: key → L1 → flight → L2 → lease → compute → store.
//!
//! Written once, as a future, for both faces. Every branch emits an event. Every await is a place where the future may be
//! dropped: the seat in the flight is then handed over by its guard, the lease given up by its own.

use std::future::Future;
use std::sync::Arc;

use super::Core;
use super::call::{Call, Lookup, Owned, Stale, uncached};
use super::face::{Async, Blocking, Face, now};
use super::lease::{Leave, Right};
use super::seat::{Seat, Taken};
use super::write::Fresh;
use crate::event::{Event, Layer, MissReason, StaleReason};
use crate::key::Key;
use crate::l1::{Kept, Note, Slot, Usable};
use crate::memo::Memo;
use crate::shape::{CopyOf, Shape};
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
    let path = fetch_beyond_memory(Blocking, core, memo, &key, shape, compute, nobody::<S>);
    now(path).output
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
    let path = fetch_beyond_memory(Async, core, memo, &key, shape, compute, nobody::<S>);
    Box::pin(path).await.output
}

/// What a call came to.
#[derive(Debug)]
pub(super) struct Ended<T, C> {
    pub(super) output: T,
    /// The computation that was not needed, if it is time to compute the value anew.
    pub(super) due: Option<C>,
}

impl<T, C> Ended<T, C> {
    const fn with(output: T) -> Self {
        Self { output, due: None }
    }
}

/// Has no use for a stale value.
fn nobody<S: Shape>(_: &Arc<Kept<S::Value>>) {}

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
    look_in_memory::<S>(core, memo, key).map(|(value, _)| S::close(value))
}

/// All the steps after that, for both faces. `meanwhile` is told of a stale value before the function runs.
pub(super) async fn fetch_beyond_memory<F, S, C, R>(
    face: F,
    core: &Core,
    memo: &'static Memo,
    key: &Key,
    _: S,
    compute: C,
    meanwhile: impl FnOnce(&Arc<Kept<S::Value>>),
) -> Ended<S::Output, C>
where
    F: Face,
    S: Shape,
    S::Value: Stored,
    C: FnOnce() -> R,
    R: Future<Output = S::Output>,
{
    if let Some(fault) = key.fault() {
        uncached(core, memo, fault);
        return Ended::with(compute().await);
    }

    let call = Call::new(core, memo, key);
    let seat = match Seat::take::<F, S::Value>(face, &call).await {
        Taken::Shared(value) => return Ended::with(S::close(value)),
        Taken::Seat(seat) => seat,
    };
    let right = match call.find_or_lease::<F, S::Value>(face, &seat).await {
        Leave::Compute(right) => right,
        Leave::Hit(hit) => {
            seat.answer(&hit.owned);
            return Ended {
                output: S::close(hit.owned.value),
                due: hit.is_due.then_some(compute),
            };
        }
        Leave::Stale(stale) => {
            let stale = call.serve_stale(&seat, stale, StaleReason::Refreshing);
            return Ended::with(S::close(stale.value));
        }
    };
    if let Some(stale) = &right.stale {
        seat.offer_stale(stale.owned.shared());
        meanwhile(stale.owned.shared());
    }
    // Boxed, as the wait for the lease is: a hit would have to move the room that only a miss needs.
    let computed = Box::pin(compute_and_store::<F, S, C, R>(
        face, &call, &seat, right, compute,
    ));
    Ended::with(computed.await)
}

/// The last steps: the function runs, and its value is stored.
async fn compute_and_store<F, S, C, R>(
    face: F,
    call: &Call<'_>,
    seat: &Seat<'_>,
    right: Right<'_, S::Value>,
    compute: C,
) -> S::Output
where
    F: Face,
    S: Shape,
    S::Value: Stored,
    C: FnOnce() -> R,
    R: Future<Output = S::Output>,
{
    let (output, cost) = seat.compute(compute).await;
    let value = match seat.open::<S>(output, cost) {
        Ok(value) => value,
        Err(output) => {
            let Some(stale) = right.stale else {
                seat.fail();
                return output;
            };
            call.keep_stale(&stale);
            let stale = call.serve_stale(seat, stale, StaleReason::Failed);
            return S::close(stale.value);
        }
    };
    seat.share(value.shared());
    let fresh = Fresh {
        value: value.shared(),
        cost,
        is_alone: !seat.leads(),
    };
    call.store::<F, S>(face, right.lease, fresh).await;
    S::close(value.value)
}

impl<'a> Call<'a> {
    /// Looks in the store, and asks for the lease if that does not have it. Whoever computes for itself does neither: it
    /// does because the leader found nothing, or because it must not wait.
    async fn find_or_lease<F: Face, V: Stored>(&'a self, face: F, seat: &Seat<'_>) -> Leave<'a, V> {
        if !seat.leads() {
            return Leave::Compute(Right::without_lease(None));
        }
        match self.read(face).await {
            Lookup::Hit(hit) => Leave::Hit(hit),
            Lookup::Miss { seen, stale } => Box::pin(self.acquire(face, seen, stale)).await,
            Lookup::Unreachable => Leave::Compute(Right::without_lease(None)),
        }
    }

    /// Lets everyone who waits have a value that is not fresh any more.
    fn serve_stale<V: Stored>(
        &self,
        seat: &Seat<'_>,
        stale: Stale<V>,
        reason: StaleReason,
    ) -> Owned<V> {
        self.emit(Event::Stale {
            layer: Layer::Store,
            reason,
        });
        seat.share(stale.owned.shared());
        stale.owned
    }
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
    if let Some((value, _)) = look_in_memory::<S>(core, memo, &key) {
        return Some(value);
    }
    let call = Call::new(core, memo, &key);
    match call.read(face).await {
        Lookup::Hit(hit) => Some(hit.owned.value),
        Lookup::Miss { .. } | Lookup::Unreachable => None,
    }
}

/// The value in memory, and whether it is time to compute it anew.
#[inline]
pub(super) fn look_in_memory<S>(
    core: &Core,
    memo: &'static Memo,
    key: &Key,
) -> Option<(S::Value, bool)>
where
    S: Shape,
    S::Value: Stored,
{
    let found = match (key.answer(), S::COPY) {
        (Some(Ok(usable)), _) => clone_out(core, usable),
        (Some(Err(reason)), _) => Err(*reason),
        // The model's scheduler could not go on with another thread while this one holds a lock of the map.
        (None, Some(copy)) if !cfg!(selfsame_model) => copy_out(core, memo, key, copy),
        (None, _) => core
            .find_in_memory(memo, key)
            .and_then(|usable| clone_out(core, &usable)),
    };
    match found {
        Ok(Found {
            note: Some(Note::Stale),
            value,
            ..
        }) => {
            stale_in_memory(core, memo);
            Some((value, false))
        }
        Ok(found) => {
            core.emit_memory_hit(memo, found.cost_us);
            Some((found.value, found.note == Some(Note::Due)))
        }
        Err(reason) => memory_miss(core, memo, reason),
    }
}

/// A value of this caller's own.
struct Found<V> {
    value: V,
    note: Option<Note>,
    /// What computing it had taken; 0 where nobody wants to know.
    cost_us: u64,
}

/// The value in memory, which is `Copy`, taken where it lies.
#[inline]
fn copy_out<V: Stored>(
    core: &Core,
    memo: &'static Memo,
    key: &Key,
    copy: CopyOf<V>,
) -> Result<Found<V>, MissReason> {
    let copy = |slot: &Slot| slot.value().map(|value| (copy(value), core.cost_of(slot)));
    let (found, note) = core.find_in_memory_in_place(memo, key, copy)?;
    let (value, cost_us) = found.ok_or(MissReason::Type)?;
    Ok(Found {
        value,
        note,
        cost_us,
    })
}

/// A clone of a value that may be used, if it is of this type.
#[inline]
fn clone_out<V: Stored>(core: &Core, usable: &Usable) -> Result<Found<V>, MissReason> {
    let value: &V = usable.slot.value().ok_or(MissReason::Type)?;
    Ok(Found {
        value: value.clone(),
        note: usable.note,
        cost_us: core.cost_of(&usable.slot),
    })
}

#[cold]
fn stale_in_memory(core: &Core, memo: &'static Memo) {
    core.emit(
        memo,
        Event::Stale {
            layer: Layer::Memory,
            reason: StaleReason::Failed,
        },
    );
}

/// Nothing, and tells why.
#[cold]
fn memory_miss<T>(core: &Core, memo: &'static Memo, reason: MissReason) -> Option<T> {
    core.emit(
        memo,
        Event::Miss {
            layer: Layer::Memory,
            reason,
        },
    );
    None
}
