//! Fences: nothing is stored by a lease that has ended, in whatever way.

use super::face::{Face, NOBODY};
use super::patience::outlive_short;
use super::trial::Trial;
use super::{LONG, SHORT, draft};
use crate::key::EntryKey;
use crate::store::{Claim, Fence, Grant, Origin, Sharing, Token, Written, seal_of};

pub(super) async fn check(trial: &Trial<'_>) {
    let_the_holder_store_once(trial).await;
    let_one_of_many_store(trial).await;
    refuse_who_never_had_a_lease(trial).await;
    refuse_after_its_end(trial).await;
    refuse_after_a_release(trial).await;
    refuse_after_a_removal(trial).await;
    refuse_after_a_replacement(trial).await;
    refuse_after_a_seizure(trial).await;
}

async fn let_the_holder_store_once(trial: &Trial<'_>) {
    for fence in [Fence::Leased, with_news] {
        let (key, entry) = (trial.key(), draft(b"computed", Some(LONG)));
        let token = trial.here.take(&key, &trial.claim()).await;
        let written = trial.here.write(&key, &entry, fence(token)).await;
        assert_eq!(written, Written::Stored, "who holds the lease stores");
        let stored = trial.assert_holds(&key, &entry).await;

        assert_refused(trial.here, &key, token, "the lease ended with the entry").await;
        let claim = Claim {
            seen: Some(seal_of(&stored.bytes)),
            ..trial.claim()
        };
        trial.there.take(&key, &claim).await;
        trial.assert_holds(&key, &entry).await;
    }
}

async fn let_one_of_many_store(trial: &Trial<'_>) {
    let (key, entry) = (trial.key(), draft(b"the first", None));
    let token = trial.here.take(&key, &trial.claim()).await;
    let share = Claim {
        sharing: Sharing::Shared,
        ..trial.claim()
    };
    let Grant::Leased(shared) = trial.there.grant(&key, &share).await else {
        panic!("who shares a lease gets its token");
    };
    let written = trial.there.write(&key, &entry, Fence::Leased(shared)).await;
    assert_eq!(written, Written::Stored, "who shares the lease stores");
    assert_refused(trial.here, &key, token, "another has stored by this lease").await;
    trial.assert_holds(&key, &entry).await;
}

async fn refuse_who_never_had_a_lease(trial: &Trial<'_>) {
    let key = trial.key();
    assert_refused(trial.here, &key, trial.token(), "there is no lease").await;
    trial
        .assert_absent(&key, "what is refused is not stored")
        .await;

    let holder = trial.here.take(&key, &trial.claim()).await;
    assert_refused(trial.there, &key, trial.token(), "another has the lease").await;
    trial
        .assert_absent(&key, "what is refused is not stored")
        .await;
    assert!(
        trial.here.renew(&key, holder, LONG),
        "a write that is refused ends no lease"
    );
}

async fn refuse_after_its_end(trial: &Trial<'_>) {
    let key = trial.key();
    let brief = Claim {
        life: SHORT,
        ..trial.claim()
    };
    let token = trial.here.take(&key, &brief).await;
    outlive_short().await;
    assert_refused(trial.here, &key, token, "the lease has ended").await;
    trial
        .assert_absent(&key, "what is refused is not stored")
        .await;
}

async fn refuse_after_a_release(trial: &Trial<'_>) {
    let key = trial.key();
    let token = trial.here.take(&key, &trial.claim()).await;
    trial.here.release(&key, token);
    assert_refused(trial.here, &key, token, "the lease was released").await;
    trial
        .assert_absent(&key, "what is refused is not stored")
        .await;
}

async fn refuse_after_a_removal(trial: &Trial<'_>) {
    for had_entry in [false, true] {
        let (key, mut claim) = (trial.key(), trial.claim());
        if had_entry {
            let entry = draft(b"", None);
            trial.here.put(&key, &entry).await;
            claim.seen = Some(seal_of(&trial.assert_holds(&key, &entry).await.bytes));
        }
        let token = trial.here.take(&key, &claim).await;
        trial.there.remove(&key, NOBODY).await;
        assert_refused(trial.here, &key, token, "the entry was removed").await;
        trial.assert_absent(&key, "what was removed stays so").await;
        trial.there.take(&key, &trial.claim()).await;
    }
}

async fn refuse_after_a_replacement(trial: &Trial<'_>) {
    let (key, newer) = (trial.key(), draft(b"put by hand", None));
    let token = trial.here.take(&key, &trial.claim()).await;
    trial.there.put(&key, &newer).await;
    assert_refused(trial.here, &key, token, "the entry was replaced").await;
    trial.assert_holds(&key, &newer).await;
}

async fn refuse_after_a_seizure(trial: &Trial<'_>) {
    let (key, newer) = (trial.key(), draft(b"by the seizer", None));
    let robbed = trial.here.take(&key, &trial.claim()).await;
    let seizure = Claim {
        sharing: Sharing::Seized,
        ..trial.claim()
    };
    let token = trial.there.take(&key, &seizure).await;
    assert!(
        !trial.here.renew(&key, robbed, LONG),
        "a lease that was seized is not renewed by who had it"
    );
    trial.here.release(&key, robbed);
    assert_refused(trial.here, &key, robbed, "the lease was seized").await;

    let written = trial.there.write(&key, &newer, Fence::Leased(token)).await;
    assert_eq!(written, Written::Stored, "who has seized the lease stores");
    assert_refused(trial.here, &key, robbed, "the lease was seized").await;
    trial.assert_holds(&key, &newer).await;
}

/// Asserts that nothing is stored by `token`, with and without news.
async fn assert_refused(writer: Face<'_>, key: &EntryKey, token: Token, why: &str) {
    let late = draft(b"too late", None);
    for fence in [Fence::Leased(token), with_news(token)] {
        let written = writer.write(key, &late, fence).await;
        assert_eq!(written, Written::Refused, "{why}");
    }
}

const fn with_news(token: Token) -> Fence {
    Fence::LeasedNews(token, Origin(7))
}
