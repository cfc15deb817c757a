//! The memory store, and what errors say.

use std::sync::Arc;
use std::time::Duration;

use super::memory::Memory;
use super::*;
use crate::clock::{Clock, ManualClock};
use crate::codec::Codec;
use crate::entry::{Identity, Terms};
use crate::version::Version;

fn key(argument: u8) -> EntryKey {
    EntryKey::new("app", 1, Version::from_bits(2), [argument; 16])
}

fn draft(fresh_ms: u64, bytes: usize) -> Draft {
    let identity = Identity {
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
    Draft::new(identity, terms, Duration::ZERO, Codec::Json, &noise)
}

#[test]
fn memory_keeps_an_entry_for_its_lifetime() {
    let clock = ManualClock::new();
    let store = Memory::new(1 << 20, Arc::new(clock.clone()));
    store.write_blocking(&key(1), draft(1_000, 3)).unwrap();
    let sealed = draft(1_000, 3).seal(clock.now_ms());

    clock.advance(Duration::from_millis(999));
    let found = store.read_blocking(&key(1)).unwrap();
    assert_eq!(found, Some(Found::new(sealed, clock.now_ms())));
    assert_eq!(store.read_blocking(&key(2)), Ok(None));
    clock.advance(Duration::from_millis(1));
    assert_eq!(store.read_blocking(&key(1)), Ok(None));
}

#[test]
fn memory_replaces_and_removes() {
    let store = Memory::new(1 << 20, Arc::new(ManualClock::new()));
    store.write_blocking(&key(1), draft(u64::MAX, 3)).unwrap();
    store.write_blocking(&key(1), draft(u64::MAX, 4)).unwrap();
    let length = store.read_blocking(&key(1)).unwrap().unwrap().bytes.len();

    assert_eq!(length, draft(0, 4).sealed_bytes());
    store.remove_blocking(&key(1)).unwrap();
    store.remove_blocking(&key(1)).unwrap();
    assert_eq!(store.read_blocking(&key(1)), Ok(None));
}

#[test]
fn memory_is_bounded() {
    let store = Memory::new(100_000, Arc::new(ManualClock::new()));
    for argument in 0..200 {
        store
            .write_blocking(&key(argument), draft(u64::MAX, 10_000))
            .unwrap();
    }
    let kept = (0..200).filter(|&argument| store.read_blocking(&key(argument)).unwrap().is_some());

    assert!((1..=10).contains(&kept.count()));
}

#[test]
fn memory_answers_futures_at_once() {
    let store = Memory::new(1 << 20, Arc::new(ManualClock::new()));
    let key = key(1);
    let now = crate::cache::face::now::<Result<(), StoreError>>;

    assert_eq!(now(store.write(&key, draft(u64::MAX, 3))), Ok(()));
    assert!(crate::cache::face::now(store.read(&key)).unwrap().is_some());
    assert_eq!(now(store.remove(&key)), Ok(()));
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
