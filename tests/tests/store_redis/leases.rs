//! Leases, fences and tags on a server: what is one step, what is refused, and what a server may refuse.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use selfsame::store::conformance::{draft, key};
use selfsame::store::redis::Redis;
use selfsame::store::{
    Claim, Claimed, EntryKey, Fence, Found, Grant, Sharing, Store, StoreError, StoreErrorKind,
    TagKey, TagVersion, Token, Written, seal_of,
};
use selfsame_tests::ear::Ear;
use selfsame_tests::redis_server::RedisServer;
use tokio::runtime::{Builder, Runtime};

use super::{ANYWAY, NOBODY, PATIENCE, kind, store};

const LONG: Duration = Duration::from_secs(60);

/// Both ways to ask.
struct Face {
    store: Redis,
    /// `None` for the blocking way.
    runtime: Option<Runtime>,
}

impl Face {
    fn both(url: &str) -> [Self; 2] {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        [Some(runtime), None].map(|runtime| Self {
            store: store(url),
            runtime,
        })
    }

    fn claim(&self, key: &EntryKey, claim: &Claim) -> Result<Claimed, StoreError> {
        match &self.runtime {
            Some(runtime) => runtime.block_on(self.store.claim(key, claim)),
            None => self.store.claim_blocking(key, claim),
        }
    }

    fn grant(&self, key: &EntryKey, claim: &Claim) -> Grant {
        self.claim(key, claim).unwrap().grant
    }

    fn write(&self, key: &EntryKey, fence: Fence) -> Result<Written, StoreError> {
        let entry = draft(b"value", None);
        match &self.runtime {
            Some(runtime) => runtime.block_on(self.store.write(key, entry, fence)),
            None => self.store.write_blocking(key, entry, fence),
        }
    }

    fn remove(&self, key: &EntryKey) -> Result<(), StoreError> {
        match &self.runtime {
            Some(runtime) => runtime.block_on(self.store.remove(key, NOBODY)),
            None => self.store.remove_blocking(key, NOBODY),
        }
    }

    fn invalidate(&self, tag: &TagKey, life: Option<Duration>) -> Result<(), StoreError> {
        let version = TagVersion::from_bytes([0xAB; 8]);
        match &self.runtime {
            Some(runtime) => runtime.block_on(self.store.invalidate(tag, version, life)),
            None => self.store.invalidate_blocking(tag, version, life),
        }
    }

    fn look(
        &self,
        key: &EntryKey,
        tags: &[TagKey],
    ) -> Result<(Option<Found>, Vec<Option<TagVersion>>), StoreError> {
        let looked = match &self.runtime {
            Some(runtime) => runtime.block_on(self.store.read(key, tags)),
            None => self.store.read_blocking(key, tags),
        };
        looked.map(|looked| (looked.entry, looked.tags))
    }

    fn tags(&self, tags: &[TagKey]) -> Vec<Option<TagVersion>> {
        self.look(&key("nothing", 0), tags).unwrap().1
    }
}

pub(super) fn claim(token: u8) -> Claim {
    Claim {
        token: Token::from_bytes([token; 16]),
        life: LONG,
        sharing: Sharing::Exclusive,
        seen: None,
        tags: Vec::new(),
        tag_life: None,
    }
}

fn tagged(token: u8, tags: &[TagKey], life: Option<Duration>) -> Claim {
    let version = |number: usize| TagVersion::from_bytes([token ^ number as u8; 8]);
    Claim {
        tags: (0..)
            .map(version)
            .zip(tags)
            .map(|(v, t)| (t.clone(), v))
            .collect(),
        tag_life: life,
        ..claim(token)
    }
}

fn token(token: u8) -> Token {
    Token::from_bytes([token; 16])
}

fn tags(count: usize) -> Vec<TagKey> {
    (0..count)
        .map(|number| TagKey::label("tags", &number.to_string()))
        .collect()
}

fn ask<T: redis::FromRedisValue>(server: &RedisServer, words: &[&str]) -> T {
    let mut command = redis::cmd(words[0]);
    command.arg(&words[1..]);
    command.query(&mut server.connection()).unwrap()
}

