//! Values that are not fresh any more, and may still be served.

use super::*;

type Output = Result<u64, String>;

const EXPIRED: Event = miss(Layer::Store, MissReason::Expired);
const EXPIRED_COPY: Event = miss(Layer::Memory, MissReason::Expired);
const FAILED: Event = Event::Failed {
    took: Duration::ZERO,
};

const fn stale(layer: Layer, reason: StaleReason) -> Event {
    Event::Stale { layer, reason }
}

/// Fresh for 10 s, and usable for a minute after that.
fn lasting() -> &'static Memo {
    memo(|function| function.with_ttl_ms(10_000).with_stale_ms(60_000))
}

/// A cache in whose store the number 7 has just expired.
fn expired() -> (Bench, &'static Memo) {
    let (bench, memo) = (Bench::new(), lasting());
    bench.user(memo, || 7);
    bench.advance_ms(10_000);
    bench.events();
    (bench, memo)
}

fn fetch(bench: &Bench, memo: &'static Memo, output: Output) -> Output {
    let shape = crate::__shape!(Result<u64, String>);
    bench.fetch(memo, user(memo, 1), shape, || output)
}

fn fail(bench: &Bench, memo: &'static Memo) -> Output {
    fetch(bench, memo, Err("as planned".into()))
}

fn computing<'a>(bench: &'a Bench, memo: &'static Memo, said: &'a Said) -> Task<'a, u64> {
    let core = bench.cache.core();
    let call = fetch::fetch_async(core, memo, user(memo, 1), plain(), || said.heard());
    Task::new(call).settle()
}

#[test]
fn while_another_process_computes_the_stale_value_is_the_answer() {
    let (one, memo) = expired();
    let two = one.neighbour();
    let said = Said::default();
    let mut leader = computing(&one, memo, &said);

    assert_eq!(two.user(memo, || unreachable!()), 7);
    let refreshing = stale(Layer::Store, StaleReason::Refreshing);
    assert_eq!(two.events(), [COLD_MEMORY, EXPIRED, refreshing]);
    said.say(8);
    assert_eq!(leader.poll(), Some(8));
    assert_eq!(
        one.events(),
        [EXPIRED_COPY, EXPIRED, LEASED, COMPUTED, STORED]
    );
    assert_eq!(two.user(memo, || unreachable!()), 8);
}

#[test]
fn while_a_future_computes_blocking_callers_get_the_stale_value_at_once() {
    let (bench, memo) = expired();
    let said = Said::default();
    let mut leader = computing(&bench, memo, &said);
    bench.events();

    assert_eq!(bench.user(memo, || unreachable!()), 7);
    let refreshing = stale(Layer::Store, StaleReason::Refreshing);
    assert_eq!(bench.events(), [COLD_MEMORY, Event::Joined, refreshing]);
    said.say(8);
    assert_eq!(leader.poll(), Some(8));
}

#[test]
fn those_who_wait_already_get_the_stale_value_once_it_is_found() {
    let (bench, memo) = expired();
    bench.store.delay(1);
    let said = Said::default();
    let core = bench.cache.core();
    let call = || fetch::fetch_async(core, memo, user(memo, 1), plain(), || said.heard());
    let mut leader = Task::new(call());
    assert_eq!(leader.poll(), None);
    let follower = Task::new(call()).settle();

    let leader = leader.settle();
    assert_eq!(follower.finish(), 7);
    said.say(8);
    drop(leader);
}

#[test]
fn if_computing_fails_the_stale_value_is_the_answer_and_is_not_tried_for_10_s() {
    let (bench, memo) = expired();

    assert_eq!(fail(&bench, memo), Ok(7));
    let failed = stale(Layer::Store, StaleReason::Failed);
    assert_eq!(
        bench.events(),
        [EXPIRED_COPY, EXPIRED, LEASED, FAILED, failed]
    );
    bench.run_errands();
    bench.advance_ms(9_999);
    assert_eq!(fetch(&bench, memo, Ok(8)), Ok(7));
    assert_eq!(bench.events(), [stale(Layer::Memory, StaleReason::Failed)]);
    bench.advance_ms(1);
    assert_eq!(fetch(&bench, memo, Ok(8)), Ok(8));
    assert_eq!(
        bench.events(),
        [EXPIRED_COPY, EXPIRED, LEASED, COMPUTED, STORED]
    );
}

#[test]
fn those_who_wait_for_what_fails_get_the_stale_value_too() {
    let (bench, memo) = expired();
    let said = Said::default();
    let core = bench.cache.core();
    let shape = crate::__shape!(Result<u64, String>);
    let compute = || async { Output::Err(said.heard().await.to_string()) };
    let mut leader = Task::new(fetch::fetch_async(
        core,
        memo,
        user(memo, 1),
        shape,
        compute,
    ))
    .settle();
    said.say(0);
    assert_eq!(leader.poll(), Some(Ok(7)));

    assert_eq!(fail(&bench, memo), Ok(7));
}

#[test]
fn a_panic_goes_through_although_there_is_a_stale_value() {
    let (bench, memo) = expired();
    let panicking = std::panic::AssertUnwindSafe(|| bench.user(memo, || panic!("as planned")));

    assert!(std::panic::catch_unwind(panicking).is_err());
    assert_eq!(bench.events().last(), Some(&Event::Panicked));
    bench.run_errands();
    assert!(!bench.store.is_leased(memo));
}

#[test]
fn a_stale_value_ends_too() {
    let (bench, memo) = expired();
    bench.advance_ms(59_999);
    assert_eq!(fail(&bench, memo), Ok(7));
    bench.run_errands();
    bench.advance_ms(1);

    assert!(fail(&bench, memo).is_err(), "neither copy nor entry");
}

#[test]
fn what_was_invalidated_is_not_served_stale() {
    let ways: [fn(&Bench, &'static Memo); 4] = [
        |bench, memo| assert_eq!(bench.evict(memo), Evicted::Done),
        |bench, _| assert_eq!(bench.invalidate("user:1"), Evicted::Done),
        |bench, memo| assert_eq!(bench.clear_function(memo), Evicted::Done),
        |bench, _| assert_eq!(bench.clear(), Evicted::Done),
    ];
    for (number, invalidate) in ways.into_iter().enumerate() {
        for was_tried in [true, false] {
            let (one, memo) = expired();
            let two = one.neighbour();
            if was_tried {
                assert_eq!(fail(&one, memo), Ok(7), "{number}");
                one.run_errands();
            }
            invalidate(&two, memo);

            assert!(fail(&one, memo).is_err(), "{number} {was_tried}");
        }
    }
}

#[test]
fn what_is_invalidated_while_its_replacement_fails_is_not_kept() {
    let (bench, memo) = expired();
    let shape = crate::__shape!(Result<u64, String>);
    let failing = || {
        bench.invalidate("user:1");
        Err("as planned".to_owned())
    };
    // The call began before the invalidation: it may have the value still.
    let _ = bench.fetch(memo, user(memo, 1), shape, failing);
    bench.run_errands();

    assert!(fail(&bench, memo).is_err());
}

#[test]
fn a_peek_finds_nothing_where_a_call_would_compute() {
    let (bench, memo) = expired();

    assert_eq!(bench.peek_user(memo), None);
    assert_eq!(bench.events(), [EXPIRED_COPY, EXPIRED]);
}

#[test]
fn without_stale_an_error_is_the_answer() {
    let (bench, memo) = (Bench::new(), memo(|function| function.with_ttl_ms(10_000)));
    bench.user(memo, || 7);
    bench.advance_ms(10_000);

    assert!(fail(&bench, memo).is_err());
}
