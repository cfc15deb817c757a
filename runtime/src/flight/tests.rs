//! The table of flights alone; what callers make of it is tested on the read path.

use std::sync::Arc;

use super::stack::Scope;
use super::*;
use crate::clock::{ManualClock, Time};
use crate::key::Key;
use crate::l1::{CallRef, Kept};
use crate::store::TagKey;
use crate::store::memory::Memory;

/// A table of flights in which nothing is invalidated but by the test.
fn table() -> Flights {
    let clock = Arc::new(ManualClock::new());
    let store = Memory::new(1 << 20, clock.clone());
    let coherence = Coherence::start(&store, "c", Time::Given(clock), |_| {});
    Flights::new(coherence)
}

fn permit(flights: &Flights, argument: u64) -> Permit {
    let tags = [TagKey::namespace("c"), TagKey::function("c", 1)];
    let tags = tags.each_ref().map(TagKey::borrowed);
    flights.coherence.permit(&argument.to_string(), &tags)
}

/// Invalidates what the flights of `argument` compute.
fn evict(flights: &Flights, argument: u64) {
    flights.coherence.invalidate(&argument.to_string());
}

fn key(argument: u64) -> CallKey {
    let key = Key::build(1, |parts| parts.part(&argument));
    CallRef::new(1, &key).to_owned()
}

fn join(flights: &Flights, argument: u64, wait: Wait) -> Joined<'_> {
    flights.join(&key(argument), wait, &permit(flights, argument))
}

fn lead(flights: &Flights, argument: u64) -> Lead<'_> {
    match join(flights, argument, Wait::Suspended) {
        Joined::Lead(lead) => lead,
        other => panic!("{other:?}"),
    }
}

fn follow(flights: &Flights, argument: u64) -> Follower<'_> {
    match join(flights, argument, Wait::Suspended) {
        Joined::Follow(follower) => follower,
        other => panic!("{other:?}"),
    }
}

fn value() -> Slot {
    Arc::new(Kept::new(7_u64))
}

#[test]
fn one_leads_and_the_others_follow_until_the_value_is_stored() {
    let flights = table();
    let leader = lead(&flights, 1);
    let early = follow(&flights, 1);
    assert!(matches!(early.look(), Turn::Wait));

    leader.share(value());
    assert!(matches!(early.look(), Turn::Share(_)));
    assert!(
        matches!(follow(&flights, 1).look(), Turn::Share(_)),
        "it is being stored"
    );
    drop(leader);
    assert!(matches!(early.look(), Turn::Share(_)));
    assert_eq!(flights.len(), 0);
}

#[test]
fn a_value_that_was_found_is_copied_for_those_who_wait_only() {
    let flights = table();
    lead(&flights, 1).land(|| unreachable!("nobody waits"));
    assert_eq!(flights.len(), 0);

    let leader = lead(&flights, 1);
    let early = follow(&flights, 1);
    leader.land(value);
    assert!(matches!(early.look(), Turn::Share(_)));
    drop(lead(&flights, 1));
}

#[test]
fn a_value_that_cannot_be_copied_leaves_the_lead_to_those_who_wait() {
    let flights = table();
    let leader = lead(&flights, 1);
    let early = follow(&flights, 1);
    let landing = || leader.land(|| panic!("a clone that fails"));

    std::panic::catch_unwind(std::panic::AssertUnwindSafe(landing)).unwrap_err();
    assert!(matches!(early.look(), Turn::Lead(_)));
}

#[test]
fn a_new_caller_takes_the_vacant_seat_before_the_heir() {
    let flights = table();
    let leader = lead(&flights, 1);
    let heir = follow(&flights, 1);
    drop(leader);

    let newcomer = lead(&flights, 1);
    assert!(matches!(heir.look(), Turn::Wait));
    newcomer.share(value());
    assert!(matches!(heir.look(), Turn::Share(_)));
}

