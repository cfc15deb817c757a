//! Tags: their versions are made once, kept, and replaced by one write.

use std::time::Duration;

use super::patience::outlive_short;
use super::trial::Trial;
use super::{LONG, SHORT, draft};
use crate::store::{Claim, Grant, TagKey, TagVersion, seal_of};

pub(super) async fn check(trial: &Trial<'_>) {
    have_no_version_at_first(trial).await;
    get_one_with_a_claim(trial).await;
    keep_it_with_every_claim(trial).await;
    get_another_by_invalidation(trial).await;
    are_remembered_as_long_as_anybody_asked(trial).await;
    are_told_apart(trial).await;
    come_in_the_order_they_were_asked_for(trial).await;
}

async fn have_no_version_at_first(trial: &Trial<'_>) {
    let tag = trial.tag("new");
    assert_eq!(versions(trial, &[tag]).await, [None], "it has no version");
}

async fn get_one_with_a_claim(trial: &Trial<'_>) {
    let (tag, fresh) = (trial.tag("claimed"), trial.version());
    let claim = tagged(trial, &tag, fresh, Some(LONG));
    let claimed = trial.here.claim(&trial.key(), &claim).await;
    assert_eq!(claimed.grant, Grant::Leased(claim.token), "nobody has it");
    assert_eq!(claimed.tags, [fresh], "a claim gives a version");
    assert_eq!(
        versions(trial, &[tag]).await,
        [Some(fresh)],
        "a claim gives a version"
    );
}

/// Whatever its answer is.
async fn keep_it_with_every_claim(trial: &Trial<'_>) {
    let (tag, kept, key) = (trial.tag("kept"), trial.version(), trial.key());
    let first = tagged(trial, &tag, kept, None);
    trial.here.claim(&key, &first).await;
    for claimer in [trial.here, trial.there] {
        let second = tagged(trial, &tag, trial.version(), None);
        let claimed = claimer.claim(&key, &second).await;
        assert!(matches!(claimed.grant, Grant::Busy { .. }), "it is leased");
        assert_eq!(claimed.tags, [kept], "a tag keeps its version");
    }

    let entry = draft(b"", None);
    trial.here.put(&key, &entry).await;
    let stored = trial.assert_holds(&key, &entry).await;
    let unseeing = tagged(trial, &tag, trial.version(), None);
    let claimed = trial.there.claim(&key, &unseeing).await;
    assert!(matches!(claimed.grant, Grant::Stored(_)), "it is stored");
    assert_eq!(claimed.tags, [kept], "a tag keeps its version");

    let seeing = Claim {
        seen: Some(seal_of(&stored.bytes)),
        ..unseeing
    };
    let claimed = trial.there.claim(&key, &seeing).await;
    assert_eq!(claimed.grant, Grant::Leased(seeing.token), "it was seen");
    assert_eq!(claimed.tags, [kept], "a tag keeps its version");
    assert_eq!(versions(trial, &[tag]).await, [Some(kept)], "it keeps it");
}

async fn get_another_by_invalidation(trial: &Trial<'_>) {
    let (tag, first) = (trial.tag("invalidated"), trial.version());
    let claim = tagged(trial, &tag, first, Some(LONG));
    trial.here.claim(&trial.key(), &claim).await;
    for invalidator in [trial.there, trial.here] {
        let version = trial.version();
        invalidator.invalidate(&tag, version, Some(LONG)).await;
        assert_eq!(
            versions(trial, std::slice::from_ref(&tag)).await,
            [Some(version)],
            "an invalidation replaces the version"
        );
        let claim = tagged(trial, &tag, first, Some(LONG));
        let claimed = trial.here.claim(&trial.key(), &claim).await;
        assert_eq!(claimed.tags, [version], "a claim keeps what it finds");
    }

    let (unknown, version) = (trial.tag("unknown"), trial.version());
    trial.here.invalidate(&unknown, version, None).await;
    assert_eq!(
        versions(trial, &[unknown]).await,
        [Some(version)],
        "a tag without version gets one"
    );
}

