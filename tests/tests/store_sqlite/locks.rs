//! Files that others have locked, and callers who do not wait for the answer.

use std::sync::Arc;
use std::thread;

use rusqlite::Connection;
use selfsame::store::conformance::key;
use selfsame::store::{Grant, Store, StoreErrorKind, TagKey, TagVersion};

use super::{
    LONG, NOBODY, claim, kind, place, read, read_later, store, wait_for, wait_until_answered,
    write, write_later,
};

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
                        write(store, &key)
                    } else {
                        wait_for(write_later(store, &key))
                    };
                    match written {
                        Ok(_) => assert!(read_later(store, &key).unwrap().is_some()),
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
    let (store, key) = (store(&path), key("locked", 1));
    write(&store, &key).unwrap();
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();

    // That these return at all while the lock is held is what is tested.
    let busy = Some(StoreErrorKind::Busy);
    assert_eq!(kind(&write(&store, &key)), busy);
    assert_eq!(kind(&store.remove_blocking(&key, NOBODY)), busy);
    assert_eq!(kind(&store.claim_blocking(&key, &claim(1, LONG))), busy);
    assert_eq!(kind(&store.renew(&key, claim(1, LONG).token, LONG)), busy);
    let tag = TagKey::label("locked", "tag");
    let version = TagVersion::from_bytes([1; 8]);
    assert_eq!(kind(&store.invalidate_blocking(&tag, version, None)), busy);
    let later = wait_for(write_later(&store, &key)).unwrap_err();
    assert!(later.is_unreachable());
    assert!(read(&store, &key).unwrap().is_some());
    assert!(read_later(&store, &key).unwrap().is_some());
    let looked = store.read_blocking(&key, &[tag]).unwrap();
    assert!(looked.entry.is_some());
    assert_eq!(looked.tags, [None], "the invalidation did not happen");
    assert_eq!(kind(&store.ping()), busy);

    writer.execute_batch("COMMIT").unwrap();
    store.ping().unwrap();
    write(&store, &key).unwrap();
    wait_for(store.remove(&key, NOBODY)).unwrap();
    let grant = store.claim_blocking(&key, &claim(2, LONG)).unwrap().grant;
    assert_eq!(
        grant,
        Grant::Leased(claim(2, LONG).token),
        "the claim that was told the file is busy got nothing"
    );
}

#[test]
fn a_file_locked_before_it_is_laid_out_is_busy_and_then_used() {
    let (_folder, path) = place();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let store = store(&path);
    for _ in 0..3 {
        let key = key("new", 1);
        assert!(read(&store, &key).unwrap_err().is_unreachable());
        assert!(read_later(&store, &key).unwrap_err().is_unreachable());
    }
    other.execute_batch("ROLLBACK").unwrap();
    wait_until_answered(&store);
}

#[test]
fn many_tasks_at_a_locked_file_are_all_told() {
    let (_folder, path) = place();
    let store = Arc::new(store(&path));
    write(&store, &key("herd", 1)).unwrap();
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..2_000)
            .map(|number| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    let key = key("herd", number);
                    if number % 2 == 0 {
                        write_later(&store, &key).await.map(drop)
                    } else {
                        store.claim(&key, &claim(number, LONG)).await.map(drop)
                    }
                })
            })
            .collect();
        for task in tasks {
            assert!(task.await.unwrap().unwrap_err().is_unreachable());
        }
    });
    writer.execute_batch("ROLLBACK").unwrap();
    wait_for(write_later(&store, &key("herd", 1))).unwrap();
}

#[test]
fn a_dropped_call_does_no_harm() {
    let (_folder, path) = place();
    let store = store(&path);
    for number in 0..50 {
        let key = key("drop", number);
        drop(write_later(&store, &key));
        drop(store.read(&key, &[]));
        drop(store.claim(&key, &claim(number, LONG)));
    }
    let key = key("drop", 99);
    wait_for(write_later(&store, &key)).unwrap();
    assert!(read_later(&store, &key).unwrap().is_some());
}
