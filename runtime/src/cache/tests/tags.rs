//! What is invalidated by its tags.

use super::*;

const TAG_MISS: Event = miss(Layer::Store, MissReason::Tag);
const OUTDATED: Event = miss(Layer::Memory, MissReason::Outdated);

/// A way to invalidate the entries of a function with the tag `user:1`.
type Invalidate = fn(&Bench, &'static Memo) -> Evicted;

const WAYS: [(&str, Invalidate); 3] = [
    ("label", |bench, _| bench.invalidate("user:1")),
    ("function", |bench, memo| bench.clear_function(memo)),
    ("namespace", |bench, _| bench.clear()),
];

#[test]
fn an_invalidated_tag_makes_entries_unusable_in_every_process() {
    for (name, invalidate) in WAYS {
        for invalidates_itself in [true, false] {
            let (one, memo) = (Bench::new(), simple());
            let two = one.neighbour();
            one.user(memo, || 7);
            assert_eq!(two.user(memo, || unreachable!()), 7);
            let by = if invalidates_itself { &one } else { &two };
            assert_eq!(invalidate(by, memo), Evicted::Done);
            one.events();
            two.events();

            assert_eq!(one.user(memo, || 8), 8, "{name}");
            assert_eq!(
                one.events(),
                [OUTDATED, TAG_MISS, LEASED, COMPUTED, STORED],
                "{name}"
            );
            assert_eq!(two.user(memo, || unreachable!()), 8, "{name}");
            assert_eq!(two.events(), [OUTDATED, STORE_HIT], "{name}");
        }
    }
}

#[test]
fn entries_with_other_tags_stay() {
    let (bench, memo) = (Bench::new(), simple());
    let fetch = |argument| bench.fetch(memo, user(memo, argument), plain(), || argument);
    fetch(1);
    fetch(2);
    bench.events();
    bench.invalidate("user:1");

    assert_eq!(fetch(2), 2);
    assert_eq!(bench.events(), [MEMORY_HIT]);
    bench.cache.core().l1.clear();
    assert_eq!(fetch(2), 2);
    assert_eq!(bench.events(), [COLD_MEMORY, STORE_HIT]);
}

#[test]
fn other_functions_and_namespaces_stay() {
    let (bench, memo, other) = (Bench::new(), simple(), simple());
    let staging = Bench::on(Arc::clone(&bench.store), bench.clock.clone(), |builder| {
        builder.namespace("staging")
    });
    for (bench, memo) in [(&bench, memo), (&bench, other), (&staging, memo)] {
        bench.user(memo, || 7);
    }
    let _ = bench.clear_function(memo);
    assert_eq!(bench.user(other, || unreachable!()), 7);
    let _ = bench.clear();
    assert_eq!(staging.user(memo, || unreachable!()), 7);
    assert_eq!(bench.user(other, || 8), 8);
}

#[test]
fn invalidating_is_one_write_and_told_as_one_event() {
    let (bench, memo) = (Bench::new(), simple());
    for argument in 0..100 {
        bench.fetch(memo, user(memo, argument), plain(), || argument);
    }
    bench.store.asked();
    bench.events();

    assert_eq!(bench.clear_function(memo), Evicted::Done);
    assert_eq!(bench.store.asked(), [Ask::Invalidate]);
    let outcome = Evicted::Done;
    assert_eq!(bench.events(), [Event::Evicted { outcome }]);
    let left = (0..100).filter(|&argument| {
        let key = user(memo, argument);
        now(fetch::peek(
            Blocking,
            bench.cache.core(),
            memo,
            key,
            plain(),
        ))
        .is_some()
    });
    assert_eq!(left.count(), 0);
}

/// A call that computes 7 when it is told to.
fn computing<'a>(bench: &'a Bench, memo: &'static Memo, said: &'a Said) -> Task<'a, u64> {
    let core = bench.cache.core();
    let call = fetch::fetch_async(core, memo, user(memo, 1), plain(), || said.heard());
    Task::new(call).settle()
}

#[test]
fn what_is_computed_while_its_tag_is_invalidated_is_never_used() {
    for (name, invalidate) in WAYS {
        for hears in [true, false] {
            let (one, memo) = (Bench::new(), simple());
            let two = one.neighbour();
            let said = Said::default();
            let mut leader = computing(&one, memo, &said);
            if !hears {
                one.store.link(0).die();
            }
            let _ = invalidate(&two, memo);
            said.say(7);

            assert_eq!(leader.poll(), Some(7));
            // It is stored with the versions from before it was computed, which nobody accepts any more.
            assert_eq!(one.events().last(), Some(&STORED), "{name}");
            two.events();
            for bench in [two, one.neighbour()] {
                assert_eq!(bench.peek_user(memo), None, "{name}");
                assert_eq!(bench.events(), [COLD_MEMORY, TAG_MISS], "{name}");
            }
        }
    }
}

#[test]
fn newcomers_do_not_join_what_is_computed_under_an_old_tag() {
    let (bench, memo) = (Bench::new(), simple());
    let said = Said::default();
    let mut old = computing(&bench, memo, &said);
    bench.invalidate("user:1");
    let newer = Said::default();
    bench.events();
    // The lease is still the old one's: invalidating a tag is one write, whoever computes under it.
    let newcomer = computing(&bench, memo, &newer);
    assert_eq!(
        bench.events(),
        [COLD_MEMORY, COLD_STORE, leasing(Leasing::Busy)]
    );
    said.say(7);
    assert_eq!(old.poll(), Some(7));
    drop(old);
    bench.run_errands();
    newer.say(8);

    assert_eq!(newcomer.finish(), 8);
    assert_eq!(bench.peek_user(memo), Some(8));
}

