//! The table of flights alone; what callers make of it is tested on the read path.

use std::sync::Arc;

use super::stack::Scope;
use super::*;
use crate::key::Key;
use crate::l1::{CallRef, Kept};

fn key(argument: u64) -> CallKey {
    let key = Key::build(1, |parts| parts.part(&argument));
    CallRef::new(1, &key).to_owned()
}

fn lead(flights: &Flights, argument: u64) -> Lead<'_> {
    match flights.join(&key(argument), Wait::Suspended) {
        Joined::Lead(lead) => lead,
        other => panic!("{other:?}"),
    }
}

fn follow(flights: &Flights, argument: u64) -> Follower<'_> {
    match flights.join(&key(argument), Wait::Suspended) {
        Joined::Follow(follower) => follower,
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_leads_and_the_others_follow_until_the_value_is_stored() {
    let flights = Flights::new();
    let leader = lead(&flights, 1);
    let early = follow(&flights, 1);
    assert!(matches!(early.look(), Turn::Wait));

    leader.share(Arc::new(Kept::new(7_u64)));
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
fn a_new_caller_takes_the_vacant_seat_before_the_heir() {
    let flights = Flights::new();
    let leader = lead(&flights, 1);
    let heir = follow(&flights, 1);
    drop(leader);

    let newcomer = lead(&flights, 1);
    assert!(matches!(heir.look(), Turn::Wait));
    newcomer.share(Arc::new(Kept::new(7_u64)));
    assert!(matches!(heir.look(), Turn::Share(_)));
}

#[test]
fn a_doomed_flight_is_off_the_table_and_keeps_its_followers() {
    let flights = Flights::new();
    let leader = lead(&flights, 1);
    let follower = follow(&flights, 1);
    let permit = flights.permit(&key(1));
    flights.doom(&key(1));

    assert!(leader.is_doomed() && permit.is_void());
    assert!(!lead(&flights, 1).is_doomed());
    leader.share(Arc::new(Kept::new(7_u64)));
    assert!(matches!(follower.look(), Turn::Share(_)));
}

#[test]
fn the_one_who_supersedes_is_the_one_to_follow() {
    let flights = Flights::new();
    let old = lead(&flights, 1);
    let new = flights.supersede(&key(1), Wait::Suspended);
    let newest = flights.supersede(&key(1), Wait::Suspended);

    assert!(old.is_doomed() && new.is_doomed() && !newest.is_doomed());
    drop((old, new));
    assert_eq!(flights.len(), 1);
    let follower = follow(&flights, 1);
    newest.end(Fate::Failed);
    assert!(matches!(follower.look(), Turn::Compute(Fate::Failed)));
    assert_eq!(flights.len(), 0);
}

#[test]
fn a_circle_of_any_length_is_not_closed() {
    let flights = Flights::new();
    let leads: Vec<_> = (0..4).map(|argument| lead(&flights, argument)).collect();
    let mut waiting = Vec::new();
    for argument in 0..3 {
        let _inside: Scope = leads[argument as usize].enter();
        waiting.push(follow(&flights, argument + 1));
    }

    let _inside = leads[3].enter();
    let joined = flights.join(&key(0), Wait::Suspended);
    assert!(
        matches!(joined, Joined::Alone(AloneReason::Reentrant)),
        "{joined:?}"
    );
    drop(waiting);
    assert!(matches!(
        flights.join(&key(0), Wait::Suspended),
        Joined::Follow(_)
    ));
}

#[test]
fn a_nested_computation_is_inside_all_the_outer_ones() {
    let flights = Flights::new();
    let (outer, inner) = (lead(&flights, 1), lead(&flights, 2));
    let _outer = outer.enter();
    {
        let _inner = inner.enter();
        assert!(matches!(
            flights.join(&key(1), Wait::Suspended),
            Joined::Alone(_)
        ));
        assert!(matches!(
            flights.join(&key(2), Wait::Suspended),
            Joined::Alone(_)
        ));
    }
    assert!(matches!(
        flights.join(&key(2), Wait::Suspended),
        Joined::Follow(_)
    ));
}

#[test]
fn a_blocking_caller_does_not_follow_a_future() {
    let flights = Flights::new();
    let _leader = lead(&flights, 1);

    let joined = flights.join(&key(1), Wait::Blocking);
    assert!(
        matches!(joined, Joined::Alone(AloneReason::WouldBlock)),
        "{joined:?}"
    );
}
