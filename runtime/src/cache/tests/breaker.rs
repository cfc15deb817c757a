//! A store that is away: left alone, told what it has missed, used again.

use super::*;

const KIND: StoreErrorKind = StoreErrorKind::Unavailable;
const SUSPENDED: Change = Change::StoreSuspended(KIND);

const fn failed(operation: Operation, kind: StoreErrorKind) -> Event {
    Event::StoreFailed { operation, kind }
}

/// A cache whose store has failed five times in a row, and fails still.
fn suspended(memo: &'static Memo) -> Bench {
    let bench = Bench::new();
    bench.store.fail(KIND);
    for argument in 100..105 {
        bench.fetch(memo, key(memo, argument), plain(), || argument);
    }
    assert_eq!(bench.changes(), [SUSPENDED]);
    bench.events();
    bench.store.asked();
    bench
}

/// Lets a quarter of a second go by.
fn pass(bench: &Bench) {
    bench.advance_ms(250);
    bench.run_errands();
}

#[test]
fn a_suspended_store_is_not_asked_by_any_verb() {
    let memo = simple();
    let bench = suspended(memo);

    assert_eq!(bench.number(memo, || 7), 7);
    let kind = StoreErrorKind::Suspended;
    let expected = [
        COLD_MEMORY,
        failed(Operation::Read, kind),
        miss(Layer::Store, MissReason::Failed(kind)),
        COMPUTED,
        not_stored(NotStored::Unleased),
    ];
    assert_eq!(bench.events(), expected);
    assert_eq!(bench.number(memo, || unreachable!()), 7);
    assert_eq!(bench.refresh(memo, || 8), 8);
    bench.put(memo, 9);
    assert_eq!(bench.peek(memo), None, "neither replaced it in the store");
    assert_eq!(bench.evict(memo), Evicted::Deferred);
    assert_eq!(bench.invalidate("user:1"), Evicted::Deferred);
    assert_eq!(bench.clear(), Evicted::Deferred);
    assert_eq!(bench.store.asked(), []);
}

#[test]
fn no_call_waits_for_a_suspended_store() {
    let memo = simple();
    let bench = suspended(memo);
    bench.store.delay(1);
    let mut call = pin!(bench.number_async(memo, || async { 7 }));

    assert_eq!(poll(call.as_mut()), Poll::Ready(7));
}

#[test]
fn each_change_is_said_once() {
    let memo = simple();
    let bench = suspended(memo);
    for argument in 0..10 {
        bench.fetch(memo, key(memo, argument), plain(), || argument);
    }
    let lines = bench.reports();
    assert_eq!(lines.len(), 2, "the function's and the store's: {lines:#?}");
    assert!(lines[1].contains("left alone"), "{lines:#?}");
    bench.store.fail(None);
    for _ in 0..3 {
        pass(&bench);
    }
    assert_eq!(bench.changes(), [Change::StoreResumed]);
    assert_eq!(bench.reports().len(), 1);
}

#[test]
fn a_suspended_store_is_probed_and_used_as_soon_as_it_answers() {
    let memo = simple();
    let bench = suspended(memo);
    bench.advance_ms(249);
    bench.run_errands();
    assert_eq!(bench.store.asked(), []);
    bench.advance_ms(1);
    bench.run_errands();
    assert_eq!(bench.store.asked(), [Ask::Ping], "without any further call");
    pass(&bench);
    assert_eq!(bench.store.asked(), [Ask::Ping]);
    assert_eq!(bench.changes(), []);
    bench.store.fail(None);
    pass(&bench);

    assert_eq!(bench.store.asked()[0], Ask::Ping);
    assert_eq!(bench.changes(), [Change::StoreResumed]);
    bench.number(memo, || 7);
    assert_eq!(bench.store.asked(), [Ask::Read, Ask::Claim, Ask::Write]);
    pass(&bench);
    assert!(!bench.store.asked().contains(&Ask::Ping), "no more probes");
}

#[test]
fn a_store_that_is_absent_at_the_start_is_used_once_it_is_there() {
    let memo = simple();
    let bench = Bench::new();
    bench.store.fail(KIND);
    for argument in 0..20 {
        assert_eq!(
            bench.fetch(memo, key(memo, argument), plain(), || argument),
            argument
        );
    }
    bench.store.fail(None);
    pass(&bench);
    bench.fetch(memo, key(memo, 20), plain(), || 20);

    assert_eq!(bench.events().last(), Some(&STORED));
}

#[test]
fn what_a_store_has_missed_it_is_told_before_anybody_uses_it_again() {
    let memo = simple();
    let bench = Bench::new();
    let other = bench.neighbour();
    bench.number(memo, || 7);
    bench.fetch(memo, user(memo, 2), plain(), || 7);
    bench.store.fail(KIND);
    for argument in 100..105 {
        bench.fetch(memo, key(memo, argument), plain(), || argument);
    }
    assert_eq!(bench.evict(memo), Evicted::Deferred);
    assert_eq!(bench.evict(memo), Evicted::Deferred);
    assert_eq!(bench.invalidate("user:2"), Evicted::Deferred);
    assert_eq!(other.peek(memo), None);
    bench.store.fail(None);
    bench.store.fail_at(Ask::Remove, KIND);
    pass(&bench);
    assert_eq!(bench.changes(), [SUSPENDED], "not told of everything yet");
    bench.store.fail(None);
    bench.store.asked();
    pass(&bench);

    assert_eq!(bench.changes(), [Change::StoreResumed]);
    let asked = bench.store.asked();
    let count = |ask| asked.iter().filter(|asked| **asked == ask).count();
    assert_eq!((asked[0], count(Ask::Remove)), (Ask::Ping, 1), "{asked:?}");
    assert!(!bench.store.has_entry(memo));
    assert_eq!(other.peek(memo), None);
    let second = user(memo, 2);
    let second = now(fetch::peek(
        Blocking,
        other.cache.core(),
        memo,
        second,
        plain(),
    ));
    assert_eq!(second, None);
}

