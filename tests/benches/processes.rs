//! What processes cost each other: how soon they hear of an invalidation, what waiting for another's computation costs,
//! and what a tag of a hundred thousand entries costs to invalidate.
//!
//! The bench starts itself as its four processes.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use selfsame::store::redis::Redis;
use selfsame::store::{EntryKey, Listener, News, Origin, Store, TagKey, TagVersion};
use selfsame::{Cache, Change, Version};
use selfsame_tests::benched::HALF_A_SECOND;
use selfsame_tests::cached::benched::{cached_half_a_second, cached_tagged_row};
use selfsame_tests::redis_server::RedisServer;
use tokio::runtime::Runtime;

const PROCESSES: usize = 4;
const TASKS: u64 = 50;
const ROUNDS: u64 = 1_000;
const TAGGED: u64 = 100_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "listen", url] => listen(url),
        [_, "wait", url, starts_us] => wait(url, starts_us.parse().expect("a time")),
        _ => measure(),
    }
}

fn measure() {
    let server = RedisServer::start();
    println!("### Between processes, Redis\n");
    println!("| | | target |");
    println!("|---|---:|---|");
    measure_news(&server.url());
    measure_waiting(&server);
    measure_tags(&server);
    println!();
}

/// From the call of an invalidation to the moment another process has heard of it.
fn measure_news(url: &str) {
    let mut listeners: Vec<Own> = (0..PROCESSES)
        .map(|_| Own::start(&["listen", url]))
        .collect();
    for listener in &mut listeners {
        assert_eq!(listener.line(), "listening");
    }
    let store = Redis::new(url).expect("the URL makes sense");
    // Whoever does not listen itself does not know whom to tell.
    store.listen(CONTROL, Arc::new(Report { is_silent: true }));
    let mut delays = Vec::new();
    for round in 0..ROUNDS {
        let began_us = now_us();
        let result = if round % 2 == 0 {
            store.remove_blocking(&key(round), Origin(1))
        } else {
            let version = TagVersion::from_bytes(round.to_le_bytes());
            store.invalidate_blocking(&TagKey::label(CONTROL, "bench"), version, None)
        };
        // The first call finds no connection yet.
        if result.is_err() {
            thread::sleep(Duration::from_millis(50));
            continue;
        }
        for listener in &mut listeners {
            let heard_us: u64 = listener.line().parse().expect("a time");
            delays.push(heard_us.saturating_sub(began_us));
        }
    }
    delays.sort_unstable();
    let at = |share: f64| delays[((delays.len() - 1) as f64 * share) as usize];
    let (half, most) = (at(0.5), at(0.99));
    let verdict = if most < 50_000 { "met" } else { "missed" };
    println!(
        "| an invalidation, until each of {PROCESSES} processes has heard of it | p50 {half} µs, p99 {most} µs | p99 below 50 ms: {verdict} |"
    );
}

/// Two hundred callers of one cold key: how much longer than the computation it takes, and what the server is asked.
fn measure_waiting(server: &RedisServer) {
    let before = commands(server);
    let starts_us = now_us() + 1_500_000;
    let starts = starts_us.to_string();
    let mut callers: Vec<Own> = (0..PROCESSES)
        .map(|_| Own::start(&["wait", &server.url(), &starts]))
        .collect();
    let ends: Vec<u64> = callers
        .iter_mut()
        .map(|caller| caller.line().parse().expect("a time"))
        .collect();
    let computed_us = starts_us + u64::try_from(HALF_A_SECOND.as_micros()).expect("half a second");
    let last = ends.iter().max().expect("there are processes");
    let beyond = last.saturating_sub(computed_us) as f64 / 1e3;
    let asked = commands(server) - before;
    println!(
        "| {} callers in {PROCESSES} processes of a key that takes 500 ms: the last has it | {beyond:.1} ms later | |",
        TASKS as usize * PROCESSES
    );
    println!("| the same: commands, with what connecting takes | {asked} | |");
}

