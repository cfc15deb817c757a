//! Servers that die, freeze, keep silent or speak nonsense: an error in time, and never another call's answer.

use super::*;

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
