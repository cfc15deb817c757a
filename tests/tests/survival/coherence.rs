//! What one process invalidates, the others do not answer from memory: at once while the link for news is up, and within
//! its stated bound whatever happens to it.

use std::array;
use std::time::{Duration, Instant};

use selfsame_tests::proxy::{Fault, Lane, Proxy, Way};
use selfsame_tests::redis_server::RedisServer;
use selfsame_tests::stage::{Stage, count, wait};
use selfsame_tests::storage::{File, Storage};
use selfsame_tests::worker::Worker;

use crate::leases::truth;
use crate::worker;

/// How long copies in memory are used without a sign of life, as documented.
pub(crate) const BOUND: Duration = Duration::from_secs(2);

/// Every way to invalidate, done by one process, is seen by the memory of the others, and costs one computation.
pub(crate) fn assert_seen_by_all(url: &str) {
    let stage = Stage::new();
    let mut workers: [Worker; 4] = array::from_fn(|_| worker(&stage, url));
    let acts = [
        ("evict-staged", "evicted Done", 1),
        ("invalidate", "invalidated Done", 1),
        ("invalidate-later", "invalidated Done", 1),
        ("clear-function", "evicted Done", 1),
        ("clear", "invalidated Done", 1),
        ("put-staged", "stored", 0),
        ("refresh-staged", "stored", 1),
    ];
    for (number, (act, done, computations)) in (1..).zip(acts) {
        let call = format!("staged {number}");
        stage.set_truth(number, 1);
        for worker in &mut workers {
            worker.ask_until(&call, "hit memory");
        }
        stage.set_truth(number, 2);
        let acted = workers[0].ask(&format!("{act} {number}"));
        assert!(acted.saw(done), "{act}: {acted:?}");
        let mut computed = acted.computed;
        assert_eq!(truth(&ask(&mut workers[0], &call, &mut computed)), 2);
        for worker in &mut workers {
            wait(&format!("{act} to be seen at {url}"), || {
                truth(&ask(worker, &call, &mut computed)) == 2
            });
        }
        assert_eq!(computed, computations, "{act} at {url}");
    }
}

/// Asks, and adds up what is computed for it.
fn ask(worker: &mut Worker, call: &str, computed: &mut u64) -> selfsame_tests::worker::Reply {
    let reply = worker.ask(call);
    *computed += reply.computed;
    reply
}

#[test]
fn what_one_process_invalidates_the_others_see_with_a_server() {
    assert_seen_by_all(&RedisServer::start().url());
}

#[test]
fn what_one_process_invalidates_the_others_see_with_a_file() {
    assert_seen_by_all(&File::new().url());
}

/// A process whose news go through a proxy, and another one that invalidates.
struct Pair {
    stage: Stage,
    server: RedisServer,
    proxy: Proxy,
    listener: Worker,
    other: Worker,
}

impl Pair {
    fn new(seed: u64) -> Self {
        let stage = Stage::new();
        let server = RedisServer::start();
        let proxy = Proxy::start(server.port().unwrap(), seed);
        let listener = worker(&stage, &proxy.url());
        let other = worker(&stage, &server.url());
        stage.set_truth(1, 1);
        let mut pair = Self {
            stage,
            server,
            proxy,
            listener,
            other,
        };
        pair.listener.ask_until("staged 1", "hit memory");
        pair
    }

    /// The other process invalidates the entry and stores another value.
    fn change(&mut self) {
        self.stage.set_truth(1, 2);
        assert!(self.other.ask("evict-staged 1").saw("evicted Done"));
        let stored = self.other.ask("staged 1");
        assert_eq!((stored.computed, truth(&stored)), (1, 2), "{stored:?}");
    }

    /// Asks until the bound is over: once the new value was seen, the old one never is, and after the bound neither.
    fn assert_bounded(&mut self) {
        let changed = Instant::now();
        let mut is_seen = false;
        let mut answers_after = 0;
        while answers_after < 5 {
            let is_over = changed.elapsed() > BOUND;
            let reply = self.listener.ask("staged 1");
            let is_new = truth(&reply) == 2;
            assert!(is_new || !(is_over || is_seen), "{reply:?}");
            assert_eq!(reply.computed, 0, "the store has it: {reply:?}");
            is_seen |= is_new;
            answers_after += u32::from(is_over);
        }
    }

    /// Whether memory is used was told exactly twice as the link came, and once as it went.
    fn assert_recovered(&mut self) {
        let ups = count(&self.log(), "LinkUp");
        self.proxy.heal();
        self.stage.wait_for(self.listener.id(), "LinkUp", ups + 1);
        let reply = self.listener.ask_until("staged 1", "hit memory");
        assert_eq!(truth(&reply), 2);
    }

    fn log(&self) -> Vec<String> {
        self.stage.log(self.listener.id())
    }
}

#[test]
fn a_link_that_is_silent_in_one_direction_ends_the_use_of_memory() {
    for way in [Way::Back, Way::There] {
        let mut pair = Pair::new(1);
        pair.proxy.set(Lane::News, way, Fault::Swallow);
        pair.change();
        pair.assert_bounded();
        pair.assert_recovered();
    }
}

