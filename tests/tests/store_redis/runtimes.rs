//! Whose connections they are: of runtimes and threads, and of calls that are dropped.

use super::*;

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
