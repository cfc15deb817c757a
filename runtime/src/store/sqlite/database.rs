//! The file as all threads of a store share it: the steps a store is made of.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::pool::{CheckFile, Pool};
use super::session::Session;
use super::tables::{entries, leases, notices, roster, space, tags};
use super::watches::Watches;
use crate::clock::Clock;
use crate::entry::Draft;
use crate::key::EntryKey;
use crate::store::{
    Claim, Claimed, Fence, Found, Grant, Looked, Origin, Sharing, StoreError, StoreErrorKind,
    TagKey, TagVersion, Token, Watch, Written, seal_of,
};

/// Connections for reading; readers do not wait for each other.
const READERS: usize = 8;
/// SQLite has one writer at a time. Those of this process queue here, where a place is passed on at once; SQLite would
/// have them sleep and try again.
const WRITERS: usize = 1;
/// How large the file may become where nobody says otherwise: more than most caches need, less than disks miss.
pub(crate) const MAX_BYTES: u64 = 1 << 30;
/// Every how many changes what has ended is deleted, and how much of it: more than is written meanwhile, so that the
/// file stops growing; few enough that no writer is held up noticeably.
const SWEEP_EVERY: u32 = 16;
const SWEPT_AT_ONCE: u32 = 64;

/// Twice of what SQLite lets it grow to where it can begin it anew.
const LONG_LOG: u64 = 8 << 20;
/// A reader needs less than a millisecond, unless its thread is not given a processor.
const READERS_PATIENCE: Duration = Duration::from_millis(20);

/// The file, and how it is used. Everybody says when they began to wait, and waits within the deadline from then on.
#[derive(Debug)]
pub(super) struct Database {
    path: PathBuf,
    readers: Pool,
    writer: Pool,
    clock: Arc<dyn Clock>,
    changes: AtomicU32,
    log_is_long: AtomicBool,
    /// The namespace whose listeners are told of what changes; nobody has said before somebody listens.
    control: OnceLock<Box<str>>,
    watches: Watches,
    /// How large the file may become.
    max_bytes: AtomicU64,
    /// How long a caller waits in all: for a connection, for the file to open, for locks of other processes.
    deadline: Duration,
}

impl Database {
    pub(super) fn new(path: &Path, clock: Arc<dyn Clock>, deadline: Duration) -> Self {
        let pool = |most, check| Pool::new(path.to_owned(), most, deadline, check);
        Self {
            path: path.to_owned(),
            readers: pool(READERS, CheckFile::NowAndThen),
            // What is invalidated in a file that was replaced would stay valid in the other.
            writer: pool(WRITERS, CheckFile::EachTime),
            clock,
            changes: AtomicU32::new(0),
            log_is_long: AtomicBool::new(false),
            control: OnceLock::new(),
            watches: Watches::default(),
            max_bytes: AtomicU64::new(MAX_BYTES),
            deadline,
        }
    }

    pub(super) fn bound(&self, max_bytes: u64) {
        // Relaxed: nothing hangs on it but itself.
        self.max_bytes.store(max_bytes, Ordering::Relaxed);
    }

