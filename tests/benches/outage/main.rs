//! What callers feel while Redis does not answer for half a minute, beside the rivals under the same outage.
//!
//! Calls come at a fixed rate, whether or not earlier ones have been answered, and all of them ask for what is in Redis:
//! waiting callers don't make the others look better. The server is stopped, not killed: connections stay, and nothing
//! comes back, as when a machine hangs or a network swallows all.

use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use cached::macros::concurrent_cached;
use hitbox_redis::{ConnectionMode, RedisBackend};
use selfsame::Cache;
use selfsame_tests::benched::{Row, TWO_MILLISECONDS};
use selfsame_tests::cached::benched::cached_slow_row;
use selfsame_tests::redis_server::RedisServer;

mod chart;

use self::chart::{Chart, Line};

const KEYS: u64 = 256;
/// Between two calls of each candidate.
const PACE: Duration = Duration::from_millis(10);
const BEFORE: Duration = Duration::from_secs(10);
const OUTAGE: Duration = Duration::from_secs(30);
const AFTER: Duration = Duration::from_secs(15);
/// How long to wait for the last answers.
const PATIENCE: Duration = Duration::from_secs(30);

static URL: OnceLock<String> = OnceLock::new();

#[derive(Clone, Debug)]
struct Failed;

#[concurrent_cached(
    map_error = |_| Failed,
    ty = "cached::AsyncRedisCache<u64, Row>",
    create = {
        cached::AsyncRedisCache::builder("rival")
            .ttl(Duration::from_secs(3_600))
            .connection_string(URL.get().expect("set first"))
            .build()
            .await
            .expect("the server is up")
    }
)]
async fn rival_row(id: u64) -> Result<Row, Failed> {
    tokio::time::sleep(TWO_MILLISECONDS).await;
    Ok(Row::of(id))
}

mod hitbox_rival {
    use hitbox_fn::prelude::*;
    use selfsame_tests::benched::{Row, TWO_MILLISECONDS};
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Debug, Deserialize, Serialize, CacheableResponse)]
    pub(crate) struct Held {
        row: Row,
    }

    #[cached(prefix = "hitbox")]
    pub(crate) async fn hitbox_row(id: u64) -> Held {
        tokio::time::sleep(TWO_MILLISECONDS).await;
        Held { row: Row::of(id) }
    }
}

/// One call of a candidate, and when it was made.
#[derive(Clone, Copy, Debug)]
struct Answer {
    at: Duration,
    took: Duration,
    is_error: bool,
}

/// All answers to one candidate. Calls that were never answered are counted with the time they had.
#[derive(Debug, Default)]
struct Log(Mutex<Vec<Answer>>);

impl Log {
    fn add(&self, answer: Answer) {
        self.0.lock().expect("no bench panics").push(answer);
    }

    fn take(&self) -> Vec<Answer> {
        std::mem::take(&mut self.0.lock().expect("no bench panics"))
    }
}

fn main() {
    let server = RedisServer::start();
    URL.set(server.url()).expect("set once");
    Cache::builder()
        .url(&server.url())
        .namespace("bench")
        .install()
        .expect("the URL makes sense and no call was made");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime can be built");
    runtime.block_on(run(&server));
}

async fn run(server: &RedisServer) {
    let backend = RedisBackend::builder()
        .connection(ConnectionMode::single(server.url()))
        .build()
        .expect("the URL makes sense");
    let policy = hitbox::policy::PolicyConfig::builder()
        .ttl(Duration::from_secs(3_600))
        .build();
    let hitbox = hitbox_fn::Cache::builder()
        .backend(backend)
        .policy(policy)
        .build();
    let hitbox = Arc::new(hitbox);
    for id in 0..KEYS {
        let ours = cached_slow_row(id).await.is_ok();
        let _ = hitbox_rival::hitbox_row(id).cache(&*hitbox).await;
        assert!(ours && rival_row(id).await.is_ok());
    }

    let begin = Instant::now();
    let (ours, cached, theirs) = (call_ours(begin), call_cached(begin), {
        let hitbox = Arc::clone(&hitbox);
        pace(begin, move |id| {
            let hitbox = Arc::clone(&hitbox);
            async move {
                let _ = hitbox_rival::hitbox_row(id).cache(&*hitbox).await;
                true
            }
        })
    });
    let outage = async {
        tokio::time::sleep(BEFORE).await;
        server.freeze();
        tokio::time::sleep(OUTAGE).await;
        server.thaw();
    };
    let (ours, cached, theirs, ()) = tokio::join!(ours, cached, theirs, outage);
    let candidates = [("selfsame", ours), ("cached", cached), ("hitbox", theirs)];
    table(&candidates);
    draw(&candidates);
}

