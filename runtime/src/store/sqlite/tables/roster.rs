//! Instances, the tables of their builds, editions that have entries, and whose turn it is to purge.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::{end, signed};
use crate::store::{Attended, Build, Edition, Listed, Presence, Revision};

const WAS_KNOWN: &str =
    "SELECT 1 FROM instances WHERE control = ?1 AND instance = ?2 AND ends_at > ?3";
const ATTEND: &str =
    "INSERT OR REPLACE INTO instances (control, instance, build, ends_at) VALUES (?1, ?2, ?3, ?4)";
const KEEP_BUILD: &str = "UPDATE builds SET ends_at = ?3 WHERE control = ?1 AND build = ?2";
const HAS_EDITIONS: &str = "SELECT 1 FROM editions WHERE control = ?1 LIMIT 1";
const TAKE_TURN: &str = "INSERT INTO turns (control, instance, ends_at) VALUES (?1, ?2, ?3)
    ON CONFLICT (control) DO UPDATE SET instance = ?2, ends_at = ?3
    WHERE ends_at <= ?4 OR (?5 AND instance = ?2)";
const ENROLL: &str =
    "INSERT OR REPLACE INTO builds (control, build, functions, ends_at) VALUES (?1, ?2, ?3, ?4)";
const TABLE: &str = "SELECT functions FROM builds WHERE control = ?1 AND build = ?2";
const LIST: &str = "INSERT OR REPLACE INTO editions (control, edition, path, dead_since) VALUES (?1, ?2, ?3, NULL)";
const LIVING: &str =
    "SELECT DISTINCT build FROM instances WHERE control = ?1 AND ends_at > ?2 ORDER BY build";
const LISTED: &str = "SELECT edition, path, dead_since FROM editions WHERE control = ?1";
const MARK: &str = "UPDATE editions SET dead_since = ?4
    WHERE control = ?1 AND edition = ?2 AND dead_since IS ?3";
const UNLIST: &str = "DELETE FROM editions
    WHERE control = ?1 AND edition = ?2 AND dead_since IS ?3";
const SWEEP_INSTANCES: &str = "DELETE FROM instances WHERE ends_at <= ?1";
const SWEEP_BUILDS: &str = "DELETE FROM builds WHERE ends_at <= ?1";

/// It can't be lost without the instances.
const THE_LIST: u64 = 1;

/// Notes that an instance lives on, and what it may have to do.
pub(in super::super) fn attend(
    connection: &Connection,
    control: &str,
    presence: &Presence,
    now_ms: u64,
) -> Result<Attended> {
    let (now, instance) = (signed(now_ms), presence.instance.0.cast_signed());
    let build = presence.build.to_bytes();
    let was_known = connection
        .prepare_cached(WAS_KNOWN)?
        .exists(params![control, instance, now])?;
    let ends_at = end(now_ms, Some(presence.life));
    connection
        .prepare_cached(ATTEND)?
        .execute(params![control, instance, build, ends_at])?;
    let kept = params![control, build, end(now_ms, Some(presence.kept))];
    let knows_build = connection.prepare_cached(KEEP_BUILD)?.execute(kept)? > 0;
    let has_editions = connection
        .prepare_cached(HAS_EDITIONS)?
        .exists(params![control])?;
    let turn_ends_at = end(now_ms, Some(presence.turn));
    let turn = params![control, instance, turn_ends_at, now, presence.keeps_turn];
    let has_turn = connection.prepare_cached(TAKE_TURN)?.execute(turn)? > 0;
    Ok(Attended {
        knows_build,
        list: (was_known && has_editions).then_some(THE_LIST),
        has_turn,
    })
}

/// Keeps the table of a build for so long.
pub(in super::super) fn enroll(
    connection: &Connection,
    control: &str,
    build: Build,
    table: &[u8],
    kept: Duration,
    now_ms: u64,
) -> Result<()> {
    let row = params![control, build.to_bytes(), table, end(now_ms, Some(kept))];
    connection.prepare_cached(ENROLL)?.execute(row).map(drop)
}

/// The table of a build.
pub(in super::super) fn table(
    connection: &Connection,
    control: &str,
    build: Build,
) -> Result<Option<Vec<u8>>> {
    connection
        .prepare_cached(TABLE)?
        .query_row(params![control, build.to_bytes()], |row| row.get(0))
        .optional()
}

/// Lists an edition as a living one.
pub(in super::super) fn list(
    connection: &Connection,
    control: &str,
    edition: &Edition,
    path: &str,
) -> Result<()> {
    let row = params![control, edition.to_string(), path];
    connection.prepare_cached(LIST)?.execute(row).map(drop)
}

/// What instances run that live at `now_ms`.
pub(in super::super) fn living(
    connection: &Connection,
    control: &str,
    now_ms: u64,
) -> Result<Vec<Build>> {
    connection
        .prepare_cached(LIVING)?
        .query_map(params![control, signed(now_ms)], |row| {
            row.get(0).map(Build::from_bytes)
        })?
        .collect()
}

/// All editions that are listed.
pub(in super::super) fn listed(connection: &Connection, control: &str) -> Result<Vec<Listed>> {
    let mut statement = connection.prepare_cached(LISTED)?;
    let rows = statement.query_map(params![control], read)?;
    // What is not ours is nobody's to purge.
    rows.filter_map(Result::transpose).collect()
}

/// Revises what is said of an edition, if it is still what was read.
pub(in super::super) fn revise(
    connection: &Connection,
    control: &str,
    listed: &Listed,
    revision: Revision,
) -> Result<()> {
    let edition = listed.edition.to_string();
    let read = listed.dead_since_ms.map(signed);
    let since = match revision {
        Revision::Gone => {
            let row = params![control, edition, read];
            return connection.prepare_cached(UNLIST)?.execute(row).map(drop);
        }
        Revision::Live => None,
        Revision::DeadSince(ms) => Some(signed(ms)),
    };
    let row = params![control, edition, read, since];
    connection.prepare_cached(MARK)?.execute(row).map(drop)
}

/// Deletes instances and tables that have ended at `now_ms`. There are never many.
pub(in super::super) fn sweep(connection: &Connection, now_ms: u64) -> Result<()> {
    let now = params![signed(now_ms)];
    connection.prepare_cached(SWEEP_INSTANCES)?.execute(now)?;
    connection.prepare_cached(SWEEP_BUILDS)?.execute(now)?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Option<Listed>> {
    let (edition, path): (String, String) = (row.get(0)?, row.get(1)?);
    let since: Option<i64> = row.get(2)?;
    Ok(Edition::read(&edition).map(|edition| Listed {
        edition,
        path,
        dead_since_ms: since.map(i64::unsigned_abs),
    }))
}
