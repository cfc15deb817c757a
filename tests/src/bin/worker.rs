//! Calls marked functions as it is told on standard input: `verb number` a line. See
//! `selfsame_tests::worker`.

use std::future::Future;
use std::io::BufRead;
use std::sync::Mutex;
use std::thread;

use selfsame_tests::cached::functions as wrappers;
use selfsame_tests::events;
use selfsame_tests::functions::{Answer, Calls};
use selfsame_tests::worker::{NAMESPACE, Reply, UNINSTALLED};
use tokio::runtime::{Builder, Runtime};

static CALLS: Calls = Calls::new();
static EVENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// How many callers meet in `crowd` and `threads`.
const CROWD: usize = 100;

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
        .store_deadline(PATIENCE)
        .on_event(|_, event| EVENTS.lock().unwrap().push(events::text(event)));
    if let Ok(namespace) = std::env::var(NAMESPACE) {
        builder = builder.namespace(namespace);
    }
    builder.install().expect("the first cache of this process");
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
            wrappers::put_stored(number, Answer { number, process: 0 });
            None
        }
        "put-later" => {
            let value = Answer { number, process: 0 };
            runtime.block_on(wrappers::put_stored_later(number, value));
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
        "crowd" => return crowd(runtime, number),
        "threads" => return threads(number),
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
fn crowd(runtime: &Runtime, number: u64) -> Vec<Option<Answer>> {
    runtime.block_on(async {
        let ask = || tokio::spawn(wrappers::cached_slow_later(&CALLS, number));
        let tasks: Vec<_> = std::iter::repeat_with(ask).take(CROWD).collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(Some(task.await.unwrap()));
        }
        answers
    })
}

/// Many threads that ask for the same at once.
fn threads(number: u64) -> Vec<Option<Answer>> {
    thread::scope(|scope| {
        let ask = || scope.spawn(move || wrappers::cached_slow(&CALLS, number));
        let threads: Vec<_> = std::iter::repeat_with(ask).take(CROWD).collect();
        threads
            .into_iter()
            .map(|thread| Some(thread.join().unwrap()))
            .collect()
    })
}