#[test]
fn one_of_many_computes_each_of_many_keys() {
    const KEYS: usize = 1_000;
    let server = RedisServer::start();
    let computed: Vec<_> = (0..KEYS).map(|_| AtomicUsize::new(0)).collect();
    thread::scope(|scope| {
        for (number, face) in (0..4).flat_map(|_| Face::both(&server.url())).enumerate() {
            let computed = &computed;
            scope.spawn(move || {
                for (index, computed) in computed.iter().enumerate() {
                    compute_once(&face, &key("once", index as u64), number as u8, computed);
                }
            });
        }
    });
    for (index, computed) in computed.iter().enumerate() {
        assert_eq!(computed.load(Ordering::SeqCst), 1, "key {index}");
    }
}

/// Claims until there is an entry, and stores it without delay where the lease is got: whoever claims after a look that
/// found nothing would compute again, if looking and taking were two steps.
fn compute_once(face: &Face, key: &EntryKey, number: u8, computed: &AtomicUsize) {
    let patience_ends = Instant::now() + PATIENCE;
    while Instant::now() < patience_ends {
        match face.claim(key, &claim(number)).map(|claimed| claimed.grant) {
            Ok(Grant::Leased(token)) => {
                computed.fetch_add(1, Ordering::SeqCst);
                assert_eq!(face.write(key, Fence::Leased(token)), Ok(Written::Stored));
            }
            Ok(Grant::Stored(_)) => return,
            Ok(Grant::Busy { .. }) => thread::yield_now(),
            // All connections are busy, on a loaded machine.
            Err(error) => assert!(error.is_unreachable(), "{error}"),
        }
    }
    panic!("{key} was never stored");
}

#[test]
fn a_lease_is_somebodys_until_it_ends() {
    let server = RedisServer::start();
    for (number, face) in Face::both(&server.url()).into_iter().enumerate() {
        let key = key("lease", number as u64);
        assert_eq!(face.grant(&key, &claim(1)), Grant::Leased(token(1)));
        // Asked again, since the answer was lost.
        assert_eq!(face.grant(&key, &claim(1)), Grant::Leased(token(1)));
        let Grant::Busy { left } = face.grant(&key, &claim(2)) else {
            panic!("it is taken")
        };
        assert!(!left.is_zero() && left <= LONG);
        face.store.release(&key, token(2)).unwrap();
        assert_eq!(face.store.renew(&key, token(2), LONG), Ok(false));
        assert!(matches!(face.grant(&key, &claim(2)), Grant::Busy { .. }));

        face.store.release(&key, token(1)).unwrap();
        assert_eq!(face.store.renew(&key, token(1), LONG), Ok(false));
        assert_eq!(face.grant(&key, &claim(2)), Grant::Leased(token(2)));
    }
}

#[test]
fn a_shared_lease_is_good_for_the_first_to_store() {
    let server = RedisServer::start();
    for (number, face) in Face::both(&server.url()).into_iter().enumerate() {
        let key = key("shared", number as u64);
        let shared = |token| Claim {
            sharing: Sharing::Shared,
            ..claim(token)
        };
        assert_eq!(face.grant(&key, &shared(1)), Grant::Leased(token(1)));
        assert_eq!(face.grant(&key, &shared(2)), Grant::Leased(token(1)));
        let fence = Fence::Leased(token(1));
        assert_eq!(face.write(&key, fence), Ok(Written::Stored));
        assert_eq!(face.write(&key, fence), Ok(Written::Refused));
        assert!(matches!(face.grant(&key, &shared(3)), Grant::Stored(_)));
    }
}

#[test]
fn who_has_lost_the_lease_stores_nothing() {
    let server = RedisServer::start();
    let losses: [fn(&Face, &EntryKey); 6] = [
        |face, key| face.remove(key).unwrap(),
        |face, key| face.store.release(key, token(1)).unwrap(),
        |face, key| assert_eq!(face.write(key, ANYWAY), Ok(Written::Stored)),
        |face, key| {
            let seized = Claim {
                sharing: Sharing::Seized,
                ..claim(2)
            };
            assert_eq!(face.grant(key, &seized), Grant::Leased(token(2)));
        },
        |face, key| {
            let short = Duration::from_millis(1);
            assert_eq!(face.store.renew(key, token(1), short), Ok(true));
            let patience_ends = Instant::now() + PATIENCE;
            while !matches!(face.grant(key, &claim(2)), Grant::Leased(_)) {
                assert!(Instant::now() < patience_ends, "a lease does not end");
            }
        },
        |face, key| {
            face.remove(key).unwrap();
            assert_eq!(face.grant(key, &claim(3)), Grant::Leased(token(3)));
        },
    ];
    for face in Face::both(&server.url()) {
        for (number, lose) in losses.iter().enumerate() {
            let key = key("lost", number as u64);
            face.remove(&key).unwrap();
            assert_eq!(face.grant(&key, &claim(1)), Grant::Leased(token(1)));
            lose(&face, &key);
            let before = face.look(&key, &[]).unwrap().0.map(|found| found.bytes);
            for fence in [Fence::Leased(token(1)), Fence::LeasedNews(token(1), NOBODY)] {
                assert_eq!(face.write(&key, fence), Ok(Written::Refused), "{number}");
            }
            let after = face.look(&key, &[]).unwrap().0.map(|found| found.bytes);
            assert_eq!(before, after, "{number}");
        }
    }
}

