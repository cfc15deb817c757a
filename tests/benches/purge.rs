//! What it costs to keep account of versions: removing what is dead, beside looking for it; saying that a process lives;
//! storing entries that can be found.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use selfsame::store::redis::Redis;
use selfsame::store::{
    Build, Edition, Fence, Origin, Presence, Roster, Store, Written, conformance,
};
use selfsame::{Cache, Version};
use selfsame_tests::deployment::{CONTROL, add};
use selfsame_tests::measure::{Contest, Wakefulness, time};
use selfsame_tests::redis_server::RedisServer;

const DEAD: u64 = 10_000;
const OTHERS: [u64; 2] = [10_000, 1_000_000];

fn main() {
    let _awake = Wakefulness::keep();
    measure_purge();
    measure_signs_of_life();
    measure_stores();
    measure_memory();
}

/// How long it takes, what it takes of the server's time, and how long others wait meanwhile.
fn measure_purge() {
    println!("### Removing {DEAD} entries of a dead version, Redis\n");
    println!("| | time | server's time | p99 of others' GET, alone → meanwhile | target |");
    println!("|---|---:|---:|---:|---|");
    for others in OTHERS {
        let server = RedisServer::start_with(&["--enable-debug-command", "yes"]);
        let () = redis::cmd("DEBUG")
            .arg("POPULATE")
            .arg(others)
            .arg("other")
            .arg(100)
            .query(&mut server.connection())
            .expect("debugging is allowed");
        let cache = Cache::builder()
            .url(&server.url())
            .store_deadline(Duration::from_secs(5))
            .build()
            .expect("the URL makes sense");
        row(&server, others, "index", || {
            cache.purge().expect("the server answers").entries
        });
        row(&server, others, "`SCAN` and `UNLINK`", || scan(&server));
    }
    println!();
}

fn row(server: &RedisServer, others: u64, how: &str, mut purge: impl FnMut() -> u64) {
    fill(server);
    let cpu = cpu_ms(server);
    let took = time(|| assert_eq!(purge(), DEAD));
    let cpu = cpu_ms(server) - cpu;
    // Again, with somebody else about: their own requests must not count as the purge's.
    fill(server);
    let alone = || p99(server, || thread::sleep(Duration::from_secs(5)));
    let before = alone();
    let meanwhile = p99(server, || assert_eq!(purge(), DEAD));
    // Machines do not stay as fast as they are.
    let alone = f64::midpoint(before, alone());
    let ratio = meanwhile / alone;
    let verdict = if ratio <= 2.0 { "met" } else { "missed" };
    let took = took.as_secs_f64() * 1e3;
    println!(
        "| {how}, among {others} other keys | {took:.0} ms | {cpu:.0} ms | {alone:.0} → {meanwhile:.0} µs ({ratio:.2}×) | at most 2×: {verdict} |"
    );
}

/// A dead version, listed, with its entries.
fn fill(server: &RedisServer) {
    let edition = dead();
    let store = store(server);
    let listed = store.list(CONTROL, &[(edition.clone(), "bench::f")]);
    listed.expect("the server answers");
    add(server, &edition, DEAD);
}

/// What one does without an index.
fn scan(server: &RedisServer) -> u64 {
    let mut connection = server.connection();
    let (mut cursor, mut removed) = (0_u64, 0);
    loop {
        let (next, keys): (u64, Vec<String>) = redis::cmd("SCAN")
            .arg(cursor)
            .arg("MATCH")
            .arg("bench:{*}:*")
            .arg("COUNT")
            .arg(1_000)
            .query(&mut connection)
            .expect("the server answers");
        if !keys.is_empty() {
            let () = redis::cmd("UNLINK")
                .arg(&keys)
                .query(&mut connection)
                .expect("the server answers");
        }
        removed += keys.iter().filter(|key| !key.ends_with("}:i")).count() as u64;
        cursor = next;
        if cursor == 0 {
            return removed;
        }
    }
}

/// The 99th percentile, in microseconds, of what others wait for their `GET`s while `work` is done.
fn p99(server: &RedisServer, work: impl FnOnce()) -> f64 {
    let is_over = AtomicBool::new(false);
    let mut waits = thread::scope(|scope| {
        let prober = scope.spawn(|| {
            let mut connection = server.connection();
            let mut waits = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let begin = Instant::now();
                let _: Option<Vec<u8>> = redis::cmd("GET")
                    .arg("other:1")
                    .query(&mut connection)
                    .expect("the server answers");
                waits.push(begin.elapsed().as_secs_f64() * 1e6);
                // Some thousand requests a second, as of a busy client.
                thread::sleep(Duration::from_micros(100));
            }
            waits
        });
        work();
        is_over.store(true, Ordering::Relaxed);
        prober.join().expect("no bench panics")
    });
    waits.sort_by(f64::total_cmp);
    waits[(waits.len() - 1) * 99 / 100]
}

/// A sign of life, with tables and lists of so many functions.
fn measure_signs_of_life() {
    const TIMES: u32 = 5_000;
    println!("### A sign of life, Redis\n");
    println!("| functions | round trip | server's time | at 1,000 processes, one every 10 s |");
    println!("|---:|---:|---:|---:|");
    for functions in [1_u64, 10, 1_000] {
        let server = RedisServer::start();
        let store = store(&server);
        let presence = Presence {
            instance: Origin(1),
            build: Build::from_bytes([7; 16]),
            life: Duration::from_secs(30),
            turn: Duration::from_secs(30),
            keeps_turn: false,
            kept: Duration::from_secs(172_800),
        };
        enroll(&store, presence.build, functions);
        let attend = || {
            store
                .attend(CONTROL, &presence)
                .expect("the server answers")
        };
        let first = attend();
        assert!(first.knows_build && first.list.is_none());
        assert!(attend().list.is_some());
        let cpu = cpu_ms(&server);
        let took = time(|| {
            for _ in 0..TIMES {
                attend();
            }
        });
        let each = (cpu_ms(&server) - cpu) * 1e3 / f64::from(TIMES);
        let trip = took.as_secs_f64() * 1e6 / f64::from(TIMES);
        // A hundred of them a second.
        println!(
            "| {functions} | {trip:.0} µs | {each:.1} µs | {:.2} % of a processor |",
            each * 100.0 / 1e4
        );
    }
    println!();
}

