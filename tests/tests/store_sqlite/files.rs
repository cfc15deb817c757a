//! Files that are new, foreign, damaged, of another layout, deleted.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use selfsame::store::conformance::{self, draft, key};
use selfsame::store::sqlite::Sqlite;
use selfsame::store::{Store, StoreErrorKind, TagKey, TagVersion};

use super::{
    ANYWAY, LONG, NOBODY, bounded, claim, insist, kind, place, read, read_later, store, until,
    wait_for, wait_until_answered, write, write_later,
};

#[tokio::test]
async fn a_path_may_look_like_a_url() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a b?mode=memory&c%20d#e.db");
    write(&store(&path), &key("odd", 1)).unwrap();
    assert!(path.is_file());
}

#[test]
fn entries_outlive_the_store_that_wrote_them() {
    let (_folder, path) = place();
    write(&store(&path), &key("stay", 1)).unwrap();
    assert!(read(&store(&path), &key("stay", 1)).unwrap().is_some());
}

#[test]
fn nothing_is_opened_before_the_first_use() {
    let (_folder, path) = place();
    let store = store(&path);
    assert!(!path.exists());
    store.ping().unwrap();
    assert!(path.exists());
}

#[test]
fn a_file_may_be_laid_out_by_several_at_the_same_moment() {
    for round in 0..10 {
        let (_folder, path) = place();
        let start = Barrier::new(8);
        thread::scope(|scope| {
            for number in 0..8 {
                let (path, start) = (&path, &start);
                scope.spawn(move || {
                    let store = store(path);
                    let key = key("first", round * 10 + number);
                    start.wait();
                    insist(|| write(&store, &key));
                    assert!(insist(|| read(&store, &key)).is_some());
                });
            }
        });
    }
}

