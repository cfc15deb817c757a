//! Futures that are dropped: what they were to do has happened or not, and nothing is left half done.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use super::face::NOBODY;
use super::trial::Trial;
use super::{LONG, SHORT, draft};
use crate::store::{Claim, Fence, Grant, Sharing};

/// Enough to be dropped in more than one state.
const TIMES: usize = 20;

pub(super) async fn check(trial: &Trial<'_>) {
    for polls in [0, 1, 3] {
        for _ in 0..TIMES {
            writes(trial, polls).await;
            claims(trial, polls).await;
            the_rest(trial, polls).await;
        }
    }
}

async fn writes(trial: &Trial<'_>, polls: usize) {
    let (key, entry) = (trial.key(), draft(&[7; 10_000], Some(LONG)));
    let store = trial.here.store;
    let token = trial.here.take(&key, &trial.claim()).await;
    drop_after(
        polls,
        store.write(&key, entry.clone(), Fence::Leased(token)),
    )
    .await;
    // Now, or by something that is still on its way, but whole.
    if trial.here.read(&key).await.is_some() {
        trial.assert_holds(&key, &entry).await;
    }
    let newer = draft(b"newer", None);
    trial.there.put(&key, &newer).await;
    trial.assert_holds(&key, &newer).await;
}

async fn claims(trial: &Trial<'_>, polls: usize) {
    let (key, claim) = (trial.key(), trial.claim());
    let store = trial.here.store;
    drop_after(polls, store.claim(&key, &claim)).await;
    let share = Claim {
        sharing: Sharing::Shared,
        ..trial.claim()
    };
    let Grant::Leased(token) = trial.there.grant(&key, &share).await else {
        panic!("a lease is shared, whoever has it");
    };
    assert!(
        token == claim.token || token == share.token,
        "a dropped claim has got the lease or not"
    );
}

/// That they do no harm is all that can be said.
async fn the_rest(trial: &Trial<'_>, polls: usize) {
    let (key, tag) = (trial.key(), trial.tag("dropped"));
    let (store, version) = (trial.here.store, trial.version());
    drop_after(polls, store.read(&key, std::slice::from_ref(&tag))).await;
    drop_after(polls, store.remove(&key, NOBODY)).await;
    drop_after(polls, store.invalidate(&tag, version, Some(SHORT))).await;
}

async fn drop_after<T>(polls: usize, future: impl Future<Output = T>) {
    let mut future = pin!(future);
    for _ in 0..polls {
        let is_ready = poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready()));
        if is_ready.await {
            return;
        }
        // Lets whatever it waits for go on.
        let mut has_yielded = false;
        poll_fn(|context| {
            if std::mem::replace(&mut has_yielded, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}
