//! Servers that refuse: passwords, databases, room, writes, TLS.

use super::*;

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

/// Within a script a server refuses nothing more once it has changed anything.
#[tokio::test]
async fn a_full_server_takes_no_entry_without_a_note_in_the_index() {
    let server = RedisServer::start();
    let store = store(&server.url());
    for life in [None, Some(Duration::from_secs(60))] {
        let (key, entry) = (key("full", 1), draft(b"entry", life).indexed());
        server.fill();
        let outcomes = [
            store.write(&key, entry.clone(), ANYWAY).await,
            store.write_blocking(&key, entry.clone(), ANYWAY),
        ];
        for outcome in &outcomes {
            assert_eq!(kind(outcome), Some(StoreErrorKind::Full), "{life:?}");
        }
        server.make_room();
        assert_eq!(read(&store, &key).await, Ok(None));
        store.write(&key, entry, ANYWAY).await.unwrap();
        assert_eq!(server.keys().len(), 2, "the entry and its index");
        store.remove(&key, NOBODY).await.unwrap();
    }
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