#[test]
fn what_is_put_or_refreshed_while_its_tag_is_invalidated_is_never_used() {
    for puts in [true, false] {
        for hears in [true, false] {
            let (one, memo) = (Bench::new(), simple());
            let two = one.neighbour();
            one.user(memo, || 6);
            one.store.delay(1);
            let core = one.cache.core();
            let key = user(memo, 1);
            let mut call: Pin<Box<dyn Future<Output = ()>>> = if puts {
                Box::pin(refresh::put(Async, core, memo, key, plain(), 7))
            } else {
                Box::pin(async {
                    refresh::refresh(Async, core, memo, key, plain(), || async { 7 }).await;
                })
            };
            // The lease is taken, and the versions with it.
            for _ in 0..2 {
                assert!(poll(call.as_mut()).is_pending());
            }
            if !hears {
                one.store.link(0).die();
            }
            two.invalidate("user:1");
            drive(call);

            assert_eq!(two.peek_user(memo), None, "{puts} {hears}");
            assert_eq!(one.neighbour().peek_user(memo), None);
            if hears {
                assert_eq!(one.peek_user(memo), None);
            }
        }
    }
}

#[test]
fn a_process_that_starts_after_an_invalidation_honours_it() {
    for (name, invalidate) in WAYS {
        let (bench, memo) = (Bench::new(), simple());
        bench.user(memo, || 7);
        let _ = invalidate(&bench, memo);

        let cold = bench.neighbour();
        assert_eq!(cold.user(memo, || 8), 8, "{name}");
        let expected = [COLD_MEMORY, TAG_MISS, LEASED, COMPUTED, STORED];
        assert_eq!(cold.events(), expected, "{name}");
    }
}

#[test]
fn versions_are_read_with_the_first_entry_and_known_from_then_on() {
    let memo = memo(|function| function.with_l1_ms(0));
    let one = Bench::new();
    let two = one.neighbour();
    one.user(memo, || 7);
    one.store.asked_tags();

    two.user(memo, || unreachable!());
    assert_eq!(
        one.store.asked_tags(),
        3,
        "everything, the function, the label"
    );
    two.user(memo, || unreachable!());
    assert_eq!(one.store.asked_tags(), 0);
    one.invalidate("user:1");
    two.user(memo, || 8);
    assert_eq!(one.store.asked_tags(), 1, "the others have not changed");
    two.user(memo, || unreachable!());
    assert_eq!(one.store.asked_tags(), 0);
}

#[test]
fn versions_that_last_are_not_asked_for_again() {
    let (bench, memo) = (
        Bench::new(),
        memo(|function| function.with_ttl_ms(1_000_000)),
    );
    bench.user(memo, || 7);
    assert_eq!(bench.store.claimed_tags(), 3);

    bench.advance_ms(1_000_000);
    bench.user(memo, || 8);
    assert_eq!(bench.store.claimed_tags(), 0);

    // An hour is kept of what lasts a thousand seconds.
    bench.advance_ms(1_700_000);
    bench.user(memo, || 9);
    assert_eq!(
        bench.store.claimed_tags(),
        3,
        "they might end before the entry"
    );
    bench.invalidate("user:1");
    bench.user(memo, || 10);
    assert_eq!(bench.store.claimed_tags(), 1);
    assert_eq!(bench.neighbour().user(memo, || unreachable!()), 10);
}

#[test]
fn a_version_that_was_lost_is_a_miss() {
    let (bench, memo) = (Bench::new(), simple());
    bench.user(memo, || 7);
    bench.store.forget_tags();

    let other = bench.neighbour();
    assert_eq!(other.user(memo, || 8), 8);
    assert_eq!(
        other.events(),
        [COLD_MEMORY, TAG_MISS, LEASED, COMPUTED, STORED]
    );
}

#[test]
fn an_invalidation_the_store_could_not_take_is_owed() {
    for kind in [StoreErrorKind::Full, StoreErrorKind::Unavailable] {
        let (bench, memo) = (Bench::new(), simple());
        let other = bench.neighbour();
        bench.user(memo, || 7);
        bench.store.fail_at(Ask::Invalidate, kind);
        assert_eq!(bench.invalidate("user:1"), Evicted::Deferred);
        bench.events();

        assert_eq!(bench.user(memo, || 8), 8, "the entry is not read");
        let owed = miss(Layer::Store, MissReason::Owed);
        let unleased = not_stored(NotStored::Unleased);
        assert_eq!(bench.events(), [OUTDATED, owed, COMPUTED, unleased]);
        assert_eq!(other.peek_user(memo), Some(7), "not told yet");
        bench.store.fail(None);
        bench.advance_ms(250);
        bench.run_errands();
        assert_eq!(other.peek_user(memo), None, "told");
    }
}

#[test]
fn an_invalidation_dropped_halfway_holds_in_its_own_process() {
    for polls in 1..=2 {
        let (bench, memo) = (Bench::new(), simple());
        bench.user(memo, || 7);
        bench.store.delay(1);
        let core = bench.cache.core();
        let mut invalidating = Box::pin(invalidate::tag(Async, core, "user:1"));
        for _ in 0..polls {
            assert!(poll(invalidating.as_mut()).is_pending());
        }
        drop(invalidating);
        bench.events();

        let left = bench.peek_user(memo);
        assert_eq!(bench.events()[0], OUTDATED);
        let was_told = polls == 2;
        assert_eq!(left.is_none(), was_told, "after {polls} polls");
    }
}
