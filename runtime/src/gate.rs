//! The one way to the store: past the breaker, with every outcome noted.

use std::fmt;
use std::sync::Arc;

use crate::clock::Time;
use crate::event::{Change, Operation};
use crate::store::{EntryKey, Store, StoreError, StoreErrorKind, TagRef};

mod breaker;
mod deferred;

pub(crate) use self::breaker::Breaker;
pub(crate) use self::deferred::{Deferred, Owed};

/// A store, and what is known of its health.
pub(crate) struct Gate {
    store: Arc<dyn Store>,
    breaker: Breaker,
    deferred: Deferred,
    time: Time,
    /// Is told when the store is suspended or resumed.
    changed: Box<dyn Fn(Change) + Send + Sync>,
}

impl Gate {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        time: Time,
        changed: impl Fn(Change) + Send + Sync + 'static,
    ) -> Self {
        Self {
            store,
            breaker: Breaker::default(),
            deferred: Deferred::default(),
            time,
            changed: Box::new(changed),
        }
    }

    /// The store, whatever its health.
    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The store, unless it is suspended.
    pub(crate) fn admit(&self) -> Result<&dyn Store, StoreError> {
        if self.breaker.is_closed() {
            Ok(&*self.store)
        } else {
            Err(StoreErrorKind::Suspended.into())
        }
    }

    /// Whether the store is left alone.
    pub(crate) fn is_suspended(&self) -> bool {
        !self.breaker.is_closed()
    }

    /// The invalidations that could not be sent yet.
    pub(crate) const fn deferred(&self) -> &Deferred {
        &self.deferred
    }

    /// Whether the store may still hold what this process has invalidated.
    pub(crate) fn owes(&self, key: &EntryKey, tags: &[TagRef<'_>]) -> bool {
        #[cfg(test)]
        if crate::simulation::breaks::Break::ReadsOwed.is_on() {
            return false;
        }
        self.deferred.concerns(key, tags)
    }

    /// Notes how an operation went, and hands its outcome on.
    pub(crate) fn note<T>(
        &self,
        operation: Operation,
        outcome: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let now_ms = self.time.now_ms();
        match &outcome {
            // The rest of the store does well, and the part is the store's own to leave alone.
            Err(error) if error.is_of_a_part() => {}
            Err(error) if is_failure(operation, error.kind()) => {
                if self.breaker.fail(now_ms) {
                    (self.changed)(Change::StoreSuspended(error.kind()));
                }
            }
            // Where it denies all, writing says no more than reading did.
            Err(error) if is_denial(error.kind()) => {}
            _ => self.breaker.succeed(now_ms),
        }
        outcome
    }

    /// The store answers again, and has been told what it had missed.
    pub(crate) fn resume(&self) {
        if self.breaker.close() {
            (self.changed)(Change::StoreResumed);
        }
    }
}

/// Whether an error says something about the store rather than about what it was asked. A server that can't be written
/// (a replica, a full one) can still be read.
const fn is_failure(operation: Operation, kind: StoreErrorKind) -> bool {
    match kind {
        StoreErrorKind::Unavailable | StoreErrorKind::Timeout | StoreErrorKind::Busy => true,
        _ => is_denial(kind) && matches!(operation, Operation::Read),
    }
}

const fn is_denial(kind: StoreErrorKind) -> bool {
    matches!(kind, StoreErrorKind::Protocol | StoreErrorKind::Denied)
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("store", &self.store)
            .field("breaker", &self.breaker)
            .finish_non_exhaustive()
    }
}
