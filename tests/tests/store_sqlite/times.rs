//! Times are the clock's, and what has ended is swept.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use selfsame::ManualClock;
use selfsame::store::conformance::{draft, key};
use selfsame::store::sqlite::Sqlite;
use selfsame::store::{Claim, Grant, Store, TagKey, TagVersion};

use super::{ANYWAY, DEADLINE, claim, place, read, read_later, write};

const MINUTE: Duration = Duration::from_secs(60);

fn clocked(path: &Path) -> (Sqlite, ManualClock) {
    let clock = ManualClock::new();
    let store = Sqlite::with_deadline(path, Arc::new(clock.clone()), DEADLINE);
    (store, clock)
}

fn rows(path: &Path, table: &str) -> i64 {
    Connection::open(path)
        .unwrap()
        .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get(0)
        })
        .unwrap()
}

#[test]
fn entries_that_have_ended_are_misses_and_are_swept() {
    let (_folder, path) = place();
    let (store, clock) = clocked(&path);
    for number in 0..100 {
        let entry = draft(b"", Some(MINUTE));
        store
            .write_blocking(&key("old", number), entry, ANYWAY)
            .unwrap();
    }
    clock.advance(MINUTE - Duration::from_millis(1));
    assert!(read(&store, &key("old", 1)).unwrap().is_some());
    clock.advance(Duration::from_millis(1));
    assert_eq!(read(&store, &key("old", 1)), Ok(None));

    for number in 0..32 {
        write(&store, &key("new", number)).unwrap();
    }
    assert_eq!(rows(&path, "entries"), 32, "the new ones are left");
}

/// However much has ended: whoever writes would wait for all of it.
#[test]
fn what_has_ended_is_swept_a_little_at_a_time() {
    let (_folder, path) = place();
    let (store, _clock) = clocked(&path);
    store.ping().unwrap();
    let many = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5000)
        INSERT INTO entries (id, key, ends_at, value) SELECT n, n, n, '' FROM n";
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(&many.replace("''", "x''"))
        .unwrap();
    let mut before = rows(&path, "entries");
    assert_eq!(before, 5_000);
    for number in 0..200 {
        write(&store, &key("step", number % 4)).unwrap();
        let now = rows(&path, "entries");
        assert!(before - now <= 64, "{before} to {now}");
        before = now;
    }
    assert!((4_200..4_500).contains(&before), "{before}");
}

#[test]
fn leases_tags_and_notices_that_have_ended_are_swept() {
    let (_folder, path) = place();
    let (store, clock) = clocked(&path);
    let tag = |number: u64| TagKey::label("swept", &number.to_string());
    let version = TagVersion::from_bytes([1; 8]);
    for number in 0..50 {
        let tagged = Claim {
            tags: vec![(tag(number), version)],
            tag_life: Some(MINUTE),
            ..claim(number, MINUTE)
        };
        store
            .claim_blocking(&key("swept", number), &tagged)
            .unwrap();
        let told = tag(100 + number);
        store.invalidate_blocking(&told, version, None).unwrap();
    }
    let kept = ["leases", "tags", "notices"].map(|table| rows(&path, table));
    assert_eq!(kept, [50, 100, 50], "nothing has ended yet");

    clock.advance(2 * MINUTE);
    for number in 0..32 {
        let key = key("new", number);
        let token = store.claim_blocking(&key, &claim(number, MINUTE)).unwrap();
        assert!(matches!(token.grant, Grant::Leased(_)));
    }
    let kept = ["leases", "tags", "notices"].map(|table| rows(&path, table));
    assert_eq!(kept, [32, 50, 0], "what has not ended is left");
}

/// However many there are in a minute.
#[test]
fn no_more_than_some_notices_are_kept() {
    let (_folder, path) = place();
    let (store, _clock) = clocked(&path);
    store.ping().unwrap();
    let many = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10200)
        INSERT INTO notices (control, kind, name, origin, at) SELECT '', 1, n, 0, 1577836800000 FROM n";
    Connection::open(&path)
        .unwrap()
        .execute_batch(many)
        .unwrap();
    for number in 0..160 {
        write(&store, &key("many", number)).unwrap();
    }
    let kept = rows(&path, "notices");
    assert!((10_000..10_020).contains(&kept), "{kept} were kept");
}

#[test]
fn a_lease_ends_by_the_clock() {
    let (_folder, path) = place();
    let (store, clock) = clocked(&path);
    let key = key("lease", 1);
    let grant = |token| {
        let claim = claim(token, MINUTE);
        store.claim_blocking(&key, &claim).unwrap().grant
    };
    assert_eq!(grant(1), Grant::Leased(claim(1, MINUTE).token));
    clock.advance(MINUTE - Duration::from_millis(1));
    let left = Duration::from_millis(1);
    assert_eq!(grant(2), Grant::Busy { left });
    clock.advance(left);
    assert_eq!(grant(2), Grant::Leased(claim(2, MINUTE).token));
}

#[test]
fn the_time_of_an_entry_is_the_clocks() {
    let (_folder, path) = place();
    let (store, clock) = clocked(&path);
    let key = key("time", 1);
    write(&store, &key).unwrap();
    let before = read(&store, &key).unwrap().unwrap().now_ms;
    clock.advance(Duration::from_secs(5));

    let after = read_later(&store, &key).unwrap().unwrap().now_ms;
    assert_eq!(after - before, 5_000);
}
