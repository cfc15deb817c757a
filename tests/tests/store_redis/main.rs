//! The Redis store against real servers that die, freeze and refuse, and against sham ones.

mod failures;
mod leases;
mod news;
mod refusals;
mod runtimes;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use selfsame::store::conformance::{self, draft, key};
use selfsame::store::redis::Redis;
use selfsame::store::{EntryKey, Fence, Found, Origin, Store, StoreError, StoreErrorKind};
use selfsame_tests::ear::Ear;
use selfsame_tests::redis_server::{RedisServer, free_port};
use selfsame_tests::sham_server::{Babble, ShamServer};
use tokio::runtime::Builder;

/// How long something that must come back may take on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Nobody who listens.
const NOBODY: Origin = Origin(0);

/// Whatever lease there is.
const ANYWAY: Fence = Fence::Replaces(NOBODY);

/// Longer than the default: what is asserted is what happened, on a machine that may be busy.
const DEADLINE: Duration = Duration::from_secs(2);

fn store(url: &str) -> Redis {
    Redis::with_deadline(url, DEADLINE).expect("the URL makes sense")
}

/// With the default bound, for tests of what waits: they sit it out many times.
fn hasty_store(url: &str) -> Redis {
    Redis::new(url).expect("the URL makes sense")
}

/// One read by each face.
async fn read_both(store: &Redis, key: &EntryKey) -> [Result<Option<Found>, StoreError>; 2] {
    [read(store, key).await, read_blocking(store, key)]
}

async fn read(store: &Redis, key: &EntryKey) -> Result<Option<Found>, StoreError> {
    store.read(key, &[]).await.map(|looked| looked.entry)
}

fn read_blocking(store: &Redis, key: &EntryKey) -> Result<Option<Found>, StoreError> {
    store.read_blocking(key, &[]).map(|looked| looked.entry)
}

fn kind<T>(result: &Result<T, StoreError>) -> Option<StoreErrorKind> {
    result.as_ref().err().map(StoreError::kind)
}

/// Reads until both faces get an answer.
async fn wait_until_answered(store: &Redis, key: &EntryKey) {
    let patience_ends = Instant::now() + PATIENCE;
    while !read_both(store, key).await.iter().all(Result::is_ok) {
        assert!(Instant::now() < patience_ends, "the store did not recover");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_redis_on_a_port_conforms() {
    let server = RedisServer::start();
    conformance::check(|| Arc::new(store(&server.url())), "port").await;
}

#[tokio::test]
async fn a_redis_on_a_socket_conforms() {
    let server = RedisServer::start_on_socket();
    conformance::check(|| Arc::new(store(&server.url())), "socket").await;
}

#[tokio::test]
async fn an_account_with_no_more_rights_than_documented_conforms() {
    const RIGHTS: &str = "resetchannels on >secret ~acl* &acl* -@all +get +mget +set +unlink +touch +pttl +pexpire \
                          +persist +eval +publish +time +ping +select +subscribe +unsubscribe +client|tracking +zadd \
                          +zrange +zrem +zremrangebyscore +hset +hsetnx +hget +hgetall +hdel +info";
    let server = RedisServer::start();
    let mut command = redis::cmd("ACL");
    command.arg("SETUSER").arg("selfsame");
    command.arg(RIGHTS.split_ascii_whitespace().collect::<Vec<_>>());
    let () = command.query(&mut server.connection()).unwrap();
    let url = format!(
        "redis://selfsame:secret@127.0.0.1:{}/1",
        server.port().unwrap()
    );
    conformance::check(|| Arc::new(store(&url)), "acl").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_at_once_get_their_own_answers() {
    let server = RedisServer::start();
    let store = Arc::new(store(&server.url()));
    let tasks: Vec<_> = (0..64)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let key = key("many", number);
                let entry = draft(&number.to_le_bytes(), None);
                store.write(&key, entry.clone(), ANYWAY).await?;
                let found = read(&store, &key).await?.expect("it was written");
                Ok::<_, StoreError>(found.bytes.len() == entry.sealed_bytes())
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(true));
    }
}

#[test]
fn many_threads_share_few_connections() {
    let server = RedisServer::start();
    let store = store(&server.url());
    store
        .write_blocking(&key("threads", 1), draft(b"", None), ANYWAY)
        .unwrap();
    let answered: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..64)
            .map(|_| scope.spawn(|| (0..50).filter(|_| has_entry(&store)).count()))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });

    assert!(answered > 0);
    let clients = clients(&server);
    assert!(clients <= 16 + 1, "{clients} connections, ours included");
}

