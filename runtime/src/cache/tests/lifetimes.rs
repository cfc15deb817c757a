//! For how long a value is used.

use super::*;

/// Fresh for 10 s, in memory for 4 s.
fn short() -> &'static Memo {
    memo(|function| function.with_ttl_ms(10_000).with_l1_ms(4_000))
}

#[test]
fn a_copy_in_memory_ends_before_its_entry() {
    let (bench, memo) = (Bench::new(), short());
    bench.number(memo, || 7);
    bench.events();

    bench.advance_ms(3_999);
    assert_eq!(bench.number(memo, || unreachable!()), 7);
    bench.advance_ms(1);
    assert_eq!(bench.number(memo, || unreachable!()), 7);
    let expired = miss(Layer::Memory, MissReason::Expired);
    assert_eq!(bench.events(), [MEMORY_HIT, expired, STORE_HIT]);
}

#[test]
fn a_copy_in_memory_never_outlives_what_is_left_of_the_entry() {
    let (bench, memo) = (Bench::new(), short());
    bench.number(memo, || 7);
    bench.advance_ms(9_000);
    bench.number(memo, || unreachable!());
    bench.events();

    bench.advance_ms(999);
    assert_eq!(bench.number(memo, || unreachable!()), 7);
    bench.advance_ms(1);
    assert_eq!(bench.number(memo, || 8), 8);
    let expired = miss(Layer::Memory, MissReason::Expired);
    assert_eq!(
        bench.events(),
        [MEMORY_HIT, expired, COLD_STORE, LEASED, COMPUTED, STORED]
    );
}

#[test]
fn an_entry_the_store_kept_too_long_is_expired() {
    let (bench, memo) = (Bench::new(), short());
    bench.number(memo, || 7);
    bench.store.answer(bench.store.entry(memo));
    bench.advance_ms(10_000);
    bench.events();

    assert_eq!(bench.number(memo, || 8), 8);
    assert_eq!(bench.events()[1], miss(Layer::Store, MissReason::Expired));
    assert!(!bench.store.asked().contains(&Ask::Remove));
}

#[test]
fn entries_that_are_written_together_end_each_at_its_own_time_and_none_too_late() {
    let memo = memo(|function| function.with_ttl_ms(100_000).with_l1_ms(0));
    let bench = Bench::with(|builder| builder.ttl_jitter(20));
    for argument in 0..200 {
        bench.fetch(memo, key(memo, argument), plain(), || argument);
    }
    let left = || {
        let peek = |&argument: &u64| {
            let key = key(memo, argument);
            now(fetch::peek(
                Blocking,
                bench.cache.core(),
                memo,
                key,
                plain(),
            ))
            .is_some()
        };
        (0..200).filter(peek).count()
    };

    bench.advance_ms(79_999);
    assert_eq!(left(), 200, "a fifth is taken away at most");
    bench.advance_ms(10_001);
    assert!((50..150).contains(&left()), "{}", left());
    bench.advance_ms(10_000);
    assert_eq!(left(), 0, "not longer than promised");
}

#[test]
fn a_lifetime_of_months_does_not_overflow() {
    let months_ms = 100 * 24 * 3_600_000;
    let (bench, memo) = (
        Bench::new(),
        memo(|function| {
            function
                .with_ttl_ms(months_ms)
                .with_l1_ms(u64::MAX)
                .with_stale_ms(u64::MAX)
        }),
    );
    bench.number(memo, || 7);

    bench.advance_ms(months_ms - 1);
    assert_eq!(bench.number(memo, || unreachable!()), 7);
    assert_eq!(bench.neighbour().peek(memo), Some(7));
    bench.advance_ms(1);
    assert_eq!(bench.peek(memo), None);
}

