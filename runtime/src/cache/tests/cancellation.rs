//! What a dropped future leaves behind, at every await: nothing.

use super::*;

/// A number that takes a while, on a store whose every operation takes a while before it is done, and another one
/// before that is known.
fn slow_number<'a>(
    bench: &'a Bench,
    memo: &'static Memo,
    computed: &'a AtomicUsize,
) -> Pin<Box<dyn Future<Output = u64> + 'a>> {
    bench.store.delay(1);
    Box::pin(bench.number_async(memo, || async {
        computed.fetch_add(1, Ordering::SeqCst);
        Yield(1).await;
        7
    }))
}

/// Polls so often, each time in vain; false if it was done before.
fn poll_times<F: Future + ?Sized>(future: &mut Pin<Box<F>>, polls: usize) -> bool {
    (0..polls).all(|_| poll(future.as_mut()).is_pending())
}

/// Read, claim, compute, write: each store operation waits before it is done and before that is known.
const AWAITS: usize = 7;

#[test]
fn a_leader_dropped_at_any_await_leaves_the_way_free() {
    for polls in 1.. {
        let (bench, memo, computed) = (Bench::new(), simple(), AtomicUsize::new(0));
        let mut leader = slow_number(&bench, memo, &computed);
        if !poll_times(&mut leader, polls) {
            assert_eq!(polls, AWAITS + 1);
            return;
        }
        assert_eq!(bench.flights(), 1);
        drop(leader);

        assert_eq!(bench.flights(), 0, "after {polls} polls");
        let cancelled = bench.events().contains(&Event::Cancelled);
        assert_eq!(
            cancelled,
            polls <= 5,
            "once there is a value, nothing is cancelled"
        );
        bench.run_errands();
        assert!(!bench.store.is_leased(memo), "after {polls} polls");
        let was_stored = bench.store.has_entry(memo);
        assert_eq!(was_stored, polls == AWAITS, "after {polls} polls");
        computed.store(0, Ordering::SeqCst);
        assert_eq!(drive(slow_number(&bench, memo, &computed)), 7);
        let expected = usize::from(!was_stored);
        assert_eq!(computed.load(Ordering::SeqCst), expected);
        assert!(bench.store.has_entry(memo), "after {polls} polls");
    }
}

#[test]
fn a_leader_dropped_at_any_await_hands_over_to_one_follower() {
    for polls in 1..=AWAITS {
        let (bench, memo, computed) = (Bench::new(), simple(), AtomicUsize::new(0));
        let mut leader = slow_number(&bench, memo, &computed);
        assert!(poll_times(&mut leader, 1));
        let mut followers: Vec<_> = (0..3)
            .map(|_| slow_number(&bench, memo, &computed))
            .collect();
        for follower in &mut followers {
            assert!(poll_times(follower, 1));
        }
        assert!(poll_times(&mut leader, polls - 1));
        drop(leader);
        let before = computed.swap(0, Ordering::SeqCst);
        bench.run_errands();

        assert_eq!(drive_all(followers), [7, 7, 7]);
        let after = computed.load(Ordering::SeqCst);
        let is_computing = polls == 5;
        assert_eq!(before + after, 1 + usize::from(is_computing), "{polls}");
        assert_eq!(bench.flights(), 0);
        bench.run_errands();
        assert!(!bench.store.is_leased(memo), "after {polls} polls");
    }
}

#[test]
fn followers_dropped_while_they_wait_are_not_waited_for() {
    let (bench, memo) = (Bench::new(), simple());
    let call = || {
        bench.number_async(memo, || async {
            Yield(1).await;
            7
        })
    };
    let mut leader = Box::pin(call());
    assert!(poll(leader.as_mut()).is_pending());
    let mut follower = Box::pin(call());
    assert!(poll(follower.as_mut()).is_pending());
    drop(follower);
    drop(leader);

    assert_eq!(bench.flights(), 0);
}

