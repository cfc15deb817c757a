//! A store that is away, in every way it can be: callers get the function's own value, it is soon left alone, what it
//! missed it is told, and it is used again.

use std::time::Duration;

use selfsame_tests::black_hole::BlackHole;
use selfsame_tests::proxy::{Fault, Lane, Proxy, Way};
use selfsame_tests::redis_server::RedisServer;
use selfsame_tests::stage::{Stage, wait};
use selfsame_tests::worker::{STORE_DEADLINE, Worker};

use crate::{connect, worker, worker_with};

/// What is waited for a store that does not answer: short, since these tests wait for it often.
const HASTE: (&str, &str) = (STORE_DEADLINE, "250");

/// A process whose server is disturbed, and another one that speaks to the server itself.
struct Scene {
    stage: Stage,
    server: RedisServer,
    proxy: Proxy,
    worker: Worker,
    witness: Worker,
}

impl Scene {
    fn new() -> Self {
        let stage = Stage::new();
        let server = RedisServer::start();
        let proxy = Proxy::start(server.port().unwrap(), 0);
        Self {
            worker: worker_with(&stage, &proxy.url(), &[HASTE]),
            witness: worker(&stage, &server.url()),
            stage,
            server,
            proxy,
        }
    }

    /// All that must hold while the store is away, and after that.
    fn survive(mut self, begin: impl FnOnce(&mut Self), end: impl FnOnce(&mut Self)) {
        self.witness.ask_until("remote 1", "hit store");
        self.witness.ask_until("remote 2", "hit store");
        begin(&mut self);
        self.assert_left_alone();
        self.assert_computed_without_asking();
        end(&mut self);
        self.stage.wait_for(self.worker.id(), "StoreResumed", 1);
        self.assert_told();
        self.assert_used_again();
        self.assert_said_once();
    }

    /// A few callers wait for it, and have their values all the same.
    fn assert_left_alone(&mut self) {
        wait("the store to be left alone", || {
            for call in ["remote 3", "stored-later 3"] {
                assert_own(&mut self.worker, call);
            }
            self.count("StoreSuspended") == 1
        });
    }

    fn assert_computed_without_asking(&mut self) {
        let before = self.proxy.requests();
        for call in ["remote 4", "stored-later 4"].repeat(10) {
            assert_own(&mut self.worker, call);
        }
        let evicted = self.worker.ask("evict-remote 1");
        assert!(evicted.saw("evicted Deferred"), "{evicted:?}");
        let invalidated = self.worker.ask("invalidate-remote 2");
        assert!(invalidated.saw("invalidated Deferred"), "{invalidated:?}");
        assert_eq!(self.proxy.requests(), before, "callers left it alone");
    }

    /// What was invalidated meanwhile is gone: the server was told before it was used again, and tells the others.
    fn assert_told(&mut self) {
        for call in ["peek-remote 1", "peek-remote 2"] {
            wait(&format!("{call} to find nothing"), || {
                self.witness.ask(call).answers == [None]
            });
        }
    }

    fn assert_used_again(&mut self) {
        self.worker.ask_until("remote 5", "hit store");
        self.worker.ask_until("stored-later 5", "hit store");
    }

    fn assert_said_once(self) {
        let changes = ["StoreSuspended", "StoreResumed"].map(|change| self.count(change));
        assert_eq!(changes, [1, 1], "{:?}", self.stage.log(self.worker.id()));
        let said = self.worker.finish();
        for line in ["it is left alone", "the store answers again"] {
            assert_eq!(said.matches(line).count(), 1, "{said}");
        }
    }

    fn count(&self, change: &str) -> usize {
        let log = self.stage.log(self.worker.id());
        log.iter().filter(|line| line.starts_with(change)).count()
    }
}

/// The caller has the function's own value.
fn assert_own(worker: &mut Worker, call: &str) {
    let reply = worker.ask(call);
    assert_eq!(
        (reply.computed, reply.computed_by()),
        (1, worker.id()),
        "{call}: {reply:?}"
    );
}

/// An outage that is made by doing this to all that the server says to callers.
fn survive_replies(fault: Fault) {
    Scene::new().survive(
        |scene| scene.proxy.set(Lane::Calls, Way::Back, fault),
        |scene| scene.proxy.heal(),
    );
}

#[test]
fn a_server_that_is_killed() {
    Scene::new().survive(|scene| scene.server.kill(), |scene| scene.server.restart());
}

#[test]
fn a_server_that_is_frozen() {
    Scene::new().survive(|scene| scene.server.freeze(), |scene| scene.server.thaw());
}

#[test]
fn a_network_that_refuses_connections() {
    Scene::new().survive(
        |scene| {
            scene.proxy.refuse(true);
            scene.proxy.cut(Lane::Calls);
            scene.proxy.cut(Lane::News);
        },
        |scene| scene.proxy.heal(),
    );
}

