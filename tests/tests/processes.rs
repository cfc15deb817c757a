//! Several processes and one store, through generated wrappers: real SQLite files, real Redis.

use selfsame_tests::redis_server::RedisServer;
use selfsame_tests::scratch;
use selfsame_tests::worker::{STORE_DEADLINE, Worker};

fn worker(url: &str) -> Worker {
    Worker::start(env!("CARGO_BIN_EXE_worker"), url)
}

/// A SQLite file of a test's own.
fn file() -> (tempfile::TempDir, String) {
    let folder = scratch::folder();
    let url = format!("sqlite:{}", folder.path().join("cache.db").display());
    (folder, url)
}

/// Two processes answer from each other's entries, by sync and async wrappers alike.
fn assert_shared(url: &str) {
    let (mut one, mut other) = (worker(url), worker(url));
    for (ask, peek, evict) in [
        ("stored", "peek", "evict"),
        ("stored-later", "peek-later", "evict-later"),
    ] {
        one.ask_until(&format!("{ask} 1"), "stored");
        let first = one.ask_until(&format!("{ask} 1"), "hit store");
        assert_eq!(first.computed_by(), one.id());
        let second = other.ask_until(&format!("{peek} 1"), "hit store");
        assert_eq!(second.computed_by(), one.id(), "{second:?}");

        other.ask_until(&format!("{evict} 1"), "evicted Done");
        let third = one.ask(&format!("{ask} 1"));
        assert_eq!(
            (third.computed_by(), third.computed),
            (one.id(), 1),
            "{third:?}"
        );
    }
}

/// Many callers of a cold key lead to one computation in each process, and no more where several share a store.
fn assert_computed_once(url: &str, most: u64) {
    let mut processes = [worker(url), worker(url)];
    for (number, verb) in ["crowd", "threads"].into_iter().enumerate() {
        for process in &mut processes {
            process.tell(&format!("{verb} {number}"));
        }
        let replies = processes.each_mut().map(Worker::hear);
        let computed: u64 = replies.iter().map(|reply| reply.computed).sum();
        assert!((1..=most).contains(&computed), "{url}: {verb} {replies:?}");
        for reply in replies {
            assert_eq!(reply.answers.len(), 1, "{url}: {verb} {reply:?}");
        }
    }
}

#[test]
fn processes_share_a_file() {
    let (_folder, url) = file();
    assert_shared(&url);
}

#[test]
fn processes_share_a_server() {
    let server = RedisServer::start();
    assert_shared(&server.url());
}

#[test]
fn processes_share_a_server_on_a_socket() {
    let server = RedisServer::start_on_socket();
    assert_shared(&server.url());
}

#[test]
fn a_file_outlives_its_processes() {
    let (_folder, url) = file();
    let mut first = worker(&url);
    first.ask_until("stored 1", "hit store");
    let id = first.id();
    let _ = first.finish();
    let mut second = worker(&url);
    let reply = second.ask_until("peek 1", "hit store");
    assert_eq!(reply.computed_by(), id);
}

#[test]
fn a_cold_key_is_computed_once() {
    assert_computed_once("memory:", 2);
    let (_folder, url) = file();
    assert_computed_once(&url, 1);
    let server = RedisServer::start();
    assert_computed_once(&server.url(), 1);
}

#[test]
fn many_processes_may_write_one_file_at_once() {
    let (_folder, url) = file();
    let mut workers: Vec<_> = (0..4).map(|_| worker(&url)).collect();
    for number in 0..50 {
        for worker in &mut workers {
            worker.tell(&format!("stored {}", number % 10));
        }
    }
    for worker in &mut workers {
        for number in 0..50 {
            let reply = worker.hear();
            assert_eq!(reply.answers[0].unwrap().number, number % 10);
        }
    }
    // Whoever wrote last, all agree by now.
    let answers: Vec<_> = workers
        .iter_mut()
        .map(|worker| worker.ask_until("peek 3", "hit store").computed_by())
        .collect();
    assert!(
        answers.windows(2).all(|pair| pair[0] == pair[1]),
        "{answers:?}"
    );
}

