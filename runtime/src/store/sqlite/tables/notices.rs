//! What was invalidated, in the order in which it was: how processes tell each other.
//!
//! Numbers are given without gaps (a transaction that is rolled back gives none), and never twice: whoever has seen all
//! up to one of them can tell whether any is missing.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::signed;
use crate::key::EntryKey;
use crate::store::{News, Origin, TagKey};

const PUT: &str =
    "INSERT INTO notices (control, kind, name, origin, at) VALUES (?1, ?2, ?3, ?4, ?5)";
const LAST: &str = "SELECT seq FROM sqlite_sequence WHERE name = 'notices'";
const SINCE: &str = "SELECT control, kind, name, origin FROM notices WHERE seq > ?1 ORDER BY seq";
const SWEEP: &str = "DELETE FROM notices WHERE seq IN (
    SELECT seq FROM (SELECT seq, at FROM notices ORDER BY seq LIMIT ?3) WHERE at <= ?1 OR seq <= ?2)";

/// An entry, and a tag.
const ENTRY: i64 = 1;
const TAG: i64 = 2;

/// Who was not told within this is told that there may have been anything. They look a hundred times a second.
const KEPT: Duration = Duration::from_secs(60);
/// And as many are kept, whatever their age: a few megabytes.
const MOST_KEPT: i64 = 10_000;

/// A notice.
#[derive(Debug)]
pub(in super::super) struct Notice {
    /// The namespace it is for; empty for all.
    control: String,
    kind: i64,
    name: String,
    origin: Origin,
}

impl Notice {
    /// Whether listeners under the namespace `control` are to be told.
    pub(in super::super) fn is_for(&self, control: &str) -> bool {
        self.control.is_empty() || self.control == control
    }

    pub(in super::super) fn news(&self) -> News<'_> {
        let name = &self.name;
        match self.kind {
            ENTRY => News::Entry {
                name,
                origin: self.origin,
            },
            TAG => News::Tag { name },
            // The layout knows no others.
            _ => News::Anything,
        }
    }

    fn read(row: &Row<'_>) -> Result<Self> {
        let origin: i64 = row.get(3)?;
        Ok(Self {
            control: row.get(0)?,
            kind: row.get(1)?,
            name: row.get(2)?,
            origin: Origin(origin.cast_unsigned()),
        })
    }
}

/// Tells those under the namespace `control` that the entry of `key` was removed or replaced.
pub(in super::super) fn put_entry(
    connection: &Connection,
    control: &str,
    key: &EntryKey,
    origin: Origin,
    now_ms: u64,
) -> Result<()> {
    put(connection, control, ENTRY, key.as_str(), origin, now_ms)
}

/// Tells those under the namespace `control` that `tag` has another version.
pub(in super::super) fn put_tag(
    connection: &Connection,
    control: &str,
    tag: &TagKey,
    now_ms: u64,
) -> Result<()> {
    put(connection, control, TAG, tag.as_str(), Origin(0), now_ms)
}

/// The number of the last notice; 0 before the first.
pub(in super::super) fn last(connection: &Connection) -> Result<i64> {
    let last = connection
        .prepare_cached(LAST)?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or(0))
}

/// All notices after the one with the number `seen`, if there are `expected` of them: `None` if some are missing.
pub(in super::super) fn since(
    connection: &Connection,
    seen: i64,
    expected: i64,
) -> Result<Option<Vec<Notice>>> {
    if !(0..=MOST_KEPT).contains(&expected) {
        return Ok(None);
    }
    let mut statement = connection.prepare_cached(SINCE)?;
    let notices: Vec<Notice> = statement
        .query_map([seen], Notice::read)?
        .collect::<Result<_>>()?;
    let are_all = i64::try_from(notices.len()).is_ok_and(|count| count == expected);
    Ok(are_all.then_some(notices))
}

/// Deletes at most `limit` notices that everybody has had the time to see, the oldest first.
pub(in super::super) fn sweep(connection: &Connection, now_ms: u64, limit: u32) -> Result<()> {
    let kept = crate::clock::milliseconds(KEPT);
    let seen_at = signed(now_ms.saturating_sub(kept));
    let too_many = last(connection)?.saturating_sub(MOST_KEPT);
    let old = params![seen_at, too_many, limit];
    connection.prepare_cached(SWEEP)?.execute(old).map(drop)
}

fn put(
    connection: &Connection,
    control: &str,
    kind: i64,
    name: &str,
    origin: Origin,
    now_ms: u64,
) -> Result<()> {
    let row = params![control, kind, name, origin.0.cast_signed(), signed(now_ms)];
    connection.prepare_cached(PUT)?.execute(row).map(drop)
}
