//! [`Evicted`]: what an eviction has done so far.

/// What an eviction has done by the time it returns. Never an error: the caller has nothing to repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Evicted {
    /// The entry is gone from this process and from the store.
    Done,
    /// The entry is gone from this process, but the store could not be told.
    Deferred,
}