    pub(super) const fn deadline(&self) -> Duration {
        self.deadline
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The time of all that is in the file.
    pub(super) fn now_ms(&self) -> u64 {
        self.clock.unix_ms()
    }

    pub(super) const fn watches(&self) -> &Watches {
        &self.watches
    }

    /// Has listeners under the namespace `control` told of what changes from now on, and nobody else.
    pub(super) fn tell_only(&self, control: &str) {
        // A second listener of one store would be of the same cache.
        let _ = self.control.set(control.into());
    }

    /// Wakes the caller when the lease of `key` ends, if there is somebody who looks for that.
    pub(super) fn watch(&self, key: &EntryKey) -> Option<Watch> {
        self.control.get().map(|_| self.watches.watch(key))
    }

    /// The file was replaced: everybody is to find out with the next use.
    pub(super) fn look_again(&self) {
        self.readers.look_again();
        self.writer.look_again();
    }

    pub(super) fn read(
        &self,
        key: &EntryKey,
        tags: &[TagKey],
        begin: Instant,
    ) -> Result<Looked, StoreError> {
        let now_ms = self.now_ms();
        let look = |connection: &Connection| {
            let entry = entries::get(connection, key, now_ms)?;
            let versions = tags
                .iter()
                .map(|tag| tags::get(connection, tag, now_ms))
                .collect::<Result<_, _>>()?;
            let found = entry.map(|bytes| Found::new(bytes, now_ms));
            Ok(Looked::new(found, versions))
        };
        self.readers.with(begin, |session| {
            if tags.is_empty() {
                session.ask(look)
            } else {
                session.ask_at_once(look)
            }
        })
    }

    pub(super) fn claim(
        &self,
        key: &EntryKey,
        claim: &Claim,
        begin: Instant,
    ) -> Result<Claimed, StoreError> {
        self.change(begin, |connection, now_ms| {
            let versions = claim
                .tags
                .iter()
                .map(|(tag, fresh)| {
                    tags::get_or_put(connection, tag, *fresh, claim.tag_life, now_ms)
                })
                .collect::<Result<_, _>>()?;
            let unseen = entries::get(connection, key, now_ms)?
                .filter(|bytes| claim.seen != Some(seal_of(bytes)));
            let grant = match unseen {
                Some(bytes) if claim.sharing != Sharing::Seized => {
                    Grant::Stored(Found::new(bytes, now_ms))
                }
                _ => leases::take(connection, key, claim, now_ms)?,
            };
            Ok(Claimed::new(grant, versions))
        })
    }

    pub(super) fn write(
        &self,
        key: &EntryKey,
        entry: Draft,
        fence: Fence,
        begin: Instant,
    ) -> Result<Written, StoreError> {
        let (life, is_indexed) = (entry.lifetime(), entry.is_indexed());
        // Before the lock is taken, since it reads the whole entry. It only looks older for that.
        let sealed_ms = self.now_ms();
        let bytes = entry.seal(sealed_ms);
        let max_bytes = self.max_bytes.load(Ordering::Relaxed);
        let written = self.change(begin, |connection, now_ms| {
            if let Some(token) = fence.token()
                && !leases::is_held_by(connection, key, token, now_ms)?
            {
                return Ok(Some(Written::Refused));
            }
            if !space::make(connection, key.as_str().len() + bytes.len(), max_bytes)? {
                // What went for it stays gone: there may be room for the next.
                return Ok(None);
            }
            leases::end_any(connection, key)?;
            entries::put(connection, key, &bytes, life, sealed_ms, is_indexed)?;
            if let Some(origin) = fence.news() {
                notices::put_entry(connection, self.control(), key, origin, now_ms)?;
            }
            Ok(Some(Written::Stored))
        })?;
        written.ok_or_else(|| {
            StoreError::new(StoreErrorKind::Full).with_detail("its bound is reached")
        })
    }

    pub(super) fn remove(
        &self,
        key: &EntryKey,
        origin: Origin,
        begin: Instant,
    ) -> Result<(), StoreError> {
        self.change(begin, |connection, now_ms| {
            leases::end_any(connection, key)?;
            entries::remove(connection, key)?;
            notices::put_entry(connection, self.control(), key, origin, now_ms)
        })
    }

    pub(super) fn invalidate(
        &self,
        tag: &TagKey,
        version: TagVersion,
        life: Option<Duration>,
        begin: Instant,
    ) -> Result<(), StoreError> {
        self.change(begin, |connection, now_ms| {
            tags::put(connection, tag, version, life, now_ms)?;
            notices::put_tag(connection, self.control(), tag, now_ms)
        })
    }

    pub(super) fn renew(
        &self,
        key: &EntryKey,
        token: Token,
        life: Duration,
        begin: Instant,
    ) -> Result<bool, StoreError> {
        self.change(begin, |connection, now_ms| {
            leases::renew(connection, key, token, life, now_ms)
        })
    }

    pub(super) fn release(
        &self,
        key: &EntryKey,
        token: Token,
        begin: Instant,
    ) -> Result<(), StoreError> {
        self.change(begin, |connection, _| {
            leases::release(connection, key, token)
        })
    }

    /// As whoever changes something would: a file that can only be read is none to go on with.
    pub(super) fn ping(&self, begin: Instant) -> Result<(), StoreError> {
        let ask = |session: &Session| session.change(notices::last);
        self.writer.with(begin, ask).map(drop)
    }

    /// Asks one question, at this time.
    pub(super) fn ask<T>(
        &self,
        question: impl FnOnce(&Connection, u64) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let now_ms = self.now_ms();
        self.readers.with(Instant::now(), |session| {
            session.ask(|connection| question(connection, now_ms))
        })
    }

    /// Makes a change in one step, at a time that is read once nobody else can make one.
    pub(super) fn change<T>(
        &self,
        begin: Instant,
        step: impl FnOnce(&Connection, u64) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.writer.with(begin, |session| {
            let done = session.change(|connection| step(connection, self.now_ms()))?;
            // Relaxed: it only has to come round now and then.
            if self.changes.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
                // The change is made; that old rows could not be deleted is no fault of it.
                let _ = self.sweep(session);
                self.log_is_long
                    .store(self.has_long_log(), Ordering::Relaxed);
            }
            if self.log_is_long.load(Ordering::Relaxed) {
                // As long as it takes.
                let is_short = self.shorten_log(session).unwrap_or(false);
                self.log_is_long.store(!is_short, Ordering::Relaxed);
            }
            Ok(done)
        })
    }

    fn sweep(&self, session: &Session) -> Result<(), StoreError> {
        // Somebody is waiting for the change that is made already.
        session.wait_for(Duration::ZERO)?;
        session.change(|connection| {
            let now_ms = self.now_ms();
            entries::sweep(connection, now_ms, SWEPT_AT_ONCE)?;
            leases::sweep(connection, now_ms, SWEPT_AT_ONCE)?;
            tags::sweep(connection, now_ms, SWEPT_AT_ONCE)?;
            notices::sweep(connection, now_ms, SWEPT_AT_ONCE)?;
            roster::sweep(connection, now_ms)
        })
    }

    fn has_long_log(&self) -> bool {
        let mut log = self.path.as_os_str().to_owned();
        log.push("-wal");
        std::fs::metadata(log).is_ok_and(|log| log.len() > LONG_LOG)
    }

    /// SQLite begins its log anew when nobody happens to use it, which among many busy processes is never. Waits for those
    /// who read, and keeps others from writing, for a moment; whether the log is short now.
    fn shorten_log(&self, session: &Session) -> Result<bool, StoreError> {
        session.wait_for(READERS_PATIENCE)?;
        session.ask(|connection| {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
                Ok(row.get::<_, i64>(0)? == 0)
            })
        })
    }

    /// Empty for all.
    fn control(&self) -> &str {
        self.control.get().map_or("", |control| control)
    }
}
