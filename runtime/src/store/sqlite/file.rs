//! The file: opened, recognised as ours, or laid out if it is new. A file of anybody else is left as it is.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::failure;
use crate::store::{StoreError, StoreErrorKind};

/// Marks a database as one of ours, in the place SQLite's file format has for it: "sfsm".
const APPLICATION_ID: i32 = 0x7366_736D;
/// The number of the layout below. Bump it when an older program would misread or damage the new one.
const LAYOUT: i32 = 3;

/// `id` is 64 bits of the key's hash and the place of the row: one search in one tree, where a key as text would need
/// an index beside it, with all keys in it once more. The key itself is compared too, so a collision is a miss.
/// `ends_at` and `at` are in milliseconds since the Unix epoch, 2^63 - 1 for never. `edition` is 64 bits of the hash of
/// namespace, function and version, of entries that can be found by these.
const TABLES: &str = "
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        ends_at INTEGER NOT NULL,
        value BLOB NOT NULL,
        edition INTEGER
    ) STRICT;
    CREATE INDEX entries_by_end ON entries (ends_at) WHERE ends_at < 9223372036854775807;
    CREATE INDEX entries_by_edition ON entries (edition) WHERE edition IS NOT NULL;
    CREATE TABLE leases (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        token BLOB NOT NULL,
        ends_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE tags (
        name TEXT PRIMARY KEY,
        version BLOB NOT NULL,
        ends_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tags_by_end ON tags (ends_at) WHERE ends_at < 9223372036854775807;
    CREATE TABLE notices (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        control TEXT NOT NULL,
        kind INTEGER NOT NULL,
        name TEXT NOT NULL,
        origin INTEGER NOT NULL,
        at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE instances (
        control TEXT NOT NULL,
        instance INTEGER NOT NULL,
        build BLOB NOT NULL,
        ends_at INTEGER NOT NULL,
        PRIMARY KEY (control, instance)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE builds (
        control TEXT NOT NULL,
        build BLOB NOT NULL,
        functions BLOB NOT NULL,
        ends_at INTEGER NOT NULL,
        PRIMARY KEY (control, build)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE editions (
        control TEXT NOT NULL,
        edition TEXT NOT NULL,
        path TEXT NOT NULL,
        dead_since INTEGER,
        PRIMARY KEY (control, edition)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE turns (
        control TEXT PRIMARY KEY,
        instance INTEGER NOT NULL,
        ends_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
";

/// What every connection sets: the write-ahead log, so that readers never wait for a writer; no sync with each commit
/// (a power cut may undo the last ones, never damage the file); a log that shrinks again.
const SETTINGS: &str = "
    PRAGMA synchronous = NORMAL;
    PRAGMA journal_size_limit = 16777216;
    PRAGMA trusted_schema = OFF;
";

/// How long to wait before an attempt that met another process's lock is made again.
const LOCK_PAUSE: Duration = Duration::from_millis(2);

/// Opens the database at `path`, by `ends`; lays it out if it is new or empty.
pub(super) fn open(path: &Path, ends: Instant) -> Result<Connection, StoreError> {
    loop {
        match try_open(path, ends) {
            // Two processes that lay out one file, or switch its log on: the loser is refused at once, whatever time
            // it was ready to wait.
            Err(error) if error.kind() == StoreErrorKind::Busy && Instant::now() < ends => {
                thread::sleep(LOCK_PAUSE);
            }
            result => return result,
        }
    }
}

fn try_open(path: &Path, ends: Instant) -> Result<Connection, StoreError> {
    // Without URIs: a path with `?` or `%` in it is that path. Without SQLite's own lock: a connection is lent to one
    // thread at a time.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(failure::of)?;
    let left = ends.saturating_duration_since(Instant::now());
    connection.busy_timeout(left).map_err(failure::of)?;
    if connection.is_readonly("main").map_err(failure::of)? {
        return Err(StoreError::new(StoreErrorKind::Denied).with_detail("the file is read-only"));
    }
    match owner_at_one_moment(&connection).map_err(failure::of)? {
        Owner::Ours => {}
        Owner::Nobody => lay_out(&mut connection)?,
        stranger => return Err(stranger.refusal()),
    }
    set_up(&connection).map_err(failure::of)?;
    Ok(connection)
}

/// Whose database a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// Ours, in the layout this program knows.
    Ours,
    /// Ours, but in the layout of this number.
    OtherLayout(i32),
    /// New or empty.
    Nobody,
    /// Another program's.
    Stranger,
}

impl Owner {
    fn refusal(self) -> StoreError {
        let detail = match self {
            Self::OtherLayout(layout) => format!(
                "the file has layout {layout} of {} version of selfsame, and this one needs layout {LAYOUT}: \
                 delete it or name another",
                if layout < LAYOUT {
                    "an earlier"
                } else {
                    "a later"
                }
            ),
            _ => "the file is another program's database".to_owned(),
        };
        StoreError::new(StoreErrorKind::Protocol).with_detail(detail)
    }
}

/// In one transaction: between two of [`owner`]'s questions another process may lay the file out, and the answers
/// together would be a stranger's.
fn owner_at_one_moment(connection: &Connection) -> rusqlite::Result<Owner> {
    let transaction = connection.unchecked_transaction()?;
    let owner = owner(&transaction)?;
    transaction.finish()?;
    Ok(owner)
}

/// Only reads: a file that turns out to be another's must stay as it is.
fn owner(connection: &Connection) -> rusqlite::Result<Owner> {
    let application: i32 = connection.pragma_query_value(None, "application_id", first)?;
    let layout: i32 = connection.pragma_query_value(None, "user_version", first)?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], first)?;
    Ok(match (application, layout, tables) {
        (APPLICATION_ID, LAYOUT, _) => Owner::Ours,
        (APPLICATION_ID, layout, _) => Owner::OtherLayout(layout),
        (0, 0, 0) => Owner::Nobody,
        _ => Owner::Stranger,
    })
}

fn lay_out(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failure::of)?;
    // Again under the lock: another process may have been quicker, ours or not.
    match owner(&transaction).map_err(failure::of)? {
        Owner::Ours => return Ok(()),
        Owner::Nobody => {}
        stranger => return Err(stranger.refusal()),
    }
    let mark = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {LAYOUT};");
    transaction
        .execute_batch(TABLES)
        .and_then(|()| transaction.execute_batch(&mark))
        .and_then(|()| transaction.commit())
        .map_err(failure::of)
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    // Where the file system can't do it (a network share), SQLite keeps the mode it has and goes on.
    let _mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    connection.execute_batch(SETTINGS)
}

fn first<T: rusqlite::types::FromSql>(row: &rusqlite::Row<'_>) -> rusqlite::Result<T> {
    row.get(0)
}
