//! What is computed while nobody waits for it, and callers that wait only so long, on real runtimes.

use selfsame_tests::redis_server::RedisServer;
use selfsame_tests::stage::{Stage, wait};
use selfsame_tests::worker::{Reply, Worker};

use crate::leases::truth;
use crate::worker;

/// A process, and a value that is not fresh any more and may be served for long.
struct Scene {
    stage: Stage,
    server: RedisServer,
    worker: Worker,
}

impl Scene {
    fn new() -> Self {
        let stage = Stage::new();
        let server = RedisServer::start();
        let worker = worker(&stage, &server.url());
        Self {
            stage,
            server,
            worker,
        }
    }

    /// Has a value stored by `call`, and waits until it is stale.
    fn grow_stale(&mut self, verb: &str, number: u64) {
        self.stage.set_truth(number, 1);
        self.worker.ask_until(&format!("{verb} {number}"), "stored");
        let look = format!("peek-{verb} {number}");
        self.worker.ask_until(&look, "miss store Expired");
        self.stage.set_truth(number, 2);
    }
}

#[test]
fn a_slow_computation_ends_in_the_background_and_stale_is_answered_meanwhile() {
    let mut scene = Scene::new();
    let mut other = worker(&scene.stage, &scene.server.url());
    for (number, call) in [(1, "soft 1"), (2, "soft-on-one-thread 2")] {
        scene.grow_stale("soft", number);
        scene.stage.close(number);
        let reply = scene.worker.ask(call);
        assert_eq!(truth(&reply), 1, "{reply:?}");
        assert!(reply.saw("stale store Slow"), "{reply:?}");
        scene.stage.wait_for_begun(number, 2);
        scene.stage.open(number);
        // It lands, and the other process has it too.
        let look = format!("peek-soft {number}");
        wait("the computation behind it", || {
            is_truth(&scene.worker.ask(&look), 2) && is_truth(&other.ask(&look), 2)
        });
    }
}

#[test]
fn a_runtime_that_ends_takes_its_background_along_and_nothing_else() {
    let mut scene = Scene::new();
    scene.grow_stale("soft", 1);
    scene.stage.close(1);
    let reply = scene.worker.ask("soft-own-runtime 1");
    assert_eq!(truth(&reply), 1, "{reply:?}");
    scene.stage.wait_for(scene.worker.id(), "cancelled", 1);
    scene.stage.open(1);
    // The lease was given up: the next one computes.
    scene.worker.ask_until("soft 1", "stored");
    assert_eq!(truth(&scene.worker.ask("peek-soft 1")), 2);
    for number in 10..15 {
        let call = format!("watched-own-runtime {number}");
        scene.worker.ask_until(&call, "stored");
        for _ in 0..3 {
            let reply = scene.worker.ask(&call);
            let is_failure = |event: &String| event.starts_with("store failed");
            let has_failed = reply.events.iter().any(is_failure);
            assert!(reply.computed == 0 || has_failed, "{reply:?}");
        }
        // Whatever was planned there: a runtime that lives on plans it anew.
        let lasting = format!("watched-later {number}");
        scene.worker.ask_until(&lasting, "refresh Begun");
    }
}

#[test]
fn a_computation_that_fails_leaves_the_stale_value_in_use_and_is_not_tried_by_every_call() {
    let mut scene = Scene::new();
    scene.grow_stale("stale", 1);
    scene.stage.fail(1, true);
    let reply = scene.worker.ask("stale 1");
    assert_eq!((truth(&reply), reply.computed), (1, 1), "{reply:?}");
    assert!(reply.saw("failed"), "{reply:?}");
    assert!(reply.saw("stale store Failed"), "{reply:?}");
    for _ in 0..5 {
        let reply = scene.worker.ask("stale 1");
        assert_eq!((truth(&reply), reply.computed), (1, 0), "{reply:?}");
        assert!(reply.saw("stale memory Failed"), "{reply:?}");
    }
}