#[test]
fn an_entry_that_was_seen_is_no_answer_to_a_claim() {
    let server = RedisServer::start();
    for (number, face) in Face::both(&server.url()).into_iter().enumerate() {
        let key = key("seen", number as u64);
        face.write(&key, ANYWAY).unwrap();
        let bytes = face.look(&key, &[]).unwrap().0.unwrap().bytes;
        let mut other = seal_of(&bytes);
        other[3] ^= 1;
        for unseen in [None, Some(other), Some([0; 4])] {
            let claim = Claim {
                seen: unseen,
                ..claim(1)
            };
            let Grant::Stored(found) = face.grant(&key, &claim) else {
                panic!("there is another entry than {unseen:?}")
            };
            assert_eq!(found.bytes, bytes);
        }
        let seen = Claim {
            seen: Some(seal_of(&bytes)),
            ..claim(1)
        };
        assert_eq!(face.grant(&key, &seen), Grant::Leased(token(1)));
        let seized = Claim {
            sharing: Sharing::Seized,
            ..claim(2)
        };
        assert_eq!(face.grant(&key, &seized), Grant::Leased(token(2)));
    }
}

#[test]
fn what_is_too_short_to_be_an_entry_has_a_seal_too() {
    let server = RedisServer::start();
    for face in Face::both(&server.url()) {
        for bytes in ["", "abc", "\0\0\0"] {
            let key = key("short", bytes.len() as u64);
            face.remove(&key).unwrap();
            let () = ask(&server, &["SET", key.as_str(), bytes]);
            let claimed = face.grant(&key, &claim(1));
            assert!(matches!(claimed, Grant::Stored(_)), "{claimed:?}");
            let seen = Claim {
                seen: Some(seal_of(bytes.as_bytes())),
                ..claim(1)
            };
            assert_eq!(face.grant(&key, &seen), Grant::Leased(token(1)));
        }
    }
}

#[test]
fn a_tag_gets_one_version_and_keeps_it() {
    let server = RedisServer::start();
    for face in Face::both(&server.url()) {
        let () = ask(&server, &["FLUSHALL"]);
        let tags = tags(3);
        assert_eq!(face.tags(&tags), [None; 3]);
        let first = tagged(1, &tags, Some(LONG));
        let versions = face.claim(&key("tags", 1), &first).unwrap().tags;
        assert_eq!(
            versions,
            first.tags.iter().map(|tag| tag.1).collect::<Vec<_>>()
        );

        // Also with a claim that gets no lease.
        for number in [1, 2] {
            let later = tagged(2, &tags, Some(LONG));
            let claimed = face.claim(&key("tags", number), &later).unwrap();
            assert_eq!(claimed.tags, versions);
        }
        let known: Vec<_> = versions.iter().copied().map(Some).collect();
        assert_eq!(face.tags(&tags), known);
        face.store.touch(&tags).unwrap();
        face.store.touch(&[]).unwrap();

        face.invalidate(&tags[1], None).unwrap();
        let renewed = face.tags(&tags);
        assert_eq!((renewed[0], renewed[2]), (known[0], known[2]));
        assert_ne!(renewed[1], known[1]);
        let claimed = face.claim(&key("tags", 3), &first).unwrap();
        assert_eq!(
            claimed.tags.iter().copied().map(Some).collect::<Vec<_>>(),
            renewed
        );
    }
}

