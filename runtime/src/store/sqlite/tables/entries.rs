//! Sealed entries and when they end.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{edition, end, place, signed};
use crate::key::EntryKey;

const GET: &str = "SELECT value, ends_at FROM entries WHERE id = ?1 AND key = ?2";
const PUT: &str =
    "INSERT OR REPLACE INTO entries (id, key, ends_at, value, edition) VALUES (?1, ?2, ?3, ?4, ?5)";
const REMOVE: &str = "DELETE FROM entries WHERE id = ?1 AND key = ?2";
const PURGE: &str = "DELETE FROM entries WHERE id IN (
    SELECT id FROM entries WHERE edition = ?1 LIMIT ?2)";
const SWEEP: &str = "DELETE FROM entries WHERE id IN (
    SELECT id FROM entries WHERE ends_at <= ?1 AND ends_at < 9223372036854775807
    ORDER BY ends_at LIMIT ?2)";

/// The bytes under `key`, unless they have ended at `now_ms`.
pub(in super::super) fn get(
    connection: &Connection,
    key: &EntryKey,
    now_ms: u64,
) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>, i64)> = connection
        .prepare_cached(GET)?
        .query_row(params![place(key), key.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(row.and_then(|(bytes, ends_at)| (ends_at > signed(now_ms)).then_some(bytes)))
}

/// Puts `bytes` under `key`, for `life` from `now_ms` on; for ever without one. It can be found by its edition, if so
/// wanted.
pub(in super::super) fn put(
    connection: &Connection,
    key: &EntryKey,
    bytes: &[u8],
    life: Option<Duration>,
    now_ms: u64,
    is_indexed: bool,
) -> Result<()> {
    let edition = is_indexed.then(|| edition(key));
    let row = params![place(key), key.as_str(), end(now_ms, life), bytes, edition];
    connection.prepare_cached(PUT)?.execute(row).map(drop)
}

/// Removes at most `limit` entries of the edition that `key` belongs to; how many. Those of another one with the same 64
/// bits go with them, and are computed again.
pub(in super::super) fn purge(
    connection: &Connection,
    key: &EntryKey,
    limit: usize,
) -> Result<usize> {
    let row = params![edition(key), i64::try_from(limit).unwrap_or(i64::MAX)];
    connection.prepare_cached(PURGE)?.execute(row)
}

/// Removes what is under `key`.
pub(in super::super) fn remove(connection: &Connection, key: &EntryKey) -> Result<()> {
    let row = params![place(key), key.as_str()];
    connection.prepare_cached(REMOVE)?.execute(row).map(drop)
}

/// Deletes at most `limit` entries that have ended at `now_ms`, the oldest first.
pub(in super::super) fn sweep(connection: &Connection, now_ms: u64, limit: u32) -> Result<()> {
    let ended = params![signed(now_ms), limit];
    connection.prepare_cached(SWEEP)?.execute(ended).map(drop)
}
