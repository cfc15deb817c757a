//! Values under lock, through generated wrappers in processes of their own: what lies in a store can't be read, and what
//! was altered, moved or forged there is a miss.

use selfsame_tests::storage::{File, Server, Storage};
use selfsame_tests::worker::{NAMESPACE, Worker};

const ONE: &str = "5b0f3de1c2a49786f01e2d3c4b5a69788796a5b4c3d2e1f00fe1d2c3b4a59687";
const TWO: &str = "c41d8e9a07b35f62d8e1f0a79b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b87";

/// A process with these secrets.
fn worker(storage: &dyn Storage, secrets: &str) -> Worker {
    with(storage, &[("SELFSAME_SECRET", secrets)])
}

fn with(storage: &dyn Storage, variables: &[(&str, &str)]) -> Worker {
    Worker::start_with(env!("CARGO_BIN_EXE_worker"), &storage.url(), variables)
}

fn storages() -> [Box<dyn Storage>; 2] {
    [Box::new(Server::start()), Box::new(File::new())]
}

/// With a checksum that fits, as whoever can write to a store can make it.
fn checked(mut bytes: Vec<u8>) -> Vec<u8> {
    let covered = bytes.len() - 4;
    let checksum = crc32fast::hash(&bytes[..covered]);
    bytes[covered..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// In clear first, to see that it could be seen.
#[test]
fn neither_values_nor_arguments_can_be_seen() {
    let number = 0xC0FF_EE11_u32;
    let digits = [number.to_le_bytes(), number.to_be_bytes()];
    for storage in storages() {
        let mut seen = Vec::new();
        for (variables, is_clear) in [(&[][..], true), (&[("SELFSAME_SECRET", ONE)], false)] {
            let mut worker = with(&*storage, variables);
            for verb in ["stored", "stored-later"] {
                worker.ask_until(&format!("{verb} {number}"), "hit store");
            }
            let mut new = storage.entries();
            new.retain(|entry| !seen.contains(entry));
            assert_eq!(new.len(), 2, "one for each function, beside those in clear");
            for (_, bytes) in &new {
                assert_eq!(holds(bytes, b"process"), is_clear, "the value");
                assert_eq!(holds(bytes, b"functions::"), is_clear, "the function");
                let has_key = digits.iter().any(|digits| holds(bytes, digits));
                assert_eq!(has_key, is_clear, "the arguments");
            }
            seen.append(&mut new);
            assert!(!worker.finish().contains(ONE));
        }
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn what_was_altered_or_moved_is_a_counted_miss_said_once() {
    for storage in storages() {
        let mut worker = worker(&*storage, ONE);
        worker.ask_until("stored 1", "hit store");
        let (_, other) = storage.entries().remove(0);
        worker.ask_until("stored 2", "hit store");
        let is_it = |entry: &(String, Vec<u8>)| entry.1 != other;
        let (name, genuine) = storage.entries().into_iter().find(is_it).unwrap();
        let flips = (8..40)
            .chain(48..64)
            .chain([genuine.len() - 21, genuine.len() - 5]);
        let altered = flips.map(|place| {
            let mut bytes = genuine.clone();
            bytes[place] ^= 0x10;
            checked(bytes)
        });
        for (count, forged) in altered.chain([other.clone()]).enumerate() {
            storage.replace(&name, &forged);
            let reply = worker.ask("stored 2");
            assert_eq!(
                (reply.computed, reply.rejected),
                (1, 1),
                "{count}: {reply:?}"
            );
            assert!(reply.saw("rejected Forged"), "{count}: {reply:?}");
            worker.ask_until("stored 2", "hit store");
        }
        let said = worker.finish();
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(
            said.contains("altered, moved, or made without the secret"),
            "{said}"
        );
    }
}

#[test]
fn an_entry_of_another_namespace_is_not_taken() {
    let server = Server::start();
    let mut staging = with(&server, &[("SELFSAME_SECRET", ONE), (NAMESPACE, "staging")]);
    staging.ask_until("stored 1", "hit store");
    let (_, staged) = server.entries().remove(0);
    let mut production = worker(&server, ONE);
    production.ask_until("stored 1", "hit store");
    let is_ours = |(name, _): &(String, Vec<u8>)| !name.starts_with("staging");
    let (name, _) = server.entries().into_iter().find(is_ours).unwrap();
    server.replace(&name, &staged);
    let refused = production.ask_until("peek 1", "rejected Forged");
    assert_eq!(refused.answers, [None]);
}

#[test]
fn what_is_in_clear_is_not_taken_for_a_process_with_a_secret() {
    for storage in storages() {
        let mut open = with(&*storage, &[]);
        open.ask_until("stored 1", "hit store");
        let (_, plain) = storage.entries().remove(0);
        let mut locked = worker(&*storage, ONE);
        // Their entries have names of their own.
        assert_eq!(locked.ask("stored 1").computed, 1);
        for (name, _) in storage.entries() {
            storage.replace(&name, &plain);
        }
        let refused = locked.ask_until("peek 1", "rejected Plain");
        assert_eq!(refused.answers, [None]);
        open.ask_until("stored 1", "hit store");
    }
}

#[test]
fn processes_with_and_without_a_secret_do_not_take_turns() {
    for storage in storages() {
        let mut workers = [with(&*storage, &[]), worker(&*storage, ONE)];
        for worker in &mut workers {
            worker.ask_until("stored 1", "hit store");
        }
        for _ in 0..5 {
            for worker in &mut workers {
                assert!(worker.ask("stored 1").saw("hit store"));
            }
        }
    }
}

#[test]
fn a_new_secret_is_brought_in_without_going_cold() {
    for storage in storages() {
        let newer_known = format!("{ONE},{TWO}");
        let newer_used = format!("{TWO}, {ONE}\n");
        let mut old = worker(&*storage, ONE);
        let first = old.ask_until("stored 1", "hit store").answers;
        let mut knows = worker(&*storage, &newer_known);
        let mut uses = worker(&*storage, &newer_used);
        for worker in [&mut knows, &mut uses] {
            assert_eq!(worker.ask_until("stored 1", "hit store").answers, first);
        }
        let second = uses.ask("refresh 1").answers;
        let mut only_new = worker(&*storage, TWO);
        for worker in [&mut knows, &mut uses, &mut only_new] {
            assert_eq!(worker.ask_until("stored 1", "hit store").answers, second);
        }
        // Too early for one that was left behind: a miss, and nothing is removed.
        assert!(old.ask("peek 1").saw("rejected Locked"));
        only_new.ask_until("stored 1", "hit store");
    }
}

#[test]
fn a_secret_that_is_none_costs_the_store_and_is_not_repeated() {
    let server = Server::start();
    for secret in ["", "sesame", &ONE[1..], "sesame,sesame"] {
        let variables = [
            ("SELFSAME_SECRET", secret),
            (selfsame_tests::worker::UNINSTALLED, "1"),
        ];
        let mut worker = with(&server, &variables);
        assert_eq!(worker.ask("stored 1").computed, 1);
        let said = worker.finish();
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(
            said.contains("SELFSAME_SECRET is not usable: secret 1"),
            "{said}"
        );
        assert!(
            !said.contains("sesame") && !said.contains(&ONE[1..9]),
            "{said}"
        );
    }
    assert!(server.entries().is_empty(), "nothing was stored in clear");
}
