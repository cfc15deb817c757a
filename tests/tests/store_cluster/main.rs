//! The Redis store in a real cluster of three masters and three replicas: what lies apart, what moves, what fails.

mod moving;
mod news;

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use selfsame::store::conformance::{self, draft, key};
use selfsame::store::redis::Redis;
use selfsame::store::{
    Claim, EntryKey, Fence, Found, Grant, Origin, Sharing, Store, StoreError, StoreErrorKind,
    TagKey, TagVersion, Token, Written,
};
use selfsame_tests::redis_cluster::{MASTERS, RedisCluster};
use selfsame_tests::redis_server::RedisServer;
use tokio::runtime::{Builder, Runtime};

/// Longer than the default: what is asserted is what happened, on a machine that may be busy.
const DEADLINE: Duration = Duration::from_secs(2);
/// How long something that must come back may take on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// Nobody who listens.
const NOBODY: Origin = Origin(0);
/// Whatever lease there is.
const ANYWAY: Fence = Fence::Replaces(NOBODY);

fn store(url: &str) -> Redis {
    Redis::with_deadline(url, DEADLINE).expect("the URL makes sense")
}

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

    fn read(&self, key: &EntryKey) -> Result<Option<Found>, StoreError> {
        self.look(key, &[]).map(|(entry, _)| entry)
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

    fn claim(
        &self,
        key: &EntryKey,
        tags: &[(TagKey, TagVersion)],
    ) -> Result<(Grant, Vec<TagVersion>), StoreError> {
        let claim = Claim {
            token: TOKEN,
            life: Duration::from_secs(60),
            sharing: Sharing::Exclusive,
            seen: None,
            tags: tags.to_vec(),
            tag_life: None,
        };
        let claimed = match &self.runtime {
            Some(runtime) => runtime.block_on(self.store.claim(key, &claim)),
            None => self.store.claim_blocking(key, &claim),
        };
        claimed.map(|claimed| (claimed.grant, claimed.tags))
    }

    fn write(&self, key: &EntryKey, fence: Fence) -> Result<Written, StoreError> {
        let entry = draft(b"value", None);
        match &self.runtime {
            Some(runtime) => runtime.block_on(self.store.write(key, entry, fence)),
            None => self.store.write_blocking(key, entry, fence),
        }
    }

    fn invalidate(&self, tag: &TagKey, version: u8) -> Result<(), StoreError> {
        let version = TagVersion::from_bytes([version; 8]);
        match &self.runtime {
            Some(runtime) => runtime.block_on(self.store.invalidate(tag, version, None)),
            None => self.store.invalidate_blocking(tag, version, None),
        }
    }
}

const TOKEN: Token = Token::from_bytes([7; 16]);

/// Keys of which each master serves some.
fn keys() -> Vec<EntryKey> {
    (0..30).map(|number| key("apart", number)).collect()
}

/// Tags of which each master serves some, with versions.
fn tags() -> Vec<(TagKey, TagVersion)> {
    (0..30)
        .map(|number| {
            let version = TagVersion::from_bytes([number; 8]);
            (TagKey::label("apart", &number.to_string()), version)
        })
        .collect()
}

fn names(tags: &[(TagKey, TagVersion)]) -> Vec<TagKey> {
    tags.iter().map(|(tag, _)| tag.clone()).collect()
}

fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let ends = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < ends, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[tokio::test]
async fn a_cluster_conforms() {
    let cluster = RedisCluster::start();
    conformance::check(|| Arc::new(store(&cluster.url())), "cluster").await;
}

