//! Copies in memory: none that is filled while its source is invalidated is used afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use shuttle::thread;

use super::{ENTRY, check, coherence, permit, tags};
use crate::coherence::Coherence;
use crate::key::Key;
use crate::l1::{CallRef, Keeping, Kept, L1};

const NOW_MS: u64 = 1;

fn keeping(permit: crate::coherence::Permit) -> Keeping {
    Keeping {
        deadline_ms: u64::MAX,
        refresh_ms: u64::MAX,
        is_stale: false,
        cost_us: 0,
        payload_bytes: 1,
        permit,
    }
}

/// Fills memory from a source that is changed and then invalidated by `invalidate`.
fn fill_while(invalidate: fn(&Coherence)) {
    let coherence = coherence();
    let (source, l1) = (
        Arc::new(AtomicU64::new(0)),
        Arc::new(L1::new(1 << 20, 1 << 10)),
    );
    let filler = {
        let (coherence, source, l1) =
            (Arc::clone(&coherence), Arc::clone(&source), Arc::clone(&l1));
        thread::spawn(move || {
            let permit = permit(&coherence);
            thread::yield_now();
            let value = source.load(Ordering::SeqCst);
            thread::yield_now();
            if coherence.holds(&permit) {
                let key = Key::build(1, |parts| parts.part(&1_u8));
                let call = CallRef::new(1, &key).to_owned();
                l1.insert(call, Arc::new(Kept::new(value)), keeping(permit));
            }
        })
    };
    source.store(1, Ordering::SeqCst);
    thread::yield_now();
    invalidate(&coherence);
    let key = Key::build(1, |parts| parts.part(&1_u8));
    for _ in 0..2 {
        assert!(is_cold_or_new(&l1, &key, &coherence));
        thread::yield_now();
    }
    filler.join().unwrap();
    assert!(is_cold_or_new(&l1, &key, &coherence));
}

/// A copy is looked at by one caller while it is invalidated: what that one has found does not hold for those after.
fn look_while(invalidate: fn(&Coherence)) {
    let coherence = coherence();
    let l1 = Arc::new(L1::new(1 << 20, 1 << 10));
    let key = Key::build(1, |parts| parts.part(&1_u8));
    let permit = permit(&coherence);
    let call = CallRef::new(1, &key).to_owned();
    l1.insert(call, Arc::new(Kept::new(0_u64)), keeping(permit));
    let looker = {
        let (coherence, l1) = (Arc::clone(&coherence), Arc::clone(&l1));
        thread::spawn(move || {
            let key = Key::build(1, |parts| parts.part(&1_u8));
            let _ = l1.find(&CallRef::new(1, &key), NOW_MS, &coherence);
        })
    };
    invalidate(&coherence);
    assert!(is_cold_or_new(&l1, &key, &coherence));
    looker.join().unwrap();
    assert!(is_cold_or_new(&l1, &key, &coherence));
}

/// Whether memory has nothing usable, or what the source has after its change.
fn is_cold_or_new(l1: &L1, key: &Key, coherence: &Coherence) -> bool {
    let found = l1.find(&CallRef::new(1, key), NOW_MS, coherence);
    found.map_or(true, |usable| usable.slot.value() == Some(&1_u64))
}

#[test]
fn an_entry_that_is_evicted_while_it_is_read_is_not_kept() {
    check(|| {
        fill_while(|coherence| {
            coherence.invalidate(ENTRY);
        })
    });
}

#[test]
fn a_tag_that_is_invalidated_while_its_entry_is_read_makes_the_copy_void() {
    check(|| {
        fill_while(|coherence| {
            let [_, function] = tags(coherence);
            coherence.invalidate(function.as_str());
        })
    });
}

#[test]
fn nothing_is_kept_over_a_new_generation() {
    check(|| fill_while(Coherence::invalidate_all));
}

#[test]
fn a_copy_that_is_looked_at_while_it_is_evicted_is_void_afterwards() {
    check(|| {
        look_while(|coherence| {
            coherence.invalidate(ENTRY);
        })
    });
}

#[test]
fn a_copy_that_is_looked_at_while_all_is_invalidated_is_void_afterwards() {
    check(|| look_while(Coherence::invalidate_all));
}
