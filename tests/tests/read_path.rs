//! The read path through generated wrappers, step by step: what happened is asserted event by event,
//! under a clock that is moved by hand.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

use selfsame::{Cache, ManualClock};
use selfsame_tests::cached::functions as wrappers;
use selfsame_tests::events;
use selfsame_tests::functions::{Answer, Calls, Zero};
use tokio::runtime::Builder;

static EVENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());
static CLOCK: LazyLock<ManualClock> = LazyLock::new(ManualClock::new);
static INSTALLED: LazyLock<()> = LazyLock::new(|| {
    Cache::builder()
        .url("memory:")
        .clock(CLOCK.clone())
        .ttl_jitter(0)
        .on_event(|_, event| locked(&EVENTS).push(events::text(event)))
        .on_report(|line| locked(&SAID).push(line.to_owned()))
        .install()
        .unwrap();
});
static TURN: Mutex<()> = Mutex::new(());

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One test at a time: they share the process's cache and its clock.
fn session() -> MutexGuard<'static, ()> {
    let turn = locked(&TURN);
    LazyLock::force(&INSTALLED);
    let _ = events();
    turn
}

/// What has happened since this was last asked.
fn events() -> Vec<String> {
    std::mem::take(&mut locked(&EVENTS))
}

fn later(seconds: u64) {
    CLOCK.advance(Duration::from_secs(seconds));
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

const EXPIRED: [&str; 5] = [
    "miss memory Expired",
    "miss store",
    "lease Taken",
    "computed",
    "stored",
];
const COLD: [&str; 5] = [
    "miss memory",
    "miss store",
    "lease Taken",
    "computed",
    "stored",
];

/// The events but for a moment's wait: the lease of a computation that came to nothing is given up in the background,
/// and the next call may still find it taken.
fn events_after_a_release() -> Vec<String> {
    let mut events = events();
    events.retain(|event| event != "lease Busy");
    events
}

#[test]
fn a_cold_call_computes_and_stores_and_a_warm_one_touches_memory_only() {
    let _turn = session();
    let calls = Calls::new();
    let cold = wrappers::cached_kept(&calls, 1);
    assert_eq!(events(), COLD);
    assert_eq!(wrappers::cached_kept(&calls, 1), cold);
    assert_eq!(events(), ["hit memory"]);
    assert_eq!(calls.count(), 1);
}

#[test]
fn the_async_face_takes_the_same_steps() {
    let _turn = session();
    let calls = Calls::new();
    let cold = block_on(wrappers::cached_kept_later(&calls, 1));
    assert_eq!(events(), COLD);
    assert_eq!(block_on(wrappers::cached_kept_later(&calls, 1)), cold);
    assert_eq!(events(), ["hit memory"]);
    assert_eq!(calls.count(), 1);
}

#[test]
fn another_argument_is_another_entry() {
    let _turn = session();
    let calls = Calls::new();
    assert_eq!(wrappers::cached_kept(&calls, 10).number, 10);
    assert_eq!(wrappers::cached_kept(&calls, 11).number, 11);
    assert_eq!(events(), [COLD, COLD].concat());
}

#[test]
fn an_error_is_passed_on_and_not_remembered() {
    let _turn = session();
    let calls = Calls::new();
    for times in 1..=2 {
        assert_eq!(block_on(wrappers::cached_kept_later(&calls, 0)), Err(Zero));
        assert_eq!(
            events_after_a_release(),
            ["miss memory", "miss store", "lease Taken", "failed"]
        );
        assert_eq!(calls.count(), times);
    }
}

#[test]
fn a_panic_is_passed_on_and_not_remembered() {
    let _turn = session();
    let calls = Calls::new();
    for times in 1..=2 {
        let outcome = catch_unwind(AssertUnwindSafe(|| wrappers::cached_panicking(&calls, 0)));
        assert_eq!(*outcome.unwrap_err().downcast::<&str>().unwrap(), "zero");
        assert_eq!(
            events_after_a_release(),
            ["miss memory", "miss store", "lease Taken", "panicked"]
        );
        assert_eq!(calls.count(), times);
    }
}

#[test]
fn a_copy_in_memory_lives_as_long_as_it_may_and_the_entry_as_long_as_the_ttl() {
    let _turn = session();
    let calls = Calls::new();
    let _ = wrappers::cached_brief(&calls, 1);
    assert_eq!(events(), COLD);
    later(3);
    let _ = wrappers::cached_brief(&calls, 1);
    assert_eq!(events(), ["hit memory"]);
    later(2);
    let _ = wrappers::cached_brief(&calls, 1);
    assert_eq!(events(), ["miss memory Expired", "hit store"]);
    later(6);
    let _ = wrappers::cached_brief(&calls, 1);
    // `memory:` forgets by itself what is not fresh any more.
    assert_eq!(events(), EXPIRED);
    assert_eq!(calls.count(), 2);
}

#[test]
fn a_copy_from_the_store_does_not_outlive_what_was_left_of_the_entry() {
    let _turn = session();
    let calls = Calls::new();
    let _ = wrappers::cached_brief(&calls, 2);
    later(8);
    let _ = wrappers::cached_brief(&calls, 2);
    later(3);
    let _ = events();
    let _ = wrappers::cached_brief(&calls, 2);
    // `memory:` forgets by itself what is not fresh any more.
    assert_eq!(events(), EXPIRED);
}

#[test]
fn none_has_a_lifetime_of_its_own() {
    let _turn = session();
    let calls = Calls::new();
    for _ in 0..2 {
        assert_eq!(wrappers::cached_brief(&calls, 0), None);
    }
    assert_eq!(calls.count(), 1);
    later(3);
    assert_eq!(wrappers::cached_brief(&calls, 0), None);
    assert_eq!(calls.count(), 2);
}

#[test]
fn a_look_computes_nothing() {
    let _turn = session();
    let calls = Calls::new();
    assert_eq!(wrappers::peek_kept(20), None);
    assert_eq!(events(), ["miss memory", "miss store"]);
    let answer = wrappers::cached_kept(&calls, 20);
    let _ = events();
    assert_eq!(wrappers::peek_kept(20), Some(answer));
    assert_eq!(events(), ["hit memory"]);
    assert_eq!(calls.count(), 1);
}

#[test]
fn what_is_put_is_answered() {
    let _turn = session();
    let calls = Calls::new();
    let value = Answer {
        number: 99,
        process: 0,
        truth: 0,
    };
    wrappers::put_kept(21, value);
    let _ = events();
    assert_eq!(wrappers::cached_kept(&calls, 21), value);
    assert_eq!(events(), ["hit memory"]);
    assert_eq!(calls.count(), 0);
}

#[test]
fn what_is_evicted_is_computed_again() {
    let _turn = session();
    let calls = Calls::new();
    let _ = wrappers::cached_kept(&calls, 22);
    assert_eq!(wrappers::evict_kept(22), selfsame::Evicted::Done);
    let _ = events();
    let _ = wrappers::cached_kept(&calls, 22);
    assert_eq!(events(), [&["miss memory Outdated"], &COLD[1..]].concat());
    assert_eq!(calls.count(), 2);
}

#[test]
fn a_refresh_computes_in_any_case() {
    let _turn = session();
    let calls = Calls::new();
    for times in 1..=2 {
        let _ = wrappers::refresh_kept(&calls, 23);
        assert_eq!(calls.count(), times);
    }
    let _ = events();
    let _ = wrappers::cached_kept(&calls, 23);
    assert_eq!(events(), ["hit memory"]);
}

#[test]
fn a_caller_that_gives_up_leaves_nothing_behind() {
    let _turn = session();
    let calls = Calls::new();
    {
        let mut abandoned = pin!(wrappers::cached_waiting(&calls, 1, true));
        let mut context = Context::from_waker(Waker::noop());
        assert!(abandoned.as_mut().poll(&mut context).is_pending());
    }
    assert_eq!(
        events(),
        ["miss memory", "miss store", "lease Taken", "cancelled"]
    );
    let answer = block_on(wrappers::cached_waiting(&calls, 1, false));
    assert_eq!(answer.number, 1);
    assert_eq!(events_after_a_release(), COLD);
}

#[test]
fn a_value_too_large_is_answered_and_not_stored_and_that_is_said_once() {
    let _turn = session();
    locked(&SAID).clear();
    let calls = Calls::new();
    for bytes in [2 << 20, 3 << 20] {
        assert_eq!(
            wrappers::cached_bulky(&calls, bytes).len() as u64,
            bytes / 8
        );
        let seen = events();
        assert!(seen.contains(&"not stored TooLarge".to_owned()), "{seen:?}");
    }
    let said = locked(&SAID).clone();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("selfsame_tests::functions::bulky"),
        "{said:?}"
    );
    assert_eq!(
        wrappers::cached_bulky(&calls, 1 << 10),
        wrappers::cached_bulky(&calls, 1 << 10)
    );
    assert_eq!(calls.count(), 3);
}