#[test]
fn a_tag_is_remembered_as_long_as_anybody_needs_it() {
    let server = RedisServer::start();
    let left = |tag: &TagKey| -> i64 { ask(&server, &["PTTL", tag.as_str()]) };
    let (minute, hour) = (Duration::from_secs(60), Duration::from_secs(3_600));
    for face in Face::both(&server.url()) {
        let () = ask(&server, &["FLUSHALL"]);
        let tags = tags(1);
        let claim_for = |life| {
            let claim = tagged(1, &tags, life);
            face.claim(&key("tags", 1), &claim).unwrap();
            left(&tags[0])
        };
        assert!(claim_for(Some(minute)) > 60_000);
        assert!(claim_for(Some(hour)) > 3_600_000);
        // Never shorter than somebody was promised before.
        assert!(claim_for(Some(minute)) > 3_600_000);
        assert_eq!(claim_for(None), -1);
        assert_eq!(claim_for(Some(minute)), -1);
        face.invalidate(&tags[0], Some(minute)).unwrap();
        assert!(left(&tags[0]) > 60_000);
        face.invalidate(&tags[0], None).unwrap();
        assert_eq!(left(&tags[0]), -1);
        face.invalidate(&tags[0], Some(Duration::MAX)).unwrap();
        assert_eq!(left(&tags[0]), -1);
    }
}

