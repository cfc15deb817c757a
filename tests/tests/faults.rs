//! Poisoned entries and broken stores, through generated wrappers in a process of its own: the
//! caller gets the function's own answer, what was wrong is counted, and said once.

use std::fs;

use selfsame_tests::redis_server::RedisServer;
use selfsame_tests::storage::{File, Server, Storage};
use selfsame_tests::worker::Worker;

fn worker(url: &str) -> Worker {
    Worker::start(env!("CARGO_BIN_EXE_worker"), url)
}

/// From the bytes of an entry to others.
type Spoil = fn(&[u8]) -> Vec<u8>;

/// Ways to spoil the bytes of an entry, each with its name.
fn spoilings() -> Vec<(&'static str, Spoil)> {
    vec![
        ("emptied", |_| Vec::new()),
        ("foreign text", |_| b"hello, I am somebody else's".to_vec()),
        ("foreign bytes", |_| vec![0xff; 4096]),
        ("cut by one", |bytes| bytes[..bytes.len() - 1].to_vec()),
        ("cut in half", |bytes| bytes[..bytes.len() / 2].to_vec()),
        ("cut to its first bytes", |bytes| bytes[..3].to_vec()),
        ("longer by one", |bytes| [bytes, &[0]].concat()),
        ("a bit of the payload", |bytes| {
            flipped(bytes, bytes.len() - 8)
        }),
        ("a bit of the middle", |bytes| {
            flipped(bytes, bytes.len() / 2)
        }),
        ("a bit of the first byte", |bytes| flipped(bytes, 0)),
        ("a bit of the checksum", |bytes| {
            flipped(bytes, bytes.len() - 1)
        }),
        ("twice in a row", |bytes| [bytes, bytes].concat()),
    ]
}

fn flipped(bytes: &[u8], place: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[place] ^= 0x10;
    bytes
}

/// Every spoiling leads to a computation and a fresh entry, is counted, and each kind is said once.
fn assert_poison_is_harmless(storage: &dyn Storage, verb: &str) {
    let mut worker = worker(&storage.url());
    for (what, spoil) in spoilings() {
        let reply = loop {
            worker.ask_until(verb, "hit store");
            for (name, bytes) in storage.entries() {
                storage.replace(&name, &spoil(&bytes));
            }
            let reply = worker.ask(verb);
            if !reply.missed_the_store() {
                break reply;
            }
        };
        assert_eq!(
            (reply.computed, reply.computed_by()),
            (1, worker.id()),
            "{what}: {reply:?}"
        );
        assert_eq!(reply.rejected, 1, "{what} is counted: {reply:?}");
        assert!(
            reply
                .events
                .iter()
                .any(|event| event.starts_with("rejected ")),
            "{what}: {reply:?}"
        );
    }
    let said = worker.finish();
    let mut lines: Vec<_> = said.lines().collect();
    let count = lines.len();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), count, "something was said twice:\n{said}");
    assert!((1..spoilings().len()).contains(&count), "{said}");
    assert!(
        lines
            .iter()
            .all(|line| line.contains("selfsame_tests::functions::stored")),
        "{said}"
    );
}

/// An entry under the name of another is not taken for it.
fn assert_moved_entries_are_rejected(storage: &dyn Storage) {
    let mut worker = worker(&storage.url());
    worker.ask_until("stored 1", "hit store");
    let (_, one) = storage.entries().remove(0);
    worker.ask_until("stored 2", "hit store");
    for (name, _) in storage.entries() {
        storage.replace(&name, &one);
    }
    worker.ask_until("peek 1", "hit store");
    let refused = worker.ask_until("peek 2", "rejected Key");
    assert_eq!(refused.answers, [None], "{refused:?}");
}

#[test]
fn poisoned_entries_in_a_server_are_harmless() {
    for verb in ["stored 1", "stored-later 1"] {
        assert_poison_is_harmless(&Server::start(), verb);
    }
}

#[test]
fn poisoned_entries_in_a_file_are_harmless() {
    for verb in ["stored 1", "stored-later 1"] {
        assert_poison_is_harmless(&File::new(), verb);
    }
}

#[test]
fn an_entry_of_another_call_is_not_answered() {
    assert_moved_entries_are_rejected(&Server::start());
    assert_moved_entries_are_rejected(&File::new());
}

#[test]
fn an_entry_of_another_format_is_a_miss() {
    let server = Server::start();
    let mut worker = worker(&server.url());
    worker.ask_until("stored 1", "hit store");
    let (name, bytes) = server.entries().remove(0);
    let mut formats = Vec::new();
    for place in 0..8 {
        let mut future = bytes.clone();
        future[place] = future[place].wrapping_add(1);
        server.replace(&name, &future);
        let reply = worker.ask("stored 1");
        assert_eq!((reply.computed, reply.rejected), (1, 1), "{reply:?}");
        formats.extend(
            reply
                .events
                .into_iter()
                .filter(|event| event.starts_with("rejected")),
        );
    }
    assert!(
        formats.contains(&"rejected Format".to_owned()),
        "{formats:?}"
    );
}

