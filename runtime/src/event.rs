//! [`Event`]: the one vocabulary for statistics, metrics and tests.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::entry::Fault;
use crate::evicted::Evicted;
use crate::function::Function;
use crate::store::StoreErrorKind;

/// One thing that happened on the way of one call. Every branch of the read path emits one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A layer had the answer.
    Hit {
        /// Which one.
        layer: Layer,
        /// What computing the value had taken when it was computed.
        saved: Duration,
    },
    /// A layer did not have the answer.
    Miss {
        /// Which one.
        layer: Layer,
        /// Why not.
        reason: MissReason,
    },
    /// A layer had an answer that is not fresh any more, and the caller got it.
    Stale {
        /// Which layer.
        layer: Layer,
        /// Why it got no fresh one.
        reason: StaleReason,
    },
    /// The call asked for the lease: the right, across processes, to compute.
    Lease {
        /// What came of that.
        outcome: Leasing,
    },
    /// A hit led to the value being computed anew in the background.
    Refresh {
        /// What came of that.
        outcome: Refreshing,
    },
    /// The call found another one computing the same and waits for it.
    Joined,
    /// The call has waited; its leader met this fate.
    Waited {
        /// How the leader's computation ended.
        fate: Fate,
    },
    /// The call found another one computing the same and must not wait for it: it computes for itself.
    Alone {
        /// Why it must not.
        reason: AloneReason,
    },
    /// The function returned a value.
    Computed {
        /// What that took.
        took: Duration,
    },
    /// The function returned an error, which is passed on and not stored.
    Failed {
        /// What that took.
        took: Duration,
    },
    /// The caller's time was over before there was a value, and it was told so. The computation goes on.
    TimedOut,
    /// The function panicked.
    Panicked,
    /// The caller gave up before there was a value: its future was dropped.
    Cancelled,
    /// The value went to memory, and its entry to the store.
    Stored {
        /// The length of the payload before compression.
        bytes: usize,
    },
    /// The value was not stored; the caller has it all the same.
    NotStored {
        /// Why not.
        reason: NotStored,
    },
    /// The call has no key, so it is computed each time.
    Uncached {
        /// Why it has none.
        reason: NoKey,
    },
    /// The store could not do what it was asked to.
    StoreFailed {
        /// What it was asked to do.
        operation: Operation,
        /// Why it could not.
        kind: StoreErrorKind,
    },
    /// A value was put in place of whatever was there.
    Put,
    /// The entry of a call was evicted.
    Evicted {
        /// How far that got.
        outcome: Evicted,
    },
}

/// Where an answer can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    /// L1: typed values in this process.
    Memory,
    /// L2: entries in the store.
    Store,
}

/// Why a layer did not have the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MissReason {
    /// There is nothing.
    Cold,
    /// There is something, but it is not fresh any more.
    Expired,
    /// There is something, but one of its tags has been invalidated since, or its function cleared.
    Tag,
    /// There is something, but it was invalidated, or something that shares its mark was.
    Outdated,
    /// Whether what is there still holds can't be told: the link by which other processes' news come is down.
    Incoherent,
    /// What is there is in the store, which has not yet been told that it was invalidated.
    Owed,
    /// What is there is a value of another type.
    Type,
    /// What is there is not the entry that was looked for. It is removed, unless others may have the secret to it.
    Rejected(Fault),
    /// The store could not be asked.
    Failed(StoreErrorKind),
}

/// How a computation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// With a value, which all who waited share.
    Done,
    /// With an error; all who waited compute for themselves.
    Failed,
    /// With a panic; all who waited compute for themselves.
    Panicked,
    /// Not at all: its future was dropped; one of those who waited takes over.
    Cancelled,
}

/// Why a call must not wait for the one that computes the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AloneReason {
    /// It is made by that very computation, directly or through others.
    Reentrant,
    /// It would block a thread until a future has finished that may need this very thread to go on.
    WouldBlock,
}

/// Why a value was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotStored {
    /// The function's lifetime for such a value is 0.
    Lifetime,
    /// Its payload is larger than the limit.
    TooLarge,
    /// It failed to serialise.
    Unencodable,
    /// Values of its type do not come back from the codec as they went in.
    Unsurviving,
    /// It could not be encrypted: the system had no randomness to give.
    Unencrypted,
    /// The call had no lease: the store could not be asked for one, or somebody else had it for too long.
    Unleased,
    /// The lease was gone when the value was there: it had ended, or the entry was evicted or replaced meanwhile.
    Refused,
    /// The call was made by the very computation of its value, or would have had to wait where it must not.
    Alone,
    /// The store could not take it; there is a copy in memory.
    StoreFailed,
}

