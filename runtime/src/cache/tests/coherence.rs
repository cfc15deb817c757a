//! Copies in memory, and what other processes do to their entries.

use super::*;
use crate::coherence::BOUND_MS;
use crate::store::Coherence;

const OUTDATED: Event = miss(Layer::Memory, MissReason::Outdated);
const INCOHERENT: Event = miss(Layer::Memory, MissReason::Incoherent);

/// Two processes on a store that tells by links, which may be lost.
fn linked() -> (Bench, Bench, &'static Memo) {
    let clock = ManualClock::new();
    let store = Arc::new(Trouble::new(&clock));
    store.tells(Coherence::Told);
    let one = Bench::on(store, clock, |builder| builder);
    let two = one.neighbour();
    (one, two, simple())
}

fn prove(bench: &Bench) {
    for link in 0..2 {
        bench.store.link(link).prove();
    }
}

#[test]
fn a_copy_is_not_used_after_its_entry_was_evicted_or_replaced_elsewhere() {
    type Way = fn(&Bench, &'static Memo);
    let ways: [(Way, Option<u64>); 3] = [
        (|bench, memo| _ = bench.evict(memo), None),
        (|bench, memo| bench.put(memo, 8), Some(8)),
        (|bench, memo| _ = bench.refresh(memo, || 8), Some(8)),
    ];
    for (change, left) in ways {
        let (one, memo) = (Bench::new(), simple());
        let two = one.neighbour();
        one.number(memo, || 7);
        one.events();
        change(&two, memo);

        assert_eq!(one.peek(memo), left);
        let found = if left.is_some() {
            STORE_HIT
        } else {
            COLD_STORE
        };
        assert_eq!(one.events(), [OUTDATED, found]);
        assert_eq!(two.peek(memo), left);
    }
}

#[test]
fn news_of_other_entries_and_ones_own_change_nothing() {
    let (one, memo) = (Bench::new(), simple());
    let two = one.neighbour();
    one.put(memo, 7);
    one.events();
    let other = key(memo, 2);
    let _ = now(invalidate::evict(Blocking, two.cache.core(), memo, other));

    assert_eq!(one.peek(memo), Some(7));
    assert_eq!(one.events(), [MEMORY_HIT]);
}

#[test]
fn copies_are_used_only_while_nothing_can_be_missed() {
    let (one, _, memo) = linked();
    one.number(memo, || 7);
    one.number(memo, || unreachable!());
    assert_eq!(
        one.events()[5..],
        [INCOHERENT, STORE_HIT],
        "nothing is proven"
    );
    prove(&one);
    one.number(memo, || unreachable!());
    assert_eq!(one.events(), [OUTDATED, STORE_HIT], "kept before the proof");
    one.number(memo, || unreachable!());
    assert_eq!(one.events(), [MEMORY_HIT]);

    one.store.link(0).lose();
    one.number(memo, || unreachable!());
    assert_eq!(one.events(), [INCOHERENT, STORE_HIT]);
    one.store.link(0).revive();
    one.number(memo, || unreachable!());
    assert_eq!(one.events(), [OUTDATED, STORE_HIT]);
    let (up, down) = (Change::LinkUp, Change::LinkDown);
    assert_eq!(one.changes(), [up, down, up]);
}

#[test]
fn what_was_evicted_while_a_link_was_lost_is_not_served_when_it_is_back() {
    let (one, two, memo) = linked();
    prove(&one);
    one.number(memo, || 7);
    one.store.link(0).lose();
    let _ = two.evict(memo);
    one.store.link(0).revive();
    one.events();

    assert_eq!(one.peek(memo), None);
    assert_eq!(one.events(), [OUTDATED, COLD_STORE]);
}

#[test]
fn a_link_that_is_silently_dead_is_found_out_within_its_bound() {
    let (one, two, memo) = linked();
    prove(&one);
    one.number(memo, || 7);
    one.store.link(0).die();
    let _ = two.evict(memo);
    one.events();

    one.advance_ms(BOUND_MS - 1);
    assert_eq!(one.peek(memo), Some(7), "the bound that is promised");
    one.advance_ms(1);
    assert_eq!(one.peek(memo), None);
    assert_eq!(one.events(), [MEMORY_HIT, INCOHERENT, COLD_STORE]);
    one.store.link(0).revive();
    assert_eq!(one.peek(memo), None);
    assert_eq!(one.events(), [OUTDATED, COLD_STORE]);
}

#[test]
fn versions_of_tags_are_read_anew_while_news_may_be_missed() {
    let (one, two, _) = linked();
    let memo = memo(|function| function.with_l1_ms(0));
    prove(&one);
    one.user(memo, || 7);
    one.store.link(0).die();
    two.invalidate("user:1");
    one.advance_ms(BOUND_MS);
    one.events();

    assert_eq!(one.user(memo, || 8), 8);
    assert_eq!(one.events()[1], miss(Layer::Store, MissReason::Tag));
}

#[test]
fn what_is_evicted_while_it_is_read_is_not_kept() {
    // Heard of in time, or only that something may have been missed.
    for hears in [true, false] {
        let (one, two, memo) = linked();
        prove(&one);
        two.number(memo, || 7);
        one.store.delay(1);
        let mut call = pin!(one.number_async(memo, || async { unreachable!() }));
        // The store has been read, and its answer is on the way.
        for _ in 0..2 {
            assert!(poll(call.as_mut()).is_pending());
        }
        if !hears {
            one.store.link(0).die();
        }
        let _ = two.evict(memo);
        if !hears {
            one.store.link(0).lose();
            one.store.link(0).revive();
        }

        assert_eq!(drive(call), 7, "the call began before the eviction");
        assert_eq!(one.events(), [COLD_MEMORY, STORE_HIT]);
        assert_eq!(one.peek(memo), None);
        assert_eq!(one.events(), [COLD_MEMORY, COLD_STORE]);
    }
}

#[test]
fn what_is_computed_across_a_lost_link_is_not_kept_in_memory() {
    let (one, two, memo) = linked();
    prove(&one);
    let said = Said::default();
    let mut leader = Task::new(one.number_async(memo, || said.heard())).settle();
    one.store.link(0).lose();
    let _ = two.evict(memo);
    one.store.link(0).revive();
    said.say(7);

    assert_eq!(leader.poll(), Some(7));
    assert_eq!(one.events().last(), Some(&not_stored(NotStored::Refused)));
    assert_eq!((one.peek(memo), two.peek(memo)), (None, None));
}

#[test]
fn what_a_put_replaces_is_not_kept_by_a_reader_on_the_way() {
    let (one, _, memo) = linked();
    prove(&one);
    one.number(memo, || 7);
    one.cache.core().l1.clear();
    one.store.delay(1);
    let core = one.cache.core();
    let mut putting = Box::pin(refresh::put(Async, core, memo, key(memo, 1), plain(), 8));
    assert!(poll(putting.as_mut()).is_pending());
    let mut reading = pin!(one.number_async(memo, || async { unreachable!() }));
    for _ in 0..2 {
        assert!(poll(reading.as_mut()).is_pending());
    }
    drive(putting);
    assert_eq!(drive(reading), 7, "it began before the put was done");

    assert_eq!(one.peek(memo), Some(8));
}

#[test]
fn what_a_dropped_put_has_replaced_is_not_kept_either() {
    let (one, two, memo) = linked();
    prove(&one);
    one.number(memo, || 7);
    one.store.delay(1);
    let core = one.cache.core();
    let mut putting = Box::pin(refresh::put(Async, core, memo, key(memo, 1), plain(), 8));
    assert!(poll(putting.as_mut()).is_pending());
    one.store.delay(0);
    assert_eq!(
        one.number(memo, || unreachable!()),
        7,
        "replaced by nobody yet"
    );
    one.store.delay(1);
    // The store has replaced it, and its answer is on the way.
    for _ in 0..3 {
        assert!(poll(putting.as_mut()).is_pending());
    }
    drop(putting);

    assert_eq!(two.peek(memo), Some(8));
    assert_eq!(one.peek(memo), Some(8));
}

#[test]
fn where_nobody_tells_copies_last_and_tags_are_read_each_time() {
    let clock = ManualClock::new();
    let store = Arc::new(Trouble::new(&clock));
    store.tells(Coherence::Untold);
    let one = Bench::on(store, clock, |builder| builder);
    let two = one.neighbour();
    let (kept, unkept) = (simple(), memo(|function| function.with_l1_ms(0)));
    one.user(kept, || 7);
    one.user(unkept, || 7);
    two.invalidate("user:1");
    one.store.asked_tags();

    assert_eq!(one.user(kept, || unreachable!()), 7);
    assert_eq!(one.user(unkept, || 8), 8);
    assert_eq!(one.store.asked_tags(), 3);
    one.user(unkept, || unreachable!());
    assert_eq!(one.store.asked_tags(), 3);
}
