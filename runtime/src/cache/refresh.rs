//! Replacing an entry, by a value that is computed now or given.
//!
//! Both are newer than whatever is being computed meanwhile, so they take flight and lease over: what others compute
//! still goes to their callers, but not into the cache. What can't be stored leaves nothing behind, rather than the older
//! entry.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::Core;
use super::call::{Call, uncached};
use super::face::Face;
use super::invalidate::VoidEntry;
use super::keep::Payload;
use super::lease::Lease;
use super::seat::Seat;
use crate::event::{Event, NotStored};
use crate::key::Key;
use crate::l1::Kept;
use crate::memo::Memo;
use crate::shape::Shape;
use crate::store::{Fence, Sharing, TagVersion, Written};
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
    let lease = call.take(face, None, Sharing::Seized).await;
    let (output, cost) = seat.compute(compute).await;
    let value = match seat.open::<S>(output, cost) {
        Ok(value) => value,
        Err(output) => {
            seat.fail();
            return output;
        }
    };
    seat.share(value.shared());
    call.replace::<F, S>(face, lease, value.shared(), cost)
        .await;
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
    // What is being computed is older from here on.
    let call = Call::invalidating(core, memo, &key);
    call.emit(Event::Put);
    let lease = call.take(face, None, Sharing::Seized).await;
    let value = Arc::new(Kept::new(value));
    call.replace::<F, S>(face, lease, &value, Duration::ZERO)
        .await;
}

impl Call<'_> {
    /// Stores a value in place of whatever is there, or leaves nothing there.
    async fn replace<F, S>(
        &self,
        face: F,
        lease: Option<Lease<'_>>,
        value: &Arc<Kept<S::Value>>,
        cost: Duration,
    ) where
        F: Face,
        S: Shape,
        S::Value: Stored,
    {
        match self.try_replace::<F, S>(face, lease, value, cost).await {
            Ok(bytes) => self.emit(Event::Stored { bytes }),
            Err(reason) => {
                self.not_stored(reason);
                // If others have replaced or invalidated it since, what is there is theirs.
                if reason != NotStored::Refused {
                    self.evict(face).await;
                }
            }
        }
    }

    async fn try_replace<F, S>(
        &self,
        face: F,
        lease: Option<Lease<'_>>,
        value: &Arc<Kept<S::Value>>,
        cost: Duration,
    ) -> Result<usize, NotStored>
    where
        F: Face,
        S: Shape,
        S::Value: Stored,
    {
        let terms = self.terms::<S>(value);
        let payload = self.payload(&value.value, terms)?;
        let mut lease = lease.ok_or(NotStored::StoreFailed)?;
        let now_ms = self.core.time.now_ms();
        let versions: &[TagVersion] = lease.versions();
        let draft = self.draft(versions, terms, cost, &payload)?;
        let fence = Fence::LeasedNews(lease.token(), self.core.coherence.own());
        // Others may read the older entry while this one is on its way; their copies end here, also where the future is
        // dropped before the store has answered.
        let again = VoidEntry(self);
        let written = self.write_entry(face, draft, fence).await;
        if written.is_ok() {
            lease.spend();
        }
        match written {
            Ok(Written::Stored) => {}
            Ok(Written::Refused) => return Err(NotStored::Refused),
            Err(()) => return Err(NotStored::StoreFailed),
        }
        if let Some(permit) = self.permit.clone().after(again.void()) {
            let bytes = payload.len();
            let kept = Payload { cost, bytes };
            let span = self.fresh(kept, now_ms, terms.fresh_ms);
            self.keep(|| value, kept, span, &permit);
        }
        Ok(payload.len())
    }
}
