//! What is owed to the store is sent while more comes in: nothing is forgotten.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use shuttle::thread;

use super::{check, tags};
use crate::gate::{Deferred, Owed};
use crate::store::TagKey;

#[test]
fn what_is_owed_again_while_it_is_sent_is_sent_again() {
    check(|| {
        let [instead, tag] = tags(&super::coherence());
        let deferred = Arc::new(Deferred::default());
        let (written, told) = (Arc::new(AtomicU64::new(0)), AtomicU64::new(0));
        let writer = {
            let (deferred, written, tag) =
                (Arc::clone(&deferred), Arc::clone(&written), tag.clone());
            thread::spawn(move || {
                for _ in 0..2 {
                    written.fetch_add(1, Ordering::SeqCst);
                    thread::yield_now();
                    deferred.add(Owed::Tag(tag.clone()), &instead);
                }
            })
        };
        for _ in 0..2 {
            send(&deferred, &written, &told);
        }
        writer.join().unwrap();
        send(&deferred, &written, &told);

        assert!(!deferred.is_any());
        assert_eq!(told.load(Ordering::SeqCst), 2);
        assert_eq!(concerned(&deferred, &tag), 0);
    });
}

/// Tells the store of all that was written until now.
fn send(deferred: &Deferred, written: &AtomicU64, told: &AtomicU64) {
    for (owed, time) in deferred.list() {
        thread::yield_now();
        told.store(written.load(Ordering::SeqCst), Ordering::SeqCst);
        thread::yield_now();
        deferred.settle(&owed, time);
    }
}

fn concerned(deferred: &Deferred, tag: &TagKey) -> usize {
    deferred
        .list()
        .iter()
        .filter(|(owed, _)| *owed == Owed::Tag(tag.clone()))
        .count()
}
