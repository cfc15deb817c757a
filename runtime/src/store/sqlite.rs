//! `sqlite:PATH`: a file shared by the processes of one machine, which survives restarts.
//!
//! Blocking callers use a connection on their own thread; asynchronous ones have a thread of the store's do it, since
//! the file may be locked. The file is opened with the first use, and tried again later if that fails. All times in it
//! are this machine's.
//!
//! What must be one step is one transaction. Whoever [listens](Store::listen) is told by a thread that looks every 10 ms
//! whether others have changed anything.
//!
//! The file has a bound; what ends soonest makes room. What has ended is deleted a little at a time, by who writes.
//!
//! A process that ends, in whatever way, takes nothing with it that was done. A power cut may undo what was done in the
//! last moments, invalidations included, and never damages the file.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::clock::Clock;
use crate::entry::Draft;
use crate::key::EntryKey;
use crate::store::{
    Claim, Claimed, Coherence, DEADLINE, Fence, Listener, Looked, Origin, Roster, Store,
    StoreError, StoreFuture, TagKey, TagVersion, Token, Watch, Written,
};

mod database;
mod failure;
mod file;
mod identity;
mod news;
mod pool;
mod promise;
mod roster;
mod session;
mod tables;
mod warden;
mod watches;
mod workers;

use self::database::Database;
pub(crate) use self::database::MAX_BYTES;
use self::workers::Workers;

/// A store in an SQLite file.
#[derive(Debug)]
pub struct Sqlite {
    database: Arc<Database>,
    workers: Workers,
}

impl Sqlite {
    /// The file at `path`; opened, and made if need be, when it is first used. Its folder must exist. Callers wait
    /// 100 ms at most.
    #[must_use]
    pub fn new(path: &Path, clock: Arc<dyn Clock>) -> Self {
        Self::with_deadline(path, clock, DEADLINE)
    }

    /// As [`new`](Self::new), with callers who wait for `deadline` at most.
    #[must_use]
    pub fn with_deadline(path: &Path, clock: Arc<dyn Clock>, deadline: Duration) -> Self {
        Self {
            database: Arc::new(Database::new(path, clock, deadline)),
            workers: Workers::new(),
        }
    }

    /// Lets the file grow to `bytes` and no further, where 1 GiB is the default; the log beside it has some megabytes more.
    /// Entries make room for new ones: those that end soonest go first, those that never end last. What does not fit is
    /// refused as [`Full`](crate::store::StoreErrorKind::Full). A file that is larger already does not shrink.
    ///
    /// Each process keeps to its own bound.
    #[must_use]
    pub fn max_bytes(self, bytes: u64) -> Self {
        self.database.bound(bytes);
        self
    }

    /// Has a thread do `work`, which begins to wait now.
    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database, Instant) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        let (database, begin) = (Arc::clone(&self.database), Instant::now());
        let ends = begin + database.deadline();
        Box::pin(self.workers.run(ends, move || work(&database, begin)))
    }
}

impl Store for Sqlite {
    fn read<'a>(&'a self, key: &'a EntryKey, tags: &'a [TagKey]) -> StoreFuture<'a, Looked> {
        let (key, tags) = (key.clone(), tags.to_vec());
        self.run(move |database, begin| database.read(&key, &tags, begin))
    }

    fn claim<'a>(&'a self, key: &'a EntryKey, claim: &'a Claim) -> StoreFuture<'a, Claimed> {
        let (key, claim) = (key.clone(), claim.clone());
        self.run(move |database, begin| database.claim(&key, &claim, begin))
    }

    fn write<'a>(
        &'a self,
        key: &'a EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> StoreFuture<'a, Written> {
        let key = key.clone();
        self.run(move |database, begin| database.write(&key, entry, fence, begin))
    }

    fn remove<'a>(&'a self, key: &'a EntryKey, origin: Origin) -> StoreFuture<'a, ()> {
        let key = key.clone();
        self.run(move |database, begin| database.remove(&key, origin, begin))
    }

    fn invalidate<'a>(
        &'a self,
        tag: &'a TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        let tag = tag.clone();
        self.run(move |database, begin| database.invalidate(&tag, version, life, begin))
    }

    fn read_blocking(&self, key: &EntryKey, tags: &[TagKey]) -> Result<Looked, StoreError> {
        self.database.read(key, tags, Instant::now())
    }

    fn claim_blocking(&self, key: &EntryKey, claim: &Claim) -> Result<Claimed, StoreError> {
        self.database.claim(key, claim, Instant::now())
    }

    fn write_blocking(
        &self,
        key: &EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> Result<Written, StoreError> {
        self.database.write(key, entry, fence, Instant::now())
    }

    fn remove_blocking(&self, key: &EntryKey, origin: Origin) -> Result<(), StoreError> {
        self.database.remove(key, origin, Instant::now())
    }

    fn invalidate_blocking(
        &self,
        tag: &TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> Result<(), StoreError> {
        self.database.invalidate(tag, version, life, Instant::now())
    }

    fn renew(&self, key: &EntryKey, token: Token, life: Duration) -> Result<bool, StoreError> {
        self.database.renew(key, token, life, Instant::now())
    }

    fn release(&self, key: &EntryKey, token: Token) -> Result<(), StoreError> {
        self.database.release(key, token, Instant::now())
    }

    fn ping(&self) -> Result<(), StoreError> {
        self.database.ping(Instant::now())
    }

    /// By the thread that looks for news: none before somebody listens.
    fn watch(&self, key: &EntryKey) -> Option<Watch> {
        self.database.watch(key)
    }

    /// Begins to look at once, which makes the file if there is none.
    fn listen(&self, control: &str, listener: Arc<dyn Listener>) -> Coherence {
        self.database.tell_only(control);
        news::start(&self.database, control, listener);
        Coherence::Told
    }

    fn roster(&self) -> Option<&dyn Roster> {
        Some(self)
    }
}