#[test]
fn what_happens_within_one_tick_happens_in_its_order() {
    let (one, memo) = (Bench::new(), simple());
    let two = one.neighbour();
    let seen = || (one.peek(memo), two.peek(memo));

    one.put(memo, 1);
    two.put(memo, 2);
    assert_eq!(seen(), (Some(2), Some(2)));
    let _ = one.clear_function(memo);
    assert_eq!(seen(), (None, None));
    one.put(memo, 3);
    let _ = two.evict(memo);
    assert_eq!(seen(), (None, None));
    two.number(memo, || 4);
    assert_eq!(seen(), (Some(4), Some(4)));
}

#[test]
fn for_ever_is_for_ever() {
    let (bench, memo) = (
        Bench::new(),
        memo(|function| function.with_ttl_ms(u64::MAX).with_l1_ms(u64::MAX)),
    );
    bench.number(memo, || 7);
    bench.events();

    bench.clock.advance(Duration::from_secs(3_000_000_000));
    assert_eq!(bench.number(memo, || unreachable!()), 7);
    let neighbour = bench.neighbour();
    assert_eq!(neighbour.peek(memo), Some(7));
    assert_eq!(bench.events(), [MEMORY_HIT]);
    assert_eq!(neighbour.events(), [COLD_MEMORY, STORE_HIT]);
}

#[test]
fn a_lifetime_of_nothing_stores_nothing() {
    let (bench, memo) = (Bench::new(), memo(|function| function.with_ttl_ms(0)));

    bench.number(memo, || 7);
    assert_eq!(
        bench.events().last(),
        Some(&not_stored(NotStored::Lifetime))
    );
    bench.run_errands();
    assert_eq!(bench.number(memo, || 8), 8);
}

#[test]
fn without_memory_every_hit_is_the_stores() {
    let (bench, memo) = (Bench::new(), memo(|function| function.with_l1_ms(0)));
    bench.number(memo, || 7);
    bench.events();

    bench.number(memo, || unreachable!());
    bench.number(memo, || unreachable!());
    assert_eq!(
        bench.events(),
        [COLD_MEMORY, STORE_HIT, COLD_MEMORY, STORE_HIT]
    );
}

#[test]
fn a_cache_without_memory_does_the_same_for_all_functions() {
    let (bench, memo) = (Bench::with(|builder| builder.l1_max_bytes(0)), simple());
    bench.number(memo, || 7);
    bench.events();

    bench.number(memo, || unreachable!());
    assert_eq!(bench.events(), [COLD_MEMORY, STORE_HIT]);
}

#[test]
fn nothing_is_remembered_shorter_than_something() {
    fn check<S: Shape<Value = Option<u64>>>(shape: S)
    where
        S::Output: PartialEq + std::fmt::Debug,
    {
        let (bench, memo) = (
            Bench::new(),
            memo(|function| function.with_ttl_ms(10_000).with_none_ms(2_000)),
        );
        let (nothing, something) = (key(memo, 0), key(memo, 1));
        bench.fetch(memo, nothing, shape, || S::close(None));
        bench.fetch(memo, something, shape, || S::close(Some(7)));
        let peek = |argument| {
            now(fetch::peek(
                Blocking,
                bench.cache.core(),
                memo,
                key(memo, argument),
                shape,
            ))
        };

        bench.advance_ms(1_999);
        assert_eq!((peek(0), peek(1)), (Some(None), Some(Some(7))));
        bench.advance_ms(1);
        assert_eq!((peek(0), peek(1)), (None, Some(Some(7))));
    }
    check(crate::__shape!(Option<u64>));
    check(crate::__shape!(Result<Option<u64>, String>));
}

#[test]
fn skipped_nothing_is_not_stored() {
    let (bench, memo) = (Bench::new(), memo(|function| function.with_none_ms(0)));
    let shape = crate::__shape!(Option<u64>);

    assert_eq!(bench.fetch(memo, key(memo, 1), shape, || None), None);
    assert_eq!(
        bench.events().last(),
        Some(&not_stored(NotStored::Lifetime))
    );
    bench.run_errands();
    assert_eq!(bench.fetch(memo, key(memo, 1), shape, || Some(7)), Some(7));
}
