//! The SQLite store on real files: shared, locked, foreign, damaged, deleted.

use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::Command;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use selfsame::store::conformance::{self, draft, key};
use selfsame::store::sqlite::Sqlite;
use selfsame::store::{Store, StoreError, StoreErrorKind};
use selfsame::{ManualClock, SystemClock};
use tempfile::TempDir;

/// How long something that must happen may take on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A folder of the test's own, and the path of a file in it.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("the temporary folder can be written");
    let path = folder.path().join("entries.db");
    (folder, path)
}

/// Longer than the default: what is asserted is what happened, on a machine that may be busy.
const DEADLINE: Duration = Duration::from_secs(2);

fn store(path: &Path) -> Sqlite {
    Sqlite::with_deadline(path, Arc::new(SystemClock::new()), DEADLINE)
}

fn kind<T>(result: &Result<T, StoreError>) -> Option<StoreErrorKind> {
    result.as_ref().err().map(StoreError::kind)
}

/// Runs a future on this thread, without any runtime: the store needs none.
fn wait_for<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn a_file_conforms_and_needs_no_runtime() {
    let (_folder, path) = place();
    wait_for(conformance::check(&store(&path), "file"));
}

#[tokio::test]
async fn a_path_may_look_like_a_url() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a b?mode=memory&c%20d#e.db");
    conformance::check(&store(&path), "odd").await;
    assert!(path.is_file());
}

#[test]
fn entries_outlive_the_store_that_wrote_them() {
    let (_folder, path) = place();
    store(&path)
        .write_blocking(&key("stay", 1), draft(b"", None))
        .unwrap();
    assert!(
        store(&path)
            .read_blocking(&key("stay", 1))
            .unwrap()
            .is_some()
    );
}

#[test]
fn nothing_is_opened_before_the_first_use() {
    let (_folder, path) = place();
    let store = store(&path);
    assert!(!path.exists());
    store.read_blocking(&key("first", 1)).unwrap();
    assert!(path.exists());
}

/// The other process of the tests below; does nothing when it is run with the rest.
#[test]
fn the_other_process() {
    let Ok(path) = std::env::var("SELFSAME_TEST_FILE") else {
        return;
    };
    let first: u64 = std::env::var("SELFSAME_TEST_FIRST")
        .unwrap()
        .parse()
        .unwrap();
    write_and_read_back(&store(Path::new(&path)), first);
}

fn write_and_read_back(store: &Sqlite, first: u64) {
    for number in first..first + PER_PROCESS {
        let entry = draft(&number.to_le_bytes(), None);
        // Each process may meet the other's lock for longer than a caller waits, on a loaded machine.
        let patience_ends = Instant::now() + PATIENCE;
        while let Err(error) = store.write_blocking(&key("shared", number), entry.clone()) {
            assert!(error.is_unreachable(), "{error}");
            assert!(Instant::now() < patience_ends, "locked out for good");
        }
        let found = store.read_blocking(&key("shared", number)).unwrap();
        assert!(found.is_some(), "what was written is there");
    }
}

const PER_PROCESS: u64 = 300;

#[test]
fn processes_share_a_file_from_its_first_moment() {
    let (_folder, path) = place();
    let children: Vec<_> = (1..4)
        .map(|process| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "the_other_process"])
                .env("SELFSAME_TEST_FILE", &path)
                .env("SELFSAME_TEST_FIRST", (process * PER_PROCESS).to_string())
                .spawn()
                .unwrap()
        })
        .collect();
    write_and_read_back(&store(&path), 0);
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }

    let store = store(&path);
    for number in 0..4 * PER_PROCESS {
        assert!(
            store
                .read_blocking(&key("shared", number))
                .unwrap()
                .is_some()
        );
    }
    let checked: String = Connection::open(&path)
        .unwrap()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(checked, "ok");
}

#[test]
fn threads_and_tasks_share_a_store() {
    let (_folder, path) = place();
    let store = store(&path);
    thread::scope(|scope| {
        for thread in 0..16 {
            let store = &store;
            scope.spawn(move || {
                for number in 0..20 {
                    let key = key("threads", thread * 100 + number);
                    // Sixteen writers and one file: some may be told that it is busy.
                    let written = if thread % 2 == 0 {
                        store.write_blocking(&key, draft(b"", None))
                    } else {
                        wait_for(store.write(&key, draft(b"", None)))
                    };
                    match written {
                        Ok(()) => assert!(wait_for(store.read(&key)).unwrap().is_some()),
                        Err(error) => assert!(error.is_unreachable(), "{error}"),
                    }
                }
            });
        }
    });
}

