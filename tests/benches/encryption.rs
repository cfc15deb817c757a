//! A hit of an encrypted entry against one in clear: in memory, where nothing else costs much, and in Redis.
//!
//! The secrets of a cache are those of its process, so the encrypted entries are read by another one, which takes turns
//! with this.

use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use selfsame::Cache;
use selfsame_tests::benched::text;
use selfsame_tests::cached::benched::cached_text_blocking;
use selfsame_tests::measure::{Contest, Wakefulness, time};
use selfsame_tests::redis_server::RedisServer;

const KEYS: u64 = 256;
const ROUNDS: usize = 25;
const SECRET: &str = "5b0f3de1c2a49786f01e2d3c4b5a69788796a5b4c3d2e1f00fe1d2c3b4a59687";

/// Where the entries live, and what they are encrypted with, if they are.
const URL: &str = "SELFSAME_BENCH_URL";
const SECRETS: &str = "SELFSAME_BENCH_SECRET";

fn main() {
    if let Ok(url) = std::env::var(URL) {
        return serve(&url);
    }
    let server = RedisServer::start();
    let _awake = Wakefulness::keep();
    for (place, url, calls) in [
        ("memory:", "memory:", 20_000),
        ("Redis", &*server.url(), 4_000),
    ] {
        let (mut plain, mut locked) = (Runner::start(url, None), Runner::start(url, Some(SECRET)));
        for (name, length) in [("200 B", 200), ("10 KB", 10_240)] {
            let title = format!("Hit in {place}, blocking, a text of {name}");
            Contest::new(title, calls, "**selfsame**, in clear", |calls| {
                plain.lap(calls, length)
            })
            .rival("**selfsame**, encrypted", |calls| locked.lap(calls, length))
            .run(ROUNDS);
        }
    }
}

/// Runs laps as it is told to, by lines of how many calls and how long a text, and says the nanoseconds each took.
fn serve(url: &str) {
    let secrets = std::env::var(SECRETS).ok();
    let cache = Cache::builder()
        .url(url)
        .namespace("bench")
        .secrets(secrets);
    cache.install().expect("the settings make sense");
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let mut numbers = line.split(' ').map(|number| number.parse().unwrap_or(0));
        let (calls, length) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        println!("{}", lap(calls, length).as_nanos());
    }
}

fn lap(calls: usize, length: usize) -> Duration {
    for id in 0..KEYS {
        assert_eq!(cached_text_blocking(id, length), text(id, length));
    }
    time(|| {
        for turn in 0..calls as u64 {
            // In no order, as calls come.
            black_box(cached_text_blocking(turn * 389 % KEYS, length));
        }
    })
}

/// A process with a cache of its own.
struct Runner {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Runner {
    fn start(url: &str, secret: Option<&str>) -> Self {
        let this = std::env::current_exe().expect("it runs");
        let mut process = Command::new(this)
            .env(URL, url)
            .envs(secret.map(|secret| (SECRETS, secret)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it can be run once more");
        Self {
            input: process.stdin.take().expect("it was piped"),
            output: BufReader::new(process.stdout.take().expect("it was piped")),
            process,
        }
    }

    fn lap(&mut self, calls: u32, length: usize) -> Duration {
        writeln!(self.input, "{calls} {length}").expect("it listens");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it answers");
        Duration::from_nanos(line.trim().parse().expect("it says a number"))
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
