//! Watches: who waits for a lease is woken when it ends, by stores that can tell.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use event_listener::EventListener;

use super::draft;
use super::face::{Face, NOBODY};
use super::patience::{outlive_short, until};
use super::trial::Trial;
use crate::key::EntryKey;
use crate::store::{Fence, Token, Written};

pub(super) async fn check(trial: &Trial<'_>) {
    for end in [End::Write, End::Release, End::Removal, End::Replacement] {
        wake_at_the_end(trial, end).await;
    }
}

/// How a lease may end before its time.
#[derive(Clone, Copy, Debug)]
enum End {
    Write,
    Release,
    Removal,
    Replacement,
}

async fn wake_at_the_end(trial: &Trial<'_>, end: End) {
    let key = trial.key();
    let token = trial.here.take(&key, &trial.claim()).await;
    let Some(watch) = trial.there.store.watch(&key) else {
        return;
    };
    // It may be woken when the watch is in place, which is not what is asked for here.
    outlive_short().await;
    let mut woken = pin!(watch.woken().listen());
    end_lease(trial.here, &key, token, end).await;
    until("who watches a lease is woken when it ends", async || {
        has_rung(woken.as_mut()).await
    })
    .await;
}

async fn end_lease(holder: Face<'_>, key: &EntryKey, token: Token, end: End) {
    let entry = draft(b"", None);
    match end {
        End::Write => {
            let written = holder.write(key, &entry, Fence::Leased(token)).await;
            assert_eq!(written, Written::Stored, "who holds the lease stores");
        }
        End::Release => holder.release(key, token),
        End::Removal => holder.remove(key, NOBODY).await,
        End::Replacement => holder.put(key, &entry).await,
    }
}

/// Without waiting for it.
async fn has_rung(mut woken: Pin<&mut EventListener>) -> bool {
    poll_fn(|context| {
        let polled = Future::poll(woken.as_mut(), context);
        Poll::Ready(polled.is_ready())
    })
    .await
}
