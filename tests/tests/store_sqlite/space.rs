//! Room: a file has a bound, and a disk an end.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use selfsame::SystemClock;
use selfsame::store::conformance::{draft, key};
use selfsame::store::sqlite::Sqlite;
use selfsame::store::{EntryKey, Store, StoreError, StoreErrorKind, StoreFuture, Written};

use super::processes::{Other, assert_sound, say};
use super::{ANYWAY, DEADLINE, NOBODY, bounded, insist, kind, place, read, store, wait_for};

const MEGABYTE: u64 = 1 << 20;

/// What the log beside the file may have: others write while one tries to begin it anew.
const LOG: u64 = 32 * MEGABYTE;

const MINUTE: Duration = Duration::from_secs(60);

/// What nothing can be saved of by compression.
fn noise(bytes: usize, seed: u64) -> Vec<u8> {
    let mut noise = vec![0; bytes];
    fastrand::Rng::with_seed(seed).fill(&mut noise);
    noise
}

/// Writes some kilobytes.
fn write(
    store: &Sqlite,
    key: &EntryKey,
    number: u64,
    life: Option<Duration>,
) -> Result<Written, StoreError> {
    store.write_blocking(key, draft(&noise(3_000, number), life), ANYWAY)
}

fn write_later<'a>(store: &'a Sqlite, key: &'a EntryKey) -> StoreFuture<'a, Written> {
    store.write(key, draft(&noise(3_000, 0), None), ANYWAY)
}

fn has(store: &Sqlite, name: &str, number: u64) -> bool {
    insist(|| read(store, &key(name, number))).is_some()
}