/// One write, beside the way of sets: a set of the keys of each tag, read and unlinked.
fn measure_tags(server: &RedisServer) {
    let runtime = Runtime::new().expect("a runtime can be built");
    let cache = Cache::builder().url(&server.url()).install();
    cache.expect("nothing was called yet");
    runtime.block_on(async {
        let tasks: Vec<_> = (0..64)
            .map(|task| {
                tokio::spawn(async move {
                    for id in (task..TAGGED).step_by(64) {
                        let _ = cached_tagged_row(id).await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no bench panics");
        }
    });
    let mut connection = server.connection();
    let names: Vec<String> = (0..TAGGED).map(|id| format!("set:{id:080}")).collect();
    for names in names.chunks(1_000) {
        let mut pipe = redis::pipe();
        for name in names {
            pipe.set(name, [0_u8; 200].as_slice()).ignore();
            pipe.sadd("tag", name).ignore();
        }
        let () = pipe.query(&mut connection).expect("the server answers");
    }
    let ours = timed(|| {
        let outcome = runtime.block_on(selfsame::invalidate_tag_async("rows"));
        assert_eq!(outcome, selfsame::Evicted::Done);
    });
    let sets = timed(|| {
        let members: Vec<String> = redis::cmd("SMEMBERS")
            .arg("tag")
            .query(&mut connection)
            .expect("the server answers");
        for members in members.chunks(1_000) {
            let () = redis::cmd("UNLINK")
                .arg(members)
                .query(&mut connection)
                .expect("the server answers");
        }
    });
    println!(
        "| a tag of {TAGGED} entries is invalidated | {ours:.2} ms | constant |\n| the same with a set of keys | {sets:.1} ms ({:.0}×) | |",
        sets / ours
    );
}

/// The process that says when it hears something.
fn listen(url: &str) {
    let store = Redis::new(url).expect("the URL makes sense");
    store.listen(CONTROL, Arc::new(Report { is_silent: false }));
    loop {
        thread::park();
    }
}

/// The process with fifty callers, which says when the last of them has its answer.
fn wait(url: &str, starts_us: u64) {
    let (up, is_up) = std::sync::mpsc::channel();
    let cache = Cache::builder().url(url).on_change(move |change| {
        if change == Change::LinkUp {
            let _ = up.send(());
        }
    });
    cache.install().expect("nothing was called yet");
    let _ = is_up.recv_timeout(Duration::from_secs(1));
    let runtime = Runtime::new().expect("a runtime can be built");
    thread::sleep(Duration::from_micros(starts_us.saturating_sub(now_us())));
    runtime.block_on(async {
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| tokio::spawn(cached_half_a_second(1)))
            .collect();
        for task in tasks {
            assert_eq!(task.await.expect("no bench panics"), 1);
        }
    });
    println!("{}", now_us());
}

/// Says when it hears something.
struct Report {
    is_silent: bool,
}

impl Report {
    fn say(&self, line: std::fmt::Arguments<'_>) {
        if !self.is_silent {
            // Nobody reads it any more once the bench has ended.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }
}

impl Listener for Report {
    fn hear(&self, _: News<'_>) {
        self.say(format_args!("{}", now_us()));
    }

    fn now_ms(&self) -> u64 {
        now_us() / 1_000
    }

    fn prove(&self, _: u64) {
        static FIRST: std::sync::Once = std::sync::Once::new();
        FIRST.call_once(|| self.say(format_args!("listening")));
    }

    fn lose(&self) {}

    fn is_wanted(&self) -> bool {
        true
    }
}

/// A process of the bench's own.
struct Own {
    process: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Own {
    fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(std::env::current_exe().expect("the bench is a file"))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the bench can be started");
        let out = process.stdout.take().expect("it was piped");
        Self {
            process,
            lines: BufReader::new(out).lines(),
        }
    }

    fn line(&mut self) -> String {
        let line = self.lines.next().expect("the process lives");
        line.expect("it writes text")
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn key(number: u64) -> EntryKey {
    let mut arguments = [0; 16];
    arguments[..8].copy_from_slice(&number.to_le_bytes());
    EntryKey::new("bench", 1, Version::from_bits(1), arguments)
}

fn commands(server: &RedisServer) -> u64 {
    let statistics: String = redis::cmd("INFO")
        .arg("stats")
        .query(&mut server.connection())
        .expect("INFO answers with text");
    statistics
        .lines()
        .find_map(|line| line.strip_prefix("total_commands_processed:"))
        .and_then(|count| count.trim().parse().ok())
        .expect("it counts commands")
}

/// In milliseconds.
fn timed(work: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    work();
    begin.elapsed().as_secs_f64() * 1e3
}

/// A time that processes of one machine agree on.
fn now_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_micros()).unwrap_or(0))
}

const CONTROL: &str = "bench";
