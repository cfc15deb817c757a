//! What every store must do, as a check that every store can run: ours do, and one that you write should.
//!
//! It panics with the promise that was broken. It needs a runtime the store can work on and a namespace nobody uses:
//!
//! ```
//! # use std::sync::Arc;
//! use selfsame::store::{conformance, memory::Memory};
//!
//! # async fn test() {
//! let store = Memory::new(1 << 20, Arc::new(selfsame::SystemClock::new()));
//! conformance::check(&store, "conformance").await;
//! # }
//! ```

use std::thread;
use std::time::{Duration, Instant};

use crate::codec::Codec;
use crate::entry::{Draft, Identity, Terms};
use crate::function::FOREVER_MS;
use crate::key::EntryKey;
use crate::store::{Fence, Found, Origin, Store};
use crate::version::Version;

/// Checks both faces of `store`, with entries under `namespace`.
///
/// # Panics
///
/// If the store breaks a promise of [`Store`].
pub async fn check(store: &dyn Store, namespace: &str) {
    keeps_what_it_is_given(store, namespace).await;
    replaces(store, namespace).await;
    removes(store, namespace).await;
    tells_keys_apart(store, namespace).await;
    tells_its_own_time(store, namespace).await;
    ends_a_lifetime(store, namespace).await;
}

/// An entry to try a store out with: `payload` for `lifetime`, the answer to no call.
///
/// # Panics
///
/// If `lifetime` has more than 2^64 milliseconds.
#[must_use]
pub fn draft(payload: &[u8], lifetime: Option<Duration>) -> Draft {
    let identity = Identity {
        version: Version::from_bits(0),
        path: "conformance",
        key: &[],
    };
    let fresh_ms = lifetime.map_or(FOREVER_MS, |lifetime| {
        u64::try_from(lifetime.as_millis()).expect("a lifetime of less than 2^64 ms")
    });
    let terms = Terms {
        fresh_ms,
        stale_ms: 0,
    };
    Draft::new(
        identity,
        &[],
        terms,
        Duration::ZERO,
        Codec::Postcard,
        payload,
    )
}

/// A key in `namespace`; another one for each `number`.
#[must_use]
pub fn key(namespace: &str, number: u64) -> EntryKey {
    let mut arguments = [0xA5; 16];
    arguments[..8].copy_from_slice(&number.to_le_bytes());
    EntryKey::new(namespace, 1, Version::from_bits(1), arguments)
}

async fn keeps_what_it_is_given(store: &dyn Store, namespace: &str) {
    let (one, other) = (key(namespace, 1), key(namespace, 2));
    assert_eq!(read(store, &one).await, None, "nothing was written yet");
    for payload in [&b""[..], b"\0\r\n\xFF$-1\r\n", &incompressible(1 << 20)] {
        let draft = draft(payload, None);
        store
            .write(&one, draft.clone(), ANYWAY)
            .await
            .expect("it is written");
        store
            .write_blocking(&other, draft.clone(), ANYWAY)
            .expect("it is written");
        assert_sealed(read(store, &one).await, &draft);
        assert_sealed(read(store, &other).await, &draft);
    }
}

async fn replaces(store: &dyn Store, namespace: &str) {
    let key = key(namespace, 3);
    let (first, second) = (draft(&[1; 5_000], Some(LONG)), draft(b"2", None));
    store
        .write(&key, first.clone(), ANYWAY)
        .await
        .expect("it is written");
    store
        .write_blocking(&key, second.clone(), ANYWAY)
        .expect("it is replaced");
    assert_sealed(read(store, &key).await, &second);
    store
        .write(&key, first.clone(), ANYWAY)
        .await
        .expect("it is replaced");
    assert_sealed(read(store, &key).await, &first);
}

async fn removes(store: &dyn Store, namespace: &str) {
    let key = key(namespace, 4);
    store
        .remove(&key, NOBODY)
        .await
        .expect("removing nothing is a success");
    store
        .remove_blocking(&key, NOBODY)
        .expect("removing nothing is a success");
    for blocks in [true, false] {
        store
            .write_blocking(&key, draft(b"x", None), ANYWAY)
            .expect("it is written");
        if blocks {
            store.remove_blocking(&key, NOBODY).expect("it is removed");
        } else {
            store.remove(&key, NOBODY).await.expect("it is removed");
        }
        assert_eq!(read(store, &key).await, None, "it was removed");
    }
}

