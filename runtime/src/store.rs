//! The shared tier: what a store must do, and what it may answer.
//!
//! A store keeps sealed entries under their keys and tells how late it is by its own time. It does not look into
//! entries and knows nothing of functions or values; whatever goes wrong with it costs a computation, never an answer.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

#[cfg(any(feature = "redis", feature = "sqlite"))]
mod backoff;
pub mod conformance;
mod error;
pub mod memory;
#[cfg(feature = "redis")]
pub mod redis;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(test)]
mod tests;
pub(crate) mod url;

pub use self::error::{StoreError, StoreErrorKind};
pub use crate::entry::Draft;
pub use crate::key::EntryKey;

/// What an asynchronous operation of a [`Store`] returns.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A place where entries live, shared by all functions of a process and usually by several processes.
///
/// Each operation comes twice, for wrappers of asynchronous and of plain functions. Both bound their waiting
/// themselves: the read path adds no deadline of its own. The blocking ones may be called inside an asynchronous task
/// of any runtime and must not panic or deadlock there.
///
/// # Cancel safety
///
/// Any future may be dropped at any await. A dropped `write` has either happened or not; it must not leave half an
/// entry (a reader would count it as corrupt).
pub trait Store: Debug + Send + Sync + 'static {
    /// Reads the entry at `key`, in one round trip.
    fn read<'a>(&'a self, key: &'a EntryKey) -> StoreFuture<'a, Option<Found>>;

    /// Seals `entry` with the store's time and puts it at `key`, replacing what was there.
    fn write<'a>(&'a self, key: &'a EntryKey, entry: Draft) -> StoreFuture<'a, ()>;

    /// Removes the entry at `key`; removing nothing is a success.
    fn remove<'a>(&'a self, key: &'a EntryKey) -> StoreFuture<'a, ()>;

    /// [`read`](Store::read), blocking the calling thread.
    ///
    /// # Errors
    ///
    /// As for `read`; the caller computes.
    fn read_blocking(&self, key: &EntryKey) -> Result<Option<Found>, StoreError>;

    /// [`write`](Store::write), blocking the calling thread.
    ///
    /// # Errors
    ///
    /// As for `write`; the caller goes on with its value.
    fn write_blocking(&self, key: &EntryKey, entry: Draft) -> Result<(), StoreError>;

    /// [`remove`](Store::remove), blocking the calling thread.
    ///
    /// # Errors
    ///
    /// As for `remove`; the entry may still be there.
    fn remove_blocking(&self, key: &EntryKey) -> Result<(), StoreError>;
}

/// A sealed entry as it was read, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// The bytes [`Draft::seal`] made; possibly damaged, possibly not an entry at all.
    pub bytes: Vec<u8>,
    /// When they were read, in milliseconds of the store's own time, the time entries are sealed with.
    pub now_ms: u64,
}

impl Found {
    /// An entry read at `now_ms` of the store's time.
    #[must_use]
    pub const fn new(bytes: Vec<u8>, now_ms: u64) -> Self {
        Self { bytes, now_ms }
    }
}

/// How long a caller waits for a store where nobody says otherwise. Ten times what a healthy one needs on a busy
/// network, and less than people notice.
pub(crate) const DEADLINE: std::time::Duration = std::time::Duration::from_millis(100);