#[test]
fn a_server_that_dies_and_comes_back_costs_no_answer() {
    let mut server = RedisServer::start();
    let mut worker = worker(&server.url());
    for verb in ["stored", "stored-later"] {
        worker.ask_until(&format!("{verb} 1"), "hit store");
        server.kill();
        for _ in 0..3 {
            let reply = worker.ask(&format!("{verb} 1"));
            assert_eq!(
                (reply.computed_by(), reply.computed),
                (worker.id(), 1),
                "{reply:?}"
            );
        }
        server.restart();
        worker.ask_until(&format!("{verb} 1"), "hit store");
    }
    let said = worker.finish();
    assert!(said.contains("selfsame: "), "the failure is said:\n{said}");
    // Of each outage, that the store and its news are away and back again; of each function, what kinds of failure it met.
    assert!(said.lines().count() <= 12, "and not at every call:\n{said}");
}

#[test]
fn a_server_that_hangs_costs_no_answer() {
    let server = RedisServer::start();
    let mut worker = Worker::start_with(
        env!("CARGO_BIN_EXE_worker"),
        &server.url(),
        &[(STORE_DEADLINE, "300")],
    );
    for verb in ["stored", "stored-later"] {
        worker.ask_until(&format!("{verb} 1"), "hit store");
        server.freeze();
        for _ in 0..5 {
            let reply = worker.ask(&format!("{verb} 1"));
            assert_eq!(
                (reply.computed_by(), reply.computed),
                (worker.id(), 1),
                "{reply:?}"
            );
        }
        server.thaw();
        worker.ask_until(&format!("{verb} 1"), "hit store");
    }
}

#[test]
fn a_server_that_was_never_there_costs_no_answer() {
    let port = selfsame_tests::redis_server::free_port();
    let mut worker = worker(&format!("redis://127.0.0.1:{port}"));
    for verb in ["stored", "stored-later", "kept", "kept-later"] {
        let reply = worker.ask(&format!("{verb} 1"));
        assert_eq!(
            (reply.computed_by(), reply.computed),
            (worker.id(), 1),
            "{reply:?}"
        );
    }
    // What memory holds may have been invalidated by others.
    for verb in ["kept", "kept-later"] {
        assert_eq!(worker.ask(&format!("{verb} 1")).computed, 1);
    }
}

#[test]
fn runtimes_may_come_and_go() {
    let server = RedisServer::start();
    let mut worker = worker(&server.url());
    worker.ask_until("own-runtime 1", "hit store");
    for _ in 0..3 {
        worker.ask_until("own-runtime 1", "hit store");
        worker.ask_until("stored-later 1", "hit store");
    }
    assert_eq!(worker.finish().matches("panic").count(), 0);
}

#[test]
fn a_sync_wrapper_may_be_called_inside_an_async_task() {
    let server = RedisServer::start();
    let (_folder, file) = file();
    for url in ["memory:", &file, &server.url()] {
        let mut worker = worker(url);
        worker.ask_until("sync-in-async 1", "hit store");
        // The same key, waited for by threads and tasks at once.
        assert_eq!(worker.ask("crowd 7").computed, 1);
        assert_eq!(worker.ask("threads 8").computed, 1);
    }
}

#[test]
fn an_async_wrapper_without_a_runtime_is_still_answered() {
    let server = RedisServer::start();
    let mut worker = worker(&server.url());
    let reply = worker.ask("no-runtime 1");
    assert_eq!(
        (reply.computed_by(), reply.computed),
        (worker.id(), 1),
        "{reply:?}"
    );
}

#[test]
fn another_namespace_sees_nothing() {
    let (_folder, url) = file();
    let mut worker = worker(&url);
    worker.ask_until("stored 1", "hit store");
    let mut stranger = Worker::in_namespace(env!("CARGO_BIN_EXE_worker"), &url, "staging");
    assert!(stranger.ask("peek 1").saw("miss store"));
    assert_eq!(stranger.ask("stored 1").computed, 1);
}