async fn tells_keys_apart(store: &dyn Store, namespace: &str) {
    let longer = format!("{namespace}0");
    let version = Version::from_bits;
    let keys = [
        EntryKey::new(namespace, 7, version(7), [7; 16]),
        EntryKey::new(&longer, 7, version(7), [7; 16]),
        EntryKey::new(namespace, 8, version(7), [7; 16]),
        EntryKey::new(namespace, 7, version(8), [7; 16]),
        EntryKey::new(namespace, 7, version(7), [8; 16]),
    ];
    for (number, key) in keys.iter().enumerate() {
        let entry = draft(number.to_string().as_bytes(), None);
        store
            .write(key, entry, ANYWAY)
            .await
            .expect("it is written");
    }
    for (number, key) in keys.iter().enumerate() {
        let expected = draft(number.to_string().as_bytes(), None);
        assert_sealed(read(store, key).await, &expected);
        store.remove(key, NOBODY).await.expect("it is removed");
    }
}

/// Ages are differences of the store's own times, so these must not go back.
async fn tells_its_own_time(store: &dyn Store, namespace: &str) {
    let key = key(namespace, 5);
    store
        .write(&key, draft(b"", None), ANYWAY)
        .await
        .expect("it is written");
    let found = read(store, &key).await.expect("it is there");
    let later = read(store, &key).await.expect("it is there");
    assert!(
        stamp(&found) <= found.now_ms + SLACK_MS && found.now_ms <= later.now_ms + SLACK_MS,
        "the store's time goes back: sealed at {}, read at {} and {}",
        stamp(&found),
        found.now_ms,
        later.now_ms
    );
}

async fn ends_a_lifetime(store: &dyn Store, namespace: &str) {
    let (short, long) = (key(namespace, 6), key(namespace, 7));
    let lifetime = Some(Duration::from_millis(20));
    store
        .write(&short, draft(b"", lifetime), ANYWAY)
        .await
        .expect("it is written");
    store
        .write(&long, draft(b"", Some(LONG)), ANYWAY)
        .await
        .expect("it is written");
    let patience_ends = Instant::now() + PATIENCE;
    while read(store, &short).await.is_some() {
        assert!(
            Instant::now() < patience_ends,
            "an entry outlives its lifetime"
        );
        thread::sleep(Duration::from_millis(5));
    }
    assert!(
        read(store, &long).await.is_some(),
        "an entry ends too early"
    );
}

/// Reads by both faces, which must agree.
async fn read(store: &dyn Store, key: &EntryKey) -> Option<Found> {
    let found = store.read(key, &[]).await.expect("it can be read").entry;
    let blocking = store.read_blocking(key, &[]).expect("it can be read").entry;
    if let (Some(found), Some(blocking)) = (&found, &blocking) {
        assert_eq!(found.bytes, blocking.bytes, "both faces read the same");
    }
    found.filter(|_| blocking.is_some())
}

fn assert_sealed(found: Option<Found>, draft: &Draft) {
    let found = found.expect("what was written is there");
    let expected = draft.clone().seal(stamp(&found));
    assert!(
        found.bytes == expected,
        "what was written comes back byte by byte"
    );
}

fn stamp(found: &Found) -> u64 {
    crate::entry::stamp(&found.bytes).expect("an entry has a stamp")
}

/// Bytes that take as much room as they look.
fn incompressible(count: usize) -> Vec<u8> {
    let step = |state: &mut u32| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some(state.to_be_bytes()[0])
    };
    std::iter::repeat_n((), count)
        .scan(1, |state, ()| step(state))
        .collect()
}

/// No listener is left out.
const NOBODY: Origin = Origin(0);
/// Whatever lease there is.
const ANYWAY: Fence = Fence::Replaces(NOBODY);
/// Outlives the check.
const LONG: Duration = Duration::from_secs(3_600);
/// How long an entry may take to end; a loaded machine needs some of it.
const PATIENCE: Duration = Duration::from_secs(20);
/// How far the times of two connections to one server may lie apart.
const SLACK_MS: u64 = 50;
