//! One connection to the file, and what the store asks of it.

use std::cell::Cell;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, params};

use super::{failure, file};
use crate::key::EntryKey;
use crate::store::StoreError;

const READ: &str = "SELECT value, expires_at FROM entries WHERE id = ?1 AND key = ?2";
const WRITE: &str =
    "INSERT OR REPLACE INTO entries (id, key, expires_at, value) VALUES (?1, ?2, ?3, ?4)";
const REMOVE: &str = "DELETE FROM entries WHERE id = ?1 AND key = ?2";
const SWEEP: &str = "DELETE FROM entries WHERE id IN (
    SELECT id FROM entries WHERE expires_at <= ?1 AND expires_at < 9223372036854775807
    ORDER BY expires_at LIMIT ?2)";

/// Never expires.
const NEVER: i64 = i64::MAX;

/// A connection to the file, with its prepared statements.
#[derive(Debug)]
pub(super) struct Session {
    connection: Connection,
    /// How long it waits for locks of others.
    patience: Cell<Duration>,
}

impl Session {
    /// Opens the file by `ends`.
    pub(super) fn open(path: &Path, ends: Instant) -> Result<Self, StoreError> {
        let connection = file::open(path, ends)?;
        connection.set_prepared_statement_cache_capacity(8);
        Ok(Self {
            connection,
            // Not what the connection has now, so that it is set with the first use.
            patience: Cell::new(Duration::ZERO),
        })
    }

    /// Has it wait so long for locks of others.
    pub(super) fn wait_for(&self, patience: Duration) -> Result<(), StoreError> {
        if self.patience.get() != patience {
            self.connection
                .busy_timeout(patience)
                .map_err(failure::of)?;
            self.patience.set(patience);
        }
        Ok(())
    }

    /// The bytes under `key`, unless they have expired at `now_ms`.
    pub(super) fn read(&self, key: &EntryKey, now_ms: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(Vec<u8>, i64)> = self
            .connection
            .prepare_cached(READ)
            .and_then(|mut statement| {
                statement
                    .query_row(params![id(key), key.as_str()], |row| {
                        Ok((row.get(0)?, row.get(1)?))
                    })
                    .optional()
            })
            .map_err(failure::of)?;
        Ok(row.and_then(|(bytes, ends)| (ends > signed(now_ms)).then_some(bytes)))
    }

    /// Puts `bytes` under `key` until `expires_ms`; for ever without one.
    pub(super) fn write(
        &self,
        key: &EntryKey,
        bytes: &[u8],
        expires_ms: Option<u64>,
    ) -> Result<(), StoreError> {
        let ends = expires_ms.map_or(NEVER, signed);
        self.run(WRITE, params![id(key), key.as_str(), ends, bytes])
    }

    /// Removes what is under `key`.
    pub(super) fn remove(&self, key: &EntryKey) -> Result<(), StoreError> {
        self.run(REMOVE, params![id(key), key.as_str()])
    }

    /// Deletes at most `limit` entries that have expired at `now_ms`, the oldest first.
    pub(super) fn sweep(&self, now_ms: u64, limit: u32) -> Result<(), StoreError> {
        self.run(SWEEP, params![signed(now_ms), limit])
    }

    fn run(&self, sql: &str, values: impl rusqlite::Params) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map(|_| ())
            .map_err(failure::of)
    }
}

/// The place of a key: the same in every process and version of this crate.
///
/// Function, version and arguments are digests already and only have to be put together; the namespace is text.
fn id(key: &EntryKey) -> i64 {
    let namespace = key.namespace().bytes().fold(FNV_OFFSET, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME)
    });
    let halves = |bits: u128| [bits as u64, (bits >> 64) as u64];
    let [low, high] = halves(key.version().to_bits());
    let [first, second] = halves(u128::from_le_bytes(key.arguments()));
    let parts = [namespace, key.function(), low, high, first, second];
    parts
        .iter()
        .fold(0_u64, |id, part| {
            (id.rotate_left(23) ^ part).wrapping_mul(MIXER)
        })
        .cast_signed()
}

/// Of the hash FNV-1a.
const FNV_OFFSET: u64 = 0xCBF2_9CE4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01B3;
/// 2^64 divided by the golden ratio: odd, and without pattern.
const MIXER: u64 = 0x9E37_79B9_7F4A_7C15;

/// Times are far below 2^63 ms; one that is not is as good as never.
fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}