fn call_ours(begin: Instant) -> impl Future<Output = Vec<Answer>> {
    pace(begin, |id| async move { cached_slow_row(id).await.is_ok() })
}

fn call_cached(begin: Instant) -> impl Future<Output = Vec<Answer>> {
    pace(begin, |id| async move { rival_row(id).await.is_ok() })
}

/// Makes a call at each step of time, and waits for none of them.
async fn pace<R>(begin: Instant, call: impl Fn(u64) -> R) -> Vec<Answer>
where
    R: Future<Output = bool> + Send + 'static,
{
    let log = Arc::new(Log::default());
    let mut steps = tokio::time::interval(PACE);
    let mut calls = tokio::task::JoinSet::new();
    for id in 0.. {
        steps.tick().await;
        let at = begin.elapsed();
        if at > BEFORE + OUTAGE + AFTER {
            break;
        }
        let (log, call) = (Arc::clone(&log), call(id % KEYS));
        calls.spawn(async move {
            let answered = tokio::time::timeout(PATIENCE, call).await;
            log.add(Answer {
                at,
                took: begin.elapsed().saturating_sub(at),
                is_error: answered != Ok(true),
            });
        });
    }
    while calls.join_next().await.is_some() {}
    log.take()
}

/// The parts of the run, by the time a call was made.
const PARTS: [(&str, Duration, Duration); 4] = [
    ("before", Duration::ZERO, BEFORE),
    (
        "first second",
        BEFORE,
        BEFORE.saturating_add(Duration::from_secs(1)),
    ),
    (
        "outage after that",
        BEFORE.saturating_add(Duration::from_secs(1)),
        BEFORE.saturating_add(OUTAGE),
    ),
    (
        "after, from the second second on",
        BEFORE
            .saturating_add(OUTAGE)
            .saturating_add(Duration::from_secs(1)),
        Duration::MAX,
    ),
];

fn table(candidates: &[(&str, Vec<Answer>)]) {
    println!(
        "### A function of 2 ms whose results are in Redis, which does not answer for {} s\n",
        OUTAGE.as_secs()
    );
    println!("| | when | calls | errors | p50 | p90 | p99 | longest |");
    println!("|---|---|---:|---:|---:|---:|---:|---:|");
    for (name, answers) in candidates {
        for (part, from, to) in PARTS {
            let within: Vec<_> = answers
                .iter()
                .filter(|answer| (from..to).contains(&answer.at))
                .collect();
            let errors = within.iter().filter(|answer| answer.is_error).count();
            let took = sorted(within.iter().map(|answer| answer.took));
            let [p50, p90, p99, longest] =
                [0.5, 0.9, 0.99, 1.0].map(|share| readable(percentile(&took, share)));
            println!(
                "| {name} | {part} | {} | {errors} | {p50} | {p90} | {p99} | {longest} |",
                within.len()
            );
        }
    }
    println!();
}

fn draw(candidates: &[(&str, Vec<Answer>)]) {
    let lines = candidates.iter().map(|(name, answers)| {
        let points = |share| {
            let seconds = (BEFORE + OUTAGE + AFTER).as_secs();
            let of_second = |second| {
                let answers = answers
                    .iter()
                    .filter(|answer| answer.at.as_secs() == second);
                percentile(&sorted(answers.map(|answer| answer.took)), share)
            };
            (0..seconds).map(of_second).collect()
        };
        Line {
            name,
            median: points(0.5),
            high: points(0.99),
        }
    });
    let chart = Chart {
        title: "What a caller waits while Redis does not answer (function: 2 ms; median, and p99 dashed)",
        from: BEFORE.as_secs(),
        to: (BEFORE + OUTAGE).as_secs(),
        lines: lines.collect(),
    };
    let path = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| "../target".into(), std::path::PathBuf::from)
        .join("outage.svg");
    std::fs::write(&path, chart.svg()).expect("the target folder can be written");
    println!("Drawn to `{}`.\n", path.display());
}

fn sorted(times: impl Iterator<Item = Duration>) -> Vec<Duration> {
    let mut times: Vec<_> = times.collect();
    times.sort_unstable();
    times
}

/// The smallest time that this share of calls did not exceed.
fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted
        .get(place.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

fn readable(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 1.0 => format!("{:.1} ms", seconds * 1e3),
        seconds => format!("{seconds:.1} s"),
    }
}