#[test]
fn a_network_that_swallows_everything() {
    Scene::new().survive(
        |scene| scene.proxy.set_all(&Fault::Swallow),
        |scene| scene.proxy.heal(),
    );
}

#[test]
fn a_network_that_swallows_requests() {
    Scene::new().survive(
        |scene| scene.proxy.set(Lane::Calls, Way::There, Fault::Swallow),
        |scene| scene.proxy.heal(),
    );
}

#[test]
fn a_network_that_is_far_too_slow() {
    survive_replies(Fault::Delay(Duration::from_secs(1)));
}

#[test]
fn replies_that_trickle() {
    survive_replies(Fault::Trickle(Duration::from_millis(100)));
}

#[test]
fn connections_that_are_reset_in_the_midst_of_a_reply() {
    survive_replies(Fault::Truncate(2));
}

#[test]
fn replies_of_another_protocol() {
    survive_replies(Fault::Replace(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
}

#[test]
fn replies_without_an_end() {
    survive_replies(Fault::Replace(b"*1000000000\r\n"));
}

#[test]
fn replies_of_noise() {
    survive_replies(Fault::Replace(b"\x00\xff\x80\r\n$-7\r\n\x01\r\n"));
}

#[test]
fn a_server_that_is_loading() {
    survive_replies(Fault::Replace(
        b"-LOADING Redis is loading the dataset in memory\r\n",
    ));
}

#[test]
fn a_replica_whose_master_is_down() {
    survive_replies(Fault::Replace(
        b"-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n",
    ));
}

#[test]
fn a_network_that_is_slow_is_no_outage() {
    let mut scene = Scene::new();
    for fault in [
        Fault::Delay(Duration::from_millis(20)),
        Fault::Trickle(Duration::from_micros(100)),
    ] {
        scene.proxy.set(Lane::Calls, Way::Back, fault);
        scene.worker.ask_until("remote 1", "hit store");
        scene.worker.ask_until("stored-later 1", "hit store");
    }
    assert_eq!(scene.count("StoreSuspended"), 0);
}

#[test]
fn more_callers_than_connections_are_no_outage() {
    let stage = Stage::new();
    let server = RedisServer::start();
    let proxy = Proxy::start(server.port().unwrap(), 0);
    let mut worker = worker(&stage, &proxy.url());
    proxy.set(
        Lane::Calls,
        Way::Back,
        Fault::Delay(Duration::from_millis(20)),
    );
    for computed in [50, 0] {
        let reply = worker.ask("distinct-threads 100");
        assert_eq!((reply.computed, reply.answers.len()), (computed, 50));
        assert!(!reply.missed_the_store(), "{reply:?}");
    }
}

#[test]
fn a_port_that_answers_nothing() {
    let stage = Stage::new();
    let hole = BlackHole::new();
    let path = stage.path().to_str().unwrap();
    let variables = [HASTE, (selfsame_tests::stage::STAGE, path)];
    let mut worker = Worker::start_with(env!("CARGO_BIN_EXE_worker"), &hole.url(), &variables);
    wait("the port to be left alone", || {
        for call in ["remote 1", "stored-later 1"] {
            assert_own(&mut worker, call);
        }
        let log = stage.log(worker.id());
        log.iter().any(|line| line.starts_with("StoreSuspended"))
    });
    for call in ["remote 1", "stored-later 1"] {
        let reply = worker.ask(call);
        assert!(reply.saw("store failed Read Suspended"), "{reply:?}");
    }
}

#[test]
fn a_server_that_appears_later_is_used() {
    let stage = Stage::new();
    let mut server = RedisServer::start();
    server.kill();
    let path = stage.path().to_str().unwrap();
    let variables = [(selfsame_tests::stage::STAGE, path)];
    let mut worker = Worker::start_with(env!("CARGO_BIN_EXE_worker"), &server.url(), &variables);
    for call in ["remote 1", "stored-later 1"].repeat(5) {
        assert_own(&mut worker, call);
    }
    server.restart();
    stage.wait_for(worker.id(), "StoreResumed", 1);
    worker.ask_until("remote 1", "hit store");
    worker.ask_until("stored-later 1", "hit store");
    worker.ask_until("staged 1", "hit memory");
}

#[test]
fn a_server_that_goes_away_in_the_midst_of_a_computation_costs_no_answer() {
    let mut scene = Scene::new();
    for (number, call) in [(6, "staged"), (7, "staged-later")] {
        scene.stage.close(number);
        scene.worker.tell(&format!("{call} {number}"));
        scene.stage.wait_for_begun(number, 1);
        scene.server.kill();
        scene.stage.open(number);
        let reply = scene.worker.hear();
        assert_eq!(
            (reply.computed, reply.computed_by()),
            (1, scene.worker.id())
        );
        assert!(reply.saw("not stored StoreFailed"), "{reply:?}");
        scene.server.restart();
        connect(&mut scene.worker);
        scene
            .worker
            .ask_until(&format!("{call} {number}"), "hit memory");
    }
}
