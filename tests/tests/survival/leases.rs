//! The right to compute, across processes.

use std::array;

use selfsame_tests::functions::Answer;
use selfsame_tests::redis_server::RedisServer;
use selfsame_tests::stage::{Stage, count, wait};
use selfsame_tests::storage::{File, Storage};
use selfsame_tests::worker::{Reply, WAIT_DEADLINE, Worker};

use crate::{connect, worker, worker_with};

/// The verbs of one caller, by face.
const FACES: [(u64, &str); 2] = [(1, "staged"), (2, "staged-later")];

/// 4 processes, 50 callers each, one cold key, one computation.
fn assert_one_computation(url: &str) {
    let stage = Stage::new();
    let mut workers: [Worker; 4] = array::from_fn(|_| worker(&stage, url));
    for (number, verb) in [(1, "staged-crowd"), (2, "staged-threads")] {
        stage.close(number);
        for worker in &mut workers {
            worker.tell(&format!("{verb} {number}"));
        }
        stage.wait_for_begun(number, 1);
        // The fourth one may wait for itself too: those who call after its link came up take nothing on trust.
        wait("three processes that wait for the fourth", || {
            let waits = |worker: &&Worker| count(&stage.log(worker.id()), "lease Busy") >= 1;
            number == 2 || workers.iter().filter(waits).count() >= 3
        });
        stage.open(number);
        let replies = workers.each_mut().map(Worker::hear);
        let computed: Vec<_> = replies.iter().map(|reply| reply.computed).collect();
        assert_eq!(computed.iter().sum::<u64>(), 1, "{url}: {verb} {replies:?}");
        let leader = replies
            .iter()
            .position(|reply| reply.computed == 1)
            .unwrap();
        for reply in &replies {
            assert_eq!(reply.computed_by(), workers[leader].id(), "{url}: {verb}");
        }
    }
}

#[test]
fn two_hundred_callers_in_four_processes_lead_to_one_computation_with_a_server() {
    assert_one_computation(&RedisServer::start().url());
}

#[test]
fn two_hundred_callers_in_four_processes_lead_to_one_computation_with_a_file() {
    assert_one_computation(&File::new().url());
}

/// Whoever waits for a process that dies takes over.
fn assert_replaced(url: &str) {
    let stage = Stage::new();
    let mut heir = worker(&stage, url);
    for (times, (number, verb)) in FACES.into_iter().enumerate() {
        let mut leader = worker(&stage, url);
        stage.close(number);
        leader.tell(&format!("{verb} {number}"));
        stage.wait_for_begun(number, 1);
        heir.tell(&format!("{verb} {number}"));
        stage.wait_for(heir.id(), "lease Busy", times + 1);
        leader.kill();
        stage.wait_for_begun(number, 2);
        stage.open(number);
        let reply = heir.hear();
        assert_eq!((reply.computed, reply.computed_by()), (1, heir.id()));
        assert!(reply.saw("lease Taken") && reply.saw("stored"), "{reply:?}");
    }
}

#[test]
fn a_leader_that_is_killed_is_replaced_with_a_server() {
    assert_replaced(&RedisServer::start().url());
}

#[test]
fn a_leader_that_is_killed_is_replaced_with_a_file() {
    assert_replaced(&File::new().url());
}

/// A process that was asleep for longer than its lease lives does not overwrite what was stored meanwhile.
fn assert_late_store_is_refused(url: &str) {
    let stage = Stage::new();
    let (mut sleeper, mut other) = (worker(&stage, url), worker(&stage, url));
    for (number, verb) in FACES {
        let call = format!("{verb} {number}");
        stage.close(number);
        sleeper.tell(&call);
        stage.wait_for_begun(number, 1);
        sleeper.freeze();
        other.tell(&call);
        stage.wait_for_begun(number, 2);
        stage.open(number);
        let reply = other.hear();
        assert!(reply.saw("stored"), "{reply:?}");
        sleeper.thaw();
        let late = sleeper.hear();
        assert_eq!(late.computed_by(), sleeper.id(), "its caller has its value");
        assert!(late.saw("not stored Refused"), "{late:?}");
        let mut witness = worker(&stage, url);
        assert_eq!(witness.ask(&call).computed_by(), other.id());
    }
}

#[test]
fn a_leader_that_was_asleep_stores_nothing_late_with_a_server() {
    assert_late_store_is_refused(&RedisServer::start().url());
}

#[test]
fn a_leader_that_was_asleep_stores_nothing_late_with_a_file() {
    assert_late_store_is_refused(&File::new().url());
}

#[test]
fn a_server_that_forgets_its_leases_costs_no_answer() {
    let stage = Stage::new();
    let mut server = RedisServer::start();
    let mut leader = worker(&stage, &server.url());
    for (number, verb) in FACES {
        stage.close(number);
        leader.tell(&format!("{verb} {number}"));
        stage.wait_for_begun(number, 1);
        server.restart();
        stage.open(number);
        let reply = leader.hear();
        assert_eq!((reply.computed, reply.computed_by()), (1, leader.id()));
        assert!(!reply.saw("stored"), "{reply:?}");
        connect(&mut leader);
        leader.ask_until(&format!("{verb} {number}"), "hit memory");
    }
}