#[test]
fn an_heir_dropped_before_it_acts_passes_the_seat_on() {
    let (bench, memo) = (Bench::new(), simple());
    let call = || {
        bench.number_async(memo, || async {
            Yield(1).await;
            7
        })
    };
    let mut calls: Vec<_> = (0..3).map(|_| Box::pin(call())).collect();
    for call in &mut calls {
        assert!(poll(call.as_mut()).is_pending());
    }
    // The leader hands over to the second, which is gone before it is polled.
    drop(calls.remove(0));
    drop(calls.remove(0));
    bench.run_errands();

    assert_eq!(drive_all(calls), [7]);
    assert_eq!(bench.flights(), 0);
}

#[test]
fn the_last_heir_dropped_frees_the_flight() {
    let (bench, memo) = (Bench::new(), simple());
    let call = || bench.number_async(memo, std::future::pending);
    let mut calls: Vec<_> = (0..2).map(|_| Box::pin(call())).collect();
    for call in &mut calls {
        assert!(poll(call.as_mut()).is_pending());
    }
    drop(calls.remove(0));
    assert_eq!(bench.flights(), 1);
    calls.clear();

    assert_eq!(bench.flights(), 0);
}

#[test]
fn an_eviction_dropped_halfway_has_dropped_the_copy_in_memory() {
    let (bench, memo) = (Bench::new(), simple());
    bench.number(memo, || 7);
    bench.store.delay(1);
    bench.store.fail(StoreErrorKind::Unavailable);
    {
        let mut evicting = pin!(invalidate::evict(
            Async,
            bench.cache.core(),
            memo,
            key(memo, 1)
        ));
        assert!(poll(evicting.as_mut()).is_pending());
    }
    assert_eq!(bench.peek(memo), None);
}

#[test]
fn an_outdated_computation_that_is_dropped_stores_nothing() {
    let (bench, memo) = (Bench::new(), simple());
    {
        let mut leader = pin!(bench.number_async(memo, || async {
            Yield(1).await;
            7
        }));
        assert!(poll(leader.as_mut()).is_pending());
        let _ = bench.evict(memo);
        let newer = drive(bench.number_async(memo, || async { 8 }));
        assert_eq!(newer, 8, "callers from now on start anew");
    }
    assert_eq!(bench.flights(), 0);
    assert_eq!(bench.peek(memo), Some(8));
}

/// A verb that changes something, as a future of its own.
type Verb = for<'a> fn(&'a Bench, &'static Memo) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Each with how often it waits where there is an entry, and where there is none.
const VERBS: [(&str, Verb, [usize; 2]); 6] = [
    (
        "fetch",
        |bench, memo| {
            let key = user(memo, 1);
            let core = bench.cache.core();
            Box::pin(async move {
                fetch::fetch_async(core, memo, key, plain(), seven).await;
            })
        },
        [0, 7],
    ),
    (
        "refresh",
        |bench, memo| {
            let key = user(memo, 1);
            let core = bench.cache.core();
            Box::pin(async move {
                refresh::refresh(Async, core, memo, key, plain(), seven).await;
            })
        },
        [5, 5],
    ),
    (
        "put",
        |bench, memo| {
            let core = bench.cache.core();
            Box::pin(refresh::put(Async, core, memo, user(memo, 1), plain(), 7))
        },
        [4, 4],
    ),
    (
        "evict",
        |bench, memo| {
            let key = user(memo, 1);
            Box::pin(async move {
                let _ = invalidate::evict(Async, bench.cache.core(), memo, key).await;
            })
        },
        [2, 2],
    ),
    (
        "invalidate",
        |bench, _| {
            Box::pin(async move {
                let _ = invalidate::tag(Async, bench.cache.core(), "user:1").await;
            })
        },
        [2, 2],
    ),
    (
        "clear",
        |bench, memo| {
            Box::pin(async move {
                let _ = invalidate::clear_function(Async, bench.cache.core(), memo).await;
            })
        },
        [2, 2],
    ),
];

