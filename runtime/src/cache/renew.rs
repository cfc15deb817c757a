//! Computing a value anew in the background, while the one that is there goes on being served.

use std::future::Future;

use super::call::{Call, Entry, uncached};
use super::face::Face;
use super::seat::Seat;
use super::write::Fresh;
use super::{Cache, Core};
use crate::background::{Place, Refused};
use crate::event::{Event, Refreshing};
use crate::function::Refresh;
use crate::key::Key;
use crate::l1::CallRef;
use crate::memo::Memo;
use crate::shape::Shape;
use crate::store::Sharing;
use crate::stored::Stored;

/// What a hit leads to whose value is due.
pub(crate) fn take_place(core: &Core, memo: &'static Memo, key: &Key) -> Option<Place> {
    let call = CallRef::new(memo.id(), key).to_owned();
    let outcome = match core.background.take_place(&call) {
        Ok(place) => return Some(place),
        Err(Refused::Full) => Refreshing::Full,
        Err(Refused::UnderWay) => Refreshing::Elsewhere,
    };
    tell(core, memo, outcome);
    None
}

/// Tells what came of it.
pub(super) fn tell(core: &Core, memo: &'static Memo, outcome: Refreshing) {
    core.emit(memo, Event::Refresh { outcome });
}

/// Computes a value anew and stores it, unless somebody else does or has done so.
pub(crate) async fn renew<F, S, C, R>(
    face: F,
    cache: Cache,
    memo: &'static Memo,
    key: Key,
    _: S,
    compute: C,
    place: Place,
) where
    F: Face,
    S: Shape,
    S::Value: Stored,
    C: FnOnce() -> R,
    R: Future<Output = S::Output>,
{
    let core = cache.core();
    if let Some(fault) = key.fault() {
        return uncached(core, memo, fault);
    }
    tell(core, memo, Refreshing::Begun);
    let outcome = try_renew::<F, S, C, R>(face, core, memo, &key, compute).await;
    // Before anybody hears of it: whoever is told must find the place free.
    drop(place);
    tell(core, memo, outcome);
}

async fn try_renew<F, S, C, R>(
    face: F,
    core: &Core,
    memo: &'static Memo,
    key: &Key,
    compute: C,
) -> Refreshing
where
    F: Face,
    S: Shape,
    S::Value: Stored,
    C: FnOnce() -> R,
    R: Future<Output = S::Output>,
{
    let call = Call::new(core, memo, key);
    let Ok(entry) = call.look(face).await else {
        return Refreshing::Failed;
    };
    if memo.function().refresh() == Refresh::Ahead && entry.as_ref().is_some_and(Entry::is_young) {
        return Refreshing::Elsewhere;
    }
    let seen = entry.as_ref().map(|entry| entry.seal);
    let Some(lease) = call.take(face, seen, Sharing::Exclusive).await else {
        return Refreshing::Elsewhere;
    };
    let seat = Seat::alone(&call);
    let (output, cost) = seat.compute(compute).await;
    let Ok(value) = seat.open::<S>(output, cost) else {
        seat.fail();
        return Refreshing::Failed;
    };
    seat.share(value.shared());
    if let Some(entry) = entry
        && memo.function().refresh() == Refresh::Always
        && call.is_same::<S>(value.shared(), &entry)
    {
        return Refreshing::Unchanged;
    }
    let fresh = Fresh {
        value: value.shared(),
        cost,
        is_alone: false,
    };
    if call.store::<F, S>(face, Some(lease), fresh).await {
        Refreshing::Changed
    } else {
        Refreshing::Failed
    }
}
