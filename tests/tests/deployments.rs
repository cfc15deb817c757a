//! Two versions in service: rolled out and back under load, purged when nobody runs them, with real processes and stores.
//! Asserted is what happened, never how long it took.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use selfsame::SystemClock;
use selfsame::store::redis::Redis;
use selfsame::store::sqlite::Sqlite;
use selfsame::store::{Edition, Roster, Store};
use selfsame_tests::deployment::{
    CONTROL, GRACE_TIME, IMMEDIATE, Remains, SKEW, add, deploy, deploy_with, versions, wait_until,
};
use selfsame_tests::redis_server::RedisServer;
use selfsame_tests::scratch;
use selfsame_tests::storage::{File, Storage};
use selfsame_tests::worker::{Reply, Worker};

const PROGRAM: &str = env!("CARGO_BIN_EXE_deployed");

/// How many entries a version has where it matters that there are some.
const SOME: usize = 30;

fn start(url: &str, version: u64) -> Worker {
    deploy(PROGRAM, url, version)
}

/// Stores some entries.
fn fill(worker: &mut Worker) {
    worker.ask(&format!("calls {SOME}"));
}

/// Asserts that all of [`fill`]'s entries are answered from the store.
fn assert_warm(worker: &mut Worker) {
    let reply = worker.ask(&format!("calls {SOME}"));
    assert!(
        reply.computed == 0 || reply.missed_the_store(),
        "{} computed anew: {:?}",
        reply.computed,
        reply.events
    );
}

/// Has processes under load for so long, at the same time.
fn load<const N: usize>(workers: [&mut Worker; N], length: Duration) -> [Reply; N] {
    let workers = workers.map(|worker| {
        worker.tell(&format!("load {}", length.as_millis()));
        worker
    });
    workers.map(Worker::hear)
}

/// Rolled out one by one, and back, with both versions answering all the while.
fn assert_rolls(url: &str) {
    let (mut old, mut old_too) = (start(url, 1), start(url, 1));
    fill(&mut old);
    assert_warm(&mut old_too);
    let mut new = start(url, 2);
    // Longer than the grace time: neither version is purged while one process of it lives.
    let [first, second] = load([&mut old, &mut new], GRACE_TIME * 3 / 2);
    assert_eq!((versions(&first), versions(&second)), (vec![1], vec![2]));
    assert_warm(&mut old);
    old_too.kill();
    let [first, second] = load([&mut old, &mut new], GRACE_TIME * 3 / 2);
    assert_eq!((versions(&first), versions(&second)), (vec![1], vec![2]));
    assert_warm(&mut old);
    fill(&mut new);
    // The last one of the old version goes, and comes back before the grace time is over.
    old.kill();
    let [during] = load([&mut new], GRACE_TIME / 3);
    assert_eq!(versions(&during), [2]);
    let mut back = start(url, 1);
    assert_warm(&mut back);
    new.kill();
    let [after] = load([&mut back], GRACE_TIME / 3);
    assert_eq!(versions(&after), [1]);
    // And forth again.
    let mut forth = start(url, 2);
    assert_warm(&mut forth);
    assert_warm(&mut back);
}

#[test]
fn a_roll_out_and_a_roll_back_find_their_entries_warm_with_a_server() {
    assert_rolls(&RedisServer::start().url());
}

#[test]
fn a_roll_out_and_a_roll_back_find_their_entries_warm_with_a_file() {
    assert_rolls(&File::new().url());
}

#[test]
fn what_nobody_runs_any_more_is_purged_and_nothing_else() {
    let server = RedisServer::start();
    let mut bystander = server.connection();
    let () = redis::cmd("SET")
        .arg("somebody's")
        .arg("own")
        .query(&mut bystander)
        .unwrap();
    let mut old = start(&server.url(), 1);
    let mut new = start(&server.url(), 2);
    fill(&mut old);
    fill(&mut new);
    let (dead, living) = (Remains::of(1, &server), Remains::of(2, &server));
    dead.add(1_000);
    wait_until("it is listed", || living.listed().is_some());
    assert!(dead.entries() > 1_000);
    old.kill();
    dead.wait_until_gone();
    new.ask_until("wait 10", "Purged { versions: 1, entries: 1031 }");
    assert!(living.entries() > SOME && living.listed().is_some());
    assert_warm(&mut new);
    assert!(server.keys().contains(&"somebody's".to_owned()));
}

#[test]
fn entries_that_end_soon_are_not_looked_for() {
    let server = RedisServer::start();
    let mut worker = start(&server.url(), 1);
    worker.ask_until("short 1", "stored");
    let remains = Remains::of(1, &server);
    wait_until("it is listed", || remains.listed().is_some());
    let store = Redis::with_deadline(&server.url(), GRACE_TIME).unwrap();
    assert_eq!(store.listed(CONTROL).unwrap().len(), 1);
    // The short function's, and one of the long one, with its index.
    assert_eq!(remains.entries(), 2);
    let indexes = remains.keys();
    let indexes = indexes.iter().filter(|key| key.ends_with("}:i"));
    assert_eq!(indexes.count(), 1);
}