/// What happens to the lease of a running computation keeps its value from being stored and not from being returned.
fn assert_lost(lose: impl Fn(&RedisServer)) {
    let stage = Stage::new();
    let server = RedisServer::start();
    let mut leader = worker(&stage, &server.url());
    let mut witness = worker(&stage, &server.url());
    for (number, verb) in FACES {
        stage.close(number);
        leader.tell(&format!("{verb} {number}"));
        stage.wait_for_begun(number, 1);
        lose(&server);
        stage.open(number);
        let reply = leader.hear();
        assert_eq!((reply.computed, reply.computed_by()), (1, leader.id()));
        assert!(is_not_stored(&reply), "{reply:?}");
        let seen = witness.ask(&format!("{verb} {number}"));
        assert_eq!(seen.computed_by(), witness.id(), "{seen:?}");
    }
}

#[test]
fn a_flush_in_the_midst_of_a_computation_costs_no_answer() {
    assert_lost(|server| {
        let () = redis::cmd("FLUSHALL")
            .query(&mut server.connection())
            .unwrap();
    });
}

#[test]
fn a_lease_that_is_taken_away_costs_no_answer() {
    assert_lost(|server| {
        let keys = server.keys();
        let lease = keys.iter().find(|key| key.ends_with(":L")).unwrap();
        let removed = redis::cmd("DEL").arg(lease).query(&mut server.connection());
        assert_eq!(removed, Ok(1));
    });
}

#[test]
fn a_caller_waits_for_another_process_only_so_long() {
    let stage = Stage::new();
    let server = RedisServer::start();
    let mut leader = worker(&stage, &server.url());
    let mut hasty = worker_with(&stage, &server.url(), &[(WAIT_DEADLINE, "100")]);
    for (number, verb) in FACES {
        stage.close(number);
        leader.tell(&format!("{verb} {number}"));
        stage.wait_for_begun(number, 1);
        hasty.tell(&format!("{verb} {number}"));
        // The leader lives and keeps its lease; the other computes beside it.
        stage.wait_for_begun(number, 2);
        stage.open(number);
        let reply = hasty.hear();
        assert_eq!((reply.computed, reply.computed_by()), (1, hasty.id()));
        assert!(reply.saw("lease GivenUp"), "{reply:?}");
        assert!(reply.saw("not stored Unleased"), "{reply:?}");
        assert!(leader.hear().saw("stored"));
    }
}

/// What is invalidated while it is computed is not answered to anybody else, whatever it was invalidated by.
fn assert_invalidated_meanwhile(url: &str) {
    let stage = Stage::new();
    let (mut leader, mut other) = (worker(&stage, url), worker(&stage, url));
    let acts = [
        ("evict-staged", "evicted Done"),
        ("invalidate", "invalidated Done"),
        ("invalidate-later", "invalidated Done"),
        ("clear-function", "evicted Done"),
        ("clear", "invalidated Done"),
        ("put-staged", "stored"),
        ("refresh-staged", "stored"),
    ];
    for (number, (act, done)) in (10..).zip(acts) {
        stage.set_truth(number, 1);
        stage.close(number);
        leader.tell(&format!("staged {number}"));
        stage.wait_for_begun(number, 1);
        stage.set_truth(number, 2);
        other.tell(&format!("{act} {number}"));
        if act == "refresh-staged" {
            stage.wait_for_begun(number, 2);
            stage.open(number);
        }
        let acted = other.hear();
        assert!(acted.saw(done), "{act} at {url}: {acted:?}");
        if act != "refresh-staged" {
            stage.open(number);
        }
        assert_eq!(truth(&leader.hear()), 1, "its caller came before");
        let mut witness = worker(&stage, url);
        for worker in [&mut other, &mut witness] {
            let seen = worker.ask(&format!("staged {number}"));
            assert_eq!(truth(&seen), 2, "{act} at {url}: {seen:?}");
        }
    }
}

#[test]
fn what_is_invalidated_while_it_is_computed_is_not_answered_to_others_with_a_server() {
    assert_invalidated_meanwhile(&RedisServer::start().url());
}

#[test]
fn what_is_invalidated_while_it_is_computed_is_not_answered_to_others_with_a_file() {
    assert_invalidated_meanwhile(&File::new().url());
}

pub(crate) fn truth(reply: &Reply) -> u64 {
    match reply.answers[..] {
        [Some(Answer { truth, .. })] => truth,
        _ => panic!("not one answer: {reply:?}"),
    }
}

fn is_not_stored(reply: &Reply) -> bool {
    reply.saw("not stored Refused") || reply.saw("not stored Outdated")
}
