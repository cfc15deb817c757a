//! What a call comes to, and what is left of it.

use super::*;

#[test]
fn the_first_call_computes_and_the_next_is_answered_from_memory() {
    let (bench, memo) = (Bench::new(), simple());

    assert_eq!(bench.number(memo, || 7), 7);
    assert_eq!(
        bench.events(),
        [COLD_MEMORY, COLD_STORE, LEASED, COMPUTED, STORED]
    );
    assert_eq!(bench.number(memo, || unreachable!()), 7);
    assert_eq!(bench.events(), [MEMORY_HIT]);
    assert_eq!(bench.flights(), 0);
}

#[test]
fn another_process_is_answered_from_the_store() {
    let (bench, memo) = (Bench::new(), simple());
    bench.number(memo, || {
        bench.advance_ms(40);
        7
    });
    bench.events();

    let neighbour = bench.neighbour();
    let fetch = || {
        fetch::fetch(
            neighbour.cache.core(),
            memo,
            key(memo, 1),
            plain(),
            || unreachable!(),
        )
    };
    let saved = Duration::from_millis(40);
    assert_eq!(fetch(), 7);
    assert_eq!(
        neighbour.events(),
        [
            COLD_MEMORY,
            Event::Hit {
                layer: Layer::Store,
                saved
            }
        ]
    );
    assert_eq!(fetch(), 7);
    assert_eq!(
        neighbour.events(),
        [Event::Hit {
            layer: Layer::Memory,
            saved
        }]
    );
}

#[test]
fn both_faces_answer_alike() {
    let (bench, memo) = (Bench::new(), simple());

    assert_eq!(drive(bench.number_async(memo, || async { 7 })), 7);
    assert_eq!(
        bench.events(),
        [COLD_MEMORY, COLD_STORE, LEASED, COMPUTED, STORED]
    );
    assert_eq!(
        drive(bench.number_async(memo, || async { unreachable!() })),
        7
    );
    assert_eq!(bench.number(memo, || unreachable!()), 7);
    assert_eq!(bench.events(), [MEMORY_HIT, MEMORY_HIT]);
}

#[test]
fn an_error_is_passed_on_and_not_stored() {
    let (bench, memo) = (Bench::new(), simple());
    let shape = crate::__shape!(Result<u64, Cell<u8>>);
    let fetch = |output| bench.fetch(memo, key(memo, 1), shape, || output);

    assert_eq!(fetch(Err(Cell::new(3))), Err(Cell::new(3)));
    let failed = Event::Failed {
        took: Duration::ZERO,
    };
    assert_eq!(bench.events(), [COLD_MEMORY, COLD_STORE, LEASED, failed]);
    bench.run_errands();
    assert_eq!(fetch(Ok(7)), Ok(7));
    assert_eq!(fetch(Err(Cell::new(4))), Ok(7));
    assert_eq!(bench.flights(), 0);
}

#[test]
fn a_panic_goes_through_and_leaves_nothing() {
    let (bench, memo) = (Bench::new(), simple());
    let panicking =
        std::panic::AssertUnwindSafe(|| bench.number(memo, || panic!("from the function")));

    let panic = std::panic::catch_unwind(panicking).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"from the function"));
    assert_eq!(
        bench.events(),
        [COLD_MEMORY, COLD_STORE, LEASED, Event::Panicked]
    );
    bench.run_errands();
    assert_eq!(bench.flights(), 0);
    assert_eq!(bench.number(memo, || 7), 7);
}

#[test]
fn a_reentrant_call_computes_without_waiting() {
    let (bench, memo) = (Bench::new(), simple());
    let alone = Event::Alone {
        reason: AloneReason::Reentrant,
    };

    assert_eq!(bench.number(memo, || bench.number(memo, || 3) + 4), 7);
    let expected = [
        COLD_MEMORY,
        COLD_STORE,
        LEASED,
        COLD_MEMORY,
        alone,
        COMPUTED,
        not_stored(NotStored::Alone),
        COMPUTED,
        STORED,
    ];
    assert_eq!(bench.events(), expected);
    assert_eq!(bench.number(memo, || unreachable!()), 7);
}

#[test]
fn a_reentrant_future_computes_without_waiting() {
    let (bench, memo) = (Bench::new(), simple());
    let inner = || bench.number_async(memo, || async { 3 });
    let outer = bench.number_async(memo, || async {
        Yield(1).await;
        inner().await + 4
    });

    assert_eq!(drive(outer), 7);
    assert!(bench.events().contains(&Event::Alone {
        reason: AloneReason::Reentrant
    }));
    assert_eq!(bench.flights(), 0);
}

#[test]
fn a_function_may_await_its_own_wrapper() {
    fn assert_send<T: Send>(future: T) -> T {
        future
    }
    async fn factorial(bench: &Bench, memo: &'static Memo, n: u64) -> u64 {
        if n == 0 {
            1
        } else {
            n * cached(bench, memo, n - 1).await
        }
    }
    async fn cached(bench: &Bench, memo: &'static Memo, n: u64) -> u64 {
        let core = bench.cache.core();
        fetch::fetch_async(core, memo, key(memo, n), plain(), move || {
            factorial(bench, memo, n)
        })
        .await
    }
    let (bench, memo) = (Bench::new(), simple());

    assert_eq!(drive(assert_send(cached(&bench, memo, 5))), 120);
    assert_eq!(
        bench
            .events()
            .iter()
            .filter(|&&event| event == COMPUTED)
            .count(),
        6
    );
    assert_eq!(drive(cached(&bench, memo, 3)), 6);
    assert_eq!(bench.events(), [MEMORY_HIT]);
}

