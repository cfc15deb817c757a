//! Instances and versions: who lives, whose turn it is, and that entries of one version can be removed and no others.

use super::patience::until;
use super::trial::Trial;
use super::{LONG, SHORT, draft};
use crate::key::EntryKey;
use crate::store::{Attended, Build, Edition, Listed, Living, Origin, Presence, Revision, Roster};
use crate::version::Version;

/// Nothing where the store keeps no account.
pub(super) async fn check(trial: &Trial<'_>) {
    let (Some(here), Some(there)) = (trial.here.store.roster(), trial.there.store.roster()) else {
        return;
    };
    let control = |topic: &str| format!("{}{topic}{}", trial.namespace, trial.number());
    instances_live_until_they_are_silent(trial, here, there, &control("lives")).await;
    builds_are_known_by_their_table(trial, here, there, &control("builds"));
    one_instance_has_the_turn(trial, here, there, &control("turn")).await;
    editions_are_listed_until_they_are_gone(trial, here, there, &control("listed")).await;
    entries_of_one_edition_are_purged(trial, here).await;
}

async fn instances_live_until_they_are_silent(
    trial: &Trial<'_>,
    here: &dyn Roster,
    there: &dyn Roster,
    control: &str,
) {
    let (brief, lasting) = (presence(trial), presence(trial));
    assert_eq!(living(here, control).builds, [], "nobody has attended");
    let brief = Presence {
        life: SHORT,
        ..brief
    };
    attend(here, control, &brief);
    attend(there, control, &lasting);
    // Two of one build are one.
    let twin = Presence {
        instance: presence(trial).instance,
        ..lasting.clone()
    };
    attend(here, control, &twin);
    for roster in [here, there] {
        until("an instance outlives its life", async || {
            living(roster, control).builds == [lasting.build]
        })
        .await;
    }
    assert_eq!(
        living(there, &format!("{control}0")).builds,
        [],
        "instances of one namespace are none of another"
    );
    attend(
        there,
        control,
        &Presence {
            life: LONG,
            ..brief
        },
    );
    let builds = living(here, control).builds;
    assert_eq!(builds.len(), 2, "an instance that attends again lives");
    assert!(
        living(there, control).now_ms <= living(here, control).now_ms + 50,
        "the store's time goes back"
    );
}

fn builds_are_known_by_their_table(
    trial: &Trial<'_>,
    here: &dyn Roster,
    there: &dyn Roster,
    control: &str,
) {
    let presence = presence(trial);
    let table = |roster: &dyn Roster| {
        let table = roster.table(control, presence.build);
        table.expect("a table can be read")
    };
    assert!(!attend(here, control, &presence).knows_build);
    assert_eq!(table(there), None, "no table was enrolled");
    let enrolled = here.enroll(control, presence.build, b"\0table\r\n", LONG);
    enrolled.expect("a table can be enrolled");
    assert!(
        attend(there, control, &presence).knows_build,
        "a build whose table was enrolled is known"
    );
    let kept = table(there);
    assert_eq!(kept.as_deref(), Some(&b"\0table\r\n"[..]));
}

async fn one_instance_has_the_turn(
    trial: &Trial<'_>,
    here: &dyn Roster,
    there: &dyn Roster,
    control: &str,
) {
    let (one, other) = (presence(trial), presence(trial));
    assert!(
        attend(here, control, &one).has_turn,
        "the turn nobody has is whoever's attends"
    );
    for roster in [here, there] {
        assert!(
            !attend(roster, control, &other).has_turn,
            "one instance has the turn at a time"
        );
    }
    // Who does not say that it wants to keep it has it no longer, and it is still nobody else's.
    assert!(!attend(there, control, &one).has_turn);
    let kept = Presence {
        keeps_turn: true,
        turn: SHORT,
        ..one
    };
    assert!(
        attend(there, control, &kept).has_turn,
        "whoever has the turn keeps it on request"
    );
    let heir = Presence {
        keeps_turn: true,
        ..other
    };
    until("a turn outlives its length", async || {
        attend(here, control, &heir).has_turn
    })
    .await;
    assert!(
        !attend(there, control, &kept).has_turn,
        "a turn that was lost is not kept"
    );
}

async fn editions_are_listed_until_they_are_gone(
    trial: &Trial<'_>,
    here: &dyn Roster,
    there: &dyn Roster,
    control: &str,
) {
    let presence = Presence {
        life: SHORT,
        ..presence(trial)
    };
    let (one, other) = (edition(trial), edition(trial));
    assert!(
        attend(here, control, &presence).list.is_none(),
        "nobody has listed any"
    );
    assert_eq!(listed(there, control), []);
    list(
        here,
        control,
        &[(one.clone(), "app::one"), (other.clone(), "app::other")],
    );
    let all = listed(there, control);
    let living = |edition: &Edition, path: &str| Listed {
        edition: edition.clone(),
        path: path.to_owned(),
        dead_since_ms: None,
    };
    let (first, second) = (living(&one, "app::one"), living(&other, "app::other"));
    assert!(
        all.len() == 2 && all.contains(&first) && all.contains(&second),
        "what was listed is: {all:?}"
    );
    let dead = Listed {
        dead_since_ms: Some(17),
        ..first.clone()
    };
    revise(there, control, &first, Revision::DeadSince(17));
    assert!(listed(here, control).contains(&dead), "it was marked dead");
    // From what is said no longer, nothing follows.
    revise(here, control, &first, Revision::Gone);
    assert!(
        listed(there, control).contains(&dead),
        "it is revised only if it is as it was read"
    );
    list(there, control, &[(one.clone(), "app::one")]);
    revise(here, control, &dead, Revision::Gone);
    assert!(
        listed(there, control).contains(&first),
        "what is listed again lives, and is not gone for having been dead"
    );
    revise(here, control, &second, Revision::DeadSince(18));
    let second = Listed {
        dead_since_ms: Some(18),
        ..second
    };
    revise(there, control, &second, Revision::Live);
    revise(here, control, &first, Revision::Gone);
    assert_eq!(listed(there, control), [living(&other, "app::other")]);
    assert_known_while_alive(here, control, &presence).await;
}