/// A caller may be told that all connections are busy; a wrong answer it may not get.
fn has_entry(store: &Redis) -> bool {
    match read_blocking(store, &key("threads", 1)) {
        Ok(found) => {
            assert!(found.is_some());
            true
        }
        Err(error) => {
            assert_eq!(error.kind(), StoreErrorKind::Timeout);
            false
        }
    }
}

#[tokio::test]
async fn a_lifetime_is_the_servers_and_for_ever_has_none() {
    let server = RedisServer::start();
    let store = store(&server.url());
    let (long, endless) = (key("life", 1), key("life", 2));
    let hour = Some(Duration::from_secs(3_600));
    store.write(&long, draft(b"", hour), ANYWAY).await.unwrap();
    store
        .write(&endless, draft(b"", hour), ANYWAY)
        .await
        .unwrap();
    store
        .write(&endless, draft(b"", None), ANYWAY)
        .await
        .unwrap();

    let ttl = |key: &EntryKey| -> i64 {
        redis::cmd("PTTL")
            .arg(key.as_str())
            .query(&mut server.connection())
            .unwrap()
    };
    assert!((1..=3_600_000).contains(&ttl(&long)));
    assert_eq!(ttl(&endless), -1);
}

#[tokio::test]
async fn a_read_is_one_get() {
    let server = RedisServer::start();
    let store = store(&server.url());
    let key = key("one", 1);
    store.write(&key, draft(b"", None), ANYWAY).await.unwrap();
    read_blocking(&store, &key).unwrap();
    let commands = || -> u64 {
        let info: String = redis::cmd("INFO")
            .arg("stats")
            .query(&mut server.connection())
            .unwrap();
        let count = info
            .lines()
            .find_map(|line| line.strip_prefix("total_commands_processed:"));
        count.unwrap().parse().unwrap()
    };
    let own = {
        let before = commands();
        commands() - before
    };
    let before = commands();
    for _ in 0..10 {
        read(&store, &key).await.unwrap();
        read_blocking(&store, &key).unwrap();
    }

    assert_eq!(commands() - before - own, 20);
}

#[tokio::test]
async fn another_type_under_our_key_is_named_and_can_be_replaced() {
    let server = RedisServer::start();
    let store = store(&server.url());
    let key = key("type", 1);
    let push = |list: &str| -> i64 {
        let mut command = redis::cmd("LPUSH");
        command
            .arg(list)
            .arg("x")
            .query(&mut server.connection())
            .unwrap()
    };
    push(key.as_str());
    for result in read_both(&store, &key).await {
        assert_eq!(kind(&result), Some(StoreErrorKind::WrongType));
    }
    store.remove(&key, NOBODY).await.unwrap();
    assert_eq!(read(&store, &key).await, Ok(None));

    push(key.as_str());
    store.write(&key, draft(b"", None), ANYWAY).await.unwrap();
    assert!(read_blocking(&store, &key).unwrap().is_some());
}

/// Connections the server has, the one that asks included.
fn clients(server: &RedisServer) -> usize {
    let list: String = redis::cmd("CLIENT")
        .arg("LIST")
        .query(&mut server.connection())
        .unwrap();
    list.lines().count()
}

fn set(server: &RedisServer, name: &str, value: &str) {
    let () = redis::cmd("CONFIG")
        .arg("SET")
        .arg(name)
        .arg(value)
        .query(&mut server.connection())
        .unwrap();
}
