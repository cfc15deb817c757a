//! The Redis store against real servers that die, freeze and refuse, and against sham ones.

mod leases;
mod news;

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

#[tokio::test]
async fn a_killed_server_is_an_error_and_a_restarted_one_is_found_again() {
    let mut server = RedisServer::start();
    let store = store(&server.url());
    let key = key("kill", 1);
    wait_until_answered(&store, &key).await;

    server.kill();
    for _ in 0..20 {
        for result in read_both(&store, &key).await {
            assert!(result.unwrap_err().is_unreachable());
        }
        assert!(store.write(&key, draft(b"", None), ANYWAY).await.is_err());
        assert!(
            store
                .write_blocking(&key, draft(b"", None), ANYWAY)
                .is_err()
        );
        assert!(store.remove(&key, NOBODY).await.is_err());
        assert!(store.remove_blocking(&key, NOBODY).is_err());
    }

    server.restart();
    wait_until_answered(&store, &key).await;
    store
        .write(&key, draft(b"again", None), ANYWAY)
        .await
        .unwrap();
    assert!(read_blocking(&store, &key).unwrap().is_some());
}

#[tokio::test]
async fn a_server_that_was_never_there_is_found_when_it_comes() {
    let mut server = RedisServer::start();
    server.kill();
    let store = store(&server.url());
    for result in read_both(&store, &key("late", 1)).await {
        assert!(result.unwrap_err().is_unreachable());
    }
    server.restart();
    wait_until_answered(&store, &key("late", 1)).await;
}

#[tokio::test]
async fn a_frozen_server_holds_nobody() {
    let server = RedisServer::start();
    let store = hasty_store(&server.url());
    let key = key("frozen", 1);
    wait_until_answered(&store, &key).await;

    server.freeze();
    // That this loop ends while the server is frozen is what is tested: it stays so till after it.
    for _ in 0..10 {
        for result in read_both(&store, &key).await {
            assert!(result.unwrap_err().is_unreachable());
        }
        assert!(
            store
                .write(&key, draft(&[0; 1 << 20], None), ANYWAY)
                .await
                .is_err()
        );
        assert!(
            store
                .write_blocking(&key, draft(&[0; 1 << 20], None), ANYWAY)
                .is_err()
        );
    }
    server.thaw();
    wait_until_answered(&store, &key).await;
}

#[tokio::test]
async fn a_late_reply_is_nobody_elses_answer() {
    let server = RedisServer::start();
    let store = hasty_store(&server.url());
    let (one, other) = (key("late", 1), key("late", 2));
    store
        .write(&one, draft(b"one", None), ANYWAY)
        .await
        .unwrap();
    store
        .write(&other, draft(b"the other", None), ANYWAY)
        .await
        .unwrap();
    wait_until_answered(&store, &one).await;

    server.freeze();
    for result in read_both(&store, &one).await {
        assert!(result.is_err());
    }
    server.thaw();
    let expected = draft(b"the other", None).sealed_bytes();
    let patience_ends = Instant::now() + PATIENCE;
    loop {
        let results = read_both(&store, &other).await;
        for found in results.iter().flatten() {
            assert_eq!(found.as_ref().unwrap().bytes.len(), expected);
        }
        if results.iter().all(Result::is_ok) {
            break;
        }
        assert!(Instant::now() < patience_ends, "the store did not recover");
    }
}

#[tokio::test]
async fn somebody_who_takes_connections_and_keeps_silent_holds_nobody() {
    let server = ShamServer::start(Babble::Nothing);
    let store = hasty_store(&server.url());
    for _ in 0..5 {
        for result in read_both(&store, &key("silent", 1)).await {
            assert!(result.unwrap_err().is_unreachable());
        }
    }
}