#[test]
fn what_is_no_version_is_replaced_by_one() {
    let server = RedisServer::start();
    for face in Face::both(&server.url()) {
        let () = ask(&server, &["FLUSHALL"]);
        let tags = tags(3);
        let () = ask(&server, &["SET", tags[0].as_str(), "a foreign value"]);
        let _: i64 = ask(&server, &["LPUSH", tags[1].as_str(), "x"]);
        let () = ask(&server, &["SET", tags[2].as_str(), ""]);
        assert_eq!(face.tags(&tags), [None; 3]);
        let claim = tagged(1, &tags, Some(LONG));
        let claimed = face.claim(&key("tags", 1), &claim).unwrap();
        let fresh: Vec<_> = claim.tags.iter().map(|tag| tag.1).collect();
        assert_eq!(claimed.tags, fresh);
        assert_eq!(
            face.tags(&tags),
            fresh.into_iter().map(Some).collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_full_server_is_read_and_things_are_removed_from_it() {
    let server = RedisServer::start();
    for face in Face::both(&server.url()) {
        server.make_room();
        let () = ask(&server, &["FLUSHALL"]);
        let (key, other, tags) = (key("full", 1), key("full", 2), tags(2));
        let claimed = tagged(1, &tags[..1], Some(LONG));
        face.claim(&key, &claimed).unwrap();
        face.write(&key, ANYWAY).unwrap();
        face.grant(&other, &claim(1));
        server.fill();

        let full = Some(StoreErrorKind::Full);
        assert!(face.look(&key, &tags).unwrap().0.is_some());
        // What needs no room is done.
        assert!(matches!(face.grant(&key, &claim(1)), Grant::Stored(_)));
        assert!(matches!(face.grant(&other, &claim(2)), Grant::Busy { .. }));
        assert_eq!(face.store.renew(&other, token(1), LONG), Ok(true));
        assert_eq!(kind(&face.write(&other, Fence::Leased(token(1)))), full);
        assert_eq!(kind(&face.write(&other, ANYWAY)), full);
        assert_eq!(kind(&face.claim(&other, &tagged(2, &tags, None))), full);
        face.store.release(&other, token(1)).unwrap();
        assert_eq!(kind(&face.claim(&other, &claim(2))), full);

        face.invalidate(&tags[0], Some(LONG)).unwrap();
        assert_eq!(face.tags(&tags), [None; 2]);
        face.remove(&key).unwrap();
        assert_eq!(face.look(&key, &[]).unwrap().0, None);
    }
}

#[test]
fn a_replica_is_read_and_denies_the_rest() {
    let server = RedisServer::start();
    for face in Face::both(&server.url()) {
        let tags = tags(1);
        let key = key("replica", 1);
        face.claim(&key, &tagged(1, &tags, None)).unwrap();
        face.write(&key, ANYWAY).unwrap();
        let () = ask(&server, &["REPLICAOF", "127.0.0.1", "1"]);

        let denied = Some(StoreErrorKind::Denied);
        let (entry, versions) = face.look(&key, &tags).unwrap();
        assert!(entry.is_some() && versions[0].is_some());
        let other = super::key("replica", 2);
        assert_eq!(kind(&face.claim(&other, &claim(1))), denied);
        assert_eq!(kind(&face.write(&key, ANYWAY)), denied);
        assert_eq!(kind(&face.remove(&key)), denied);
        assert_eq!(kind(&face.invalidate(&tags[0], None)), denied);
        let () = ask(&server, &["REPLICAOF", "NO", "ONE"]);
    }
}

#[test]
fn another_type_is_named_or_replaced_wherever_it_lies() {
    let server = RedisServer::start();
    for face in Face::both(&server.url()) {
        let () = ask(&server, &["FLUSHALL"]);
        let (entry, leased) = (key("type", 1), key("type", 2));
        for name in [entry.to_string(), format!("{leased}:L")] {
            let _: i64 = ask(&server, &["LPUSH", &name, "x"]);
        }
        let wrong = Some(StoreErrorKind::WrongType);
        assert_eq!(kind(&face.write(&leased, Fence::Leased(token(1)))), wrong);
        assert_eq!(kind(&face.store.renew(&leased, token(1), LONG)), wrong);
        // Beside tags it looks like none.
        assert_eq!(face.look(&entry, &tags(1)).unwrap().0, None);
        // Whoever claims takes it for nothing, and replaces it.
        for key in [&entry, &leased] {
            assert_eq!(face.grant(key, &claim(1)), Grant::Leased(token(1)));
            let written = face.write(key, Fence::Leased(token(1)));
            assert_eq!(written.unwrap(), Written::Stored);
            assert!(face.look(key, &[]).unwrap().0.is_some());
        }
    }
}

#[test]
fn what_the_server_forbids_is_denied() {
    let server = RedisServer::start();
    for face in Face::both(&server.url()) {
        let key = key("acl", 1);
        face.write(&key, ANYWAY).unwrap();
        for right in ["eval", "set"] {
            let () = ask(
                &server,
                &["ACL", "SETUSER", "default", &format!("-{right}")],
            );
            let denied = Some(StoreErrorKind::Denied);
            assert_eq!(kind(&face.write(&key, ANYWAY)), denied, "{right}");
            let other = super::key("acl", 2);
            assert_eq!(kind(&face.claim(&other, &claim(1))), denied, "{right}");
            assert!(face.look(&key, &tags(1)).unwrap().0.is_some());
            let () = ask(
                &server,
                &["ACL", "SETUSER", "default", &format!("+{right}")],
            );
        }
        // Waking is a courtesy, and whoever waits looks by himself.
        let () = ask(&server, &["ACL", "SETUSER", "default", "-publish"]);
        assert_eq!(face.write(&key, ANYWAY), Ok(Written::Stored));
        face.remove(&key).unwrap();
        // Telling is none: copies of the old entry would be used on.
        face.store.listen("acl", Ear::new());
        assert_eq!(kind(&face.remove(&key)), Some(StoreErrorKind::Denied));
        let () = ask(&server, &["ACL", "SETUSER", "default", "+publish"]);
        face.remove(&key).unwrap();
    }
}

#[test]
fn a_server_that_is_loading_is_not_there_yet() {
    let settings = [
        "--key-load-delay",
        "20000",
        "--loading-process-events-interval-bytes",
        "1024",
    ];
    let mut server = RedisServer::start_with(&settings);
    for number in 0..500 {
        let () = ask(
            &server,
            &["SET", &format!("bulk{number}"), &"x".repeat(2_000)],
        );
    }
    let () = ask(&server, &["CONFIG", "SET", "rdbcompression", "no"]);
    let () = ask(&server, &["SAVE"]);
    server.restart();

    let unavailable = Some(StoreErrorKind::Unavailable);
    for face in Face::both(&server.url()) {
        let key = key("loading", 1);
        let error = face.look(&key, &[]).unwrap_err();
        assert!(error.to_string().contains("LOADING"), "{error}");
        assert_eq!(kind(&face.look(&key, &[])), unavailable);
        assert_eq!(
            kind(&face.claim(&key, &tagged(1, &tags(1), None))),
            unavailable
        );
        assert_eq!(kind(&face.write(&key, ANYWAY)), unavailable);
        assert_eq!(kind(&face.store.ping()), unavailable);
    }
}

#[test]
fn a_ping_finds_the_server_back_and_the_next_call_uses_it() {
    let mut server = RedisServer::start();
    for face in Face::both(&server.url()) {
        let key = key("ping", 1);
        face.store.ping().unwrap();
        server.kill();
        // Long enough to make callers wait for more than a second between attempts.
        let down_until = Instant::now() + Duration::from_secs(2);
        while Instant::now() < down_until {
            assert!(face.store.ping().unwrap_err().is_unreachable());
            assert!(face.look(&key, &[]).unwrap_err().is_unreachable());
            thread::sleep(Duration::from_millis(10));
        }
        server.restart();
        assert_eq!(face.store.ping(), Ok(()), "the first one dials");
        assert_eq!(face.look(&key, &[]), Ok((None, Vec::new())));
    }
}
