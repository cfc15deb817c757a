//! Leases: who gets one, who does not, and when it ends.

use std::time::Duration;

use super::patience::until;
use super::trial::Trial;
use super::{LONG, SHORT, draft};
use crate::store::{Claim, Grant, Sharing, seal_of};

pub(super) async fn check(trial: &Trial<'_>) {
    are_exclusive(trial).await;
    are_shared_on_request(trial).await;
    are_seized_on_request(trial).await;
    end_by_themselves(trial).await;
    are_renewed_by_their_holder(trial).await;
    are_released_by_their_holder(trial).await;
    give_way_to_an_entry_that_was_not_seen(trial).await;
    are_given_where_the_entry_was_seen(trial).await;
    are_given_where_the_entry_has_ended(trial).await;
}

async fn are_exclusive(trial: &Trial<'_>) {
    let (key, another, claim) = (trial.key(), trial.key(), trial.claim());
    trial.here.take(&key, &claim).await;
    for claimer in [trial.here, trial.there] {
        assert_busy(claimer.grant(&key, &trial.claim()).await, LONG);
    }
    // Of this key only, and not for who holds it.
    trial.there.take(&another, &trial.claim()).await;
    trial.here.take(&key, &claim).await;
}

async fn are_shared_on_request(trial: &Trial<'_>) {
    let key = trial.key();
    let share = || Claim {
        sharing: Sharing::Shared,
        ..trial.claim()
    };
    let token = trial.here.take(&key, &share()).await;
    let shared = trial.there.grant(&key, &share()).await;
    assert_eq!(
        shared,
        Grant::Leased(token),
        "who shares a lease gets its token"
    );
    assert_busy(trial.there.grant(&key, &trial.claim()).await, LONG);
}

async fn are_seized_on_request(trial: &Trial<'_>) {
    let (key, entry) = (trial.key(), draft(b"", None));
    trial.here.put(&key, &entry).await;
    for seizer in [trial.here, trial.there] {
        let seizure = Claim {
            sharing: Sharing::Seized,
            ..trial.claim()
        };
        // In spite of the entry, which nobody has seen, and in spite of the lease.
        let token = seizer.take(&key, &seizure).await;
        assert!(
            trial.here.renew(&key, token, LONG),
            "a seized lease is held"
        );
    }
    trial.assert_holds(&key, &entry).await;
}

async fn end_by_themselves(trial: &Trial<'_>) {
    let key = trial.key();
    let brief = Claim {
        life: SHORT,
        ..trial.claim()
    };
    let token = trial.here.take(&key, &brief).await;
    let heir = trial.claim();
    until("a lease outlives its life", async || {
        match trial.there.grant(&key, &heir).await {
            Grant::Busy { left } => {
                assert!(left <= SHORT, "{left:?} is left of a lease for {SHORT:?}");
                false
            }
            grant => grant == Grant::Leased(heir.token),
        }
    })
    .await;
    assert!(
        !trial.here.renew(&key, token, LONG),
        "a lease that has ended is not renewed"
    );
    assert_busy(trial.here.grant(&key, &brief).await, LONG);
}

async fn are_renewed_by_their_holder(trial: &Trial<'_>) {
    let key = trial.key();
    let claim = Claim {
        life: LONG / 2,
        ..trial.claim()
    };
    let token = trial.here.take(&key, &claim).await;
    assert!(
        !trial.there.renew(&key, trial.token(), LONG),
        "a lease is not renewed by who does not hold it"
    );
    assert_busy(trial.there.grant(&key, &trial.claim()).await, LONG / 2);
    assert!(
        trial.here.renew(&key, token, LONG),
        "a lease is renewed by its holder, whose token is known to every handle"
    );
    let Grant::Busy { left } = trial.there.grant(&key, &trial.claim()).await else {
        panic!("a renewed lease is held");
    };
    assert!(left > LONG / 2, "a renewed lease lives on, not {left:?}");

    // From now on, also where that is sooner.
    assert!(trial.there.renew(&key, token, SHORT), "it is held still");
    let heir = trial.claim();
    until("a lease outlives the life it was renewed for", async || {
        trial.there.grant(&key, &heir).await == Grant::Leased(heir.token)
    })
    .await;
}

async fn are_released_by_their_holder(trial: &Trial<'_>) {
    let key = trial.key();
    // Releasing nothing is a success.
    trial.here.release(&key, trial.token());
    let token = trial.here.take(&key, &trial.claim()).await;
    trial.there.release(&key, trial.token());
    assert_busy(trial.there.grant(&key, &trial.claim()).await, LONG);

    trial.here.release(&key, token);
    trial.assert_absent(&key, "a release stores nothing").await;
    assert!(
        !trial.here.renew(&key, token, LONG),
        "a released lease is not renewed"
    );
    trial.there.take(&key, &trial.claim()).await;
}

async fn give_way_to_an_entry_that_was_not_seen(trial: &Trial<'_>) {
    let (key, entry) = (trial.key(), draft(b"stored meanwhile", Some(LONG)));
    trial.here.put(&key, &entry).await;
    let stored = trial.assert_holds(&key, &entry).await.bytes;
    let mut another = seal_of(&stored);
    another[0] ^= 1;
    for sharing in [Sharing::Exclusive, Sharing::Shared] {
        for seen in [None, Some(another)] {
            let claim = Claim {
                sharing,
                seen,
                ..trial.claim()
            };
            let Grant::Stored(found) = trial.there.grant(&key, &claim).await else {
                panic!("an entry that was stored since is answered instead of a lease");
            };
            assert!(found.bytes == stored, "the entry is answered byte by byte");
        }
    }
    // Nobody got a lease meanwhile.
    let claim = Claim {
        seen: Some(seal_of(&stored)),
        ..trial.claim()
    };
    trial.here.take(&key, &claim).await;
    // And who has not seen the entry need not wait for another.
    let grant = trial.there.grant(&key, &trial.claim()).await;
    assert!(
        matches!(grant, Grant::Stored(_)),
        "an entry that was not seen is answered in spite of a lease, not {grant:?}"
    );
}

async fn are_given_where_the_entry_was_seen(trial: &Trial<'_>) {
    let (key, entry) = (trial.key(), draft(b"seen", Some(LONG)));
    trial.here.put(&key, &entry).await;
    let stored = trial.assert_holds(&key, &entry).await;
    let claim = Claim {
        seen: Some(seal_of(&stored.bytes)),
        ..trial.claim()
    };
    trial.there.take(&key, &claim).await;
    trial.assert_holds(&key, &entry).await;
}

async fn are_given_where_the_entry_has_ended(trial: &Trial<'_>) {
    let (key, claim) = (trial.key(), trial.claim());
    trial.here.put(&key, &draft(b"", Some(SHORT))).await;
    until("an entry that has ended is none", async || {
        trial.there.grant(&key, &claim).await == Grant::Leased(claim.token)
    })
    .await;
}

/// Asserts that somebody else has a lease of which not much has passed, out of `life`.
fn assert_busy(grant: Grant, life: Duration) {
    let Grant::Busy { left } = grant else {
        panic!("a lease that somebody else holds is theirs, but the answer was {grant:?}");
    };
    assert!(
        (life / 2..=life).contains(&left),
        "{left:?} is left of a lease for {life:?}"
    );
}
