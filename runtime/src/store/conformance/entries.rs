//! Entries: they come back as they were written, until they end.

use super::face::NOBODY;
use super::patience::until;
use super::trial::{Trial, stamp};
use super::{LONG, SHORT, draft};
use crate::key::EntryKey;
use crate::version::Version;

pub(super) async fn check(trial: &Trial<'_>) {
    come_back_as_they_were(trial).await;
    are_replaced(trial).await;
    are_removed(trial).await;
    are_told_apart(trial).await;
    have_the_stores_time(trial).await;
    end(trial).await;
}

async fn come_back_as_they_were(trial: &Trial<'_>) {
    let key = trial.key();
    trial.assert_absent(&key, "nothing was written yet").await;
    for payload in [&b""[..], b"\0\r\n\xFF$-1\r\n", &incompressible(1 << 20)] {
        let draft = draft(payload, None);
        trial.here.put(&key, &draft).await;
        trial.assert_holds(&key, &draft).await;
    }
}

async fn are_replaced(trial: &Trial<'_>) {
    let key = trial.key();
    let (first, second) = (draft(&[1; 5_000], Some(LONG)), draft(b"2", None));
    trial.here.put(&key, &first).await;
    trial.there.put(&key, &second).await;
    trial.assert_holds(&key, &second).await;
    trial.here.put(&key, &first).await;
    trial.assert_holds(&key, &first).await;
}

async fn are_removed(trial: &Trial<'_>) {
    let key = trial.key();
    // Removing nothing is a success.
    trial.here.remove(&key, NOBODY).await;
    for remover in [trial.here, trial.there] {
        trial.here.put(&key, &draft(b"x", None)).await;
        remover.remove(&key, NOBODY).await;
        trial.assert_absent(&key, "it was removed").await;
    }
}

async fn are_told_apart(trial: &Trial<'_>) {
    let namespace = trial.namespace;
    let longer = format!("{namespace}0");
    let version = Version::from_bits;
    let keys = [
        EntryKey::new(namespace, 7, version(7), [7; 16]),
        EntryKey::new(&longer, 7, version(7), [7; 16]),
        EntryKey::new(namespace, 8, version(7), [7; 16]),
        EntryKey::new(namespace, 7, version(8), [7; 16]),
        EntryKey::new(namespace, 7, version(7), [8; 16]),
    ];
    let entry = |number: usize| draft(number.to_string().as_bytes(), None);
    for (number, key) in keys.iter().enumerate() {
        trial.here.put(key, &entry(number)).await;
    }
    for (number, key) in keys.iter().enumerate() {
        trial.assert_holds(key, &entry(number)).await;
        trial.there.remove(key, NOBODY).await;
    }
}

/// Ages are differences of the store's own times, so these must not go back.
async fn have_the_stores_time(trial: &Trial<'_>) {
    let key = trial.key();
    let draft = draft(b"", None);
    trial.here.put(&key, &draft).await;
    let found = trial.assert_holds(&key, &draft).await;
    let later = trial.there.read(&key).await.expect("it is there");
    assert!(
        stamp(&found) <= found.now_ms + SLACK_MS && found.now_ms <= later.now_ms + SLACK_MS,
        "the store's time goes back: sealed at {}, read at {} and {}",
        stamp(&found),
        found.now_ms,
        later.now_ms
    );
}

async fn end(trial: &Trial<'_>) {
    let (short, long) = (trial.key(), trial.key());
    let lasting = draft(b"", Some(LONG));
    trial.here.put(&short, &draft(b"", Some(SHORT))).await;
    trial.here.put(&long, &lasting).await;
    for reader in [trial.here, trial.there] {
        until("an entry outlives its lifetime", async || {
            reader.read(&short).await.is_none()
        })
        .await;
    }
    trial.assert_holds(&long, &lasting).await;
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

/// How far the times of two connections to one server may lie apart.
const SLACK_MS: u64 = 50;
