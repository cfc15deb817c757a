//! The memory store, and what errors say.

use std::sync::Arc;
use std::time::Duration;

use super::memory::Memory;
use super::*;
use crate::cache::face::now;
use crate::clock::{Clock, ManualClock};
use crate::codec::Codec;
use crate::entry::{Identity, Terms};
use crate::version::Version;

fn key(argument: u8) -> EntryKey {
    EntryKey::new("app", 1, Version::from_bits(2), [argument; 16])
}

fn draft(fresh_ms: u64, bytes: usize) -> Draft {
    let identity = Identity {
        name: "",
        version: Version::from_bits(2),
        path: "app::f",
        key: &[],
    };
    let terms = Terms {
        fresh_ms,
        stale_ms: 0,
    };
    let mut seed = 1_u32;
    let noise = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    });
    let noise: Vec<u8> = noise.take(bytes).collect();
    Draft::new(identity, &[], terms, Duration::ZERO, Codec::Json, &noise)
}

/// The entry at `key`.
fn read(store: &Memory, key: &EntryKey) -> Option<Found> {
    store.read_blocking(key, &[]).unwrap().entry
}

fn write(store: &Memory, key: &EntryKey, draft: Draft) {
    let written = store.write_blocking(key, draft, Fence::Replaces(NOBODY));
    assert_eq!(written, Ok(Written::Stored));
}

const NOBODY: Origin = Origin(0);

#[test]
fn memory_keeps_an_entry_for_its_lifetime() {
    let clock = ManualClock::new();
    let store = Memory::new(1 << 20, Arc::new(clock.clone()));
    write(&store, &key(1), draft(1_000, 3));
    let sealed = draft(1_000, 3).seal(clock.now_ms());

    clock.advance(Duration::from_millis(999));
    let found = read(&store, &key(1));
    assert_eq!(found, Some(Found::new(sealed, clock.now_ms())));
    assert_eq!(read(&store, &key(2)), None);
    clock.advance(Duration::from_millis(1));
    assert_eq!(read(&store, &key(1)), None);
}

#[test]
fn memory_replaces_and_removes() {
    let store = Memory::new(1 << 20, Arc::new(ManualClock::new()));
    write(&store, &key(1), draft(u64::MAX, 3));
    write(&store, &key(1), draft(u64::MAX, 4));
    let length = read(&store, &key(1)).unwrap().bytes.len();

    assert_eq!(length, draft(0, 4).sealed_bytes());
    store.remove_blocking(&key(1), NOBODY).unwrap();
    store.remove_blocking(&key(1), NOBODY).unwrap();
    assert_eq!(read(&store, &key(1)), None);
}

#[test]
fn memory_is_bounded() {
    let store = Memory::new(100_000, Arc::new(ManualClock::new()));
    for argument in 0..200 {
        write(&store, &key(argument), draft(u64::MAX, 10_000));
    }
    let kept = (0..200).filter(|&argument| read(&store, &key(argument)).is_some());

    assert!((1..=10).contains(&kept.count()));
}

#[test]
fn memory_answers_futures_at_once() {
    let store = Memory::new(1 << 20, Arc::new(ManualClock::new()));
    let key = key(1);
    let fence = Fence::Replaces(NOBODY);
    let written = now(store.write(&key, draft(u64::MAX, 3), fence));
    assert_eq!(written, Ok(Written::Stored));
    assert!(now(store.read(&key, &[])).unwrap().entry.is_some());
    assert_eq!(now(store.remove(&key, NOBODY)), Ok(()));
}

#[test]
fn an_error_says_its_kind_and_what_was_said() {
    let error = StoreError::new(StoreErrorKind::Full);
    assert_eq!(error.to_string(), "the store is full");
    assert_eq!(
        error.with_detail("OOM").to_string(),
        "the store is full (OOM)"
    );
}

#[test]
fn only_silence_is_unreachable() {
    let unreachable = [
        StoreErrorKind::Unavailable,
        StoreErrorKind::Timeout,
        StoreErrorKind::Busy,
    ];
    assert!(unreachable.into_iter().all(StoreErrorKind::is_unreachable));
    assert!(!StoreErrorKind::Denied.is_unreachable());
}