async fn are_remembered_as_long_as_anybody_asked(trial: &Trial<'_>) {
    for lives in [
        [Some(SHORT), Some(LONG)],
        [Some(LONG), Some(SHORT)],
        [None, Some(SHORT)],
        [Some(SHORT), None],
    ] {
        let (tag, other) = (trial.tag("remembered"), trial.tag("put"));
        let mut kept = None;
        for life in lives {
            let claim = tagged(trial, &tag, trial.version(), life);
            let claimed = trial.here.claim(&trial.key(), &claim).await;
            kept = Some(claimed.tags[0]);
        }
        let version = trial.version();
        trial.here.invalidate(&other, version, lives[1]).await;
        let claim = tagged(trial, &other, version, lives[0]);
        trial.there.claim(&trial.key(), &claim).await;

        outlive_short().await;
        assert_eq!(
            versions(trial, &[tag, other]).await,
            [kept, Some(version)],
            "versions asked for {lives:?} are remembered for the longer time"
        );
    }
}

async fn are_told_apart(trial: &Trial<'_>) {
    let control = trial.namespace;
    let mark = trial.version().to_bytes()[7];
    let label = |text: &str| TagKey::label(control, &format!("{text}{mark}"));
    let tags = [
        label("a"),
        label("A"),
        label("a "),
        label("ä{b}:\r\n*?[c]\0"),
        TagKey::function(control, mark.into()),
        TagKey::namespace(&format!("{control}{mark}")),
        TagKey::label(&format!("{control}{mark}"), "a"),
    ];
    let mut expected = Vec::new();
    for tag in &tags {
        let version = trial.version();
        trial.here.invalidate(tag, version, Some(LONG)).await;
        expected.push(Some(version));
    }
    assert_eq!(
        versions(trial, &tags).await,
        expected,
        "tags have versions of their own"
    );
}

async fn come_in_the_order_they_were_asked_for(trial: &Trial<'_>) {
    let key = trial.key();
    let tags: Vec<_> = (0..20).map(|_| trial.tag("of many")).collect();
    let mut claim = trial.claim();
    claim.tags = tags
        .iter()
        .step_by(2)
        .rev()
        .map(|tag| (tag.clone(), trial.version()))
        .collect();
    let claimed = trial.here.claim(&key, &claim).await;
    let fresh: Vec<_> = claim.tags.iter().map(|(_, version)| *version).collect();
    assert_eq!(claimed.tags, fresh, "a claim answers in its own order");

    let entry = draft(b"with tags", None);
    trial.there.put(&key, &entry).await;
    for reader in [trial.here, trial.there] {
        let looked = reader.look(&key, &tags).await;
        assert!(looked.entry.is_some(), "an entry is read with its tags");
        let odd = looked.tags.iter().skip(1).step_by(2);
        assert!(odd.eq(&[None; 10]), "those that were not claimed have none");
        let even = looked.tags.iter().step_by(2).rev().copied();
        assert!(
            even.eq(fresh.iter().copied().map(Some)),
            "a read answers in the order it was asked"
        );
    }
}

/// The versions, as both handles see them.
async fn versions(trial: &Trial<'_>, tags: &[TagKey]) -> Vec<Option<TagVersion>> {
    let nothing = trial.key();
    let here = trial.here.look(&nothing, tags).await;
    let there = trial.there.look(&nothing, tags).await;
    assert_eq!(here, there, "both handles are on one store");
    assert_eq!(here.entry, None, "tags are no entries");
    here.tags
}

fn tagged(trial: &Trial<'_>, tag: &TagKey, fresh: TagVersion, life: Option<Duration>) -> Claim {
    Claim {
        tags: vec![(tag.clone(), fresh)],
        tag_life: life,
        ..trial.claim()
    }
}
