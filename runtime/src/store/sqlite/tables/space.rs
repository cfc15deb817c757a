//! How much of the file is used, and making room in it.
//!
//! What ends soonest goes first: it is worth least, and there is an order of that already, for what has ended. What never
//! ends goes last, in no order. Knowing what is used least would cost a write with each read.

use rusqlite::{Connection, Result, params};

use super::NEVER;
use crate::random;

const USED: &str = "SELECT (page_count - freelist_count) * page_size
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
const EVICT: &str = "DELETE FROM entries WHERE id IN (
    SELECT id FROM entries WHERE ends_at < 9223372036854775807 ORDER BY ends_at LIMIT ?1)";
const EVICT_ENDLESS: &str = "DELETE FROM entries WHERE id IN (
    SELECT id FROM entries WHERE id >= ?1 ORDER BY id LIMIT ?2)";

/// More than what is written at a time usually takes the place of, so that not every change has to make room.
const EVICTED_AT_ONCE: u32 = 64;
/// What an entry may take beside its bytes: the rest of its last page, and pages of the trees that are split.
const MARGIN: i64 = 16 << 10;
/// A few milliseconds' work: others wait for their turn meanwhile.
const MOST_TIMES: u32 = 16;

/// Whether `bytes` more fit into a file of at most `most` bytes. Makes room for them first, as far as that goes in one
/// step.
pub(in super::super) fn make(connection: &Connection, bytes: usize, most: u64) -> Result<bool> {
    let bytes = i64::try_from(bytes).unwrap_or(NEVER);
    let most = i64::try_from(most).unwrap_or(NEVER);
    // All would go for the sake of one.
    if bytes > most / 2 {
        return Ok(false);
    }
    let most = most - bytes - MARGIN;
    for _ in 0..MOST_TIMES {
        if used(connection)? <= most {
            return Ok(true);
        }
        if !evict(connection)? {
            return Ok(false);
        }
    }
    Ok(used(connection)? <= most)
}

/// In bytes, with the indexes and all that is not an entry; without the log beside the file.
fn used(connection: &Connection) -> Result<i64> {
    connection
        .prepare_cached(USED)?
        .query_row([], |row| row.get(0))
}

/// Deletes some entries; whether there were any.
fn evict(connection: &Connection) -> Result<bool> {
    let deleted = connection
        .prepare_cached(EVICT)?
        .execute([EVICTED_AT_ONCE])?;
    if deleted > 0 {
        return Ok(true);
    }
    let mut endless = connection.prepare_cached(EVICT_ENDLESS)?;
    for first in [random::place(), i64::MIN] {
        if endless.execute(params![first, EVICTED_AT_ONCE])? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}