#[tokio::test]
async fn an_account_with_no_more_rights_than_documented_conforms() {
    const RIGHTS: &str = "reset resetchannels on >secret ~acl* &acl* -@all +get +mget +set +unlink +touch +pttl +pexpire +persist +eval \
                          +publish +time +ping +select +subscribe +unsubscribe +client|tracking +cluster|slots +cluster|info +asking \
                          +zadd +zrange +zrem +zremrangebyscore +hset +hsetnx +hget +hgetall +hdel +info";
    let cluster = RedisCluster::start();
    let mut rights = vec!["ACL", "SETUSER", "selfsame"];
    rights.extend(RIGHTS.split_ascii_whitespace());
    if has_shard_channels(&cluster.nodes[0]) {
        rights.extend(["+spublish", "+ssubscribe", "+sunsubscribe"]);
    }
    for node in &cluster.nodes {
        let () = node.ask(&rights);
    }
    let url = cluster.url().replace("://", "://selfsame:secret@");
    conformance::check(|| Arc::new(store(&url)), "acl").await;
}

/// Servers before version 7 have none.
fn has_shard_channels(node: &RedisServer) -> bool {
    let known: Vec<redis::Value> = node.ask(&["COMMAND", "INFO", "ssubscribe"]);
    known
        .first()
        .is_some_and(|known| *known != redis::Value::Nil)
}

#[test]
fn what_lies_apart_is_asked_for_and_found_together() {
    let cluster = RedisCluster::start();
    for face in Face::both(&cluster.url()) {
        let (keys, tags) = (keys(), tags());
        for key in &keys {
            let (grant, versions) = face.claim(key, &tags).unwrap();
            assert_eq!(grant, Grant::Leased(TOKEN));
            let expected: Vec<_> = tags.iter().map(|(_, version)| *version).collect();
            assert_eq!(versions, expected, "in the order of the tags");
            let written = face.write(key, Fence::Leased(TOKEN));
            assert_eq!(written, Ok(Written::Stored));
        }
        face.invalidate(&tags[3].0, 0xFF).unwrap();
        for key in &keys {
            let (entry, versions) = face.look(key, &names(&tags)).unwrap();
            assert!(entry.is_some());
            for (place, version) in versions.into_iter().enumerate() {
                let expected = if place == 3 { 0xFF } else { place as u8 };
                assert_eq!(version, Some(TagVersion::from_bytes([expected; 8])));
            }
        }
        face.store.touch(&names(&tags)).unwrap();
        face.store.ping().unwrap();
        for master in &cluster.nodes[..MASTERS] {
            let here = master.keys();
            assert!(here.iter().any(|name| name.contains('{')), "entries");
            assert!(here.iter().any(|name| name.contains(":g:")), "tags");
            let () = master.ask(&["FLUSHALL"]);
        }
    }
}

#[test]
fn another_type_beside_others_counts_as_nothing() {
    let cluster = RedisCluster::start();
    let (key, tags) = (key("type", 1), names(&tags()));
    let owner = |name: &str| &cluster.nodes[cluster.owner(cluster.slot(name))];
    for name in [key.as_str(), tags[0].as_str()] {
        let _: i64 = owner(name).ask(&["LPUSH", name, "x"]);
    }
    for face in Face::both(&cluster.url()) {
        let (entry, versions) = face.look(&key, &tags).unwrap();
        assert_eq!((entry, &versions[..]), (None, &[None; 30][..]));
        let wrong = face.read(&key).unwrap_err();
        assert_eq!(wrong.kind(), StoreErrorKind::WrongType);
    }
}

#[test]
fn any_node_that_answers_leads_to_all_others() {
    let cluster = RedisCluster::start();
    let replica = cluster.nodes[MASTERS].port().unwrap();
    let url = format!("redis+cluster://127.0.0.1:1,127.0.0.1:{replica}");
    for face in Face::both(&url) {
        wait("a first answer", || face.read(&key("apart", 0)).is_ok());
        for key in keys() {
            assert_eq!(face.read(&key), Ok(None));
        }
    }
}

#[test]
fn a_server_that_is_no_node_is_named_as_such() {
    let server = RedisServer::start();
    let url = format!("redis+cluster://127.0.0.1:{}", server.port().unwrap());
    for face in Face::both(&url) {
        let error = face.read(&key("apart", 0)).unwrap_err();
        assert!(
            error.to_string().contains("no node of a cluster"),
            "{error}"
        );
        assert!(face.store.ping().is_err());
    }
}
