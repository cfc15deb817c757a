//! Who computes, across processes: two caches on one store.

use super::*;

const BUSY: Event = leasing(Leasing::Busy);
const ANSWERED: Event = leasing(Leasing::Answered);
const UNLEASED: Event = not_stored(NotStored::Unleased);
const REFUSED: Event = not_stored(NotStored::Refused);

fn pair() -> (Bench, Bench, &'static Memo) {
    let one = Bench::new();
    let two = one.neighbour();
    (one, two, simple())
}

fn computing<'a>(bench: &'a Bench, memo: &'static Memo, said: &'a Said) -> Task<'a, u64> {
    Task::new(bench.number_async(memo, || said.heard())).settle()
}

fn waiting<'a>(bench: &'a Bench, memo: &'static Memo, value: u64) -> Task<'a, u64> {
    Task::new(bench.number_async(memo, move || async move { value })).settle()
}

#[test]
fn one_of_two_processes_computes_and_wakes_the_other() {
    let (one, two, memo) = pair();
    let said = Said::default();
    let mut leader = computing(&one, memo, &said);
    let waiter = waiting(&two, memo, 8);
    said.say(7);

    assert_eq!(leader.poll(), Some(7));
    assert_eq!(waiter.finish(), 7);
    assert_eq!(
        one.events(),
        [COLD_MEMORY, COLD_STORE, LEASED, COMPUTED, STORED]
    );
    assert_eq!(
        two.events(),
        [COLD_MEMORY, COLD_STORE, BUSY, STORE_HIT, ANSWERED]
    );
}

#[test]
fn a_waiter_whom_the_store_does_not_wake_looks_now_and_then() {
    let (one, two, memo) = pair();
    one.store.mute();
    let said = Said::default();
    let mut leader = computing(&one, memo, &said);
    let waiter = waiting(&two, memo, 8);
    said.say(7);
    assert_eq!(leader.poll(), Some(7));
    assert!(!waiter.is_woken());

    two.advance_ms(25);
    waiter.until_woken();
    assert_eq!(waiter.finish(), 7);
}

#[test]
fn a_lease_that_ends_before_its_watch_begins_is_not_waited_for() {
    let (one, two, memo) = pair();
    one.store.end_leases_unwatched();
    let said = Said::default();
    let _leader = computing(&one, memo, &said);

    assert_eq!(drive(two.number_async(memo, || async { 8 })), 8);
    assert_eq!(
        two.events(),
        [COLD_MEMORY, COLD_STORE, BUSY, LEASED, COMPUTED, STORED]
    );
}

#[test]
fn blocking_waiters_are_woken_too() {
    let (one, two, memo) = pair();
    let value = std::thread::scope(|scope| {
        one.number(memo, || {
            let waiter = scope.spawn(|| assert_eq!(two.number(memo, || unreachable!()), 7));
            while !two.events.lock().unwrap().contains(&BUSY) {
                std::thread::yield_now();
            }
            drop(waiter);
            7
        })
    });

    assert_eq!(value, 7);
    assert_eq!(two.events().last(), Some(&ANSWERED));
}

#[test]
fn a_killed_leader_is_replaced_when_its_lease_ends() {
    let (one, two, memo) = pair();
    let said = Said::default();
    // Killed: nothing of it is done any more, not even giving up its lease.
    drop(computing(&one, memo, &said));
    let waiter = waiting(&two, memo, 8);
    two.advance_ms(3_001);

    waiter.until_woken();
    assert_eq!(waiter.finish(), 8);
    assert_eq!(
        two.events(),
        [COLD_MEMORY, COLD_STORE, BUSY, LEASED, COMPUTED, STORED]
    );
}