#[tokio::test]
async fn nonsense_is_an_error_whenever_it_comes() {
    for babble in NONSENSE {
        for server in [Babble::Bytes(babble), Babble::AfterTime(babble)] {
            let server = ShamServer::start(server);
            let store = hasty_store(&server.url());
            let ear = Ear::new();
            store.listen("nonsense", Arc::clone(&ear) as _);
            for _ in 0..3 {
                for result in read_both(&store, &key("nonsense", 1)).await {
                    assert!(result.is_err(), "{:?} is no answer", babble.escape_ascii());
                }
                assert!(
                    store
                        .write(&key("nonsense", 1), draft(b"", None), ANYWAY)
                        .await
                        .is_err()
                );
                assert!(store.remove_blocking(&key("nonsense", 1), NOBODY).is_err());
                let claim = leases::claim(1);
                assert!(store.claim(&key("nonsense", 1), &claim).await.is_err());
                assert!(store.ping().is_err() || babble == b"+PONG\r\n");
            }
            assert!(!ear.was_proved());
        }
    }
}

const NONSENSE: [&[u8]; 14] = [
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
    b"\0\0\0\0\0\0\0\0",
    b"\r\n\r\n",
    b"+PONG\r\n",
    b"*1000000000\r\n$1\r\nx\r\n",
    b"*9000000000000000000\r\n",
    b"$9223372036854775807\r\nx",
    b"$3\r\nabcdef\r\n",
    b"%9223372036854775807\r\n",
    b"=-1\r\n",
    b"!-1\r\n",
    b"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n+x\r\n",
    b"-\r\n",
    b"\x15\x03\x01\x00\x02\x02\x50",
];

#[tokio::test]
async fn a_server_that_trickles_holds_nobody() {
    let server = ShamServer::start(Babble::Trickle);
    let store = hasty_store(&server.url());
    for _ in 0..3 {
        for result in read_both(&store, &key("trickle", 1)).await {
            assert!(result.unwrap_err().is_unreachable());
        }
    }
}

#[tokio::test]
async fn a_host_without_an_address_is_an_error() {
    let store = hasty_store("redis://no-such-host.invalid");
    for result in read_both(&store, &key("host", 1)).await {
        assert!(result.unwrap_err().is_unreachable());
    }
}

#[test]
fn each_runtime_has_a_connection_and_takes_it_along() {
    let server = RedisServer::start();
    let store = store(&server.url());
    let key = key("runtimes", 1);
    for round in 0..6 {
        let runtime = match round % 2 {
            0 => Builder::new_current_thread().enable_all().build(),
            _ => Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build(),
        };
        let runtime = runtime.unwrap();
        runtime
            .block_on(store.write(&key, draft(b"", None), ANYWAY))
            .unwrap();
        assert!(runtime.block_on(read(&store, &key)).unwrap().is_some());
    }
    let mut both = [(); 2].map(|()| Builder::new_current_thread().enable_all().build().unwrap());
    for _ in 0..3 {
        for runtime in &mut both {
            assert!(runtime.block_on(read(&store, &key)).unwrap().is_some());
        }
    }
    assert_eq!(
        clients(&server),
        2 + 1,
        "one for each live runtime, and ours"
    );

    drop(both);
    let patience_ends = Instant::now() + PATIENCE;
    while clients(&server) > 1 {
        assert!(
            Instant::now() < patience_ends,
            "a connection outlives its runtime"
        );
        thread::sleep(Duration::from_millis(10));
    }
}

