//! `soft` and `hard`: callers that wait only so long, on a real runtime and with time moved by hand.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::*;
use crate::cache::owned;
use crate::timed_out::TimedOut;

type Output = Result<u64, Failure>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    TooSlow,
}

impl From<TimedOut> for Failure {
    fn from(_: TimedOut) -> Self {
        Self::TooSlow
    }
}

/// Fresh for 10 s, usable for a minute after that; callers wait for 2 s if there is something else, and 5 s in any case.
fn limited() -> &'static Memo {
    memo(|function| {
        function
            .with_ttl_ms(10_000)
            .with_stale_ms(60_000)
            .with_soft_ms(2_000)
            .with_hard_ms(5_000)
            .with_lease_ms(60_000)
    })
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap()
}

/// A call whose computation ends when the sender says how.
fn fetch(
    bench: &Bench,
    memo: &'static Memo,
) -> (
    oneshot::Sender<u64>,
    impl Future<Output = Output> + Send + use<>,
) {
    let (say, heard) = oneshot::channel();
    let cache = bench.cache.clone();
    let own = move || {
        move || async move {
            let number = heard.await.unwrap_or_else(|_| panic!("as planned"));
            Ok(number)
        }
    };
    let shape = crate::__shape!(Output);
    let give_up = || Err(TimedOut.into());
    let call = async move {
        owned::fetch_async(&cache, memo, key(memo, 1), shape, own, Some(give_up)).await
    };
    (say, call)
}

/// A cache in whose store the number 7 has just expired.
fn expired(memo: &'static Memo) -> Bench {
    let bench = Bench::new();
    bench.number(memo, || 7);
    bench.advance_ms(10_000);
    bench.events();
    bench
}

/// Waits until this has happened, on whatever thread.
fn until(bench: &Bench, event: Event) {
    while !bench.events.lock().unwrap().contains(&event) {
        std::thread::yield_now();
    }
}

const fn stale(reason: StaleReason) -> Event {
    Event::Stale {
        layer: Layer::Store,
        reason,
    }
}

#[test]
fn within_its_limits_a_call_is_a_call() {
    let (bench, memo, runtime) = (Bench::new(), limited(), runtime());
    let (say, call) = fetch(&bench, memo);
    say.send(7).unwrap();

    assert_eq!(runtime.block_on(call), Ok(7));
    until(&bench, STORED);
    assert_eq!(
        bench.events(),
        [COLD_MEMORY, COLD_STORE, LEASED, COMPUTED, STORED]
    );
}

#[test]
fn after_soft_the_stale_value_is_the_answer_and_computing_goes_on() {
    let memo = limited();
    let (bench, runtime) = (expired(memo), runtime());
    let (say, call) = fetch(&bench, memo);
    let call = runtime.spawn(call);
    until(&bench, LEASED);
    assert!(!call.is_finished());
    bench.advance_ms(2_000);

    assert_eq!(runtime.block_on(call).unwrap(), Ok(7));
    until(&bench, stale(StaleReason::Slow));
    say.send(8).unwrap();
    until(&bench, STORED);
    assert_eq!(bench.peek(memo), Some(8));
}

#[test]
fn after_hard_a_caller_without_a_stale_value_is_told() {
    let (bench, memo, runtime) = (Bench::new(), limited(), runtime());
    let (say, call) = fetch(&bench, memo);
    let call = runtime.spawn(call);
    until(&bench, LEASED);
    bench.advance_ms(5_000);

    assert_eq!(runtime.block_on(call).unwrap(), Err(Failure::TooSlow));
    until(&bench, Event::TimedOut);
    say.send(8).unwrap();
    until(&bench, STORED);
    assert_eq!(bench.peek(memo), Some(8));
}

#[test]
fn the_computation_of_a_caller_that_went_away_is_stored() {
    let (bench, memo, runtime) = (Bench::new(), limited(), runtime());
    let (say, call) = fetch(&bench, memo);
    let call = runtime.spawn(call);
    until(&bench, LEASED);
    call.abort();
    assert!(runtime.block_on(call).unwrap_err().is_cancelled());
    say.send(7).unwrap();

    until(&bench, STORED);
    assert_eq!(bench.peek(memo), Some(7));
}

#[test]
fn a_panic_elsewhere_is_the_callers() {
    let (bench, memo, runtime) = (Bench::new(), limited(), runtime());
    let (say, call) = fetch(&bench, memo);
    drop(say);
    let panic = catch_unwind(AssertUnwindSafe(|| runtime.block_on(call))).unwrap_err();

    assert_eq!(panic.downcast_ref(), Some(&"as planned"));
    assert_eq!(bench.flights(), 0);
    assert!(bench.events().contains(&Event::Panicked));
}

#[test]
fn without_a_runtime_a_call_has_no_limits() {
    let (bench, memo) = (Bench::new(), limited());
    let (say, call) = fetch(&bench, memo);
    let mut call = Task::new(call).settle();
    bench.advance_ms(5_000);
    assert_eq!(call.poll(), None);
    say.send(7).unwrap();

    assert_eq!(call.finish(), Ok(7));
}

#[test]
fn a_blocking_caller_waits_only_so_long_too() {
    let memo = memo(|function| {
        function
            .with_ttl_ms(10_000)
            .with_stale_ms(60_000)
            .with_soft_ms(2_000)
    });
    let bench = expired(memo);
    let (say, heard) = std::sync::mpsc::channel();
    let answer = std::thread::scope(|scope| {
        let call = scope.spawn(|| {
            owned::fetch(&bench.cache, memo, key(memo, 1), plain(), || {
                move || heard.recv().unwrap()
            })
        });
        until(&bench, LEASED);
        bench.advance_ms(2_000);
        call.join().unwrap()
    });

    assert_eq!(answer, 7);
    say.send(8).unwrap();
    until(&bench, STORED);
    assert_eq!(bench.peek(memo), Some(8));
}

#[test]
fn a_computation_elsewhere_knows_what_its_caller_is_inside_of() {
    let (outer, inner) = (simple(), memo(|function| function.with_soft_ms(2_000)));
    let bench = Arc::new(Bench::new());
    let again = Arc::clone(&bench);
    let answer = bench.number(outer, || {
        let key = key(inner, 1);
        owned::fetch(&bench.cache, inner, key, plain(), || {
            move || again.number(outer, || 7) + 1
        })
    });

    assert_eq!(answer, 8);
    let alone = Event::Alone {
        reason: AloneReason::Reentrant,
    };
    assert!(bench.events().contains(&alone));
}