#[test]
fn a_file_locked_by_a_writer_is_read_and_busy_to_write() {
    let (_folder, path) = place();
    let store = store(&path);
    let key = key("locked", 1);
    store.write_blocking(&key, draft(b"", None)).unwrap();
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();

    // That these return at all while the lock is held is what is tested.
    assert_eq!(
        kind(&store.write_blocking(&key, draft(b"", None))),
        Some(StoreErrorKind::Busy)
    );
    assert_eq!(
        kind(&store.remove_blocking(&key)),
        Some(StoreErrorKind::Busy)
    );
    assert!(
        wait_for(store.write(&key, draft(b"", None)))
            .unwrap_err()
            .is_unreachable()
    );
    assert!(store.read_blocking(&key).unwrap().is_some());
    assert!(wait_for(store.read(&key)).unwrap().is_some());

    writer.execute_batch("COMMIT").unwrap();
    store.write_blocking(&key, draft(b"", None)).unwrap();
    wait_for(store.remove(&key)).unwrap();
}

#[test]
fn a_file_locked_before_it_is_laid_out_is_busy_and_then_used() {
    let (_folder, path) = place();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let store = store(&path);
    for _ in 0..3 {
        assert!(
            store
                .read_blocking(&key("new", 1))
                .unwrap_err()
                .is_unreachable()
        );
        assert!(
            wait_for(store.read(&key("new", 1)))
                .unwrap_err()
                .is_unreachable()
        );
    }
    other.execute_batch("ROLLBACK").unwrap();
    wait_until_answered(&store);
}

#[test]
fn many_tasks_at_a_locked_file_are_all_told() {
    let (_folder, path) = place();
    let store = Arc::new(store(&path));
    store
        .write_blocking(&key("herd", 1), draft(b"", None))
        .unwrap();
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..2_000)
            .map(|number| {
                let store = Arc::clone(&store);
                tokio::spawn(
                    async move { store.write(&key("herd", number), draft(b"", None)).await },
                )
            })
            .collect();
        for task in tasks {
            assert!(task.await.unwrap().unwrap_err().is_unreachable());
        }
    });
    writer.execute_batch("ROLLBACK").unwrap();
    wait_for(store.write(&key("herd", 1), draft(b"", None))).unwrap();
}

/// Asserts that `path` is refused with `expected` by everything, and left exactly as it is.
fn assert_left_alone(path: &Path, expected: StoreErrorKind) {
    let before = fs::read(path).unwrap();
    let store = store(path);
    let key = key("foreign", 1);
    assert_eq!(kind(&store.read_blocking(&key)), Some(expected));
    for _ in 0..3 {
        assert!(store.read_blocking(&key).is_err());
        assert!(store.write_blocking(&key, draft(b"", None)).is_err());
        assert!(store.remove_blocking(&key).is_err());
        assert!(wait_for(store.read(&key)).is_err());
        assert!(wait_for(store.write(&key, draft(b"", None))).is_err());
    }
    drop(store);
    assert!(fs::read(path).unwrap() == before, "the file was changed");
    let folder = fs::read_dir(path.parent().unwrap()).unwrap();
    assert_eq!(folder.count(), 1, "a file was left beside it");
}

#[test]
fn another_programs_database_is_left_alone() {
    for sql in [
        "CREATE TABLE entries (a)",
        "PRAGMA application_id = 7",
        "PRAGMA user_version = 1",
        "PRAGMA application_id = 252006674; CREATE TABLE tiles (a)",
    ] {
        let (_folder, path) = place();
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        assert_left_alone(&path, StoreErrorKind::Protocol);
    }
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let (_folder, path) = place();
    fs::write(&path, "Dear diary, ".repeat(1_000)).unwrap();
    assert_left_alone(&path, StoreErrorKind::Protocol);
}

#[test]
fn a_layout_of_another_version_is_left_alone() {
    let (_folder, path) = place();
    store(&path)
        .write_blocking(&key("old", 1), draft(b"", None))
        .unwrap();
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA user_version = 2").unwrap();
    drop(connection);
    assert_left_alone(&path, StoreErrorKind::Protocol);
}

#[test]
fn an_empty_file_is_as_good_as_none() {
    let (_folder, path) = place();
    fs::write(&path, "").unwrap();
    wait_for(conformance::check(&store(&path), "empty"));
}

#[test]
fn a_damaged_file_is_an_error_and_no_panic() {
    let (_folder, path) = place();
    let writer = store(&path);
    for number in 0..200 {
        writer
            .write_blocking(&key("damage", number), draft(&[7; 500], None))
            .unwrap();
    }
    drop(writer);
    let mut bytes = fs::read(&path).unwrap();
    for byte in &mut bytes[4_096..] {
        *byte = byte.wrapping_mul(31).wrapping_add(17);
    }
    fs::write(&path, bytes).unwrap();

    let store = store(&path);
    assert_eq!(
        kind(&store.read_blocking(&key("damage", 1))),
        Some(StoreErrorKind::Protocol)
    );
    for number in 0..200 {
        let _ = store.read_blocking(&key("damage", number));
        let _ = store.write_blocking(&key("damage", number), draft(b"", None));
        let _ = wait_for(store.remove(&key("damage", number)));
    }
}

