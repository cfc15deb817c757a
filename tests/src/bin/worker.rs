//! Calls marked functions as it is told on standard input: `verb number` a line. See
//! `selfsame_tests::worker`.

use std::future::Future;
use std::io::BufRead;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, mpsc};
use std::thread;

use selfsame::Evicted;
use selfsame_tests::cached::{self, functions as wrappers, situations};
use selfsame_tests::events;
use selfsame_tests::functions::{Answer, Calls};
use selfsame_tests::situations::Trouble;
use selfsame_tests::stage::PLAYER;
use selfsame_tests::worker::{NAMESPACE, Reply, STORE_DEADLINE, UNINSTALLED, WAIT_DEADLINE};
use tokio::runtime::{Builder, Handle, Runtime};

static CALLS: Calls = Calls::new();
static EVENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// How many callers meet in a crowd of tasks or threads.
const CROWD: usize = 50;

fn main() {
    if std::env::var_os(UNINSTALLED).is_none() {
        install();
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (verb, number) = line.split_once(' ').unwrap_or((&line, "0"));
        if verb == "end" {
            return;
        }
        println!(
            "{}",
            serde_json::to_string(&reply(&runtime, verb, number.parse().unwrap())).unwrap()
        );
    }
}

/// What is asserted is who answered, on a machine that may be busy with a dozen other tests.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

fn install() {
    let mut builder = selfsame::Cache::builder()
        .store_deadline(duration(STORE_DEADLINE).unwrap_or(PATIENCE))
        .ttl_jitter(0)
        .on_event(|_, event| note(events::text(event)))
        .on_change(|change| note(format!("{change:?}")));
    if let Some(deadline) = duration(WAIT_DEADLINE) {
        builder = builder.wait_deadline(deadline);
    }
    if let Ok(namespace) = std::env::var(NAMESPACE) {
        builder = builder.namespace(namespace);
    }
    builder.install().expect("the first cache of this process");
}

/// Remembers what has happened for the reply, and tells a test that can't wait for that.
fn note(what: String) {
    PLAYER.log(&what);
    EVENTS.lock().unwrap().push(what);
}

/// The milliseconds of a variable, if it is set.
fn duration(variable: &str) -> Option<std::time::Duration> {
    let text = std::env::var(variable).ok()?;
    let ms = text.parse().expect("a number of milliseconds");
    Some(std::time::Duration::from_millis(ms))
}

/// Runs one command.
fn reply(runtime: &Runtime, verb: &str, number: u64) -> Reply {
    let before = CALLS.count();
    let rejected = rejected();
    let mut answers = run(runtime, verb, number);
    answers.sort_by_key(|answer| answer.map(|answer| (answer.number, answer.process)));
    answers.dedup();
    Reply {
        answers,
        computed: CALLS.count() - before,
        rejected: self::rejected() - rejected,
        events: std::mem::take(&mut EVENTS.lock().unwrap()),
    }
}

/// Entries that were found to be none, of all functions.
fn rejected() -> u64 {
    selfsame::stats()
        .functions
        .iter()
        .map(|counts| counts.rejected_misses)
        .sum()
}