#[test]
fn a_wrapper_is_send_whatever_the_error_is() {
    fn assert_send<T: Send>(future: T) -> T {
        future
    }
    let (bench, memo) = (Bench::new(), simple());
    type Output = Result<u64, std::rc::Rc<u8>>;
    let core = bench.cache.core();
    let future = fetch::fetch_async(
        core,
        memo,
        key(memo, 1),
        crate::__shape!(Output),
        || async { Output::Ok(7) },
    );

    assert_eq!(drive(assert_send(future)), Ok(7));
}

#[test]
fn peek_looks_and_never_computes() {
    let (bench, memo) = (Bench::new(), simple());

    assert_eq!(bench.peek(memo), None);
    assert_eq!(bench.events(), [COLD_MEMORY, COLD_STORE]);
    bench.number(memo, || 7);
    bench.events();
    assert_eq!(bench.peek(memo), Some(7));
    assert_eq!(bench.events(), [MEMORY_HIT]);
    let neighbour = bench.neighbour();
    let peek = || neighbour.peek(memo);
    assert_eq!((peek(), peek()), (Some(7), Some(7)));
    assert_eq!(neighbour.events(), [COLD_MEMORY, STORE_HIT, MEMORY_HIT]);
}

#[test]
fn put_replaces_what_is_in_memory_and_in_the_store() {
    let (bench, memo) = (Bench::new(), simple());
    bench.number(memo, || 7);
    bench.events();

    bench.put(memo, 8);
    assert_eq!(bench.events(), [Event::Put, STORED]);
    assert_eq!(bench.number(memo, || unreachable!()), 8);
    let neighbour = bench.neighbour();
    let elsewhere = neighbour.peek(memo);
    assert_eq!(elsewhere, Some(8));
}

#[test]
fn refresh_computes_and_replaces() {
    let (bench, memo) = (Bench::new(), simple());
    bench.number(memo, || 7);
    bench.events();

    assert_eq!(bench.refresh(memo, || 8), 8);
    assert_eq!(bench.events(), [COMPUTED, STORED]);
    assert_eq!(bench.number(memo, || unreachable!()), 8);
}

#[test]
fn what_replaces_an_entry_but_cannot_be_stored_leaves_nothing() {
    let (bench, memo) = (Bench::new(), memo(|function| function.with_none_ms(0)));
    let shape = crate::__shape!(Option<u64>);
    bench.fetch(memo, key(memo, 1), shape, || Some(7));
    bench.events();

    now(refresh::put(
        Blocking,
        bench.cache.core(),
        memo,
        key(memo, 1),
        shape,
        None,
    ));
    assert_eq!(
        bench.events(),
        [Event::Put, not_stored(NotStored::Lifetime)]
    );
    assert_eq!(
        now(fetch::peek(
            Blocking,
            bench.cache.core(),
            memo,
            key(memo, 1),
            shape
        )),
        None
    );
}

#[test]
fn evict_removes_the_entry_everywhere() {
    let (bench, memo) = (Bench::new(), simple());
    bench.number(memo, || 7);
    bench.events();

    assert_eq!(bench.evict(memo), Evicted::Done);
    assert_eq!(
        bench.events(),
        [Event::Evicted {
            outcome: Evicted::Done
        }]
    );
    assert_eq!(bench.number(memo, || 8), 8);
    let outdated = miss(Layer::Memory, MissReason::Outdated);
    assert_eq!(
        bench.events(),
        [outdated, COLD_STORE, LEASED, COMPUTED, STORED]
    );
}

#[test]
fn a_value_computed_across_an_eviction_is_returned_and_not_stored() {
    let (bench, memo) = (Bench::new(), simple());

    let value = bench.number(memo, || {
        let _ = bench.evict(memo);
        7
    });
    assert_eq!(value, 7);
    assert_eq!(bench.events().last(), Some(&not_stored(NotStored::Refused)));
    assert_eq!(bench.peek(memo), None);
}

#[test]
fn a_value_computed_across_a_put_does_not_replace_it() {
    let (bench, memo) = (Bench::new(), simple());

    bench.number(memo, || {
        bench.put(memo, 8);
        7
    });
    assert_eq!(bench.events().last(), Some(&not_stored(NotStored::Refused)));
    assert_eq!(bench.peek(memo), Some(8));
}

#[test]
fn the_counts_are_those_of_the_events() {
    let (bench, memo) = (Bench::new(), simple());
    bench.number(memo, || 7);
    bench.number(memo, || unreachable!());
    let _ = bench.evict(memo);

    let stats = crate::stats::stats();
    let stats = stats.function(memo.function().path()).unwrap();
    assert_eq!(
        (stats.memory_hits, stats.memory_misses, stats.cold_misses),
        (1, 1, 1)
    );
    assert_eq!(
        (stats.computes, stats.stores, stats.stored_bytes),
        (1, 1, 1)
    );
    assert_eq!(stats.evictions, 1);
}

#[test]
fn an_observer_that_panics_changes_nothing() {
    let bench = Bench::with(|builder| builder.on_event(|_, _| panic!("from the observer")));
    let memo = simple();

    assert_eq!(bench.number(memo, || 7), 7);
    assert_eq!(bench.number(memo, || unreachable!()), 7);
    let panicking = std::panic::AssertUnwindSafe(|| {
        bench.fetch(memo, key(memo, 2), plain(), || panic!("from the function"))
    });
    let panic = std::panic::catch_unwind(panicking).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"from the function"));
}
