//! Many callers of one key.

use std::thread;

use super::*;

/// Wakes a parked thread.
struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future on this thread, parked while it waits.
fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        thread::park();
    }
}

/// Waits until that many calls follow.
fn until_joined(bench: &Bench, followers: usize) {
    let joined = || {
        let events = bench.events.lock().unwrap();
        events
            .iter()
            .filter(|&&event| event == Event::Joined)
            .count()
    };
    while joined() < followers {
        thread::yield_now();
    }
}

fn count(events: &[Event], wanted: Event) -> usize {
    events.iter().filter(|&&event| event == wanted).count()
}

const CALLERS: usize = 100;

#[test]
fn a_hundred_blocking_callers_compute_once() {
    let (bench, memo) = (Bench::new(), simple());
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                let value = bench.number(memo, || {
                    until_joined(&bench, CALLERS - 1);
                    7
                });
                assert_eq!(value, 7);
            });
        }
    });

    let events = bench.events();
    assert_eq!(count(&events, COMPUTED), 1);
    assert_eq!(
        count(&events, Event::Waited { fate: Fate::Done }),
        CALLERS - 1
    );
    assert_eq!(bench.flights(), 0);
}

#[test]
fn a_hundred_futures_compute_once() {
    let (bench, memo) = (Bench::new(), simple());
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                let value = block_on(bench.number_async(memo, || async {
                    while count(&bench.events.lock().unwrap(), Event::Joined) < CALLERS - 1 {
                        Yield(1).await;
                    }
                    7
                }));
                assert_eq!(value, 7);
            });
        }
    });

    let events = bench.events();
    assert_eq!(count(&events, COMPUTED), 1);
    assert_eq!(
        count(&events, Event::Waited { fate: Fate::Done }),
        CALLERS - 1
    );
}

#[test]
fn futures_wait_for_a_blocking_leader() {
    let (bench, memo) = (Bench::new(), simple());
    thread::scope(|scope| {
        scope.spawn(|| {
            bench.number(memo, || {
                until_joined(&bench, 2);
                7
            })
        });
        while bench.flights() == 0 {
            thread::yield_now();
        }
        for _ in 0..2 {
            scope.spawn(|| {
                assert_eq!(
                    block_on(bench.number_async(memo, || async { unreachable!() })),
                    7
                )
            });
        }
    });
    assert_eq!(count(&bench.events(), COMPUTED), 1);
}

#[test]
fn a_blocking_caller_never_waits_for_a_future() {
    let (bench, memo) = (Bench::new(), simple());
    let mut leader = pin!(bench.number_async(memo, || async {
        Yield(1).await;
        7
    }));
    assert!(poll(leader.as_mut()).is_pending());

    // On the thread that the leader needs to go on: waiting would be for ever.
    assert_eq!(bench.number(memo, || 8), 8);
    assert!(bench.events().contains(&Event::Alone {
        reason: AloneReason::WouldBlock
    }));
    assert_eq!(drive(leader), 7);
}

/// Runs a leader that ends with `end`, and two callers that wait for it; all callers' outputs, sorted.
fn end_with(
    bench: &Bench,
    memo: &'static Memo,
    end: impl FnOnce() -> Result<u64, ()> + Send,
) -> Vec<Option<u64>> {
    let shape = crate::__shape!(Result<u64, ()>);
    let ready = Barrier::new(3);
    let mut outputs = thread::scope(|scope| {
        let leader = scope.spawn(|| {
            bench.fetch(memo, key(memo, 1), shape, || {
                ready.wait();
                until_joined(bench, 2);
                end()
            })
        });
        let follower = || {
            ready.wait();
            bench.fetch(memo, key(memo, 1), shape, || Ok(8))
        };
        let followers = [scope.spawn(follower), scope.spawn(follower)];
        let mut outputs: Vec<_> = followers
            .into_iter()
            .map(|follower| follower.join().unwrap().ok())
            .collect();
        outputs.push(leader.join().ok().and_then(Result::ok));
        outputs
    });
    outputs.sort_unstable();
    outputs
}