fn enroll(store: &Redis, build: Build, functions: u64) {
    let editions: Vec<(Edition, String)> = (0..functions)
        .map(|number| {
            let edition = Edition {
                namespace: "bench".into(),
                function: number,
                version: Version::from_bits(u128::from(number)),
            };
            (edition, format!("bench::module::function_{number}"))
        })
        .collect();
    let listed: Vec<(Edition, &str)> = editions
        .iter()
        .map(|(edition, path)| (edition.clone(), path.as_str()))
        .collect();
    store.list(CONTROL, &listed).expect("the server answers");
    let table: Vec<(&str, String)> = listed
        .iter()
        .map(|(edition, path)| (*path, edition.version.to_string()))
        .collect();
    let table = serde_json::to_vec(&table).expect("texts in lists");
    store
        .enroll(CONTROL, build, &table, Duration::from_secs(3_600))
        .expect("the server answers");
}

/// Storing entries that can be found by their version, beside such that can't.
fn measure_stores() {
    let server = RedisServer::start();
    let store = store(&server);
    let (number, edition) = (Cell::new(0_u64), dead());
    let write = |draft: &selfsame::store::Draft| {
        number.set(number.get() + 1);
        let mut arguments = [0x33; 16];
        // Over all buckets, and over again.
        arguments[..8].copy_from_slice(&spread(number.get() % 100_000));
        let written = store.write_blocking(
            &edition.entry(arguments),
            draft.clone(),
            Fence::Replaces(Origin(0)),
        );
        assert_eq!(written, Ok(Written::Stored));
    };
    let plain = conformance::draft(&[7; 200], Some(Duration::from_secs(3_600)));
    let indexed = plain.clone().indexed();
    let lap = |draft: &selfsame::store::Draft, calls| {
        time(|| {
            for _ in 0..calls {
                write(draft);
            }
        })
    };
    Contest::new(
        "Storing 200 bytes, Redis, blocking",
        4_000,
        "without index",
        |calls| lap(&plain, calls),
    )
    .within(1.25, "with index", |calls| lap(&indexed, calls))
    .run(7);
    let cpu = |draft| {
        const TIMES: u32 = 20_000;
        let before = cpu_ms(&server);
        lap(draft, TIMES);
        (cpu_ms(&server) - before) * 1e3 / f64::from(TIMES)
    };
    let (without, with) = (cpu(&plain), cpu(&indexed));
    println!(
        "Of the server's time: {without:.1} µs without, {with:.1} µs with ({:.2}×).\n",
        with / without
    );
}

/// As random as a digest.
fn spread(number: u64) -> [u8; 8] {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes()
}

/// What the index takes of the server's memory.
fn measure_memory() {
    println!("### Memory of an index, Redis\n");
    println!("| entries of a version | index, for each entry |");
    println!("|---:|---:|");
    for entries in [1_000, 10_000, 100_000, 1_000_000] {
        let server = RedisServer::start();
        fill_index(&server, entries);
        let used = memory(&server);
        let edition = dead();
        let mut pipe = redis::pipe();
        for bucket in 0..Edition::BUCKETS {
            pipe.cmd("UNLINK").arg(edition.index(bucket)).ignore();
        }
        let () = pipe
            .query(&mut server.connection())
            .expect("the server answers");
        thread::sleep(Duration::from_millis(500));
        let each = used.saturating_sub(memory(&server)) / entries;
        println!("| {entries} | {each} B |");
    }
    println!();
}

fn dead() -> Edition {
    Edition {
        namespace: "bench".into(),
        function: 1,
        version: Version::from_bits(1),
    }
}

fn fill_index(server: &RedisServer, entries: u64) {
    let edition = dead();
    let mut random = fastrand::Rng::with_seed(1);
    let mut connection = server.connection();
    for _ in 0..entries.div_ceil(1_000) {
        let mut pipe = redis::pipe();
        for _ in 0..1_000 {
            let key = edition.entry(random.u128(..).to_be_bytes());
            // Ends within the next hour, as an entry of any function would.
            let ends = 1_700_000_000 + random.u64(..3_600);
            pipe.zadd(key.index(), &key.arguments()[..], ends).ignore();
        }
        let () = pipe.query(&mut connection).expect("the server answers");
    }
}

fn store(server: &RedisServer) -> Redis {
    Redis::with_deadline(&server.url(), Duration::from_secs(5)).expect("the URL makes sense")
}

fn memory(server: &RedisServer) -> u64 {
    info(server, "memory", "used_memory:") as u64
}

/// The processor time the server has used, in milliseconds.
fn cpu_ms(server: &RedisServer) -> f64 {
    (info(server, "cpu", "used_cpu_user:") + info(server, "cpu", "used_cpu_sys:")) * 1e3
}

fn info(server: &RedisServer, section: &str, field: &str) -> f64 {
    let info: String = redis::cmd("INFO")
        .arg(section)
        .query(&mut server.connection())
        .expect("INFO answers with text");
    info.lines()
        .find_map(|line| line.strip_prefix(field))
        .and_then(|value| value.trim().parse().ok())
        .expect("it is in INFO")
}
