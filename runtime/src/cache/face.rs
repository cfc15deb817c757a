//! The two faces of the one read path: for plain functions and for asynchronous ones.
//!
//! The path is written once, as a future. On the blocking face everything it waits for has happened, on the caller's own
//! thread, by the time there is something to await: such a future is finished when it is first polled.

use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use event_listener::{EventListener, Listener};

use crate::event::Operation;
use crate::flight::Wait;
use crate::gate::Gate;
use crate::store::{
    Claim, Claimed, Draft, EntryKey, Fence, Looked, Origin, StoreError, TagKey, TagVersion, Written,
};

/// How a call waits. What it asks of the store goes through the [`Gate`].
pub(crate) trait Face: Copy + Send + Sync {
    /// What a flight must know of it.
    const WAIT: Wait;

    fn read<'a>(
        self,
        gate: &'a Gate,
        key: &'a EntryKey,
        tags: &'a [TagKey],
    ) -> impl Future<Output = Result<Looked, StoreError>> + Send;

    fn claim<'a>(
        self,
        gate: &'a Gate,
        key: &'a EntryKey,
        claim: &'a Claim,
    ) -> impl Future<Output = Result<Claimed, StoreError>> + Send;

    fn write<'a>(
        self,
        gate: &'a Gate,
        key: &'a EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    fn remove<'a>(
        self,
        gate: &'a Gate,
        key: &'a EntryKey,
        origin: Origin,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    fn invalidate<'a>(
        self,
        gate: &'a Gate,
        tag: &'a TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Waits to be notified.
    fn wait(self, listener: EventListener) -> impl Future<Output = ()> + Send;
}

/// Waits by blocking the thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Blocking;

/// Waits by being suspended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Async;

impl Face for Blocking {
    const WAIT: Wait = Wait::Blocking;

    fn read<'a>(
        self,
        gate: &'a Gate,
        key: &'a EntryKey,
        tags: &'a [TagKey],
    ) -> impl Future<Output = Result<Looked, StoreError>> + Send {
        let looked = gate
            .admit()
            .and_then(|store| gate.note(Operation::Read, store.read_blocking(key, tags)));
        ready(looked)
    }

    fn claim<'a>(
        self,
        gate: &'a Gate,
        key: &'a EntryKey,
        claim: &'a Claim,
    ) -> impl Future<Output = Result<Claimed, StoreError>> + Send {
        let claimed = gate
            .admit()
            .and_then(|store| gate.note(Operation::Claim, store.claim_blocking(key, claim)));
        ready(claimed)
    }

    fn write<'a>(
        self,
        gate: &'a Gate,
        key: &'a EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send {
        let written = gate
            .admit()
            .and_then(|store| gate.note(Operation::Write, store.write_blocking(key, entry, fence)));
        ready(written)
    }

    fn remove<'a>(
        self,
        gate: &'a Gate,
        key: &'a EntryKey,
        origin: Origin,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let removed = gate
            .admit()
            .and_then(|store| gate.note(Operation::Remove, store.remove_blocking(key, origin)));
        ready(removed)
    }

    fn invalidate<'a>(
        self,
        gate: &'a Gate,
        tag: &'a TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        let invalidated = gate.admit().and_then(|store| {
            let invalidated = store.invalidate_blocking(tag, version, life);
            gate.note(Operation::Invalidate, invalidated)
        });
        ready(invalidated)
    }

    fn wait(self, listener: EventListener) -> impl Future<Output = ()> + Send {
        listener.wait();
        ready(())
    }
}

impl Face for Async {
    const WAIT: Wait = Wait::Suspended;

    async fn read<'a>(
        self,
        gate: &'a Gate,
        key: &'a EntryKey,
        tags: &'a [TagKey],
    ) -> Result<Looked, StoreError> {
        gate.note(Operation::Read, gate.admit()?.read(key, tags).await)
    }

    async fn claim<'a>(
        self,
        gate: &'a Gate,
        key: &'a EntryKey,
        claim: &'a Claim,
    ) -> Result<Claimed, StoreError> {
        gate.note(Operation::Claim, gate.admit()?.claim(key, claim).await)
    }

    async fn write<'a>(
        self,
        gate: &'a Gate,
        key: &'a EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> Result<Written, StoreError> {
        let written = gate.admit()?.write(key, entry, fence).await;
        gate.note(Operation::Write, written)
    }

    async fn remove<'a>(
        self,
        gate: &'a Gate,
        key: &'a EntryKey,
        origin: Origin,
    ) -> Result<(), StoreError> {
        gate.note(Operation::Remove, gate.admit()?.remove(key, origin).await)
    }

    async fn invalidate<'a>(
        self,
        gate: &'a Gate,
        tag: &'a TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> Result<(), StoreError> {
        let invalidated = gate.admit()?.invalidate(tag, version, life).await;
        gate.note(Operation::Invalidate, invalidated)
    }

    fn wait(self, listener: EventListener) -> impl Future<Output = ()> + Send {
        listener
    }
}

/// Runs a future of the blocking face.
#[inline]
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("the blocking face awaits nothing that is not ready"),
    }
}