#[test]
fn an_entry_whose_eviction_is_owed_is_not_read() {
    let (bench, memo) = (Bench::new(), simple());
    bench.number(memo, || 7);
    bench.fetch(memo, key(memo, 2), plain(), || 2);
    bench.cache.core().l1.clear();
    bench.store.fail_at(Ask::Remove, StoreErrorKind::Timeout);
    assert_eq!(bench.evict(memo), Evicted::Deferred);
    bench.store.fail(None);
    bench.events();
    bench.store.asked();

    assert_eq!(bench.peek(memo), None);
    let owed = miss(Layer::Store, MissReason::Owed);
    assert_eq!(bench.events(), [COLD_MEMORY, owed]);
    assert_eq!(bench.number(memo, || 8), 8);
    let unleased = not_stored(NotStored::Unleased);
    assert_eq!(bench.events(), [COLD_MEMORY, owed, COMPUTED, unleased]);
    assert_eq!(bench.number(memo, || unreachable!()), 8, "from memory");
    assert_eq!(bench.store.asked(), []);
    bench.fetch(memo, key(memo, 2), plain(), || unreachable!());
    assert_eq!(bench.store.asked(), [Ask::Read], "others are read");
    pass(&bench);
    bench.cache.core().l1.clear();
    bench.number(memo, || 9);
    assert_eq!(bench.events().last(), Some(&STORED));
}

#[test]
fn more_evictions_than_can_be_remembered_clear_the_function() {
    let memo = simple();
    let bench = Bench::new();
    let other = bench.neighbour();
    bench.number(memo, || 7);
    bench.store.fail(KIND);
    for argument in 2..=10_002 {
        let key = key(memo, argument);
        let _ = now(invalidate::evict(Blocking, bench.cache.core(), memo, key));
    }
    bench.store.fail(None);
    bench.store.asked();
    pass(&bench);

    let asked = bench.store.asked();
    let count = |ask| asked.iter().filter(|asked| **asked == ask).count();
    assert_eq!((count(Ask::Remove), count(Ask::Invalidate)), (10_000, 1));
    assert_eq!(other.peek(memo), None, "cleared with the others");
}

#[test]
fn what_cannot_be_written_can_still_be_read() {
    let memo = simple();
    let bench = Bench::new();
    bench.number(memo, || 7);
    bench.store.fail_at(Ask::Write, StoreErrorKind::Full);
    bench.store.fail_at(Ask::Claim, StoreErrorKind::Denied);
    for argument in 100..150 {
        bench.fetch(memo, key(memo, argument), plain(), || argument);
    }

    assert_eq!(bench.changes(), []);
    assert_eq!(bench.neighbour().peek(memo), Some(7));
}

#[test]
fn what_nobody_may_read_is_left_alone() {
    for kind in [StoreErrorKind::Denied, StoreErrorKind::Protocol] {
        let (bench, memo) = (Bench::new(), simple());
        bench.store.fail(kind);
        for argument in 100..105 {
            bench.fetch(memo, key(memo, argument), plain(), || argument);
        }
        assert_eq!(bench.changes(), [Change::StoreSuspended(kind)]);
    }
}

#[test]
fn a_store_that_is_lost_between_reading_and_writing_costs_the_entry_only() {
    for kind in [KIND, StoreErrorKind::Timeout, StoreErrorKind::Full] {
        let (bench, memo) = (Bench::new(), simple());
        bench.store.fail_at(Ask::Write, kind);

        assert_eq!(bench.number(memo, || 7), 7);
        let expected = [
            COLD_MEMORY,
            COLD_STORE,
            LEASED,
            COMPUTED,
            failed(Operation::Write, kind),
            not_stored(NotStored::StoreFailed),
        ];
        assert_eq!(bench.events(), expected);
        assert_eq!(bench.number(memo, || unreachable!()), 7, "from memory");
        bench.run_errands();
        assert!(!bench.store.is_leased(memo));
        assert!(!bench.store.has_entry(memo));
    }
}

#[test]
fn what_replaces_an_entry_the_store_cannot_take_leaves_nothing_behind() {
    let (bench, memo) = (Bench::new(), simple());
    let other = bench.neighbour();
    bench.number(memo, || 7);
    bench.store.fail_at(Ask::Write, StoreErrorKind::Full);
    bench.events();

    assert_eq!(bench.refresh(memo, || 8), 8);
    let kind = StoreErrorKind::Full;
    let expected = [
        COMPUTED,
        failed(Operation::Write, kind),
        not_stored(NotStored::StoreFailed),
    ];
    assert_eq!(bench.events(), expected);
    assert_eq!((bench.peek(memo), other.peek(memo)), (None, None));
}