#[test]
fn after_an_error_each_follower_computes_for_itself() {
    let (bench, memo) = (Bench::new(), simple());

    assert_eq!(end_with(&bench, memo, || Err(())), [None, Some(8), Some(8)]);
    let events = bench.events();
    assert_eq!(count(&events, Event::Waited { fate: Fate::Failed }), 2);
    assert_eq!(count(&events, COMPUTED), 2);
    assert_eq!(bench.flights(), 0);
}

#[test]
fn after_a_panic_each_follower_computes_for_itself() {
    let (bench, memo) = (Bench::new(), simple());

    assert_eq!(
        end_with(&bench, memo, || panic!("as planned")),
        [None, Some(8), Some(8)]
    );
    let events = bench.events();
    assert_eq!(
        count(
            &events,
            Event::Waited {
                fate: Fate::Panicked
            }
        ),
        2
    );
    assert_eq!(count(&events, Event::Panicked), 1);
    assert_eq!(bench.flights(), 0);
}

#[test]
fn callers_that_waited_get_the_value_of_a_doomed_computation() {
    let (bench, memo) = (Bench::new(), simple());
    let value = || {
        let _ = bench.evict(memo);
        Ok(7)
    };

    assert_eq!(end_with(&bench, memo, value), [Some(7), Some(7), Some(7)]);
    let events = bench.events();
    assert_eq!(count(&events, not_stored(NotStored::Refused)), 1);
    assert_eq!(count(&events, COMPUTED), 1);
    assert_eq!(bench.peek(memo), None);
}

#[test]
fn two_computations_that_need_each_other_do_not_wait_for_ever() {
    let (bench, memo) = (Bench::new(), simple());
    let both_run = Barrier::new(2);
    let call = |mine: u64, other: u64| {
        bench.fetch(memo, key(memo, mine), plain(), || {
            both_run.wait();
            mine + bench.fetch(memo, key(memo, other), plain(), || 100)
        })
    };
    let (one, two) = thread::scope(|scope| {
        let one = scope.spawn(|| call(1, 2));
        let two = scope.spawn(|| call(2, 1));
        (one.join().unwrap(), two.join().unwrap())
    });

    // One of them waited for the other, which computed what it needed for itself.
    assert!(
        [(101, 103), (103, 102), (101, 102)].contains(&(one, two)),
        "{one} {two}"
    );
    assert!(bench.events().contains(&Event::Alone {
        reason: AloneReason::Reentrant
    }));
    assert_eq!(bench.flights(), 0);
}

#[test]
fn other_keys_are_not_waited_for_however_many_there_are() {
    let (bench, memo) = (Bench::new(), simple());
    let core = bench.cache.core();
    let said = Said::default();
    // Far more than the table of flights has parts.
    let calls: Vec<_> = (0..500)
        .map(|argument| {
            let key = key(memo, argument);
            let call = fetch::fetch_async(core, memo, key, plain(), || said.heard());
            Task::new(call).settle()
        })
        .collect();

    let events = bench.events();
    assert_eq!(count(&events, LEASED), 500);
    assert_eq!(count(&events, Event::Joined), 0);
    drop(calls);
    assert_eq!(bench.flights(), 0);
}

#[test]
fn a_blocking_wrapper_inside_a_task_neither_panics_nor_blocks_the_runtime() {
    let (bench, memo) = (Bench::new(), simple());
    let bench = Arc::new(bench);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let computed = runtime.block_on(async {
        let task = |bench: Arc<Bench>| async move {
            let inner = bench.number(memo, || 7);
            tokio::task::yield_now().await;
            inner + bench.number_async(memo, || async { 8 }).await
        };
        let tasks: Vec<_> = (0..10)
            .map(|_| tokio::spawn(task(Arc::clone(&bench))))
            .collect();
        let mut sums = Vec::new();
        for task in tasks {
            sums.push(task.await.unwrap());
        }
        sums
    });

    assert_eq!(computed, [14; 10]);
    assert_eq!(count(&bench.events(), COMPUTED), 1);
}
