//! A store that is there and refuses: what it does not refuse goes on.

use selfsame_tests::redis_server::{RedisServer, free_port};
use selfsame_tests::stage::Stage;
use selfsame_tests::worker::Worker;

use crate::worker;

fn tell(server: &RedisServer, command: &[&str]) {
    let mut words = redis::cmd(command[0]);
    let done = words.arg(&command[1..]).query(&mut server.connection());
    let () = done.unwrap_or_else(|error| panic!("{command:?}: {error}"));
}

/// What is stored is read while nothing can be written, what is computed is answered, and all is well after it.
fn assert_read_only(
    refusal: &str,
    begin: impl Fn(&RedisServer),
    end: impl Fn(&RedisServer),
    outcome: &str,
) {
    let stage = Stage::new();
    let server = RedisServer::start();
    let mut worker = worker(&stage, &server.url());
    let mut witness = crate::worker(&stage, &server.url());
    for call in ["remote 1", "remote 2", "remote 3", "stored-later 1"] {
        worker.ask_until(call, "hit store");
    }
    begin(&server);
    for call in ["remote 1", "stored-later 1"] {
        assert!(worker.ask(call).saw("hit store"));
    }
    for call in ["remote 4", "stored-later 4"].repeat(5) {
        let reply = worker.ask(call);
        assert_eq!((reply.computed, reply.computed_by()), (1, worker.id()));
        assert!(
            reply.saw(&format!("store failed Claim {refusal}")),
            "{reply:?}"
        );
        assert!(reply.saw("lease Failed"), "{reply:?}");
        assert!(reply.saw("not stored Unleased"), "{reply:?}");
    }
    let evicted = worker.ask("evict-remote 2");
    assert!(evicted.saw(&format!("evicted {outcome}")), "{evicted:?}");
    let invalidated = worker.ask("invalidate-remote 3");
    let done = format!("invalidated {outcome}");
    assert!(invalidated.saw(&done), "{invalidated:?}");
    // Whatever the store was told: this process knows better.
    for call in ["peek-remote 2", "peek-remote 3"] {
        assert_eq!(worker.ask(call).answers, [None], "{call}");
    }
    end(&server);
    for call in ["peek-remote 2", "peek-remote 3"] {
        selfsame_tests::stage::wait(call, || witness.ask(call).answers == [None]);
    }
    worker.ask_until("remote 4", "hit store");
    worker.ask_until("stored-later 4", "hit store");
    let log = stage.log(worker.id());
    let is_suspension = |line: &&String| line.starts_with("StoreSuspended");
    assert_eq!(log.iter().find(is_suspension), None, "it could be read");
}

#[test]
fn a_full_server_is_read_and_invalidated() {
    assert_read_only("Full", RedisServer::fill, RedisServer::make_room, "Done");
}

#[test]
fn a_replica_is_read_and_told_later() {
    // A master that is not there: the replica goes on with what it has.
    let port = free_port().to_string();
    assert_read_only(
        "Denied",
        |server| tell(server, &["REPLICAOF", "127.0.0.1", &port]),
        |server| tell(server, &["REPLICAOF", "NO", "ONE"]),
        "Deferred",
    );
}

#[test]
fn a_wrong_password_is_a_server_that_is_left_alone_and_said() {
    let stage = Stage::new();
    let server = RedisServer::start_with(&["--requirepass", "sesame"]);
    let url = server.url().replace("127.0.0.1", ":guessed@127.0.0.1");
    let path = stage.path().to_str().unwrap();
    let variables = [(selfsame_tests::stage::STAGE, path)];
    let mut worker = Worker::start_with(env!("CARGO_BIN_EXE_worker"), &url, &variables);
    for call in ["remote 1", "stored-later 1"].repeat(3) {
        let reply = worker.ask(call);
        assert_eq!((reply.computed, reply.computed_by()), (1, worker.id()));
    }
    stage.wait_for(worker.id(), "StoreSuspended(Denied)", 1);
    let mut knowing = worker_with_password(&stage, &server);
    knowing.ask_until("remote 1", "hit store");
    let said = worker.finish();
    assert!(said.contains("it is left alone"), "{said}");
    assert!(
        !said.contains("guessed") && !said.contains("sesame"),
        "{said}"
    );
}

fn worker_with_password(stage: &Stage, server: &RedisServer) -> Worker {
    worker(
        stage,
        &server.url().replace("127.0.0.1", ":sesame@127.0.0.1"),
    )
}

#[test]
fn another_kind_of_value_is_replaced() {
    let stage = Stage::new();
    let server = RedisServer::start();
    let mut worker = worker(&stage, &server.url());
    for call in ["remote 1", "stored-later 1"] {
        worker.ask_until(call, "hit store");
        for key in server.keys() {
            tell(&server, &["DEL", &key]);
            let _: u64 = redis::cmd("LPUSH")
                .arg(&[&key, "a"])
                .query(&mut server.connection())
                .unwrap();
        }
        let reply = worker.ask(call);
        assert_eq!((reply.computed, reply.computed_by()), (1, worker.id()));
        worker.ask_until(call, "hit store");
    }
}
