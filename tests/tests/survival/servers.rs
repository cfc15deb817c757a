//! Several servers: what moves between them under load, and the fail-over of those that die.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use selfsame_tests::redis_cluster::{MASTERS, RedisCluster};
use selfsame_tests::redis_sentinels::RedisSentinels;
use selfsame_tests::stage::{Stage, wait};
use selfsame_tests::worker::{STORE_DEADLINE, Worker};

use crate::coherence::assert_seen_by_all;
use crate::{worker, worker_with};

/// How many different calls a crowd makes at once.
const CROWD: usize = 50;
/// How many slots move each way.
const MOVED: usize = 10;
/// What is waited for a server that does not answer.
const HASTE: (&str, &str) = (STORE_DEADLINE, "250");

#[test]
fn what_one_process_invalidates_the_others_see_in_a_cluster() {
    let cluster = RedisCluster::start();
    assert_seen_by_all(&cluster.url());
}

#[test]
fn what_one_process_invalidates_the_others_see_behind_sentinels() {
    let sentinels = RedisSentinels::start();
    assert_seen_by_all(&sentinels.url());
}

/// The value that was invalidated last, of each number: whoever asks from then on must not see an older one.
struct Valid([AtomicU64; CROWD]);

impl Valid {
    /// Invalidates the value of a number, until the store has been told.
    fn change(&self, stage: &Stage, worker: &mut Worker, number: usize, truth: u64) {
        stage.set_truth(number as u64, truth);
        wait("an invalidation to be done", || {
            worker
                .ask(&format!("evict-remote {number}"))
                .saw("evicted Done")
        });
        self.0[number].store(truth, Ordering::SeqCst);
    }

    /// Fifty callers ask at once.
    fn ask(&self, worker: &mut Worker) {
        let valid = self.0.each_ref().map(|truth| truth.load(Ordering::SeqCst));
        let reply = worker.ask("remote-threads 0");
        for answer in reply.answers {
            let answer = answer.expect("every caller has an answer");
            let valid = valid[answer.number as usize];
            assert!(answer.truth >= valid, "{answer:?} is older than {valid}");
        }
    }
}

#[test]
fn slots_that_move_under_load_cost_no_answer_and_make_none_old() {
    let cluster = RedisCluster::start();
    let stage = Stage::new();
    let [mut first, mut second, mut third] =
        std::array::from_fn(|_| worker(&stage, &cluster.url()));
    let valid = Valid(std::array::from_fn(|_| AtomicU64::new(0)));
    valid.ask(&mut first);
    let is_over = AtomicBool::new(false);
    let (valid, stage, is_over) = (&valid, &stage, &is_over);
    thread::scope(|scope| {
        for worker in [&mut first, &mut second] {
            scope.spawn(move || {
                while !is_over.load(Ordering::SeqCst) {
                    valid.ask(worker);
                }
            });
        }
        let cluster = &cluster;
        scope.spawn(move || {
            let _over = Over(is_over);
            move_slots(cluster);
        });
        let _over = Over(is_over);
        for truth in 1.. {
            for number in (0..CROWD).step_by(7) {
                valid.change(stage, &mut third, number, truth);
            }
            if is_over.load(Ordering::SeqCst) {
                break;
            }
        }
    });
    for number in [0, 7, 8] {
        first.ask_until(&format!("remote {number}"), "hit store");
    }
}

/// Lets those stop who ask until it is over, also where a test fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Slots of one master that have keys go to another, and slots of that one back.
fn move_slots(cluster: &RedisCluster) {
    for (from, to) in [(0, 1), (1, 0)] {
        let mut slots: Vec<u16> = cluster.nodes[from]
            .keys()
            .iter()
            .map(|name| cluster.slot(name))
            .collect();
        slots.sort_unstable();
        slots.dedup();
        for slot in slots.into_iter().take(MOVED) {
            cluster.migrate(slot, from, to, || ());
        }
    }
}

/// A server is killed while callers ask: all have their answers, and the store is used again without a word to anybody.
fn assert_survived(url: &str, kill: impl FnOnce()) {
    let stage = Stage::new();
    let mut asking = worker_with(&stage, url, &[HASTE]);
    let mut witness = worker(&stage, url);
    let valid = Valid(std::array::from_fn(|_| AtomicU64::new(0)));
    valid.ask(&mut asking);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::SeqCst) {
                valid.ask(&mut asking);
            }
        });
        let _over = Over(&is_over);
        kill();
    });
    for number in 0..CROWD {
        let call = format!("remote {number}");
        asking.ask_until(&call, "hit store");
        witness.ask_until(&call, "hit store");
    }
    // News come from the successor.
    stage.set_truth(100, 1);
    for worker in [&mut asking, &mut witness] {
        worker.ask_until("staged 100", "hit memory");
    }
    stage.set_truth(100, 2);
    wait("an invalidation to be done", || {
        asking.ask("evict-staged 100").saw("evicted Done")
    });
    wait("it to be seen", || {
        crate::leases::truth(&witness.ask("staged 100")) == 2
    });
}

#[test]
fn the_fail_over_of_a_node_costs_no_answer() {
    let mut cluster = RedisCluster::start();
    let url = cluster.url();
    let lost = cluster.owner(cluster.slot("selfsame-tests:g:n")) % MASTERS;
    assert_survived(&url, || {
        cluster.nodes[lost].kill();
        wait("the replica to take over", || {
            cluster.owner(0) != lost && cluster.owner(16_383) != lost
        });
    });
}

#[test]
fn the_fail_over_of_a_watched_master_costs_no_answer() {
    let mut sentinels = RedisSentinels::start();
    let url = sentinels.url();
    assert_survived(&url, || {
        let lost = sentinels.master();
        sentinels.servers[lost].kill();
        sentinels.wait_for_successor(lost);
    });
}

#[test]
fn a_master_that_is_frozen_is_replaced_and_what_it_says_later_is_not_heard() {
    let sentinels = RedisSentinels::start();
    let url = sentinels.url();
    assert_survived(&url, || {
        let lost = sentinels.master();
        sentinels.servers[lost].freeze();
        sentinels.wait_for_successor(lost);
        sentinels.servers[lost].thaw();
    });
}
