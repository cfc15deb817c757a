//! Callers of one key: whatever becomes of the leader, nobody waits for ever and nobody gets what is too old.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use shuttle::future::block_on;
use shuttle::thread;

use super::{ENTRY, check, coherence, permit};
use crate::coherence::Coherence;
use crate::event::Fate;
use crate::flight::{Flights, Joined, Lead, Turn, Wait};
use crate::key::Key;
use crate::l1::{CallKey, CallRef, Kept};
use crate::simulation::breaks::{Break, Broken};

struct Table {
    flights: Flights,
    coherence: Arc<Coherence>,
    call: CallKey,
    /// What a computation reads.
    database: AtomicU64,
    computed: AtomicU64,
}

#[derive(Clone, Copy)]
enum End {
    Shares,
    Fails,
    IsDropped,
}

impl Table {
    fn new() -> Arc<Self> {
        let coherence = coherence();
        let key = Key::build(1, |parts| parts.part(&1_u8));
        Arc::new(Self {
            flights: Flights::new(Arc::clone(&coherence)),
            coherence,
            call: CallRef::new(1, &key).to_owned(),
            database: AtomicU64::new(0),
            computed: AtomicU64::new(0),
        })
    }

    /// One call, whose computation, if it leads one, ends like this.
    fn call(&self, end: End) -> Option<u64> {
        let permit = permit(&self.coherence);
        let follower = match self.flights.join(&self.call, Wait::Suspended, &permit) {
            Joined::Lead(lead) => return self.lead(&lead, end),
            Joined::Alone(_) => return Some(self.compute()),
            Joined::Follow(follower) => follower,
        };
        loop {
            let changed = follower.listen();
            match follower.look() {
                Turn::Wait => block_on(changed),
                Turn::Share(slot) | Turn::Stale(slot) => return slot.value.downcast_ref().copied(),
                Turn::Lead(lead) => return self.lead(&lead, end),
                Turn::Compute(_) | Turn::Alone(_) => return Some(self.compute()),
            }
        }
    }

    fn lead(&self, lead: &Lead<'_>, end: End) -> Option<u64> {
        let value = self.compute();
        match end {
            End::Shares => lead.share(Arc::new(Kept::new(value))),
            End::Fails => lead.end(Fate::Failed),
            End::IsDropped => return None,
        }
        Some(value)
    }

    fn compute(&self) -> u64 {
        self.computed.fetch_add(1, Ordering::SeqCst);
        let value = self.database.load(Ordering::SeqCst);
        thread::yield_now();
        value
    }
}

fn three_callers(first: End) {
    let table = Table::new();
    let callers: Vec<_> = [first, End::Shares, End::Shares]
        .into_iter()
        .map(|end| {
            let table = Arc::clone(&table);
            thread::spawn(move || table.call(end))
        })
        .collect();
    let values: Vec<_> = callers
        .into_iter()
        .map(|caller| caller.join().unwrap())
        .collect();

    assert_eq!(values[1..], [Some(0), Some(0)]);
    assert_eq!(table.flights.len(), 0);
    assert!((1..=3).contains(&table.computed.load(Ordering::SeqCst)));
}

/// A caller comes after an invalidation, while another may be computing.
fn write_while_computed() {
    let table = Table::new();
    let earlier = {
        let table = Arc::clone(&table);
        thread::spawn(move || table.call(End::Shares))
    };
    let writer = {
        let table = Arc::clone(&table);
        thread::spawn(move || {
            table.database.store(1, Ordering::SeqCst);
            table.coherence.invalidate(ENTRY);
            table.call(End::Shares)
        })
    };
    assert!(earlier.join().unwrap().is_some());
    assert_eq!(writer.join().unwrap(), Some(1));
    assert_eq!(table.flights.len(), 0);
}

#[test]
fn all_have_the_value_of_a_leader_that_shares_it() {
    check(|| three_callers(End::Shares));
}

#[test]
fn all_have_a_value_after_a_leader_that_failed() {
    check(|| three_callers(End::Fails));
}

#[test]
fn somebody_takes_over_from_a_leader_that_was_dropped() {
    check(|| three_callers(End::IsDropped));
}

#[test]
fn who_comes_after_an_invalidation_does_not_join_what_began_before() {
    check(write_while_computed);
}

/// The model would notice.
#[test]
#[should_panic(expected = "left: Some(0)")]
fn joining_it_all_the_same_is_noticed() {
    let _broken = Broken::by(Some(Break::JoinsAnyFlight));
    check(write_while_computed);
}

#[test]
#[should_panic(expected = "deadlock")]
fn an_heir_that_is_not_told_is_noticed() {
    let _broken = Broken::by(Some(Break::HandsNothingOver));
    check(|| three_callers(End::IsDropped));
}

#[test]
fn who_supersedes_a_flight_ends_alone_what_it_began() {
    check(|| {
        let table = Table::new();
        let callers: Vec<_> = (0..2)
            .map(|_| {
                let table = Arc::clone(&table);
                thread::spawn(move || table.call(End::Shares))
            })
            .collect();
        let permit = permit(&table.coherence);
        let lead = table
            .flights
            .supersede(&table.call, Wait::Suspended, &permit);
        table.lead(&lead, End::Shares);
        drop(lead);
        for caller in callers {
            assert_eq!(caller.join().unwrap(), Some(0));
        }
        assert_eq!(table.flights.len(), 0);
    });
}