async fn seven() -> u64 {
    Yield(1).await;
    7
}

#[test]
fn a_verb_dropped_at_any_await_leaves_all_processes_of_one_mind_and_the_way_free() {
    for (name, verb, awaits) in VERBS {
        for (has_entry, awaits) in [true, false].into_iter().zip(awaits) {
            for polls in 0..=awaits {
                let (bench, memo) = (Bench::new(), simple());
                let other = bench.neighbour();
                if has_entry {
                    bench.user(memo, || 6);
                }
                bench.store.delay(1);
                let mut call = verb(&bench, memo);
                assert!(poll_times(&mut call, polls), "{name} waits {polls} times");
                drop(call);
                bench.store.delay(0);
                bench.run_errands();

                let at = format!("{name}, {has_entry}, {polls}");
                assert_eq!(bench.flights(), 0, "{at}");
                assert!(!bench.store.is_leased(memo), "{at}");
                assert_eq!(bench.peek_user(memo), other.peek_user(memo), "{at}");
                let value = bench.user(memo, || 9);
                assert_eq!(other.user(memo, || unreachable!()), value, "{at}");
            }
            let (bench, memo) = (Bench::new(), simple());
            if has_entry {
                bench.user(memo, || 6);
            }
            bench.store.delay(1);
            let mut call = verb(&bench, memo);
            assert!(poll_times(&mut call, awaits), "{name}");
            assert!(poll(call.as_mut()).is_ready(), "{name}: that is all");
        }
    }
}

#[test]
fn a_waiter_dropped_at_any_await_disturbs_nobody() {
    // Reading and asking for the lease take two each, and so does asking once more when the watch is in place; then it
    // waits, is woken, and asks again.
    for polls in 0..=9 {
        let (one, memo) = (Bench::new(), simple());
        let two = one.neighbour();
        let said = Said::default();
        let mut leader = Task::new(one.number_async(memo, || said.heard())).settle();
        two.store.delay(1);
        let mut waiter = Box::pin(two.number_async(memo, || async { unreachable!() }));
        assert!(poll_times(&mut waiter, polls.min(7)));
        two.store.delay(0);
        said.say(7);
        assert!(polls <= 7 || leader.poll() == Some(7));
        two.store.delay(1);
        assert!(poll_times(&mut waiter, polls.saturating_sub(7)));
        drop(waiter);
        two.run_errands();
        two.store.delay(0);

        assert!(polls > 7 || leader.poll() == Some(7), "after {polls} polls");
        assert_eq!(two.flights(), 0);
        assert!(!two.store.is_leased(memo), "after {polls} polls");
        assert_eq!(two.number(memo, || unreachable!()), 7);
    }
}

#[test]
fn of_many_callers_the_one_that_stays_gets_the_value() {
    let (bench, memo, computed) = (Bench::new(), simple(), AtomicUsize::new(0));
    let mut calls: Vec<_> = (0..4)
        .map(|_| slow_number(&bench, memo, &computed))
        .collect();
    for call in &mut calls {
        assert!(poll_times(call, 1));
    }
    let last = calls.split_off(3);
    drop(calls);
    bench.run_errands();

    assert_eq!(drive_all(last), [7]);
    assert_eq!(computed.load(Ordering::SeqCst), 1);
    assert_eq!(bench.flights(), 0);
}

/// Polls all in turn until all are done.
fn drive_all<F: Future + Unpin>(mut futures: Vec<F>) -> Vec<F::Output> {
    let mut outputs: Vec<_> = futures.iter().map(|_| None).collect();
    for _ in 0..10_000 {
        for (future, output) in futures.iter_mut().zip(&mut outputs) {
            if output.is_none()
                && let Poll::Ready(value) = poll(Pin::new(future))
            {
                *output = Some(value);
            }
        }
    }
    outputs
        .into_iter()
        .map(|output| output.expect("it is done in the end"))
        .collect()
}
