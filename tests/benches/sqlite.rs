//! A hit in a file: against a bare prepared statement, by each face.

use std::hint::black_box;

use rusqlite::{Connection, params};
use selfsame::Cache;
use selfsame_tests::benched::Row;
use selfsame_tests::cached::benched::{cached_row, cached_row_blocking};
use selfsame_tests::measure::{Contest, time};
use selfsame_tests::scratch;

const KEYS: u64 = 1_024;
const CALLS: u32 = 10_000;
const ROUNDS: usize = 25;

fn main() {
    let folder = scratch::folder();
    let url = format!("sqlite:{}", folder.path().join("entries.db").display());
    let cache = Cache::builder().url(&url).namespace("bench").install();
    cache.expect("the URL makes sense and no call was made");
    let raw = Connection::open(folder.path().join("raw.db")).expect("the file can be made");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime can be built");
    fill(&raw);

    let mut select = raw
        .prepare("SELECT value FROM entries WHERE key = ?1")
        .expect("it is a statement");
    Contest::new(
        "Hit in an SQLite file, a row of 200 bytes",
        CALLS,
        "`rusqlite` prepared statement and decode",
        |calls| {
            time(|| {
                for id in ids(calls) {
                    let bytes: Vec<u8> = select
                        .query_row([raw_key(id)], |row| row.get(0))
                        .expect("it was written");
                    let row: Row = rmp_serde::from_slice(&bytes).expect("it was encoded so");
                    black_box(row);
                }
            })
        },
    )
    .rival("**selfsame**, blocking", |calls| {
        time(|| {
            for id in ids(calls) {
                black_box(cached_row_blocking(id));
            }
        })
    })
    .rival(
        "**selfsame**, asynchronous, by a thread of its own",
        |calls| {
            time(|| {
                runtime.block_on(async {
                    for id in ids(calls) {
                        let _ = black_box(cached_row(id).await);
                    }
                });
            })
        },
    )
    .run(ROUNDS);
}

fn ids(calls: u32) -> impl Iterator<Item = u64> {
    // In no order, as calls come.
    (0..u64::from(calls)).map(|turn| turn * 389 % KEYS)
}

/// As long as the names the cache uses.
fn raw_key(id: u64) -> String {
    format!("bench:{{0123456789abcdef.0123456789abcdef0123456789abcdef.abc}}:{id:032}")
}

fn fill(raw: &Connection) {
    raw.pragma_update(None, "journal_mode", "WAL")
        .expect("the file can be written");
    raw.pragma_update(None, "synchronous", "NORMAL")
        .expect("the file can be written");
    raw.execute_batch("CREATE TABLE entries (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")
        .expect("the file is new");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime can be built");
    for id in 0..KEYS {
        let bytes = rmp_serde::to_vec_named(&Row::of(id)).expect("a row can be encoded");
        raw.execute(
            "INSERT INTO entries VALUES (?1, ?2)",
            params![raw_key(id), bytes],
        )
        .expect("the file can be written");
        assert_eq!(cached_row_blocking(id), Row::of(id));
        assert_eq!(runtime.block_on(cached_row(id)), Ok(Row::of(id)));
    }
}