/// Why a call has no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoKey {
    /// An argument failed to serialise.
    Unencodable,
    /// The arguments are larger than 1 MiB.
    TooLarge,
}

/// What a store is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Read an entry.
    Read,
    /// Take the right to compute one.
    Claim,
    /// Keep that right.
    Renew,
    /// Write an entry.
    Write,
    /// Remove an entry.
    Remove,
    /// Invalidate a tag, a function or everything.
    Invalidate,
}

/// Why a caller got a stale value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StaleReason {
    /// A fresh one is being computed, by somebody else or in the background.
    Refreshing,
    /// Computing a fresh one failed, or failed a moment ago.
    Failed,
    /// Computing a fresh one takes longer than the function's `soft` limit; it goes on.
    Slow,
    /// Computing a fresh one took longer than the function's `hard` limit.
    GaveUp,
}

/// What came of asking for a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Leasing {
    /// The call has it, and computes for everyone.
    Taken,
    /// Somebody else has it: the call waits for their value.
    Busy,
    /// Nobody needs it: there is an entry meanwhile.
    Answered,
    /// Somebody else has it for longer than a call waits: it computes for itself.
    GivenUp,
    /// The store could not be asked: the call computes for itself.
    Failed,
}

/// What came of computing a value anew in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refreshing {
    /// It has begun.
    Begun,
    /// As many as may be are under way already: dropped.
    Full,
    /// There is no runtime to do it on: dropped.
    NoRuntime,
    /// Somebody else is doing it, or has done it.
    Elsewhere,
    /// The value is the same as before: nothing was stored.
    Unchanged,
    /// Another value was stored.
    Changed,
    /// It failed or could not be stored, and the value that was there goes on being served.
    Failed,
}

/// A change in what a cache can rely on; not one of any single function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// The store has failed again and again, in the end like this, and is left alone until it answers a probe.
    StoreSuspended(StoreErrorKind),
    /// The store answers again, and was told what it had missed.
    StoreResumed,
    /// Other processes' invalidations are heard: copies in memory are used from now on.
    LinkUp,
    /// Other processes' invalidations may be missed: copies in memory are not used.
    LinkDown,
    /// This process has removed what was stored of versions that nobody runs any more.
    Purged {
        /// How many versions of functions, each kind of generic arguments for itself.
        versions: u64,
        /// How many entries. Some may have ended before.
        entries: u64,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StoreSuspended(kind) => write!(
                f,
                "{kind}, again and again: it is left alone until it answers a probe, and everything is computed"
            ),
            Self::StoreResumed => f.write_str("the store answers again and is used"),
            Self::LinkUp => f.write_str("the store's news are heard: copies in memory are used"),
            Self::LinkDown => f.write_str(
                "the store's news are not heard: copies in memory are not used until they are",
            ),
            Self::Purged { versions, entries } => write!(
                f,
                "removed {entries} entries of {versions} versions that no process runs any more"
            ),
        }
    }
}

/// Who is told of changes; no one by default.
#[derive(Clone, Default)]
pub(crate) struct OnChange(Option<Arc<dyn Fn(Change) + Send + Sync>>);

impl OnChange {
    pub(crate) fn new(observe: impl Fn(Change) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(observe)))
    }

    pub(crate) fn tell(&self, change: Change) {
        if let Some(observe) = &self.0 {
            let telling = std::panic::AssertUnwindSafe(|| observe(change));
            // An observer's bug must not end the thread that keeps the link.
            let _ = std::panic::catch_unwind(telling);
        }
    }
}

impl fmt::Debug for OnChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "OnChange" } else { "none" })
    }
}

/// Who is told of events; no one by default.
#[derive(Clone, Default)]
pub(crate) struct Observer(Option<Arc<Observe>>);

type Observe = dyn Fn(&'static Function, &Event) + Send + Sync;

impl Observer {
    pub(crate) fn new(observe: impl Fn(&'static Function, &Event) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(observe)))
    }

    #[inline]
    pub(crate) const fn is_present(&self) -> bool {
        self.0.is_some()
    }

    #[inline]
    pub(crate) fn tell(&self, function: &'static Function, event: &Event) {
        if let Some(observe) = &self.0 {
            tell(&**observe, function, event);
        }
    }
}

/// Out of line: a hit in memory usually tells no one.
#[cold]
fn tell(observe: &Observe, function: &'static Function, event: &Event) {
    let telling = std::panic::AssertUnwindSafe(|| observe(function, event));
    // Events are also emitted while a panic unwinds, where a second one would abort the process; and an observer's
    // bug must not change a function's answer.
    let _ = std::panic::catch_unwind(telling);
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Observer" } else { "none" })
    }
}
