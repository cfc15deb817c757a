//! Values that are computed anew in the background.

use super::*;
use crate::cache::owned;
use crate::event::Refreshing;
use crate::function::Refresh;

const BEGUN: Event = refreshing(Refreshing::Begun);
const CHANGED: Event = refreshing(Refreshing::Changed);
const UNCHANGED: Event = refreshing(Refreshing::Unchanged);

const fn refreshing(outcome: Refreshing) -> Event {
    Event::Refresh { outcome }
}

/// A function whose values are computed anew after every hit.
fn always() -> &'static Memo {
    memo(|function| function.with_refresh(Refresh::Always))
}

fn fetch(
    bench: &Bench,
    memo: &'static Memo,
    compute: impl FnOnce() -> u64 + Send + 'static,
) -> u64 {
    owned::fetch(&bench.cache, memo, user(memo, 1), plain(), || compute)
}

/// What has happened by the time that this has, which another thread does.
fn until(bench: &Bench, last: Event) -> Vec<Event> {
    until_there(bench, last);
    bench.events()
}

fn until_there(bench: &Bench, event: Event) {
    while !bench.events.lock().unwrap().contains(&event) {
        std::thread::yield_now();
    }
}

/// A cache that has 7 in memory and in the store.
fn warm(memo: &'static Memo) -> Bench {
    let bench = Bench::new();
    assert_eq!(fetch(&bench, memo, || 7), 7);
    bench.events();
    bench
}

#[test]
fn a_value_that_is_due_is_computed_anew_while_it_is_served() {
    let memo = always();
    let bench = warm(memo);
    let other = bench.neighbour();

    assert_eq!(fetch(&bench, memo, || 8), 7);
    assert_eq!(
        until(&bench, CHANGED),
        [MEMORY_HIT, BEGUN, COMPUTED, STORED, CHANGED]
    );
    assert_eq!(bench.peek_user(memo), Some(8));
    assert_eq!(other.peek_user(memo), Some(8));
}

#[test]
fn a_value_that_is_the_same_is_not_stored_and_the_lease_given_up() {
    let memo = always();
    let bench = warm(memo);
    bench.store.asked();
    for _ in 0..3 {
        assert_eq!(fetch(&bench, memo, || 7), 7);
        assert_eq!(
            until(&bench, UNCHANGED),
            [MEMORY_HIT, BEGUN, COMPUTED, UNCHANGED]
        );
        bench.run_errands();
        assert!(!bench.store.is_leased(memo));
    }
    assert!(!bench.store.asked().contains(&Ask::Write));
}

#[test]
fn shortly_before_its_end_a_value_is_computed_anew() {
    let memo = memo(|function| function.with_ttl_ms(10_000).with_refresh(Refresh::Ahead));
    let bench = warm(memo);
    bench.advance_ms(4_999);
    assert_eq!(fetch(&bench, memo, || 8), 7);
    assert_eq!(bench.events(), [MEMORY_HIT], "not in the first half");
    bench.advance_ms(5_000);

    assert_eq!(fetch(&bench, memo, || 8), 7);
    until(&bench, CHANGED);
    bench.advance_ms(1);
    assert_eq!(fetch(&bench, memo, || 9), 8, "nobody had to wait");
    assert_eq!(bench.events(), [MEMORY_HIT]);
}

#[test]
fn what_fails_in_the_background_leaves_what_is_there() {
    let memo = always();
    let bench = warm(memo);
    let shape = crate::__shape!(Result<u64, ()>);
    let failing = || || Err(());

    assert_eq!(
        owned::fetch(&bench.cache, memo, user(memo, 1), shape, failing),
        Ok(7)
    );
    let events = until(&bench, refreshing(Refreshing::Failed));
    let took = Duration::ZERO;
    assert_eq!(events[2], Event::Failed { took });
    bench.run_errands();
    assert!(!bench.store.is_leased(memo));
    assert_eq!(bench.peek_user(memo), Some(7));
}

#[test]
fn what_panics_in_the_background_is_tried_again() {
    let memo = always();
    let bench = warm(memo);
    for _ in 0..2 {
        assert_eq!(fetch(&bench, memo, || panic!("as planned")), 7);
        let expected = [MEMORY_HIT, BEGUN, Event::Panicked];
        assert_eq!(until(&bench, Event::Panicked), expected);
        // The place is given back only when the panic has left the computation.
        while bench.cache.core().background.taken() > 0 {
            std::thread::yield_now();
        }
        bench.run_errands();
        assert!(!bench.store.is_leased(memo));
    }
    assert_eq!(bench.peek_user(memo), Some(7));
}

#[test]
fn what_another_process_computes_is_left_to_it() {
    let memo = always();
    let bench = warm(memo);
    let other = bench.neighbour();
    let said = Said::default();
    let core = other.cache.core();
    let refreshing_there =
        refresh::refresh(Async, core, memo, user(memo, 1), plain(), || said.heard());
    let _computing = Task::new(refreshing_there).settle();

    assert_eq!(fetch(&bench, memo, || 8), 7);
    let elsewhere = refreshing(Refreshing::Elsewhere);
    assert_eq!(until(&bench, elsewhere), [MEMORY_HIT, BEGUN, elsewhere]);
}

#[test]
fn where_all_places_are_taken_hits_are_hits() {
    let memo = always();
    let bench = Bench::with(|builder| builder.background_limit(0));
    fetch(&bench, memo, || 7);
    bench.events();
    for _ in 0..3 {
        assert_eq!(fetch(&bench, memo, || 8), 7);
        let full = refreshing(Refreshing::Full);
        assert_eq!(bench.events(), [MEMORY_HIT, full]);
    }
}

#[test]
fn what_is_invalidated_while_it_is_computed_in_the_background_is_never_used() {
    let ways: [fn(&Bench, &'static Memo); 3] = [
        |bench, memo| {
            let key = user(memo, 1);
            let _ = now(invalidate::evict(Blocking, bench.cache.core(), memo, key));
        },
        |bench, _| _ = bench.invalidate("user:1"),
        |bench, memo| _ = bench.clear_function(memo),
    ];
    for (number, invalidate) in ways.into_iter().enumerate() {
        for hears in [true, false] {
            let memo = always();
            let bench = Arc::new(warm(memo));
            let other = Arc::new(bench.neighbour());
            if !hears {
                bench.store.link(0).die();
            }
            let by = Arc::clone(&other);
            let compute = move || {
                invalidate(&by, memo);
                8
            };
            assert_eq!(fetch(&bench, memo, compute), 7);
            // An eviction ends the lease; what is stored under an old tag is never accepted.
            let is_evicted = number == 0;
            let outcome = if is_evicted {
                refreshing(Refreshing::Failed)
            } else {
                CHANGED
            };
            until(&bench, outcome);

            assert_eq!(other.peek_user(memo), None, "{number} {hears}");
            assert_eq!(bench.neighbour().peek_user(memo), None);
            if hears {
                assert_eq!(bench.peek_user(memo), None);
            }
        }
    }
}