#[tokio::test]
async fn a_store_that_is_dropped_hangs_up() {
    let server = RedisServer::start();
    let store = store(&server.url());
    wait_until_answered(&store, &key("drop", 1)).await;
    drop(store);
    let patience_ends = Instant::now() + PATIENCE;
    while clients(&server) > 1 {
        assert!(
            Instant::now() < patience_ends,
            "a connection outlives its store"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[test]
fn without_a_runtime_the_asynchronous_face_says_so() {
    let server = RedisServer::start();
    let store = store(&server.url());
    let key = key("none", 1);
    let Poll::Ready(result) =
        pin!(read(&store, &key)).poll(&mut Context::from_waker(Waker::noop()))
    else {
        panic!("there is nothing to wait for")
    };
    assert_eq!(kind(&result), Some(StoreErrorKind::Unavailable));
}

#[test]
fn a_runtime_without_timers_or_sockets_is_no_panic() {
    let server = RedisServer::start();
    let store = store(&server.url());
    let bare = Builder::new_current_thread().build().unwrap();
    let timers = Builder::new_current_thread().enable_time().build().unwrap();
    for runtime in [bare, timers] {
        for _ in 0..3 {
            let result = runtime.block_on(read(&store, &key("bare", 1)));
            assert_eq!(kind(&result), Some(StoreErrorKind::Unavailable));
        }
    }
}

#[tokio::test]
async fn a_dropped_call_leaves_the_connection_in_step() {
    let server = RedisServer::start();
    let store = store(&server.url());
    let key = key("cancel", 1);
    store
        .write(&key, draft(b"kept", None), ANYWAY)
        .await
        .unwrap();
    for _ in 0..100 {
        let mut read = store.read(&key, &[]);
        let waker = Waker::noop();
        // Once or twice, so that it is dropped before and after the request was sent.
        let _ = read.as_mut().poll(&mut Context::from_waker(waker));
        tokio::task::yield_now().await;
        drop(read);
    }
    let found = read(&store, &key).await.unwrap().unwrap();
    assert_eq!(found.bytes.len(), draft(b"kept", None).sealed_bytes());
}

#[tokio::test]
async fn a_wrong_password_is_denied_and_never_printed() {
    let server = RedisServer::start_with(&["--requirepass", "hunter2"]);
    let port = server.port().unwrap();
    let key = key("password", 1);
    for url in [
        format!("redis://127.0.0.1:{port}"),
        format!("redis://:wrong-one@127.0.0.1:{port}"),
    ] {
        let store = store(&url);
        for _ in 0..3 {
            for result in read_both(&store, &key).await {
                let error = result.unwrap_err();
                assert_eq!(error.kind(), StoreErrorKind::Denied, "{error}");
                assert!(!error.to_string().contains("wrong-one"));
            }
        }
        let denied = Some(StoreErrorKind::Denied);
        assert_eq!(kind(&store.ping()), denied);
        assert!(!format!("{store:?}").contains("wrong-one"));
    }
    let store = store(&format!("redis://:hunter2@127.0.0.1:{port}"));
    wait_until_answered(&store, &key).await;
    assert!(!format!("{store:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_url_chooses_the_database() {
    let server = RedisServer::start();
    let key = key("db", 1);
    let third = store(&format!("{}/3", server.url()));
    third.write(&key, draft(b"", None), ANYWAY).await.unwrap();

    assert_eq!(read(&store(&server.url()), &key).await, Ok(None));
    assert!(read_blocking(&third, &key).unwrap().is_some());
}

#[tokio::test]
async fn a_full_server_is_read_and_can_be_emptied() {
    let server = RedisServer::start();
    let store = store(&server.url());
    let key = key("full", 1);
    store.write(&key, draft(b"", None), ANYWAY).await.unwrap();
    server.fill();

    let entry = draft(b"more", None);
    assert_eq!(
        kind(&store.write(&key, entry.clone(), ANYWAY).await),
        Some(StoreErrorKind::Full)
    );
    assert_eq!(
        kind(&store.write_blocking(&key, entry, ANYWAY)),
        Some(StoreErrorKind::Full)
    );
    assert!(read(&store, &key).await.unwrap().is_some());
    store.remove(&key, NOBODY).await.unwrap();
    assert_eq!(read_blocking(&store, &key), Ok(None));
}

#[tokio::test]
async fn a_replica_is_read_and_denies_writes() {
    let server = RedisServer::start();
    let store = store(&server.url());
    let key = key("replica", 1);
    store.write(&key, draft(b"", None), ANYWAY).await.unwrap();
    let nobody = free_port();
    let () = redis::cmd("REPLICAOF")
        .arg("127.0.0.1")
        .arg(nobody)
        .query(&mut server.connection())
        .unwrap();

    let denied = Some(StoreErrorKind::Denied);
    assert_eq!(
        kind(&store.write(&key, draft(b"", None), ANYWAY).await),
        denied
    );
    assert_eq!(
        kind(&store.write_blocking(&key, draft(b"", None), ANYWAY)),
        denied
    );
    assert!(read(&store, &key).await.unwrap().is_some());
}

#[tokio::test]
async fn tls_to_a_server_without_it_is_an_error() {
    let server = RedisServer::start();
    let store = hasty_store(&server.url().replace("redis://", "rediss://"));
    for _ in 0..3 {
        for result in read_both(&store, &key("tls", 1)).await {
            assert!(result.is_err());
        }
    }
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
