//! The shared tier: what a store must do, and what it may answer.
//!
//! A store keeps sealed entries under their keys, leases beside them and the versions of tags, tells how late it is by
//! its own time, and passes on what other processes invalidate. It does not look into entries and knows nothing of
//! functions or values; whatever goes wrong with it costs a computation, never an answer.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

#[cfg(any(feature = "redis", feature = "sqlite"))]
mod backoff;
pub mod conformance;
mod error;
mod found;
mod lease;
pub mod memory;
mod news;
#[cfg(feature = "redis")]
pub mod redis;
mod roster;
#[cfg(feature = "sqlite")]
pub mod sqlite;
mod tag;
#[cfg(test)]
mod tests;
pub(crate) mod url;

pub use self::error::{StoreError, StoreErrorKind};
pub use self::found::{Found, Looked};
pub use self::lease::{Claim, Claimed, Fence, Grant, Seal, Sharing, Token, Written, seal_of};
pub use self::news::{Coherence, Listener, News, Origin, Watch};
pub use self::roster::{
    Attended, Build, Edition, Listed, Living, Presence, PurgeStep, Revision, Roster,
};
pub(crate) use self::tag::{FEW_LABELS, TagRef};
pub use self::tag::{TagKey, TagVersion};
pub use crate::entry::Draft;
pub use crate::key::EntryKey;

/// What an asynchronous operation of a [`Store`] returns.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A place where entries live, shared by all functions of a process and usually by several processes.
///
/// What callers wait for comes twice, for wrappers of asynchronous and of plain functions; the rest is asked for by a
/// thread of the cache's own. All bound their waiting themselves: the read path adds no deadline of its own. The
/// blocking ones may be called inside an asynchronous task of any runtime and must not panic or deadlock there.
///
/// # Errors
///
/// Every operation may fail in any way [`StoreErrorKind`] names; a caller then computes, or goes on with its value.
///
/// # Cancel safety
///
/// Any future may be dropped at any await. A dropped operation has either happened or not; it must not leave half an
/// entry (a reader would count it as corrupt).
pub trait Store: Debug + Send + Sync + 'static {
    /// Reads the entry at `key` and the versions of `tags`, in one round trip. A plain read: it must work where nothing
    /// can be written, on a replica or a full server.
    fn read<'a>(&'a self, key: &'a EntryKey, tags: &'a [TagKey]) -> StoreFuture<'a, Looked>;

    /// Takes the lease of `key`, unless somebody has it or has stored an entry meanwhile, and creates the versions of
    /// tags that have none. One round trip; taking the lease and looking for the entry are one step, or two processes
    /// would compute.
    fn claim<'a>(&'a self, key: &'a EntryKey, claim: &'a Claim) -> StoreFuture<'a, Claimed>;

    /// Seals `entry` with the store's time and puts it at `key`, replacing what was there, as long as `fence` lets it.
    /// The lease of `key` ends with it, and those who [`watch`](Self::watch) are woken.
    fn write<'a>(
        &'a self,
        key: &'a EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> StoreFuture<'a, Written>;

    /// Removes the entry at `key` together with its lease, so that what is being computed for it can't be stored any
    /// more; wakes those who watch, and tells every listener but `origin`. Removing nothing is a success.
    fn remove<'a>(&'a self, key: &'a EntryKey, origin: Origin) -> StoreFuture<'a, ()>;

    /// Gives `tag` the new `version`, which must be remembered for `life` at least, and tells every listener. A store
    /// that is full may forget the tag's version instead: entries whose tag has none are not used.
    fn invalidate<'a>(
        &'a self,
        tag: &'a TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> StoreFuture<'a, ()>;

    /// [`read`](Self::read), blocking the calling thread.
    fn read_blocking(&self, key: &EntryKey, tags: &[TagKey]) -> Result<Looked, StoreError>;

    /// [`claim`](Self::claim), blocking the calling thread.
    fn claim_blocking(&self, key: &EntryKey, claim: &Claim) -> Result<Claimed, StoreError>;

    /// [`write`](Self::write), blocking the calling thread.
    fn write_blocking(
        &self,
        key: &EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> Result<Written, StoreError>;

    /// [`remove`](Self::remove), blocking the calling thread.
    fn remove_blocking(&self, key: &EntryKey, origin: Origin) -> Result<(), StoreError>;

    /// [`invalidate`](Self::invalidate), blocking the calling thread.
    fn invalidate_blocking(
        &self,
        tag: &TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> Result<(), StoreError>;

    /// Lets the lease that `token` holds live for `life` from now on; whether it still had it.
    fn renew(&self, key: &EntryKey, token: Token, life: Duration) -> Result<bool, StoreError>;

    /// Ends the lease if `token` holds it, without an entry, and wakes those who watch.
    fn release(&self, key: &EntryKey, token: Token) -> Result<(), StoreError>;

    /// Whether the store answers: asked now and then while it did not.
    fn ping(&self) -> Result<(), StoreError>;

    /// Keeps the versions of these tags from being the first a full store forgets. Not needed where nothing is
    /// forgotten before its time.
    ///
    /// # Errors
    ///
    /// As for all; it is then asked again some seconds later.
    fn touch(&self, tags: &[TagKey]) -> Result<(), StoreError> {
        let _ = tags;
        Ok(())
    }

    /// Wakes the caller when the lease of `key` ends, as far as the store can tell. It may also be woken for nothing,
    /// and once when the watch is known to be in place, if it is not so [from the beginning](Watch::in_place): what
    /// happened before that is for the caller to look up. `None` from a store that can't tell: the caller looks now and
    /// then.
    fn watch(&self, key: &EntryKey) -> Option<Watch> {
        let _ = key;
        None
    }

    /// Has `listener` told of all that is invalidated under the namespace `control`, by whatever process, from now on
    /// until it is dropped. Called once, before anything else, and returns at once.
    fn listen(&self, control: &str, listener: Arc<dyn Listener>) -> Coherence {
        let _ = (control, listener);
        Coherence::Untold
    }

    /// What keeps account of instances and versions, so that entries of versions nobody runs any more are removed. `None`
    /// from a store that does not: such entries stay until they end.
    fn roster(&self) -> Option<&dyn Roster> {
        None
    }

    /// What whoever runs the store should know of its settings, in a line; `None` if there is nothing to say, or it can't be
    /// found out. Asked for once.
    fn advice(&self) -> Option<String> {
        None
    }
}

/// How long a caller waits for a store where nobody says otherwise. Ten times what a healthy one needs on a busy
/// network, and less than people notice.
pub(crate) const DEADLINE: Duration = Duration::from_millis(100);