fn small(path: &Path) -> Sqlite {
    Sqlite::with_deadline(path, Arc::new(SystemClock::new()), DEADLINE).max_bytes(MEGABYTE)
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

#[test]
fn what_ends_soonest_makes_room_and_what_never_ends_does_so_last() {
    let (_folder, path) = place();
    let store = small(&path);
    for number in 0..50 {
        write(&store, &key("endless", number), number, None).unwrap();
        write(&store, &key("soon", number), number, Some(MINUTE)).unwrap();
    }
    for number in 0..1_000 {
        write(&store, &key("late", number), number, Some(60 * MINUTE)).unwrap();
        assert!(has(&store, "late", number), "the newest stays");
    }
    assert!(length(&path) <= MEGABYTE, "{}", length(&path));
    let count = |name| {
        (0..1_000)
            .filter(|number| has(&store, name, *number))
            .count()
    };
    assert_eq!((count("soon"), count("endless")), (0, 50));
    let kept = count("late");
    assert!((100..300).contains(&kept), "{kept}");
    assert!((1_000 - kept as u64 / 2..1_000).all(|number| has(&store, "late", number)));
    assert_sound(&path);
}

#[test]
fn what_never_ends_makes_room_for_its_kind() {
    let (_folder, path) = place();
    let store = small(&path);
    for number in 0..1_000 {
        write(&store, &key("endless", number), number, None).unwrap();
        assert!(has(&store, "endless", number), "the newest stays");
    }
    let kept = (0..1_000)
        .filter(|number| has(&store, "endless", *number))
        .count();
    assert!((100..300).contains(&kept), "{kept}");
    assert!(length(&path) <= MEGABYTE, "{}", length(&path));
}

#[test]
fn large_entries_find_room_among_small_ones_and_too_large_ones_do_not() {
    let (_folder, path) = place();
    let store = small(&path);
    let write = |name, number, bytes| {
        let entry = draft(&noise(bytes, number), Some(MINUTE));
        store.write_blocking(&key(name, number), entry, ANYWAY)
    };
    for number in 0..3_000 {
        write("small", number, 100).unwrap();
    }
    let entries = (0..3_000)
        .filter(|number| has(&store, "small", *number))
        .count();
    assert_eq!(
        kind(&write("large", 1, 600_000)),
        Some(StoreErrorKind::Full)
    );
    let left = (0..3_000)
        .filter(|number| has(&store, "small", *number))
        .count();
    assert_eq!(left, entries, "nothing goes for what can't be stored");
    for number in 0..20 {
        write("large", number, 300_000).unwrap();
        assert!(has(&store, "large", number));
    }
    assert!(length(&path) <= MEGABYTE, "{}", length(&path));
}

/// A file that was filled under another bound.
#[test]
fn a_file_beyond_its_bound_does_not_grow_and_gets_emptier() {
    let (_folder, path) = place();
    let large = store(&path);
    for number in 0..3_000 {
        write(&large, &key("old", number), number, Some(MINUTE)).unwrap();
    }
    drop(large);
    let (before, store) = (length(&path), small(&path));
    assert!(before > 9 * MEGABYTE, "{before}");
    let mut refused = 0;
    for number in 0..50 {
        match bounded(|| write(&store, &key("new", number), number, Some(2 * MINUTE))) {
            Ok(_) => assert!(has(&store, "new", number)),
            Err(error) => {
                assert_eq!(error.kind(), StoreErrorKind::Full);
                refused += 1;
            }
        }
    }
    assert!(
        (1..10).contains(&refused),
        "room is made a step at a time: {refused}"
    );
    assert!(length(&path) <= before);
    let kept = (0..3_000)
        .filter(|number| has(&store, "old", *number))
        .count();
    assert!(kept < 300, "{kept}");
}

/// Writes until it is killed, into a small file.
pub(super) fn write_for_ever(_: &Sqlite, process: u64) {
    let path = std::env::var_os("SELFSAME_TEST_FILE").unwrap();
    let store = small(Path::new(&path));
    say("ready");
    for number in 0.. {
        let key = key("many", process << 32 | number);
        let written = bounded(|| write(&store, &key, number, Some(MINUTE)));
        assert!(
            !matches!(kind(&written), Some(StoreErrorKind::Protocol)),
            "{written:?}"
        );
    }
}

#[test]
fn eight_processes_keep_to_a_bound_and_nobody_waits_for_ever() {
    let (_folder, path) = place();
    let store = small(&path);
    let mut others: Vec<_> = (1..9)
        .map(|process| Other::start("write_for_ever", &path, process))
        .collect();
    for other in &mut others {
        assert_eq!(other.hear(), "ready");
    }
    for round in 0..40 {
        let key = key("here", round);
        // Busy is an answer too.
        if bounded(|| write(&store, &key, round, None)).is_ok() {
            bounded(|| read(&store, &key)).unwrap();
        }
        let later = bounded(|| wait_for(write_later(&store, &key)));
        // And so is that it is full: the room that was made may be taken by another.
        let refused = kind(&later);
        assert!(
            refused.is_none_or(|kind| kind.is_unreachable() || kind == StoreErrorKind::Full),
            "{refused:?}"
        );
        thread::sleep(Duration::from_millis(10));
        assert!(length(&path) <= MEGABYTE, "{}", length(&path));
        let log = fs::metadata(path.with_extension("db-wal")).map_or(0, |log| log.len());
        assert!(log <= LOG, "{log}");
    }
    drop(others);
    assert_sound(&path);
}

/// Writes until it was often told that there is no space, and says what was stored.
pub(super) fn fill_up(store: &Sqlite) {
    let (mut stored, mut refused) = (Vec::new(), 0);
    for number in 0.. {
        assert!(number < 5_000, "the limit has no effect");
        let key = key("full", number);
        let written = bounded(|| match number % 2 {
            0 => write(store, &key, number, None),
            _ => wait_for(write_later(store, &key)),
        });
        match written {
            Ok(_) => stored.push(number.to_string()),
            Err(error) => {
                assert_eq!(error.kind(), StoreErrorKind::Full, "{error}");
                assert_eq!(bounded(|| read(store, &key)), Ok(None));
                refused += 1;
            }
        }
        if refused == 50 {
            break;
        }
    }
    for number in &stored {
        let key = key("full", number.parse().unwrap());
        assert!(bounded(|| read(store, &key)).unwrap().is_some());
    }
    // An eviction needs some space too: it happens, or is said not to have.
    let first = key("full", 0);
    let removed = bounded(|| store.remove_blocking(&first, NOBODY));
    assert_eq!(removed.is_err(), read(store, &first).unwrap().is_some());
    say(&stored[1..].join(" "));
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_said_and_what_is_there_can_be_read() {
    let (_folder, path) = place();
    let mut other = Other::start_short_of_space("fill_up", &path);
    let heard = other.hear();
    other.assert_ends_well();
    let mut stored = heard
        .split_whitespace()
        .map(|number| number.parse().unwrap());
    assert_sound(&path);
    // Where there is space again, all goes on.
    let store = store(&path);
    assert!(stored.clone().count() > 50, "{heard}");
    assert!(stored.all(|number| has(&store, "full", number)));
    for number in 0..1_000 {
        write(&store, &key("again", number), number, None).unwrap();
    }
    assert_sound(&path);
}
