//! The two faces of the one read path: for plain functions and for asynchronous ones.
//!
//! The path is written once, as a future. On the blocking face everything it waits for has happened, on the caller's own
//! thread, by the time there is something to await: such a future is finished when it is first polled.

use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use event_listener::{EventListener, Listener};

use crate::flight::Wait;
use crate::store::{Draft, EntryKey, Fence, Found, Origin, Store, StoreError};

/// How a call waits.
pub(crate) trait Face: Copy + Send + Sync {
    /// What a flight must know of it.
    const WAIT: Wait;

    fn read<'a>(
        self,
        store: &'a dyn Store,
        key: &'a EntryKey,
    ) -> impl Future<Output = Result<Option<Found>, StoreError>> + Send;

    fn write<'a>(
        self,
        store: &'a dyn Store,
        key: &'a EntryKey,
        entry: Draft,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    fn remove<'a>(
        self,
        store: &'a dyn Store,
        key: &'a EntryKey,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Waits for a flight to change.
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
        store: &'a dyn Store,
        key: &'a EntryKey,
    ) -> impl Future<Output = Result<Option<Found>, StoreError>> + Send {
        ready(store.read_blocking(key, &[]).map(|looked| looked.entry))
    }

    fn write<'a>(
        self,
        store: &'a dyn Store,
        key: &'a EntryKey,
        entry: Draft,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        ready(
            store
                .write_blocking(key, entry, Fence::Replaces(Origin(0)))
                .map(|_| ()),
        )
    }

    fn remove<'a>(
        self,
        store: &'a dyn Store,
        key: &'a EntryKey,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        ready(store.remove_blocking(key, Origin(0)))
    }

    fn wait(self, listener: EventListener) -> impl Future<Output = ()> + Send {
        listener.wait();
        ready(())
    }
}

impl Face for Async {
    const WAIT: Wait = Wait::Suspended;

    fn read<'a>(
        self,
        store: &'a dyn Store,
        key: &'a EntryKey,
    ) -> impl Future<Output = Result<Option<Found>, StoreError>> + Send {
        async { store.read(key, &[]).await.map(|looked| looked.entry) }
    }

    fn write<'a>(
        self,
        store: &'a dyn Store,
        key: &'a EntryKey,
        entry: Draft,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        async {
            store
                .write(key, entry, Fence::Replaces(Origin(0)))
                .await
                .map(|_| ())
        }
    }

    fn remove<'a>(
        self,
        store: &'a dyn Store,
        key: &'a EntryKey,
    ) -> impl Future<Output = Result<(), StoreError>> + Send {
        store.remove(key, Origin(0))
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
