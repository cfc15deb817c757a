//! What a dropped future leaves behind, at every await: nothing.

use super::*;

/// The leader waits three times: for the store's answer, for the function, for the store to write.
const POLLS: usize = 3;

#[test]
fn a_leader_dropped_at_any_await_leaves_the_way_free() {
    for polls in 1..=POLLS {
        let (bench, memo) = (Bench::new(), simple());
        bench.store.delays.store(1, Ordering::SeqCst);
        {
            let mut leader = pin!(bench.number_async(memo, || async {
                Yield(1).await;
                7
            }));
            for _ in 0..polls {
                assert!(poll(leader.as_mut()).is_pending());
            }
            assert_eq!(bench.flights(), 1);
        }
        assert_eq!(bench.flights(), 0, "after {polls} polls");
        let cancelled = bench.events().contains(&Event::Cancelled);
        assert_eq!(
            cancelled,
            polls < POLLS,
            "once there is a value, nothing is cancelled"
        );
        let next = drive(bench.number_async(memo, || async { 7 }));
        assert_eq!(next, 7);
    }
}

#[test]
fn a_leader_dropped_at_any_await_hands_over_to_one_follower() {
    for polls in 1..=POLLS {
        let (bench, memo) = (Bench::new(), simple());
        bench.store.delays.store(1, Ordering::SeqCst);
        let computed = AtomicUsize::new(0);
        let call = || {
            bench.number_async(memo, || async {
                computed.fetch_add(1, Ordering::SeqCst);
                Yield(1).await;
                7
            })
        };
        let mut followers: Vec<_> = Vec::new();
        {
            let mut leader = pin!(call());
            assert!(poll(leader.as_mut()).is_pending());
            for _ in 0..3 {
                let mut follower = Box::pin(call());
                assert!(poll(follower.as_mut()).is_pending());
                followers.push(follower);
            }
            for _ in 1..polls {
                assert!(poll(leader.as_mut()).is_pending());
            }
        }
        let before = computed.swap(0, Ordering::SeqCst);
        assert_eq!(drive_all(followers), [7, 7, 7]);
        let after = computed.load(Ordering::SeqCst);
        assert_eq!(
            before + after,
            if polls == 2 { 2 } else { 1 },
            "after {polls} polls"
        );
        assert_eq!(bench.flights(), 0);
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
    bench.store.delays.store(1, Ordering::SeqCst);
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
fn a_doomed_computation_that_is_dropped_stores_nothing() {
    let (bench, memo) = (Bench::new(), simple());
    {
        let mut leader = pin!(bench.number_async(memo, || async {
            Yield(1).await;
            7
        }));
        assert!(poll(leader.as_mut()).is_pending());
        let _ = bench.evict(memo);
        assert_eq!(bench.flights(), 0, "callers from now on start anew");
    }
    assert_eq!(bench.peek(memo), None);
}

/// Polls all in turn until all are done.
fn drive_all<F: Future + Unpin>(mut futures: Vec<F>) -> Vec<F::Output> {
    let mut outputs: Vec<_> = futures.iter().map(|_| None).collect();
    while outputs.iter().any(Option::is_none) {
        for (future, output) in futures.iter_mut().zip(&mut outputs) {
            if output.is_none()
                && let Poll::Ready(value) = poll(Pin::new(future))
            {
                *output = Some(value);
            }
        }
    }
    outputs.into_iter().flatten().collect()
}