#[test]
fn a_computation_that_fails_with_nothing_to_go_on_with_is_an_error_for_each() {
    let mut scene = Scene::new();
    scene.stage.fail(1, true);
    for _ in 0..3 {
        let reply = scene.worker.ask("stale 1");
        assert_eq!((reply.computed, &reply.answers[..]), (1, &[None][..]));
        assert!(reply.saw("answered Told"), "{reply:?}");
    }
    scene.stage.fail(1, false);
    assert!(scene.worker.ask("stale 1").saw("stored"));
}

#[test]
fn stale_is_answered_while_another_process_computes() {
    let mut scene = Scene::new();
    let mut other = worker(&scene.stage, &scene.server.url());
    scene.grow_stale("stale", 1);
    scene.stage.close(1);
    scene.worker.tell("stale 1");
    scene.stage.wait_for_begun(1, 2);
    for _ in 0..3 {
        let reply = other.ask("stale 1");
        assert_eq!((truth(&reply), reply.computed), (1, 0), "{reply:?}");
        assert!(reply.saw("stale store Refreshing"), "{reply:?}");
    }
    scene.stage.open(1);
    assert_eq!(truth(&scene.worker.hear()), 2);
    assert_eq!(truth(&other.ask("stale 1")), 2);
}

#[test]
fn a_caller_gives_up_and_the_computation_is_for_the_next() {
    let mut scene = Scene::new();
    scene.stage.close(1);
    let reply = scene.worker.ask("hard 1");
    assert!(
        reply.saw("timedout") && reply.saw("answered Late"),
        "{reply:?}"
    );
    scene.stage.open(1);
    wait("the computation behind it", || {
        is_truth(&scene.worker.ask("peek-hard 1"), 0)
    });
    let reply = scene.worker.ask("hard 1");
    assert_eq!(
        (reply.computed, reply.computed_by()),
        (0, scene.worker.id())
    );
    // A failure in time is the function's own.
    scene.stage.fail(2, true);
    assert!(scene.worker.ask("hard 2").saw("answered Told"));
}

#[test]
fn a_check_in_the_background_stores_what_has_changed_and_nothing_else() {
    let mut scene = Scene::new();
    let verbs = ["watched", "watched-later", "watched-on-one-thread"];
    for (number, verb) in verbs.into_iter().enumerate() {
        let call = format!("{verb} {number}");
        scene.worker.ask_until(&call, "stored");
        let id = scene.worker.id();
        let unchanged = count(&scene, "refresh Unchanged");
        scene.worker.ask(&call);
        wait("a check without a finding", || {
            scene.worker.ask(&call);
            count(&scene, "refresh Unchanged") > unchanged
        });
        scene.stage.set_truth(number as u64, 7);
        wait("the new value", || truth(&scene.worker.ask(&call)) == 7);
        // Told after the value is there.
        scene.stage.wait_for(id, "refresh Changed", number + 1);
    }
}

#[test]
fn one_process_checks_for_all() {
    let mut scene = Scene::new();
    let mut other = worker(&scene.stage, &scene.server.url());
    scene.worker.ask_until("watched 1", "stored");
    scene.stage.close(1);
    scene.worker.ask("watched 1");
    scene.stage.wait_for_begun(1, 2);
    other.ask("watched 1");
    scene.stage.wait_for(other.id(), "refresh Elsewhere", 1);
    scene.stage.open(1);
    wait("the end of the check", || {
        let log = scene.stage.log(scene.worker.id());
        log.iter().any(|line| line == "refresh Unchanged")
    });
    assert!(
        !scene
            .stage
            .log(other.id())
            .iter()
            .any(|line| line == "computed")
    );
}

fn count(scene: &Scene, what: &str) -> usize {
    selfsame_tests::stage::count(&scene.stage.log(scene.worker.id()), what)
}

fn is_truth(reply: &Reply, expected: u64) -> bool {
    matches!(reply.answers[..], [Some(answer)] if answer.truth == expected)
}