fn run(runtime: &Runtime, verb: &str, number: u64) -> Vec<Option<Answer>> {
    let answer = match verb {
        "kept" => Some(wrappers::cached_kept(&CALLS, number)),
        "kept-later" => runtime
            .block_on(wrappers::cached_kept_later(&CALLS, number))
            .ok(),
        "stored" => Some(wrappers::cached_stored(&CALLS, number)),
        "stored-later" => Some(runtime.block_on(wrappers::cached_stored_later(&CALLS, number))),
        "refresh" => Some(wrappers::refresh_stored(&CALLS, number)),
        "refresh-later" => Some(runtime.block_on(wrappers::refresh_stored_later(&CALLS, number))),
        "peek" => wrappers::peek_stored(number),
        "peek-later" => runtime.block_on(wrappers::peek_stored_later(number)),
        "put" => {
            wrappers::put_stored(number, given(number));
            None
        }
        "put-later" => {
            runtime.block_on(wrappers::put_stored_later(number, given(number)));
            None
        }
        "evict" => {
            wrappers::evict_stored(number);
            None
        }
        "evict-later" => {
            runtime.block_on(wrappers::evict_stored_later(number));
            None
        }
        "put-staged" => {
            situations::put_staged(number, given(number));
            None
        }
        "evict-staged" => {
            situations::evict_staged(number);
            None
        }
        "evict-remote" => {
            situations::evict_remote(number);
            None
        }
        "refresh-staged" => Some(situations::refresh_staged(&CALLS, number)),
        "invalidate" => told(cached::tags::item(number).invalidate()),
        "invalidate-later" => told(runtime.block_on(cached::tags::item(number).invalidate_async())),
        "invalidate-remote" => told(cached::tags::remote(number).invalidate()),
        "clear-function" => {
            situations::clear_staged();
            None
        }
        "clear" => told(selfsame::clear()),
        "bulky" => {
            let value = wrappers::cached_bulky(&CALLS, number);
            assert_eq!(value.len() as u64, number / 8);
            None
        }
        "own-runtime" => Some(on_a_runtime_of_its_own(wrappers::cached_stored_later(
            &CALLS, number,
        ))),
        "sync-in-async" => Some(on_a_runtime_of_its_own(async {
            wrappers::cached_stored(&CALLS, number)
        })),
        "no-runtime" => Some(without_runtime(wrappers::cached_stored_later(
            &CALLS, number,
        ))),
        "staged" => Some(situations::cached_staged(&CALLS, number)),
        "staged-later" => Some(runtime.block_on(situations::cached_staged_later(&CALLS, number))),
        "peek-staged" => situations::peek_staged(number),
        "remote" => Some(situations::cached_remote(&CALLS, number)),
        "peek-remote" => situations::peek_remote(number),
        "stale" => result(runtime.block_on(situations::cached_stale_later(&CALLS, number))),
        "peek-stale" => runtime.block_on(situations::peek_stale_later(number)),
        "soft" => result(runtime.block_on(situations::cached_soft_later(&CALLS, number))),
        "soft-own-runtime" => result(on_a_runtime_of_its_own(situations::cached_soft_later(
            &CALLS, number,
        ))),
        "soft-on-one-thread" => {
            result(on_one_thread(situations::cached_soft_later(&CALLS, number)))
        }
        "peek-soft" => runtime.block_on(situations::peek_soft_later(number)),
        "hard" => result(runtime.block_on(situations::cached_hard_later(&CALLS, number))),
        "peek-hard" => runtime.block_on(situations::peek_hard_later(number)),
        "watched" => Some(situations::cached_watched(&CALLS, number)),
        "watched-later" => Some(runtime.block_on(situations::cached_watched_later(&CALLS, number))),
        "watched-on-one-thread" => Some(on_one_thread(situations::cached_watched_later(
            &CALLS, number,
        ))),
        "watched-own-runtime" => Some(on_a_runtime_of_its_own(situations::cached_watched_later(
            &CALLS, number,
        ))),
        "nothing" => None,
        "crowd" => return crowd(runtime, || wrappers::cached_slow_later(&CALLS, number)),
        "threads" => return threads(|| wrappers::cached_slow(&CALLS, number)),
        "distinct-threads" => {
            let next = AtomicU64::new(number);
            return threads(|| {
                wrappers::cached_stored(&CALLS, next.fetch_add(1, Ordering::Relaxed))
            });
        }
        "remote-threads" => {
            let next = AtomicU64::new(number);
            return threads(|| {
                situations::cached_remote(&CALLS, next.fetch_add(1, Ordering::Relaxed))
            });
        }
        "staged-crowd" => {
            return crowd(runtime, || situations::cached_staged_later(&CALLS, number));
        }
        "staged-threads" => return threads(|| situations::cached_staged(&CALLS, number)),
        _ => panic!("no such verb: {verb}"),
    };
    vec![answer]
}

/// On a current-thread runtime that is made for this call and dropped after it.
fn on_a_runtime_of_its_own<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// On a current-thread runtime that lives on, on a thread of its own.
fn on_one_thread<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let (answer, answered) = mpsc::channel();
    ONE_THREAD.spawn(async move { answer.send(future.await) });
    answered.recv().unwrap()
}

static ONE_THREAD: LazyLock<Handle> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let handle = runtime.handle().clone();
    thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
    handle
});

/// Driven by hand: no runtime is in sight of the future.
fn without_runtime<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        thread::yield_now();
    }
}

/// Many tasks that ask for the same at once.
fn crowd<F>(runtime: &Runtime, ask: impl Fn() -> F) -> Vec<Option<Answer>>
where
    F: Future<Output = Answer> + Send + 'static,
{
    runtime.block_on(async {
        let spawn = || tokio::spawn(ask());
        let tasks: Vec<_> = std::iter::repeat_with(spawn).take(CROWD).collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(Some(task.await.unwrap()));
        }
        answers
    })
}

/// Many threads that ask for the same at once.
fn threads(ask: impl Fn() -> Answer + Sync) -> Vec<Option<Answer>> {
    thread::scope(|scope| {
        let spawn = || scope.spawn(&ask);
        let threads: Vec<_> = std::iter::repeat_with(spawn).take(CROWD).collect();
        threads
            .into_iter()
            .map(|thread| Some(thread.join().unwrap()))
            .collect()
    })
}

/// A value that nobody has computed.
fn given(number: u64) -> Answer {
    Answer {
        number,
        process: 0,
        truth: PLAYER.truth(number),
    }
}

/// What became of an invalidation is no event of any function.
fn told(outcome: Evicted) -> Option<Answer> {
    note(format!("invalidated {outcome:?}"));
    None
}

/// The value; what there is instead is said among the events.
fn result(result: Result<Answer, Trouble>) -> Option<Answer> {
    result
        .inspect_err(|trouble| note(format!("answered {trouble:?}")))
        .ok()
}