/// Whoever was taken for dead is told that what it listed may be gone.
async fn assert_known_while_alive(roster: &dyn Roster, control: &str, presence: &Presence) {
    let lasting = Presence {
        life: LONG,
        ..presence.clone()
    };
    attend(roster, control, &lasting);
    let list = attend(roster, control, &lasting).list;
    assert!(
        list.is_some() && attend(roster, control, presence).list == list,
        "an instance that attends in time need not list anything again"
    );
    until("an instance outlives its life", async || {
        living(roster, control).builds.is_empty()
    })
    .await;
    assert!(
        attend(roster, control, &lasting).list.is_none(),
        "an instance that was taken for dead has to list its editions again"
    );
}

async fn entries_of_one_edition_are_purged(trial: &Trial<'_>, roster: &dyn Roster) {
    let (dead, namespace) = (edition(trial), trial.namespace);
    let others = [
        Edition {
            version: Version::from_bits(dead.version.to_bits() ^ 1),
            ..dead.clone()
        },
        Edition {
            function: dead.function ^ 1,
            ..dead.clone()
        },
        Edition {
            namespace: format!("{namespace}0").into(),
            ..dead.clone()
        },
    ];
    let bystanders: Vec<EntryKey> = others
        .iter()
        .flat_map(|edition| [edition.entry([0; 16]), edition.entry([0xFF; 16])])
        .collect();
    for lifetime in [Some(LONG), None] {
        let entry = draft(b"indexed", lifetime).indexed();
        let keys: Vec<EntryKey> = (0..COUNT).map(|number| spread(&dead, number)).collect();
        for key in keys.iter().chain(&bystanders) {
            trial.here.put(key, &entry).await;
        }
        let gone = &keys[0];
        trial.there.remove(gone, super::face::NOBODY).await;
        let removed = purge(roster, &dead);
        assert!(
            removed >= u64::from(COUNT) - 1,
            "{removed} of {COUNT} indexed entries were found by their version"
        );
        for key in &keys {
            trial.assert_absent(key, "its version was purged").await;
        }
        for key in &bystanders {
            trial.assert_holds(key, &entry).await;
        }
        assert_eq!(purge(roster, &dead), 0, "there is nothing left to purge");
    }
    for key in &bystanders {
        trial.here.remove(key, super::face::NOBODY).await;
    }
}

/// Enough for more than one step, and for a bucket with many.
const COUNT: u16 = 700;

/// A key of this edition; half of them in one bucket.
fn spread(edition: &Edition, number: u16) -> EntryKey {
    let mut arguments = [0x5A; 16];
    arguments[14..].copy_from_slice(&number.to_be_bytes());
    if number.is_multiple_of(2) {
        arguments[..2].copy_from_slice(&number.wrapping_mul(0x9E37).to_be_bytes());
    }
    edition.entry(arguments)
}

/// Purges an edition to its end; how many entries that were.
fn purge(roster: &dyn Roster, edition: &Edition) -> u64 {
    let (mut from, mut removed) = (0, 0);
    loop {
        let step = roster.purge(edition, from).expect("it can be purged");
        removed += step.removed;
        match step.next {
            Some(next) => from = next,
            None => return removed,
        }
    }
}

fn presence(trial: &Trial<'_>) -> Presence {
    let number = trial.number();
    let mut build = [0xB1; Build::BYTES];
    build[..8].copy_from_slice(&number.to_be_bytes());
    Presence {
        instance: Origin(number),
        build: Build::from_bytes(build),
        life: LONG,
        turn: LONG,
        keeps_turn: false,
        kept: LONG,
    }
}

fn edition(trial: &Trial<'_>) -> Edition {
    Edition {
        namespace: trial.namespace.into(),
        function: trial.number(),
        version: Version::from_bits(u128::from(trial.number()) << 1),
    }
}

fn attend(roster: &dyn Roster, control: &str, presence: &Presence) -> Attended {
    let attended = roster.attend(control, presence);
    attended.expect("an instance can attend")
}

fn living(roster: &dyn Roster, control: &str) -> Living {
    roster.living(control).expect("it is known who lives")
}

fn list(roster: &dyn Roster, control: &str, editions: &[(Edition, &str)]) {
    let listed = roster.list(control, editions);
    listed.expect("editions can be listed");
}

fn listed(roster: &dyn Roster, control: &str) -> Vec<Listed> {
    roster.listed(control).expect("the list can be read")
}

fn revise(roster: &dyn Roster, control: &str, listed: &Listed, revision: Revision) {
    let revised = roster.revise(control, &[(listed.clone(), revision)]);
    revised.expect("the list can be revised");
}