#[test]
fn a_link_that_is_cut_ends_the_use_of_memory_at_once() {
    let mut pair = Pair::new(2);
    pair.proxy.set(Lane::News, Way::There, Fault::Truncate(0));
    pair.proxy.cut(Lane::News);
    pair.stage.wait_for(pair.listener.id(), "LinkDown", 1);
    pair.change();
    let reply = pair.listener.ask("staged 1");
    assert_eq!((truth(&reply), reply.computed), (2, 0), "{reply:?}");
    assert!(reply.saw("miss memory Incoherent"), "{reply:?}");
    assert!(reply.saw("hit store"), "{reply:?}");
    pair.assert_recovered();
}

#[test]
fn a_link_that_the_server_ends_is_made_again() {
    let mut pair = Pair::new(3);
    let killed: u64 = redis::cmd("CLIENT")
        .arg(&["KILL", "TYPE", "pubsub"])
        .query(&mut pair.server.connection())
        .unwrap();
    assert_eq!(killed, 2, "both processes listen");
    pair.change();
    pair.stage.wait_for(pair.listener.id(), "LinkDown", 1);
    // What was in memory before is not used after it.
    let reply = pair.listener.ask("staged 1");
    assert_eq!((truth(&reply), reply.computed), (2, 0), "{reply:?}");
    pair.assert_recovered();
}

#[test]
fn news_that_are_damaged_keep_nothing_in_use() {
    for seed in 10..13 {
        let mut pair = Pair::new(seed);
        pair.proxy.set(Lane::News, Way::Back, Fault::Corrupt);
        pair.change();
        pair.assert_bounded();
        pair.assert_recovered();
    }
}

#[test]
fn news_in_any_order_and_late_ones_are_understood() {
    let mut pair = Pair::new(20);
    let numbers = 2..12;
    for fault in [Fault::Shuffle, Fault::Delay(Duration::from_millis(100))] {
        for number in numbers.clone() {
            pair.stage.set_truth(number, 1);
            pair.other.ask(&format!("evict-staged {number}"));
        }
        pair.proxy.set(Lane::News, Way::Back, fault);
        for number in numbers.clone() {
            let call = format!("staged {number}");
            wait("the first value", || {
                truth(&pair.listener.ask(&call)) == 1 && pair.listener.ask(&call).saw("hit memory")
            });
        }
        for number in numbers.clone() {
            pair.stage.set_truth(number, 2);
            let act = ["evict-staged", "invalidate", "put-staged"][number as usize % 3];
            pair.other.ask(&format!("{act} {number}"));
        }
        for number in numbers.clone() {
            wait("the second value", || {
                truth(&pair.listener.ask(&format!("staged {number}"))) == 2
            });
        }
        pair.proxy.heal();
    }
    assert_eq!(count(&pair.log(), "LinkDown"), 0, "nothing was lost");
}

#[test]
fn a_storm_of_news_and_nonsense_starves_nobody() {
    let mut pair = Pair::new(30);
    let mut connection = pair.server.connection();
    let nonsense = [
        "",
        "x",
        "00000000000000zz",
        "0123456789abcdef",
        "0123456789abcdefnobody's",
    ];
    for round in 0..40 {
        let mut storm = redis::pipe();
        for number in 0..500 {
            storm.publish("selfsame:inv", nonsense[number % nonsense.len()]);
        }
        let _: redis::Value = storm.query(&mut connection).unwrap();
        let reply = pair.listener.ask(&format!("staged {round}"));
        assert_eq!(reply.answers.len(), 1, "{reply:?}");
    }
    pair.change();
    wait("the change behind the storm", || {
        truth(&pair.listener.ask("staged 1")) == 2
    });
    pair.listener.ask_until("staged 1", "hit memory");
}

#[test]
fn a_process_that_starts_after_an_invalidation_honours_it() {
    for (number, act) in [(1, "clear"), (2, "clear-function"), (3, "invalidate")] {
        let stage = Stage::new();
        let server = RedisServer::start();
        let mut first = worker(&stage, &server.url());
        stage.set_truth(number, 1);
        let call = format!("staged {number}");
        first.ask_until(&call, "stored");
        first.ask(&format!("{act} {number}"));
        let _ = first.finish();
        stage.set_truth(number, 2);
        let mut second = worker(&stage, &server.url());
        assert_eq!(truth(&second.ask(&call)), 2, "{act}");
    }
}

#[test]
fn a_version_that_the_server_forgets_revives_nothing() {
    let stage = Stage::new();
    let server = RedisServer::start();
    let mut worker = worker(&stage, &server.url());
    worker.ask_until("remote 1", "hit store");
    let keys = server.keys();
    let is_tag = |key: &&String| key.contains(":g:");
    assert_eq!(keys.iter().filter(is_tag).count(), 3, "{keys:?}");
    for tag in keys.iter().filter(is_tag) {
        let before = worker.ask_until("remote 1", "hit store");
        assert_eq!(before.computed, 0);
        let () = redis::cmd("DEL")
            .arg(tag)
            .query(&mut server.connection())
            .unwrap();
        // Heard of, or read with the entry: a version that is missing is no version to accept an entry by.
        wait("a miss", || worker.ask("remote 1").computed == 1);
    }
}
