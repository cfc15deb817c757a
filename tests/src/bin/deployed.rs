//! A process of a deployment: it has the version it is told of functions that answer with it, as if it had been built from
//! other sources. Does as it is told on standard input, `verb number` a line. See `selfsame_tests::deployment`.

use std::io::BufRead;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use selfsame::__private::{Function, Memo, Version, shape};
use selfsame::{Cache, Clock, Purge, SystemClock};
use selfsame_tests::deployment::{GRACE, HEARTBEAT, IMMEDIATE, LONG, SHORT, SKEW, VERSION};
use selfsame_tests::events;
use selfsame_tests::functions::Answer;
use selfsame_tests::worker::Reply;

static EVENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static COMPUTED: AtomicU64 = AtomicU64::new(0);

fn main() {
    let program = Program::new(number(VERSION).expect("it is told its version"));
    let cache = install(program);
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("whoever tells it what to do lives");
        let (verb, number) = line.split_once(' ').unwrap_or((&line, "0"));
        if verb == "end" {
            return;
        }
        let number = number.parse().expect("a number");
        let before = COMPUTED.load(Ordering::SeqCst);
        let mut answers = program.run(&cache, verb, number);
        answers.sort_by_key(|answer| answer.map(|answer| (answer.truth, answer.number)));
        answers.dedup();
        let reply = Reply {
            answers,
            computed: COMPUTED.load(Ordering::SeqCst) - before,
            rejected: 0,
            events: std::mem::take(&mut EVENTS.lock().expect("nobody panics with it")),
        };
        let reply = serde_json::to_string(&reply).expect("a reply is plain data");
        println!("{reply}");
    }
}

fn install(program: Program) -> Cache {
    let note = |event: String| EVENTS.lock().expect("nobody panics with it").push(event);
    let milliseconds = |variable| number(variable).map(Duration::from_millis);
    let mut builder = Cache::builder()
        .store_deadline(Duration::from_secs(2))
        .functions(program.functions)
        .on_event(move |_, event| note(events::text(event)))
        .on_change(move |change| note(format!("{change:?}")));
    if let Some(grace) = milliseconds(GRACE) {
        builder = builder.grace(grace);
    }
    if let Some(heartbeat) = milliseconds(HEARTBEAT) {
        builder = builder.heartbeat(heartbeat);
    }
    if let Ok(minutes) = std::env::var(SKEW) {
        let minutes: i64 = minutes.parse().expect("a number of minutes");
        builder = builder.clock(Skewed(SystemClock::new(), minutes * 60_000));
    }
    if std::env::var_os(IMMEDIATE).is_some() {
        builder = builder.purge(Purge::Immediate);
    }
    builder.install().expect("the first cache of this process")
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().expect("a number"))
}

/// What the process was built from, as far as anybody can tell.
#[derive(Clone, Copy)]
struct Program {
    version: u64,
    functions: &'static [Function],
    /// Indexed: it lives longer than the grace time.
    long: &'static Memo,
    /// Not worth it.
    short: &'static Memo,
}

impl Program {
    fn new(version: u64) -> Self {
        let function =
            |path| Function::new(path, Version::from_bits(u128::from(version))).with_l1_ms(0);
        let (long, short) = (
            function(LONG).with_ttl_ms(3_600_000),
            function(SHORT).with_ttl_ms(1_000),
        );
        let functions: &[Function] = Vec::leak(vec![long, short]);
        let memo =
            |function| -> &'static Memo { Box::leak(Box::new(Memo::new(function).of(functions))) };
        Self {
            version,
            functions,
            long: memo(long),
            short: memo(short),
        }
    }

    fn call(self, memo: &'static Memo, number: u64) -> Answer {
        let key = memo.key(|parts| parts.part(&number));
        memo.fetch(key, shape!(Answer), move || {
            COMPUTED.fetch_add(1, Ordering::SeqCst);
            Answer {
                number,
                process: std::process::id(),
                truth: self.version,
            }
        })
    }

    fn run(self, cache: &Cache, verb: &str, number: u64) -> Vec<Option<Answer>> {
        match verb {
            "call" => vec![Some(self.call(self.long, number))],
            "short" => vec![Some(self.call(self.short, number))],
            "calls" => (0..number)
                .map(|number| Some(self.call(self.long, number)))
                .collect(),
            "load" => self.load(Duration::from_millis(number)),
            "purge" => {
                let purged = cache.purge().expect("the store answers");
                EVENTS
                    .lock()
                    .expect("nobody panics with it")
                    .push(format!("purged {} of {}", purged.entries, purged.versions));
                Vec::new()
            }
            "wait" => {
                std::thread::sleep(Duration::from_millis(number));
                Vec::new()
            }
            _ => panic!("{verb} is nothing it can do"),
        }
    }

    /// Calls for so long, mostly what was called before.
    fn load(self, length: Duration) -> Vec<Option<Answer>> {
        let ends = Instant::now() + length;
        let mut answers = Vec::new();
        for number in (0..LOADED).cycle() {
            if Instant::now() >= ends {
                break;
            }
            let answer = self.call(self.long, number);
            let _ = self.call(self.short, number);
            answers.push(Some(Answer {
                process: 0,
                ..answer
            }));
            if (answers.len() as u64).is_multiple_of(LOADED) {
                answers.sort_by_key(|answer| answer.map(|answer| (answer.truth, answer.number)));
                answers.dedup();
            }
        }
        answers
    }
}

/// How many calls differ, under load.
const LOADED: u64 = 50;

/// A clock that goes wrong by so many milliseconds.
#[derive(Debug)]
struct Skewed(SystemClock, i64);

impl Clock for Skewed {
    fn now_ms(&self) -> u64 {
        // From an origin far from 0, where half an hour less is still a time.
        (self.0.now_ms() + 86_400_000).saturating_add_signed(self.1)
    }

    fn unix_ms(&self) -> u64 {
        self.0.unix_ms().saturating_add_signed(self.1)
    }

    fn precise(&self) -> Duration {
        self.0.precise()
    }
}