#[test]
fn a_leader_that_is_dropped_fails_or_panics_is_replaced_at_once() {
    type Output = Result<u64, String>;
    let ends: [fn(Task<'_, Output>, &Said); 3] = [
        |leader, _| drop(leader),
        |mut leader, said| {
            said.say(0);
            assert!(matches!(leader.poll(), Some(Err(_))));
        },
        |mut leader, said| {
            said.say(1);
            let polling = std::panic::AssertUnwindSafe(|| leader.poll());
            assert!(std::panic::catch_unwind(polling).is_err());
        },
    ];
    for (number, end) in ends.into_iter().enumerate() {
        let (one, two, memo) = pair();
        let said = Said::default();
        let shape = crate::__shape!(Result<u64, String>);
        let compute = || async {
            assert_eq!(said.heard().await, 0, "as planned");
            Output::Err("as planned".into())
        };
        let core = one.cache.core();
        let leader = fetch::fetch_async(core, memo, key(memo, 1), shape, compute);
        let leader = Task::new(leader).settle();
        let waiter = waiting(&two, memo, 8);
        end(leader, &said);
        assert!(!waiter.is_woken(), "{number}");

        one.run_errands();
        assert_eq!(waiter.finish(), 8, "{number}");
        let expected = [COLD_MEMORY, COLD_STORE, BUSY, LEASED, COMPUTED, STORED];
        assert_eq!(two.events(), expected, "{number}");
    }
}

#[test]
fn past_its_lease_a_leader_is_refused_and_the_newer_value_stays() {
    let (one, two, memo) = pair();
    let said = Said::default();
    let mut leader = computing(&one, memo, &said);
    // Stopped for that long: its lease was not renewed.
    one.advance_ms(3_000);
    assert_eq!(two.number(memo, || 8), 8);
    said.say(7);

    assert_eq!(leader.poll(), Some(7), "the value is its caller's");
    assert_eq!(one.events().last(), Some(&REFUSED));
    assert_eq!((one.peek(memo), two.peek(memo)), (Some(8), Some(8)));
}

#[test]
fn a_lease_is_renewed_for_as_long_as_its_call_computes() {
    let (one, two, memo) = pair();
    let said = Said::default();
    let mut leader = computing(&one, memo, &said);
    one.store.asked();
    for _ in 0..10 {
        one.advance_ms(1_000);
        one.run_errands();
        assert!(one.store.is_leased(memo));
    }
    let renewed = one
        .store
        .asked()
        .into_iter()
        .filter(|ask| *ask == Ask::Renew);
    assert_eq!(renewed.count(), 10);
    said.say(7);
    assert_eq!(leader.poll(), Some(7));
    drop(leader);
    assert!(matches!(one.events().last(), Some(Event::Stored { .. })));

    one.advance_ms(1_000);
    one.run_errands();
    assert!(!one.store.asked().contains(&Ask::Renew), "it is over");
    assert_eq!(two.peek(memo), Some(7));
}

#[test]
fn a_lease_that_cannot_be_renewed_costs_the_entry_and_not_the_value() {
    let (one, _, memo) = pair();
    let said = Said::default();
    let mut leader = computing(&one, memo, &said);
    one.store.fail_at(Ask::Renew, StoreErrorKind::Timeout);
    for _ in 0..3 {
        one.advance_ms(1_000);
        one.run_errands();
    }
    said.say(7);

    assert_eq!(leader.poll(), Some(7));
    assert_eq!(one.events().last(), Some(&REFUSED));
    assert!(!one.store.has_entry(memo));
}

#[test]
fn a_waiter_past_its_deadline_computes_for_itself_and_stores_nothing() {
    let (one, _, memo) = pair();
    let two = Bench::on(Arc::clone(&one.store), one.clock.clone(), |builder| {
        builder.wait_deadline(Duration::from_millis(1_000))
    });
    let said = Said::default();
    let _leader = computing(&one, memo, &said);
    let waiter = waiting(&two, memo, 8);
    one.advance_ms(1_000);
    one.run_errands();

    waiter.until_woken();
    assert_eq!(waiter.finish(), 8);
    let given_up = leasing(Leasing::GivenUp);
    assert_eq!(
        two.events(),
        [COLD_MEMORY, COLD_STORE, BUSY, given_up, COMPUTED, UNLEASED]
    );
    assert!(!one.store.has_entry(memo));
    assert_eq!(two.number(memo, || unreachable!()), 8);
    assert_eq!(two.events(), [MEMORY_HIT]);
}

#[test]
fn without_leases_each_process_computes_and_the_first_stores() {
    let (one, two, _) = pair();
    let memo = memo(|function| function.with_lease_ms(0));
    let said = Said::default();
    let mut first = computing(&one, memo, &said);
    let other = Said::default();
    let mut second = computing(&two, memo, &other);
    said.say(7);
    other.say(8);

    assert_eq!((first.poll(), second.poll()), (Some(7), Some(8)));
    let computed = [COLD_MEMORY, COLD_STORE, LEASED, COMPUTED];
    assert_eq!(one.events(), [&computed[..], &[STORED]].concat());
    assert_eq!(two.events(), [&computed[..], &[REFUSED]].concat());
    assert_eq!((one.peek(memo), two.peek(memo)), (Some(7), Some(7)));
}

#[test]
fn without_leases_what_is_evicted_meanwhile_is_not_stored_either() {
    let (one, two, _) = pair();
    let memo = memo(|function| function.with_lease_ms(0));
    one.store.link(0).die();
    let said = Said::default();
    let mut call = computing(&one, memo, &said);
    let _ = two.evict(memo);
    said.say(7);

    assert_eq!(call.poll(), Some(7));
    assert_eq!(one.events().last(), Some(&REFUSED));
}

#[test]
fn a_claim_that_fails_is_computed_and_not_stored() {
    for kind in [StoreErrorKind::Full, StoreErrorKind::Denied] {
        let (one, _, memo) = pair();
        one.store.fail_at(Ask::Claim, kind);

        assert_eq!(one.number(memo, || 7), 7);
        let operation = Operation::Claim;
        let failed = [
            Event::StoreFailed { operation, kind },
            leasing(Leasing::Failed),
        ];
        assert_eq!(
            one.events()[2..],
            [&failed[..], &[COMPUTED, UNLEASED]].concat()
        );
        one.run_errands();
        assert_eq!(one.store.asked(), [Ask::Read, Ask::Claim]);
        assert_eq!(one.number(memo, || unreachable!()), 7);
    }
}

#[test]
fn a_claim_without_an_answer_is_given_up() {
    let (one, _, memo) = pair();
    one.store.fail_at(Ask::Claim, StoreErrorKind::Timeout);

    assert_eq!(one.number(memo, || 7), 7);
    one.run_errands();
    assert_eq!(one.store.asked(), [Ask::Read, Ask::Claim, Ask::Release]);
}

#[test]
fn a_store_that_answers_nonsense_each_time_does_not_hold_a_call() {
    let (one, _, memo) = pair();
    one.store.answer_claims(b"nonsense".to_vec());

    assert_eq!(one.number(memo, || 7), 7);
    let rejected = miss(Layer::Store, MissReason::Rejected(Fault::Foreign));
    let expected = [
        &[COLD_MEMORY, COLD_STORE][..],
        &[rejected; 5],
        &[leasing(Leasing::GivenUp), COMPUTED, UNLEASED],
    ];
    assert_eq!(one.events(), expected.concat());
}

#[test]
fn a_refresh_takes_the_lease_from_whoever_has_it() {
    let (one, two, memo) = pair();
    let said = Said::default();
    let mut leader = computing(&one, memo, &said);
    one.store.link(0).die();
    assert_eq!(two.refresh(memo, || 8), 8);
    assert_eq!(two.events(), [COMPUTED, STORED]);
    said.say(7);

    assert_eq!(leader.poll(), Some(7));
    assert_eq!(one.events().last(), Some(&REFUSED));
    assert_eq!(two.peek(memo), Some(8));
    assert_eq!(one.peek(memo), Some(8));
}

#[test]
fn a_refresh_that_fails_gives_the_lease_up_and_leaves_the_entry() {
    let (one, two, memo) = pair();
    let shape = crate::__shape!(Result<u64, ()>);
    one.number(memo, || 7);
    let failing = now(refresh::refresh(
        Blocking,
        one.cache.core(),
        memo,
        key(memo, 1),
        shape,
        || async { Err(()) },
    ));

    assert_eq!(failing, Err(()));
    one.run_errands();
    assert!(!one.store.is_leased(memo));
    assert_eq!((one.peek(memo), two.peek(memo)), (Some(7), Some(7)));
}

#[test]
fn what_is_evicted_while_it_is_computed_is_not_stored() {
    // Evicted by the same process, by another one that is heard, and by one that is not.
    for (evicts_itself, hears) in [(true, true), (false, true), (false, false)] {
        let (one, two, memo) = pair();
        let said = Said::default();
        let mut leader = computing(&one, memo, &said);
        if !hears {
            one.store.link(0).die();
        }
        let _ = if evicts_itself { &one } else { &two }.evict(memo);
        said.say(7);

        assert_eq!(leader.poll(), Some(7));
        assert_eq!(one.events().last(), Some(&not_stored(NotStored::Refused)));
        assert_eq!((one.peek(memo), two.peek(memo)), (None, None));
    }
}

#[test]
fn nobody_joins_what_was_evicted_and_the_newer_value_is_stored() {
    for evicts_itself in [true, false] {
        let (one, two, memo) = pair();
        let said = Said::default();
        let mut leader = computing(&one, memo, &said);
        let _ = if evicts_itself { &one } else { &two }.evict(memo);
        one.events();

        assert_eq!(one.number(memo, || 8), 8);
        assert_eq!(
            one.events(),
            [COLD_MEMORY, COLD_STORE, LEASED, COMPUTED, STORED]
        );
        said.say(7);
        assert_eq!(leader.poll(), Some(7));
        assert_eq!((one.peek(memo), two.peek(memo)), (Some(8), Some(8)));
    }
}

#[test]
fn of_those_who_waited_for_what_was_evicted_one_computes_anew_and_stores_for_all() {
    let (one, two, memo) = pair();
    let three = one.neighbour();
    let said = Said::default();
    let _leader = computing(&one, memo, &said);
    let waiters = [waiting(&two, memo, 8), waiting(&three, memo, 8)];
    let _ = one.evict(memo);

    assert_eq!(
        waiters.map(Task::finish),
        [8, 8],
        "woken by the lease's end"
    );
    assert_eq!(two.events()[2..], [BUSY, LEASED, COMPUTED, STORED]);
    assert_eq!(three.events()[2..], [BUSY, STORE_HIT, ANSWERED]);
    assert_eq!(three.number(memo, || unreachable!()), 8);
    assert_eq!(three.events(), [MEMORY_HIT]);
}

#[test]
fn a_copy_is_not_stored_over_a_newer_one_that_was_put() {
    for hears in [true, false] {
        let (one, two, memo) = pair();
        let said = Said::default();
        let mut leader = computing(&one, memo, &said);
        if !hears {
            one.store.link(0).die();
        }
        two.put(memo, 8);
        said.say(7);

        assert_eq!(leader.poll(), Some(7));
        assert_eq!((one.peek(memo), two.peek(memo)), (Some(8), Some(8)));
    }
}
