//! What processes tell each other over a link that may be lost: nothing is missed while it is proved.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use event_listener::Listener as _;
use selfsame::store::conformance::{draft, key};
use selfsame::store::redis::Redis;
use selfsame::store::{
    Claim, Coherence, EntryKey, Fence, Grant, Origin, Sharing, Store, TagKey, TagVersion, Token,
    Watch, Written,
};
use selfsame_tests::ear::{Ear, Heard};
use selfsame_tests::redis_server::RedisServer;

use super::{PATIENCE, clients, hasty_store, set, store};

const NAMESPACE: &str = "news";
const ORIGIN: Origin = Origin(0xFEED_0000_0000_0001);
const VERSION: TagVersion = TagVersion::from_bytes([7; 8]);

/// A store and who listens to it, once it is told.
fn listening(url: &str) -> (Redis, Arc<Ear>) {
    let (store, ear) = (store(url), Ear::new());
    assert_eq!(
        store.listen(NAMESPACE, Arc::clone(&ear) as _),
        Coherence::Told
    );
    ear.catch_up();
    (store, ear)
}

fn lease(store: &Redis, key: &EntryKey) -> Token {
    let claim = Claim {
        token: Token::from_bytes([9; 16]),
        life: Duration::from_secs(60),
        sharing: Sharing::Exclusive,
        seen: None,
        tags: Vec::new(),
        tag_life: None,
    };
    match store.claim_blocking(key, &claim).unwrap().grant {
        Grant::Leased(token) => token,
        other => panic!("the lease is free: {other:?}"),
    }
}

fn tag(name: &str) -> TagKey {
    TagKey::label(NAMESPACE, name)
}

fn heard_of(tag: &TagKey) -> Heard {
    Heard::Tag(tag.as_str().to_owned())
}

fn command(server: &RedisServer, words: &[&str]) -> redis::Value {
    let mut command = redis::cmd(words[0]);
    command.arg(&words[1..]);
    command.query(&mut server.connection()).unwrap()
}

/// Waits for what comes about by itself.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let patience_ends = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < patience_ends, "waited for {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn every_change_of_an_entry_is_heard_before_the_next_proof() {
    let server = RedisServer::start_on_socket();
    let (teller, own) = listening(&server.url());
    let (_other, ear) = listening(&server.url());
    let acts: [fn(&Redis, &EntryKey); 3] = [
        |store, key| store.remove_blocking(key, ORIGIN).unwrap(),
        |store, key| {
            let written = store.write_blocking(key, draft(b"", None), Fence::Replaces(ORIGIN));
            assert_eq!(written, Ok(Written::Stored));
        },
        |store, key| {
            let fence = Fence::LeasedNews(lease(store, key), ORIGIN);
            let written = store.write_blocking(key, draft(b"", None), fence);
            assert_eq!(written, Ok(Written::Stored));
        },
    ];
    for (number, act) in acts.into_iter().enumerate() {
        let key = key(NAMESPACE, number as u64);
        act(&teller, &key);
        let news = Heard::Entry(key.as_str().to_owned(), ORIGIN);
        for ear in [&own, &ear] {
            ear.catch_up();
            assert_eq!(ear.heard(), std::slice::from_ref(&news), "act {number}");
            ear.forget();
        }
    }
}

#[test]
fn what_nobody_has_an_older_one_of_is_no_news() {
    let server = RedisServer::start();
    let (store, ear) = listening(&server.url());
    let key = key(NAMESPACE, 1);
    let fence = Fence::Leased(lease(&store, &key));
    store.write_blocking(&key, draft(b"", None), fence).unwrap();
    let stranger = Fence::LeasedNews(Token::from_bytes([1; 16]), ORIGIN);
    let refused = store.write_blocking(&key, draft(b"", None), stranger);

    assert_eq!(refused, Ok(Written::Refused));
    ear.catch_up();
    assert_eq!(ear.heard(), []);
}

