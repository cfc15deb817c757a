//! A server that is full: whatever it forgets or refuses, answers are right, and it is said what it will come to.

use std::time::Duration;

use selfsame_tests::deployment::{Remains, deploy, versions, wait_until};
use selfsame_tests::redis_server::RedisServer;
use selfsame_tests::worker::Worker;

const PROGRAM: &str = env!("CARGO_BIN_EXE_deployed");

/// Every policy there is.
const POLICIES: [&str; 8] = [
    "noeviction",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
];

/// Sets how much the server holds beyond what it does now.
fn leave(server: &RedisServer, kilobytes: u64) {
    let mut connection = server.connection();
    let info: String = redis::cmd("INFO")
        .arg("memory")
        .query(&mut connection)
        .unwrap();
    let used = info
        .lines()
        .find_map(|line| line.strip_prefix("used_memory:"));
    let used: u64 = used.unwrap().trim().parse().unwrap();
    let () = redis::cmd("CONFIG")
        .arg("SET")
        .arg("maxmemory")
        .arg(used + kilobytes * 1_024)
        .query(&mut connection)
        .unwrap();
}

/// Asserts that what is answered is what this version answers to each number.
fn assert_right(worker: &mut Worker, version: u64, count: u64) -> Vec<String> {
    let reply = worker.ask(&format!("calls {count}"));
    assert_eq!(versions(&reply), [version]);
    let numbers: Vec<u64> = reply
        .answers
        .iter()
        .flatten()
        .map(|answer| answer.number)
        .collect();
    assert_eq!(numbers, (0..count).collect::<Vec<_>>());
    reply.events
}

#[test]
fn a_full_server_answers_nothing_wrong_whatever_it_does_about_it() {
    // Side by side: all of them wait most of the time.
    std::thread::scope(|scope| {
        for policy in POLICIES {
            scope.spawn(move || assert_survives(policy));
        }
    });
}

fn assert_survives(policy: &str) {
    let server = RedisServer::start_with(&["--maxmemory-policy", policy]);
    let (mut one, mut other) = (
        deploy(PROGRAM, &server.url(), 1),
        deploy(PROGRAM, &server.url(), 2),
    );
    leave(&server, 100);
    let mut events = Vec::new();
    for _ in 0..2 {
        events.extend(assert_right(&mut one, 1, 300));
        events.extend(assert_right(&mut other, 2, 300));
    }
    let refused = events.iter().any(|event| event.contains("Full"));
    assert_eq!(refused, policy == "noeviction", "{policy}");
    // Processes live on, and nothing is taken for dead.
    let remains = Remains::of(1, &server);
    std::thread::sleep(Duration::from_millis(500));
    assert!(
        remains
            .listed()
            .is_none_or(|listed| listed.dead_since_ms.is_none()),
        "{policy}"
    );
    // With room again, all is stored again, and found when nobody runs it any more.
    leave(&server, 100_000);
    one.ask_until("call 5", "hit store");
    assert_right(&mut one, 1, 300);
    wait_until("it is listed", || remains.listed().is_some());
    one.kill();
    if policy == "noeviction" {
        remains.wait_until_gone();
    }
    // An entry whose index was forgotten stays until it ends.
    wait_until("what is known of it is purged", || {
        remains.listed().is_none()
    });
    assert_right(&mut other, 2, 300);
}

/// What a process says that has used a server with these settings.
fn said(settings: &[&str], url: impl Fn(&RedisServer) -> String) -> String {
    let server = RedisServer::start_with(settings);
    let mut worker = deploy(PROGRAM, &url(&server), 1);
    let remains = Remains::of(1, &server);
    wait_until("it is listed", || remains.listed().is_some());
    // Said beside the calls, before the next sign of life but one.
    worker.ask("wait 600");
    worker.finish()
}

#[test]
fn it_is_said_once_what_a_full_server_will_do() {
    let url = RedisServer::url;
    for policy in POLICIES {
        let said = said(&["--maxmemory", "100mb", "--maxmemory-policy", policy], url);
        let warned = said.matches("refuses to store anything").count();
        assert_eq!(
            warned,
            usize::from(policy == "noeviction"),
            "{policy}: {said}"
        );
        assert!(!said.contains("no bound"), "{said}");
    }
    let said = said(
        &["--maxmemory", "0", "--maxmemory-policy", "allkeys-lru"],
        url,
    );
    assert_eq!(said.matches("has no bound").count(), 1, "{said}");
}

#[test]
fn nothing_is_said_where_nobody_may_know() {
    let said = said(&["--maxmemory", "0"], |server| {
        let mut account = redis::cmd("ACL");
        account.arg("SETUSER").arg("mute");
        account.arg(&["on", ">secret", "~*", "&*", "+@all", "-info", "-config"]);
        let () = account.query(&mut server.connection()).unwrap();
        server.url().replace("redis://", "redis://mute:secret@")
    });
    assert!(!said.contains("maxmemory"), "{said}");
}

/// What the index and all other bookkeeping costs, for each entry: as documented.
#[test]
fn an_index_costs_what_the_documentation_says() {
    let server = RedisServer::start();
    let _worker = deploy(PROGRAM, &server.url(), 1);
    let remains = Remains::of(1, &server);
    wait_until("it is listed", || remains.listed().is_some());
    for (entries, most) in [(1_000, 150), (10_000, 50), (100_000, 35)] {
        remains.add(entries);
        let mut connection = server.connection();
        let indexes: Vec<String> = remains.keys();
        let mut sum = 0_u64;
        for index in indexes.iter().filter(|key| key.ends_with("}:i")) {
            let bytes: u64 = redis::cmd("MEMORY")
                .arg("USAGE")
                .arg(index)
                .query(&mut connection)
                .unwrap();
            sum += bytes;
        }
        let each = sum / entries;
        println!("{entries} entries: {each} bytes of index for each");
        assert!(each <= most, "{entries} entries: {each} bytes for each");
    }
}