#[test]
fn another_kind_of_value_under_our_name_is_replaced() {
    let server = Server::start();
    let mut worker = worker(&server.url());
    for verb in ["stored", "stored-later"] {
        worker.ask_until(&format!("{verb} 1"), "hit store");
        for name in server.0.keys() {
            let mut connection = server.0.connection();
            let () = redis::cmd("DEL").arg(&name).query(&mut connection).unwrap();
            let () = redis::cmd("LPUSH")
                .arg(&name)
                .arg("a")
                .query(&mut connection)
                .unwrap();
        }
        let reply = worker.ask(&format!("{verb} 1"));
        assert_eq!(reply.computed, 1, "{reply:?}");
        worker.ask_until(&format!("{verb} 1"), "hit store");
    }
}

#[test]
fn a_full_server_still_answers_reads() {
    let server = Server::start();
    let mut worker = worker(&server.url());
    worker.ask_until("stored 1", "hit store");
    server.0.fill();
    worker.ask_until("peek 1", "hit store");
    let reply = worker.ask("stored 2");
    assert_eq!(reply.computed, 1);
    assert!(reply.saw("store failed Claim Full"), "{reply:?}");
}

#[test]
fn a_server_that_wants_a_password_is_a_server_that_is_away() {
    let server = RedisServer::start_with(&["--requirepass", "sesame"]);
    let mut worker = worker(&server.url());
    let reply = worker.ask("stored 1");
    assert_eq!((reply.computed, reply.computed_by()), (1, worker.id()));
    let told = server.url().replace("127.0.0.1", ":sesame@127.0.0.1");
    let mut knowing = Worker::start(env!("CARGO_BIN_EXE_worker"), &told);
    knowing.ask_until("stored 1", "hit store");
    assert!(!knowing.finish().contains("sesame"));
}

#[test]
fn something_that_is_no_redis_is_a_server_that_is_away() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = std::io::Write::write_all(&mut &stream, b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let mut worker = worker(&format!("redis://127.0.0.1:{port}"));
    for verb in ["stored", "stored-later"] {
        for _ in 0..3 {
            assert_eq!(worker.ask(&format!("{verb} 1")).computed, 1);
        }
    }
}

#[test]
fn a_file_that_is_no_database_costs_no_answer() {
    let file = File::new();
    fs::write(
        file.path(),
        "certainly no database, but long enough to be mistaken for one\n".repeat(100),
    )
    .unwrap();
    assert_answered_without_store(&file.url());
    let text = fs::read_to_string(file.path()).unwrap();
    assert!(
        text.starts_with("certainly no database"),
        "somebody's file was overwritten"
    );
}

#[test]
fn a_folder_in_place_of_the_file_costs_no_answer() {
    let file = File::new();
    fs::create_dir(file.path()).unwrap();
    assert_answered_without_store(&file.url());
}

#[test]
fn a_file_somebody_writes_to_costs_no_answer() {
    let file = File::new();
    let mut worker = worker(&file.url());
    worker.ask_until("stored 1", "hit store");
    let connection = file.connection();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    for (number, verb) in ["stored", "stored-later"].into_iter().enumerate() {
        assert_eq!(worker.ask("stored 1").computed, 0, "it can still be read");
        let reply = worker.ask(&format!("{verb} {}", number + 5));
        assert_eq!(
            (reply.computed, reply.computed_by()),
            (1, worker.id()),
            "{reply:?}"
        );
        assert!(reply.missed_the_store(), "{reply:?}");
    }
    drop(connection);
    worker.ask_until("stored 5", "hit store");
}

#[test]
fn a_file_somebody_has_locked_costs_no_answer() {
    let file = File::new();
    let mut first = worker(&file.url());
    first.ask_until("stored 1", "hit store");
    let _ = first.finish();
    let connection = file.connection();
    let lock =
        "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM entries WHERE id = 0;";
    connection.execute_batch(lock).unwrap();
    assert_answered_without_store(&file.url());
}

fn assert_answered_without_store(url: &str) {
    let mut worker = worker(url);
    for verb in ["stored", "stored-later", "kept", "kept-later"] {
        let reply = worker.ask(&format!("{verb} 1"));
        assert_eq!(
            (reply.computed, reply.computed_by()),
            (1, worker.id()),
            "{reply:?}"
        );
    }
    // What memory holds may have been invalidated by others.
    assert_eq!(worker.ask("kept 1").computed, 1);
    let said = worker.finish();
    assert!(said.contains("selfsame: "), "{said}");
}

#[test]
fn a_bad_url_is_an_error_of_install() {
    for url in [
        "",
        "nonsense",
        "mysql://host",
        "redis:",
        "sqlite:",
        "memory:x",
    ] {
        assert!(
            selfsame::Cache::builder().url(url).build().is_err(),
            "{url:?}"
        );
    }
}

#[test]
fn a_bad_url_where_nobody_installs_is_one_line_and_memory_only() {
    let mut worker = Worker::uninstalled(env!("CARGO_BIN_EXE_worker"), "mysql://me:sesame@host");
    assert_eq!(worker.ask("kept 1").computed, 1);
    assert_eq!(worker.ask("kept 1").computed, 0);
    assert_eq!(worker.ask("stored-later 1").computed, 1);
    assert_eq!(worker.ask("kept-later 1").computed, 1);
    let said = worker.finish();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.contains("SELFSAME_URL") && said.contains("mysql"),
        "{said}"
    );
    assert!(!said.contains("sesame"), "{said}");
}