/// Asserts that everything refuses `path` with `expected`, and leaves it exactly as it is.
fn assert_left_alone(path: &Path, expected: StoreErrorKind) {
    let before = fs::read(path).unwrap();
    let store = store(path);
    let key = key("foreign", 1);
    let tag = TagKey::label("foreign", "tag");
    let claim = claim(1, LONG);
    assert_eq!(kind(&read(&store, &key)), Some(expected));
    for _ in 0..3 {
        assert!(read(&store, &key).is_err());
        assert!(write(&store, &key).is_err());
        assert!(store.remove_blocking(&key, NOBODY).is_err());
        assert!(store.claim_blocking(&key, &claim).is_err());
        let version = TagVersion::from_bytes([1; 8]);
        assert!(store.invalidate_blocking(&tag, version, None).is_err());
        assert!(store.renew(&key, claim.token, LONG).is_err());
        assert!(store.release(&key, claim.token).is_err());
        assert!(store.ping().is_err());
        assert!(read_later(&store, &key).is_err());
        assert!(wait_for(write_later(&store, &key)).is_err());
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
        "PRAGMA user_version = 2",
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
fn another_layout_of_ours_is_left_alone_and_named() {
    for (layout, whose) in [(1, "an earlier"), (1_000, "a later")] {
        let (_folder, path) = place();
        write(&store(&path), &key("old", 1)).unwrap();
        let connection = Connection::open(&path).unwrap();
        let mark = format!("PRAGMA user_version = {layout}");
        connection.execute_batch(&mark).unwrap();
        drop(connection);

        assert_left_alone(&path, StoreErrorKind::Protocol);
        let told = store(&path).ping().unwrap_err().to_string();
        assert!(
            told.contains(&format!("layout {layout} of {whose} version")),
            "{told}"
        );
        assert!(told.contains("delete it or name another"), "{told}");
    }
}

#[test]
fn an_empty_file_is_as_good_as_none() {
    let (_folder, path) = place();
    fs::write(&path, "").unwrap();
    wait_for(conformance::check(|| Arc::new(store(&path)), "empty"));
}

#[test]
fn a_damaged_file_is_an_error_and_no_panic() {
    let (_folder, path) = place();
    let writer = store(&path);
    for number in 0..200 {
        let entry = draft(&[7; 500], None);
        writer
            .write_blocking(&key("damage", number), entry, ANYWAY)
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
        kind(&read(&store, &key("damage", 1))),
        Some(StoreErrorKind::Protocol)
    );
    for number in 0..200 {
        let key = key("damage", number);
        let _ = read(&store, &key);
        let _ = write(&store, &key);
        let _ = store.claim_blocking(&key, &claim(number, LONG));
        let _ = wait_for(store.remove(&key, NOBODY));
    }
}

#[test]
fn a_path_that_can_not_be_a_file_is_an_error_until_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let directory = store(folder.path());
    assert_eq!(
        kind(&read(&directory, &key("path", 1))),
        Some(StoreErrorKind::Unavailable)
    );

    let missing = folder.path().join("not/yet");
    let store = store(&missing.join("entries.db"));
    for _ in 0..3 {
        assert_eq!(kind(&store.ping()), Some(StoreErrorKind::Unavailable));
    }
    fs::create_dir_all(&missing).unwrap();
    wait_until_answered(&store);
}

#[cfg(unix)]
#[test]
fn a_read_only_file_is_denied() {
    use std::os::unix::fs::PermissionsExt;

    let (_folder, path) = place();
    write(&store(&path), &key("ro", 1)).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    if fs::OpenOptions::new().append(true).open(&path).is_ok() {
        // Whoever runs this may write everything; there is no read-only file for him.
        return;
    }
    assert_eq!(
        kind(&read(&store(&path), &key("ro", 1))),
        Some(StoreErrorKind::Denied)
    );
}

/// SQLite keeps its log beside the file.
#[cfg(unix)]
#[test]
fn a_read_only_folder_is_an_error_until_it_is_none() {
    use std::os::unix::fs::PermissionsExt;

    let (folder, path) = place();
    write(&store(&path), &key("ro", 1)).unwrap();
    let set = |mode| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
    set(0o555);
    if fs::write(folder.path().join("probe"), "").is_ok() {
        // Whoever runs this may write everything.
        return;
    }
    let store = store(&path);
    for _ in 0..3 {
        assert!(bounded(|| read(&store, &key("ro", 1))).is_err());
        assert!(bounded(|| write(&store, &key("ro", 1))).is_err());
        assert!(bounded(|| read_later(&store, &key("ro", 1))).is_err());
    }
    set(0o755);
    wait_until_answered(&store);
    assert!(read(&store, &key("ro", 1)).unwrap().is_some());
}

/// Deletes a store's file with all that belongs to it.
#[cfg(unix)]
pub(super) fn delete(path: &Path) {
    for file in fs::read_dir(path.parent().unwrap()).unwrap() {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn a_deleted_file_is_made_again() {
    let (_folder, path) = place();
    let store = store(&path);
    let key = key("deleted", 1);
    write(&store, &key).unwrap();
    delete(&path);
    until("entries go to the new file", || {
        let _ = write(&store, &key);
        path.exists() && matches!(read(&store, &key), Ok(Some(_)))
    });
    drop(store);
    assert!(read(&self::store(&path), &key).unwrap().is_some());
}

/// What is invalidated in a file that is gone stays valid in the one that took its place.
#[cfg(unix)]
#[test]
fn what_is_changed_is_changed_in_the_file_that_is_there() {
    let (_folder, path) = place();
    let (old, key) = (store(&path), key("replaced", 1));
    write(&old, &key).unwrap();
    delete(&path);
    let new: Sqlite = store(&path);
    write(&new, &key).unwrap();

    old.remove_blocking(&key, NOBODY).unwrap();
    assert_eq!(read(&new, &key), Ok(None));
    wait_for(write_later(&old, &key)).unwrap();
    assert!(read(&new, &key).unwrap().is_some());
}

/// As a backup that is put in place of the file.
#[cfg(unix)]
#[test]
fn a_file_that_is_renamed_into_place_is_used() {
    let (folder, path) = place();
    let (here, key) = (store(&path), key("renamed", 1));
    here.ping().unwrap();
    let spare = folder.path().join("spare.db");
    write(&store(&spare), &key).unwrap();
    for left in ["-wal", "-shm"] {
        // Gone with the last connection, if SQLite got round to it.
        let _ = fs::remove_file(format!("{}{left}", path.display()));
    }
    fs::rename(&spare, &path).unwrap();
    until("the new file's entries are found", || {
        thread::sleep(Duration::from_millis(50));
        matches!(read(&here, &key), Ok(Some(_)))
    });
}