#[test]
fn everything_is_counted() {
    let _turn = session();
    let calls = Calls::new();
    let counts = || {
        let stats = selfsame::stats();
        let function = stats.function("selfsame_tests::functions::stored");
        function.map_or((0, 0, 0), |counts| {
            (counts.computes, counts.store_hits, counts.evictions)
        })
    };
    let before = counts();
    let _ = wrappers::cached_stored(&calls, 1);
    let _ = wrappers::cached_stored(&calls, 1);
    let _ = wrappers::cached_stored(&calls, 1);
    wrappers::evict_stored(1);
    let after = counts();
    assert_eq!(
        (after.0 - before.0, after.1 - before.1, after.2 - before.2),
        (1, 2, 1)
    );
}

#[test]
fn the_second_cache_is_refused() {
    let _turn = session();
    let error = Cache::builder().url("memory:").install().unwrap_err();
    assert_eq!(*error.kind(), selfsame::ErrorKind::AlreadyInstalled);
}

#[test]
fn versions_and_options_are_in_the_table() {
    let brief = selfsame_tests::cached::FUNCTIONS
        .iter()
        .find(|function| function.path() == "selfsame_tests::functions::brief")
        .unwrap();
    assert_eq!(brief.version(), wrappers::BRIEF_VERSION);
    assert_eq!(brief.ttl(), Some(Duration::from_secs(10)));
    assert_eq!(brief.none_ttl(), Some(Duration::from_secs(2)));
    assert_eq!(brief.l1_ttl(), Some(Duration::from_secs(4)));
}
