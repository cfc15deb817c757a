//! A hit in Redis, blocking: against one bare connection for each thread, and against `cached`.

use std::hint::black_box;
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use cached::macros::concurrent_cached;
use selfsame::Cache;
use selfsame_tests::benched::Row;
use selfsame_tests::cached::benched::cached_row_blocking;
use selfsame_tests::measure::{Contest, Wakefulness, time};
use selfsame_tests::redis_server::RedisServer;

const KEYS: u64 = 256;
const ROUNDS: usize = 31;

static URL: OnceLock<String> = OnceLock::new();

#[derive(Clone, Debug)]
struct Failed;

/// The rival's wrapper.
#[concurrent_cached(
    map_error = |_| Failed,
    ty = "cached::RedisCache<u64, Row>",
    create = {
        cached::RedisCache::builder("rival")
            .ttl(Duration::from_secs(3_600))
            .connection_string(URL.get().expect("set first"))
            .build()
            .expect("the server is up")
    }
)]
fn rival_row(id: u64) -> Result<Row, Failed> {
    Ok(Row::of(id))
}

fn main() {
    let server = RedisServer::start();
    URL.set(server.url()).expect("set once");
    let cache = Cache::builder()
        .url(&server.url())
        .namespace("bench")
        .install();
    cache.expect("the URL makes sense and no call was made");
    let _awake = Wakefulness::keep();
    fill(&mut connection(&server));

    for (threads, calls) in [(1, 4_000), (32, 12_800)] {
        let raw: Vec<_> = (0..threads)
            .map(|_| Mutex::new(connection(&server)))
            .collect();
        let title = format!("Hit in Redis, blocking, a row of 200 bytes, {threads} thread(s)");
        Contest::new(
            title,
            calls,
            "`redis` GET and decode, a connection each",
            |calls| {
                lap(threads, calls, |thread, ids| {
                    let mut raw = raw[thread].lock().expect("no bench panics");
                    for id in ids {
                        black_box(get(&mut raw, id));
                    }
                })
            },
        )
        .rival("**selfsame**, the whole wrapper", |calls| {
            lap(threads, calls, |_, ids| {
                for id in ids {
                    black_box(cached_row_blocking(id));
                }
            })
        })
        .rival("`cached`, the whole wrapper", |calls| {
            lap(threads, calls, |_, ids| {
                for id in ids {
                    let _ = black_box(rival_row(id));
                }
            })
        })
        .run(ROUNDS);
    }
}

/// As many threads make a lap's calls together; returns how long they all took.
fn lap(
    threads: usize,
    calls: u32,
    turn: impl Fn(usize, Box<dyn Iterator<Item = u64>>) + Sync,
) -> Duration {
    let share = u64::from(calls) / threads as u64;
    time(|| {
        thread::scope(|scope| {
            for thread in 0..threads {
                let turn = &turn;
                let first = thread as u64 * 7;
                scope.spawn(move || {
                    turn(thread, Box::new((first..first + share).map(|id| id % KEYS)));
                });
            }
        });
    })
}

fn connection(server: &RedisServer) -> redis::Connection {
    let info: redis::ConnectionInfo = server.url().parse().expect("a URL");
    let settings = info.tcp_settings().clone().set_nodelay(true);
    redis::Client::open(info.set_tcp_settings(settings))
        .and_then(|client| client.get_connection())
        .expect("the server is up")
}

fn get(raw: &mut redis::Connection, id: u64) -> Row {
    let bytes: Vec<u8> = redis::cmd("GET")
        .arg(raw_key(id))
        .query(raw)
        .expect("the server answers");
    rmp_serde::from_slice(&bytes).expect("it was encoded by the same codec")
}

/// As long as the names the cache uses.
fn raw_key(id: u64) -> String {
    format!("bench:{{0123456789abcdef.0123456789abcdef0123456789abcdef.abc}}:{id:032}")
}

fn fill(raw: &mut redis::Connection) {
    for id in 0..KEYS {
        let bytes = rmp_serde::to_vec_named(&Row::of(id)).expect("a row can be encoded");
        let () = redis::cmd("SET")
            .arg(raw_key(id))
            .arg(bytes)
            .query(raw)
            .expect("the server answers");
        assert_eq!(cached_row_blocking(id), Row::of(id));
        assert!(rival_row(id).is_ok());
    }
}