/// However wrong the clocks of machines are, versions live and die by the server's.
#[test]
fn clocks_that_differ_by_half_an_hour_change_nothing() {
    let server = RedisServer::start();
    let skewed =
        |version, minutes| deploy_with(PROGRAM, &server.url(), version, &[(SKEW, minutes)]);
    let (mut ahead, mut behind) = (skewed(1, "15"), skewed(2, "-15"));
    fill(&mut ahead);
    fill(&mut behind);
    thread::sleep(GRACE_TIME * 3 / 2);
    assert_warm(&mut ahead);
    assert_warm(&mut behind);
    let (first, second) = (Remains::of(1, &server), Remains::of(2, &server));
    assert!(
        first
            .listed()
            .is_some_and(|listed| listed.dead_since_ms.is_none())
    );
    behind.kill();
    second.wait_until_gone();
    assert_warm(&mut ahead);
    let _late = skewed(2, "-15");
    ahead.kill();
    first.wait_until_gone();
}

/// Enough for a purge to be met in its midst.
const MANY: u64 = 1_000;

/// Two versions, of which the first is dead and being purged by a process of the second.
fn purging(server: &RedisServer) -> (Remains<'_>, Worker) {
    let mut old = start(&server.url(), 1);
    let new = start(&server.url(), 2);
    let dead = Remains::of(1, server);
    wait_until("it is listed", || dead.listed().is_some());
    fill(&mut old);
    dead.add(MANY);
    old.kill();
    let total = size(server);
    wait_until("a purge begins", || size(server) < total);
    (dead, new)
}

/// How many keys there are.
fn size(server: &RedisServer) -> u64 {
    redis::cmd("DBSIZE")
        .query(&mut server.connection())
        .unwrap()
}

#[test]
fn a_purge_is_gone_on_with_by_another_process_when_its_own_dies() {
    let server = RedisServer::start();
    let (dead, mut purger) = purging(&server);
    purger.kill();
    assert!(dead.entries() > 0, "it was met in its midst");
    let _heir = start(&server.url(), 2);
    dead.wait_until_gone();
}

#[test]
fn a_version_that_comes_back_while_it_is_purged_goes_on() {
    let server = RedisServer::start();
    let (dead, mut new) = purging(&server);
    let mut back = start(&server.url(), 1);
    // Whatever was removed is computed again, once, and stays from then on.
    back.ask(&format!("calls {SOME}"));
    wait_until("it lives", || {
        dead.listed()
            .is_some_and(|listed| listed.dead_since_ms.is_none())
    });
    back.ask(&format!("calls {SOME}"));
    thread::sleep(GRACE_TIME * 3 / 2);
    assert_warm(&mut back);
    assert!(dead.listed().is_some());
    let [both, alike] = load([&mut back, &mut new], GRACE_TIME / 3);
    assert_eq!((versions(&both), versions(&alike)), (vec![1], vec![2]));
    // And is found, when it dies in the end.
    back.kill();
    dead.wait_until_gone();
}

#[test]
fn a_process_that_was_asleep_for_longer_than_the_grace_time_is_found_again() {
    let server = RedisServer::start();
    let mut sleeper = start(&server.url(), 1);
    let _new = start(&server.url(), 2);
    fill(&mut sleeper);
    let remains = Remains::of(1, &server);
    wait_until("it is listed", || remains.listed().is_some());
    sleeper.freeze();
    remains.wait_until_gone();
    sleeper.thaw();
    fill(&mut sleeper);
    wait_until("it is listed again", || remains.listed().is_some());
    assert_warm(&mut sleeper);
    sleeper.kill();
    remains.wait_until_gone();
}

#[test]
fn a_server_that_forgets_everything_is_told_again() {
    let mut server = RedisServer::start();
    let mut old = start(&server.url(), 1);
    let new = start(&server.url(), 2);
    fill(&mut old);
    server.restart();
    old.ask_until("call 1", "stored");
    fill(&mut old);
    let dead = Remains::of(1, &server);
    wait_until("it is listed again", || dead.listed().is_some());
    assert!(dead.entries() >= SOME);
    old.kill();
    dead.wait_until_gone();
    drop(new);
}

/// A full server evicts one key, not all of them.
#[test]
fn a_list_that_was_lost_is_made_again_by_all_who_are_in_it() {
    let server = RedisServer::start();
    let (mut old, _new) = (start(&server.url(), 1), start(&server.url(), 2));
    fill(&mut old);
    let (first, second) = (Remains::of(1, &server), Remains::of(2, &server));
    let are_listed = || first.listed().is_some() && second.listed().is_some();
    wait_until("both are listed", are_listed);
    let keys = server.keys();
    let list = keys
        .iter()
        .find(|key| key.ends_with(":b:{selfsame}:e"))
        .unwrap();
    let () = redis::cmd("DEL")
        .arg(list)
        .query(&mut server.connection())
        .unwrap();
    wait_until("both are listed again", are_listed);
    old.kill();
    first.wait_until_gone();
}