#[test]
fn nobody_joins_what_is_invalidated_and_those_who_wait_go_on_waiting() {
    let flights = table();
    let leader = lead(&flights, 1);
    let follower = follow(&flights, 1);
    evict(&flights, 1);

    let newer = lead(&flights, 1);
    assert!(matches!(follower.look(), Turn::Wait));
    leader.share(value());
    drop(leader);
    assert!(matches!(follower.look(), Turn::Share(_)));
    assert_eq!(flights.len(), 1, "the newer one is still there");
    drop(newer);
    assert_eq!(flights.len(), 0);
}

#[test]
fn what_invalidates_everything_invalidates_every_flight() {
    let flights = table();
    let old = [lead(&flights, 1), lead(&flights, 2)];
    flights.coherence.invalidate_all();

    let new = [lead(&flights, 1), lead(&flights, 2)];
    drop(old);
    assert_eq!(flights.len(), 2);
    drop(new);
}

#[test]
fn the_one_who_supersedes_is_the_one_to_follow() {
    let flights = table();
    let old = lead(&flights, 1);
    let supersede = || flights.supersede(&key(1), Wait::Suspended, &permit(&flights, 1));
    let new = supersede();
    let newest = supersede();

    drop((old, new));
    assert_eq!(flights.len(), 1);
    let follower = follow(&flights, 1);
    newest.end(Fate::Failed);
    assert!(matches!(follower.look(), Turn::Compute(Fate::Failed)));
    assert_eq!(flights.len(), 0);
}

#[test]
fn with_a_stale_value_nobody_waits() {
    let flights = table();
    let leader = lead(&flights, 1);
    let early = follow(&flights, 1);
    assert!(matches!(early.look(), Turn::Wait));
    leader.offer_stale(value());

    assert!(matches!(early.look(), Turn::Stale(_)));
    let blocking = match join(&flights, 1, Wait::Blocking) {
        Joined::Follow(follower) => follower,
        other => panic!("{other:?}"),
    };
    assert!(matches!(blocking.look(), Turn::Stale(_)));
    leader.share(value());
    assert!(matches!(early.look(), Turn::Share(_)), "now it is fresh");
}

#[test]
fn a_stale_value_is_not_offered_by_a_leader_that_is_gone() {
    let flights = table();
    let leader = lead(&flights, 1);
    let follower = follow(&flights, 1);
    leader.offer_stale(value());
    drop(leader);

    assert!(matches!(follower.look(), Turn::Lead(_)));
}

#[test]
fn a_circle_of_any_length_is_not_closed() {
    let flights = table();
    let leads: Vec<_> = (0..4).map(|argument| lead(&flights, argument)).collect();
    let mut waiting = Vec::new();
    for argument in 0..3 {
        let _inside: Scope = leads[argument as usize].enter();
        waiting.push(follow(&flights, argument + 1));
    }

    let _inside = leads[3].enter();
    let joined = join(&flights, 0, Wait::Suspended);
    assert!(
        matches!(joined, Joined::Alone(AloneReason::Reentrant)),
        "{joined:?}"
    );
    drop(waiting);
    assert!(matches!(
        join(&flights, 0, Wait::Suspended),
        Joined::Follow(_)
    ));
}

#[test]
fn a_nested_computation_is_inside_all_the_outer_ones() {
    let flights = table();
    let (outer, inner) = (lead(&flights, 1), lead(&flights, 2));
    let _outer = outer.enter();
    {
        let _inner = inner.enter();
        assert!(matches!(
            join(&flights, 1, Wait::Suspended),
            Joined::Alone(_)
        ));
        assert!(matches!(
            join(&flights, 2, Wait::Suspended),
            Joined::Alone(_)
        ));
    }
    assert!(matches!(
        join(&flights, 2, Wait::Suspended),
        Joined::Follow(_)
    ));
}

#[test]
fn a_blocking_caller_does_not_follow_a_future() {
    let flights = table();
    let _leader = lead(&flights, 1);

    let joined = join(&flights, 1, Wait::Blocking);
    assert!(
        matches!(joined, Joined::Alone(AloneReason::WouldBlock)),
        "{joined:?}"
    );
}