#[test]
fn a_tag_is_heard_of_however_it_changes() {
    let server = RedisServer::start();
    let (store, ear) = listening(&server.url());
    let tag = tag("ä tag\r\n");
    let changes: [&dyn Fn(); 4] = [
        &|| store.invalidate_blocking(&tag, VERSION, None).unwrap(),
        &|| drop(command(&server, &["PEXPIRE", tag.as_str(), "1"])),
        &|| {
            store.invalidate_blocking(&tag, VERSION, None).unwrap();
            ear.catch_up();
            ear.forget();
            command(&server, &["UNLINK", tag.as_str()]);
        },
        &|| {
            store.invalidate_blocking(&tag, VERSION, None).unwrap();
            ear.catch_up();
            ear.forget();
            server.fill();
            store.invalidate_blocking(&tag, VERSION, None).unwrap();
            server.make_room();
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        change();
        ear.catch_up();
        assert!(ear.has_heard(&heard_of(&tag)), "change {number}");
        ear.forget();
    }
}

#[test]
fn a_tag_that_is_evicted_is_heard_of() {
    let server = RedisServer::start_with(&["--maxmemory-policy", "allkeys-random"]);
    let (store, ear) = listening(&server.url());
    let tags: Vec<_> = (0..100).map(|number| tag(&number.to_string())).collect();
    for tag in &tags {
        store.invalidate_blocking(tag, VERSION, None).unwrap();
    }
    ear.catch_up();
    ear.forget();
    set(&server, "maxmemory", "1");
    // The server frees what it can before it does anything else.
    until("the eviction of all", || {
        let _ = store.write_blocking(&key(NAMESPACE, 1), draft(b"", None), ANYWAY);
        server.keys().is_empty()
    });

    ear.catch_up();
    for tag in &tags {
        assert!(ear.has_heard(&heard_of(tag)), "{tag:?}");
    }
}

const ANYWAY: Fence = Fence::Replaces(ORIGIN);

#[test]
fn a_server_that_is_emptied_may_have_lost_anything() {
    let server = RedisServer::start();
    let (store, ear) = listening(&server.url());
    store.invalidate_blocking(&tag("x"), VERSION, None).unwrap();
    for emptying in ["FLUSHALL", "FLUSHDB"] {
        ear.catch_up();
        ear.forget();
        command(&server, &[emptying]);
        ear.catch_up();
        assert!(ear.has_heard(&Heard::Anything), "{emptying}");
    }
}

#[test]
fn a_claim_makes_a_tag_news_once() {
    let server = RedisServer::start();
    let (store, ear) = listening(&server.url());
    let claim = |token| Claim {
        token: Token::from_bytes([token; 16]),
        life: Duration::from_secs(60),
        sharing: Sharing::Seized,
        seen: None,
        tags: vec![(tag("x"), VERSION)],
        tag_life: Some(Duration::from_secs(10)),
    };
    for token in 0..10 {
        store
            .claim_blocking(&key(NAMESPACE, 1), &claim(token))
            .unwrap();
    }
    ear.catch_up();

    assert_eq!(ear.heard(), [heard_of(&tag("x"))]);
}

#[test]
fn a_link_that_is_cut_is_lost_and_made_anew() {
    let server = RedisServer::start();
    let (store, ear) = listening(&server.url());
    for _ in 0..3 {
        cut(&server);
        ear.wait_for(&Heard::Loss);
        ear.forget();
        ear.catch_up();
        store.remove_blocking(&key(NAMESPACE, 1), ORIGIN).unwrap();
        store.invalidate_blocking(&tag("x"), VERSION, None).unwrap();
        ear.catch_up();
        assert_eq!(ear.heard().len(), 2, "{:?}", ear.heard());
        ear.forget();
    }
}

/// Cuts the connections that subscribe, and no others.
fn cut(server: &RedisServer) {
    let killed = command(server, &["CLIENT", "KILL", "TYPE", "pubsub"]);
    assert!(matches!(killed, redis::Value::Int(1..)));
}

#[test]
fn a_frozen_server_proves_nothing_and_is_found_again() {
    let server = RedisServer::start();
    let (_store, ear) = listening(&server.url());
    server.freeze();
    ear.wait_for(&Heard::Loss);
    server.thaw();
    ear.catch_up();
}

#[test]
fn a_killed_server_is_heard_again_when_it_is_back() {
    let mut server = RedisServer::start();
    let (store, ear) = listening(&server.url());
    server.kill();
    ear.wait_for(&Heard::Loss);
    server.restart();
    ear.catch_up();
    ear.forget();
    until("the store", || store.ping().is_ok());
    store.invalidate_blocking(&tag("x"), VERSION, None).unwrap();
    ear.catch_up();
    assert!(ear.has_heard(&heard_of(&tag("x"))));
}

#[test]
fn what_is_not_understood_does_no_harm() {
    let server = RedisServer::start();
    let (store, ear) = listening(&server.url());
    let name = key(NAMESPACE, 1);
    let good = format!("{:016x}{name}", ORIGIN.0);
    for message in [
        "",
        "x",
        "0123456789abcdef",
        "0123456789abcdeéx",
        "gggggggggggggggg:name",
        "\u{0}\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}\u{9}\u{a}\u{b}\u{c}\u{d}\u{e}\u{f}\u{10}",
        &good,
        &good,
    ] {
        command(&server, &["PUBLISH", "news:inv", message]);
    }
    let () = redis::cmd("PUBLISH")
        .arg("news:inv")
        .arg(b"0123456789abcdef\xFF\xFE")
        .query(&mut server.connection())
        .unwrap();
    let () = redis::cmd("SET")
        .arg(b"news:g:\xFF\xFE")
        .arg("x")
        .query(&mut server.connection())
        .unwrap();
    command(&server, &["LPUSH", "news:g:t:list", "x"]);
    store.invalidate_blocking(&tag("x"), VERSION, None).unwrap();
    ear.catch_up();

    let entry = Heard::Entry(name.as_str().to_owned(), ORIGIN);
    let list = Heard::Tag("news:g:t:list".to_owned());
    assert_eq!(
        ear.heard(),
        [&entry, &entry, &list, &heard_of(&tag("x"))].map(Clone::clone)
    );
}

#[test]
fn nobody_is_told_what_happens_in_another_namespace() {
    let server = RedisServer::start();
    let (first, ear) = listening(&server.url());
    let stranger = store(&server.url());
    stranger.listen("elsewhere", Ear::new());
    stranger
        .remove_blocking(&key(NAMESPACE, 1), ORIGIN)
        .unwrap();
    let tag = TagKey::label("elsewhere", "x");
    stranger.invalidate_blocking(&tag, VERSION, None).unwrap();
    // Nor is one that asks for two of them told that it hears all.
    let second = Ear::new();
    first.listen("elsewhere", Arc::clone(&second) as _);
    ear.catch_up();

    assert_eq!(ear.heard(), []);
    assert!(!second.was_proved());
}

#[test]
fn a_server_that_refuses_to_tell_proves_nothing_till_it_does() {
    for right in ["client|tracking", "subscribe"] {
        let server = RedisServer::start();
        command(
            &server,
            &["ACL", "SETUSER", "default", &format!("-{right}")],
        );
        let (store, ear) = (store(&server.url()), Ear::new());
        store.listen(NAMESPACE, Arc::clone(&ear) as _);
        let asked = server.calls_of("ping");
        until("questions", || server.calls_of("ping") > asked + 2);
        assert!(!ear.was_proved(), "{right}");

        command(
            &server,
            &["ACL", "SETUSER", "default", &format!("+{right}")],
        );
        ear.catch_up();
        assert_eq!(ear.heard(), []);
    }
}

#[test]
fn the_link_logs_in_as_the_others_do() {
    let server = RedisServer::start_with(&["--requirepass", "hunter2"]);
    let url = format!("redis://:hunter2@127.0.0.1:{}/3", server.port().unwrap());
    let (store, ear) = listening(&url);
    store.invalidate_blocking(&tag("x"), VERSION, None).unwrap();
    ear.catch_up();
    assert!(ear.has_heard(&heard_of(&tag("x"))));
}

#[test]
fn the_link_ends_when_nobody_listens_and_when_the_store_is_dropped() {
    let server = RedisServer::start();
    let (store, ear) = listening(&server.url());
    assert_eq!(clients(&server), 1 + 1, "the link, and ours");
    ear.turn_away();
    until("the end of the link", || clients(&server) == 1);

    let ear = Ear::new();
    store.listen(NAMESPACE, Arc::clone(&ear) as _);
    ear.catch_up();
    drop(store);
    until("the end of the link", || clients(&server) == 1);
}

#[test]
fn who_watches_a_lease_is_woken_when_it_ends() {
    let server = RedisServer::start();
    let holder = store(&server.url());
    let ends: [fn(&Redis, &EntryKey, Token); 4] = [
        |store, key, token| {
            let written = store.write_blocking(key, draft(b"", None), Fence::Leased(token));
            assert_eq!(written, Ok(Written::Stored));
        },
        |store, key, token| store.release(key, token).unwrap(),
        |store, key, _| store.remove_blocking(key, ORIGIN).unwrap(),
        |store, key, _| {
            store
                .write_blocking(key, draft(b"", None), ANYWAY)
                .map(drop)
                .unwrap();
        },
    ];
    // With a link that was asked for, and with one that a watch has made.
    let (listening, _ear) = listening(&server.url());
    for store in [listening, store(&server.url())] {
        for (number, end) in ends.iter().enumerate() {
            let key = key("watched", number as u64);
            let token = lease(&holder, &key);
            let watch = watch(&server, &store, &key);
            let woken = watch.woken().listen();
            end(&holder, &key, token);
            assert!(woken.wait_timeout(PATIENCE).is_some(), "end {number}");
            drop(watch);
            holder.remove_blocking(&key, ORIGIN).unwrap();
        }
        until("the end of the subscriptions", || watched(&server) == 0);
    }
}

/// A watch that is in place, and has been notified of that.
fn watch(server: &RedisServer, store: &Redis, key: &EntryKey) -> Watch {
    let watch = store.watch(key).expect("this store can tell");
    until("the watch", || is_watched(server, key));
    settle(&watch);
    watch
}

/// Waits till nothing more is told.
fn settle(watch: &Watch) {
    let quiet = Duration::from_millis(200);
    while watch.woken().listen().wait_timeout(quiet).is_some() {}
}

fn is_watched(server: &RedisServer, key: &EntryKey) -> bool {
    channels(server).contains(&format!("{key}:D"))
}

fn watched(server: &RedisServer) -> usize {
    channels(server)
        .iter()
        .filter(|channel| channel.ends_with(":D"))
        .count()
}

fn channels(server: &RedisServer) -> Vec<String> {
    let mut command = redis::cmd("PUBSUB");
    command
        .arg("CHANNELS")
        .query(&mut server.connection())
        .unwrap()
}

#[test]
fn each_watch_is_notified_once_it_is_in_place() {
    let server = RedisServer::start();
    let store = store(&server.url());
    let key = key("watched", 1);
    // It may be in place before this listens, so not every one is seen to be notified.
    let is_notified = || {
        let watch = store.watch(&key).unwrap();
        let moment = Duration::from_millis(200);
        watch.woken().listen().wait_timeout(moment).is_some()
    };
    until("the first one to be notified", is_notified);
    let kept = watch(&server, &store, &key);
    until("another one to be notified", is_notified);
    drop(kept);
    until("the end of the subscription", || watched(&server) == 0);
}

#[test]
fn a_watch_outlives_its_link() {
    let mut server = RedisServer::start();
    let (store, ear) = listening(&server.url());
    let key = key("watched", 1);
    let watch = watch(&server, &store, &key);
    for restarts in [false, true] {
        if restarts {
            server.restart();
        } else {
            cut(&server);
        }
        ear.wait_for(&Heard::Loss);
        ear.forget();
        until("the watch", || is_watched(&server, &key));
        until("the store", || store.ping().is_ok());
        settle(&watch);
        let woken = watch.woken().listen();
        store.remove_blocking(&key, ORIGIN).unwrap();
        assert!(woken.wait_timeout(PATIENCE).is_some());
    }
}

#[test]
fn a_watch_that_comes_and_goes_while_the_server_is_down_is_followed_later() {
    let mut server = RedisServer::start();
    server.kill();
    let store = hasty_store(&server.url());
    let (kept, gone) = (key("watched", 1), key("watched", 2));
    let watch = store.watch(&kept).unwrap();
    drop(store.watch(&gone).unwrap());
    server.restart();
    until("the watch", || is_watched(&server, &kept));
    assert!(!is_watched(&server, &gone));
    drop(watch);
    until("the end of the link", || clients(&server) == 1);
}

#[test]
fn many_watches_come_and_go() {
    let server = RedisServer::start();
    let (store, ear) = listening(&server.url());
    thread::scope(|scope| {
        for first in 0..4_u64 {
            let store = &store;
            scope.spawn(move || {
                for number in 0..500 {
                    let one = store.watch(&key("watched", number)).unwrap();
                    let other = store.watch(&key("watched", number + first)).unwrap();
                    drop(one);
                    drop(other);
                }
            });
        }
    });
    until("the end of the subscriptions", || watched(&server) == 0);
    ear.catch_up();
    assert_eq!(ear.heard(), []);
}
