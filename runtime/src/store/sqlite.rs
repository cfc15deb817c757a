//! `sqlite:PATH`: a file shared by the processes of one machine, which survives restarts.
//!
//! Blocking callers use a connection on their own thread; asynchronous ones have a thread of the store's do it, since
//! the file may be locked. The file is opened with the first use, and tried again later if that fails. All times in it
//! are this machine's.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::clock::Clock;
use crate::entry::Draft;
use crate::key::EntryKey;
use crate::store::{DEADLINE, Found, Store, StoreError, StoreFuture};

mod failure;
mod file;
mod identity;
mod pool;
mod promise;
mod session;
mod warden;
mod workers;

use self::pool::Pool;
use self::workers::Workers;

/// Connections for reading; readers do not wait for each other.
const READERS: usize = 8;
/// SQLite has one writer at a time. Those of this process queue here, where a place is passed on at once; SQLite would
/// have them sleep and try again.
const WRITERS: usize = 1;
/// Every how many writes expired entries are deleted, and how many of them. More than are written meanwhile, so that
/// the file stops growing; few enough that no writer is held up noticeably.
const SWEEP_EVERY: u32 = 16;
const SWEPT_AT_ONCE: u32 = 64;

/// A store in an SQLite file.
#[derive(Debug)]
pub struct Sqlite {
    file: Arc<File>,
    workers: Workers,
}

/// What the threads of the store share with it.
#[derive(Debug)]
struct File {
    readers: Pool,
    writer: Pool,
    clock: Arc<dyn Clock>,
    writes: AtomicU32,
    /// How long a caller waits in all: for a connection, for the file to open, for locks of other processes.
    deadline: Duration,
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
        let file = File {
            readers: Pool::new(path.to_owned(), READERS, deadline),
            writer: Pool::new(path.to_owned(), WRITERS, deadline),
            clock,
            writes: AtomicU32::new(0),
            deadline,
        };
        Self {
            file: Arc::new(file),
            workers: Workers::new(),
        }
    }
}

impl Store for Sqlite {
    fn read<'a>(&'a self, key: &'a EntryKey) -> StoreFuture<'a, Option<Found>> {
        let (file, key, begin) = (Arc::clone(&self.file), key.clone(), Instant::now());
        let ends = begin + file.deadline;
        Box::pin(self.workers.run(ends, move || file.read(&key, begin)))
    }

    fn write<'a>(&'a self, key: &'a EntryKey, entry: Draft) -> StoreFuture<'a, ()> {
        let (file, key, begin) = (Arc::clone(&self.file), key.clone(), Instant::now());
        let ends = begin + file.deadline;
        Box::pin(
            self.workers
                .run(ends, move || file.write(&key, entry, begin)),
        )
    }

    fn remove<'a>(&'a self, key: &'a EntryKey) -> StoreFuture<'a, ()> {
        let (file, key, begin) = (Arc::clone(&self.file), key.clone(), Instant::now());
        let ends = begin + file.deadline;
        Box::pin(self.workers.run(ends, move || file.remove(&key, begin)))
    }

    fn read_blocking(&self, key: &EntryKey) -> Result<Option<Found>, StoreError> {
        self.file.read(key, Instant::now())
    }

    fn write_blocking(&self, key: &EntryKey, entry: Draft) -> Result<(), StoreError> {
        self.file.write(key, entry, Instant::now())
    }

    fn remove_blocking(&self, key: &EntryKey) -> Result<(), StoreError> {
        self.file.remove(key, Instant::now())
    }
}

impl File {
    fn read(&self, key: &EntryKey, begin: Instant) -> Result<Option<Found>, StoreError> {
        let now_ms = self.clock.unix_ms();
        let bytes = self
            .readers
            .with(begin, |session| session.read(key, now_ms))?;
        Ok(bytes.map(|bytes| Found::new(bytes, now_ms)))
    }

    fn write(&self, key: &EntryKey, entry: Draft, begin: Instant) -> Result<(), StoreError> {
        let now_ms = self.clock.unix_ms();
        let expires_ms = entry.lifetime().map(|lifetime| {
            let lifetime = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX);
            now_ms.saturating_add(lifetime)
        });
        let bytes = entry.seal(now_ms);
        self.writer.with(begin, |session| {
            session.write(key, &bytes, expires_ms)?;
            // Relaxed: it only has to come round now and then.
            if self.writes.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
                // The entry is written; that old ones could not be deleted is no fault of this write.
                let _ = session.sweep(now_ms, SWEPT_AT_ONCE);
            }
            Ok(())
        })
    }

    fn remove(&self, key: &EntryKey, begin: Instant) -> Result<(), StoreError> {
        self.writer.with(begin, |session| session.remove(key))
    }
}