#[test]
fn a_path_that_can_not_be_a_file_is_an_error_until_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let directory = store(folder.path());
    assert_eq!(
        kind(&directory.read_blocking(&key("path", 1))),
        Some(StoreErrorKind::Unavailable)
    );

    let missing = folder.path().join("not/yet");
    let store = store(&missing.join("entries.db"));
    for _ in 0..3 {
        assert_eq!(
            kind(&store.read_blocking(&key("path", 1))),
            Some(StoreErrorKind::Unavailable)
        );
    }
    fs::create_dir_all(&missing).unwrap();
    wait_until_answered(&store);
}

#[cfg(unix)]
#[test]
fn a_read_only_file_is_denied() {
    use std::os::unix::fs::PermissionsExt;

    let (_folder, path) = place();
    store(&path)
        .write_blocking(&key("ro", 1), draft(b"", None))
        .unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    if fs::OpenOptions::new().append(true).open(&path).is_ok() {
        // Whoever runs this may write everything; there is no read-only file for him.
        return;
    }
    assert_eq!(
        kind(&store(&path).read_blocking(&key("ro", 1))),
        Some(StoreErrorKind::Denied)
    );
}

#[cfg(unix)]
#[test]
fn a_deleted_file_is_made_again() {
    let (folder, path) = place();
    let store = store(&path);
    let key = key("deleted", 1);
    store.write_blocking(&key, draft(b"", None)).unwrap();
    for file in fs::read_dir(folder.path()).unwrap() {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
    let patience_ends = Instant::now() + PATIENCE;
    while !path.exists() || store.read_blocking(&key).ok().flatten().is_none() {
        assert!(
            Instant::now() < patience_ends,
            "entries go to a file that is gone"
        );
        let _ = store.write_blocking(&key, draft(b"", None));
        thread::sleep(Duration::from_millis(20));
    }
    drop(store);
    assert!(self::store(&path).read_blocking(&key).unwrap().is_some());
}

#[test]
fn expired_entries_are_misses_and_are_swept() {
    let (_folder, path) = place();
    let clock = ManualClock::new();
    let store = Sqlite::with_deadline(&path, Arc::new(clock.clone()), DEADLINE);
    let minute = Some(Duration::from_secs(60));
    for number in 0..100 {
        store
            .write_blocking(&key("old", number), draft(b"", minute))
            .unwrap();
    }
    clock.advance(Duration::from_millis(59_999));
    assert!(store.read_blocking(&key("old", 1)).unwrap().is_some());
    clock.advance(Duration::from_millis(1));
    assert_eq!(store.read_blocking(&key("old", 1)), Ok(None));

    for number in 0..32 {
        store
            .write_blocking(&key("new", number), draft(b"", None))
            .unwrap();
    }
    let rows: i64 = Connection::open(&path)
        .unwrap()
        .query_row("SELECT count(*) FROM entries", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 32, "the new ones are left");
}

#[test]
fn the_time_of_an_entry_is_the_clocks() {
    let (_folder, path) = place();
    let clock = ManualClock::new();
    let store = Sqlite::with_deadline(&path, Arc::new(clock.clone()), DEADLINE);
    let key = key("time", 1);
    store.write_blocking(&key, draft(b"", None)).unwrap();
    let before = store.read_blocking(&key).unwrap().unwrap().now_ms;
    clock.advance(Duration::from_secs(5));

    let after = wait_for(store.read(&key)).unwrap().unwrap().now_ms;
    assert_eq!(after - before, 5_000);
}

#[test]
fn a_dropped_call_does_no_harm() {
    let (_folder, path) = place();
    let store = store(&path);
    for number in 0..50 {
        drop(store.write(&key("drop", number), draft(b"", None)));
        drop(store.read(&key("drop", number)));
    }
    wait_for(store.write(&key("drop", 99), draft(b"", None))).unwrap();
    assert!(wait_for(store.read(&key("drop", 99))).unwrap().is_some());
}

/// Reads until both faces get an answer.
fn wait_until_answered(store: &Sqlite) {
    let key = key("answered", 1);
    let patience_ends = Instant::now() + PATIENCE;
    while store.read_blocking(&key).is_err() || wait_for(store.read(&key)).is_err() {
        assert!(Instant::now() < patience_ends, "the store did not recover");
        thread::sleep(Duration::from_millis(10));
    }
}
