//! The versions of tags.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{end, signed};
use crate::store::{TagKey, TagVersion};

const GET: &str = "SELECT version, ends_at FROM tags WHERE name = ?1 AND ends_at > ?2";
const PUT: &str = "INSERT OR REPLACE INTO tags (name, version, ends_at) VALUES (?1, ?2, ?3)";
const SWEEP: &str = "DELETE FROM tags WHERE name IN (
    SELECT name FROM tags WHERE ends_at <= ?1 AND ends_at < 9223372036854775807
    ORDER BY ends_at LIMIT ?2)";

/// The version of `tag`, if it has one.
pub(in super::super) fn get(
    connection: &Connection,
    tag: &TagKey,
    now_ms: u64,
) -> Result<Option<TagVersion>> {
    Ok(known(connection, tag, now_ms)?.map(|(version, _)| version))
}

/// The version of `tag`, which is `fresh` if it has none; it is remembered for `life` at least.
pub(in super::super) fn get_or_put(
    connection: &Connection,
    tag: &TagKey,
    fresh: TagVersion,
    life: Option<Duration>,
    now_ms: u64,
) -> Result<TagVersion> {
    let version = match known(connection, tag, now_ms)? {
        Some((version, ends_at)) if ends_at >= end(now_ms, life) => return Ok(version),
        Some((version, _)) => version,
        None => fresh,
    };
    // Longer than asked for, or every claim would find it a little too short and write it anew.
    put(
        connection,
        tag,
        version,
        life.map(|life| life.saturating_add(life / 4)),
        now_ms,
    )?;
    Ok(version)
}

/// Gives `tag` this version, remembered for `life`.
pub(in super::super) fn put(
    connection: &Connection,
    tag: &TagKey,
    version: TagVersion,
    life: Option<Duration>,
    now_ms: u64,
) -> Result<()> {
    let row = params![tag.as_str(), version.to_bytes(), end(now_ms, life)];
    connection.prepare_cached(PUT)?.execute(row).map(drop)
}

/// Deletes at most `limit` versions that have ended at `now_ms`, the oldest first.
pub(in super::super) fn sweep(connection: &Connection, now_ms: u64, limit: u32) -> Result<()> {
    let ended = params![signed(now_ms), limit];
    connection.prepare_cached(SWEEP)?.execute(ended).map(drop)
}

fn known(connection: &Connection, tag: &TagKey, now_ms: u64) -> Result<Option<(TagVersion, i64)>> {
    connection
        .prepare_cached(GET)?
        .query_row(params![tag.as_str(), signed(now_ms)], |row| {
            Ok((TagVersion::from_bytes(row.get(0)?), row.get(1)?))
        })
        .optional()
}