#[test]
fn what_is_to_be_purged_at_once_is_gone_when_a_process_has_started() {
    let server = RedisServer::start();
    let mut old = start(&server.url(), 1);
    fill(&mut old);
    let previous = Remains::of(1, &server);
    wait_until("it is listed", || previous.listed().is_some());
    old.kill();
    let mut new = deploy_with(
        PROGRAM,
        &server.url(),
        2,
        &[(IMMEDIATE, "1"), GRACE_OF_A_DAY],
    );
    previous.wait_until_gone();
    fill(&mut new);
    drop(new);
    let mut again = deploy_with(
        PROGRAM,
        &server.url(),
        2,
        &[(IMMEDIATE, "1"), GRACE_OF_A_DAY],
    );
    assert_warm(&mut again);
}

/// A grace time in which nothing happens in a test.
const GRACE_OF_A_DAY: (&str, &str) = (selfsame_tests::deployment::GRACE, "3000000");

#[test]
fn a_purge_by_hand_does_not_wait_for_the_grace_time_and_spares_the_living() {
    let server = RedisServer::start();
    let begin = |version| deploy_with(PROGRAM, &server.url(), version, &[GRACE_OF_A_DAY]);
    let (mut old, mut new) = (begin(1), begin(2));
    fill(&mut old);
    fill(&mut new);
    let (dead, living) = (Remains::of(1, &server), Remains::of(2, &server));
    wait_until("both are listed", || {
        dead.listed().is_some() && living.listed().is_some()
    });
    assert!(new.ask("purge").saw("purged 0 of 0"));
    old.kill();
    wait_until("it is known to be dead", || {
        new.ask("purge").saw(&format!("purged {} of 1", SOME + 1))
    });
    // What was just marked as dead is not what was read, and stays listed till the next time.
    new.ask("purge");
    assert!(dead.keys().is_empty() && dead.listed().is_none());
    assert_warm(&mut new);
}

#[test]
fn one_process_purges_at_a_time() {
    let server = RedisServer::start();
    let mut old = start(&server.url(), 1);
    let mut purgers = [
        start(&server.url(), 2),
        start(&server.url(), 2),
        start(&server.url(), 2),
    ];
    let dead = Remains::of(1, &server);
    wait_until("it is listed", || dead.listed().is_some());
    fill(&mut old);
    dead.add(MANY);
    old.kill();
    dead.wait_until_gone();
    thread::sleep(GRACE_TIME / 3);
    let told: Vec<String> = purgers
        .iter_mut()
        .flat_map(|purger| purger.ask("wait 0").events)
        .filter(|event| event.starts_with("Purged"))
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn what_nobody_runs_any_more_is_purged_from_a_file() {
    let folder = scratch::folder();
    let path = folder.path().join("cache.db");
    let url = format!("sqlite:{}", path.display());
    let (mut old, mut new) = (start(&url, 1), start(&url, 2));
    fill(&mut old);
    fill(&mut new);
    let store = Sqlite::with_deadline(&path, Arc::new(SystemClock::new()), GRACE_TIME);
    let listed = || store.listed(CONTROL).unwrap().len();
    wait_until("both are listed", || listed() == 2);
    old.kill();
    wait_until("one is purged", || listed() == 1);
    assert_warm(&mut new);
    drop(new);
    let connection = rusqlite::Connection::open(&path).unwrap();
    let left: u32 = connection
        .query_row("SELECT count(*) FROM entries", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, SOME as u32 + 1);
}

/// What a purge asks of the server depends on what is dead, not on what else there is.
#[test]
fn a_purge_does_not_look_at_what_others_have() {
    let server = RedisServer::start();
    let store = Redis::with_deadline(&server.url(), Duration::from_secs(5)).unwrap();
    let edition = |version| Edition {
        namespace: "deployed".into(),
        function: 1,
        version: selfsame::Version::from_bits(version),
    };
    let commands = |others: u64| {
        add(&server, &edition(2), others);
        add(&server, &edition(1), 2_000);
        let before = server.calls_of("zrange") + server.calls_of("eval");
        let (mut from, mut removed) = (Some(0), 0);
        while let Some(bucket) = from {
            let step = store.purge(&edition(1), bucket).unwrap();
            assert!(step.removed <= 128, "{step:?}");
            removed += step.removed;
            from = step.next;
        }
        assert_eq!(removed, 2_000);
        server.calls_of("zrange") + server.calls_of("eval") - before
    };
    assert!(store.roster().is_some());
    assert_eq!(commands(0), commands(50_000));
    assert_eq!(server.calls_of("scan") + server.calls_of("hscan"), 0);
}
