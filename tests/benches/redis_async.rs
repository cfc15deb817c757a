//! A hit in Redis, asynchronous: against the bare client and the rivals.

use std::future::Future;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use cached::macros::concurrent_cached;
use hitbox_redis::{ConnectionMode, RedisBackend};
use selfsame::Cache;
use selfsame_tests::benched::Row;
use selfsame_tests::cached::benched::{cached_row, cached_tagged_row};
use selfsame_tests::measure::{Contest, Lap, Wakefulness, time};
use selfsame_tests::redis_server::RedisServer;
use tokio::runtime::Runtime;

const KEYS: u64 = 256;
const ROUNDS: usize = 41;

static URL: OnceLock<String> = OnceLock::new();

#[derive(Clone, Debug)]
struct Failed;

/// The rival's wrapper.
#[concurrent_cached(
    map_error = |_| Failed,
    ty = "cached::AsyncRedisCache<u64, Row>",
    create = {
        cached::AsyncRedisCache::builder("rival")
            .ttl(Duration::from_secs(3_600))
            .connection_string(URL.get().expect("set first"))
            .build()
            .await
            .expect("the server is up")
    }
)]
async fn rival_row(id: u64) -> Result<Row, Failed> {
    Ok(Row::of(id))
}

mod hitbox_rival {
    use hitbox_fn::prelude::*;
    use selfsame_tests::benched::Row;
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Debug, Deserialize, Serialize, CacheableResponse)]
    pub(crate) struct Held {
        row: Row,
    }

    /// The other rival's wrapper.
    #[cached(prefix = "hitbox")]
    pub(crate) async fn hitbox_row(id: u64) -> Held {
        Held { row: Row::of(id) }
    }
}

fn main() {
    let server = RedisServer::start();
    URL.set(server.url()).expect("set once");
    let cache = Cache::builder()
        .url(&server.url())
        .namespace("bench")
        .install();
    cache.expect("the URL makes sense and no call was made");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime can be built");
    let _awake = Wakefulness::keep();

    let raw = runtime.block_on(raw_connection(&server, true));
    let delayed = runtime.block_on(raw_connection(&server, false));
    let backend = RedisBackend::builder()
        .connection(ConnectionMode::single(server.url()))
        .build()
        .expect("the URL makes sense");
    let policy = hitbox::policy::PolicyConfig::builder()
        .ttl(Duration::from_secs(3_600))
        .build();
    let hitbox = Arc::new(
        hitbox_fn::Cache::builder()
            .backend(backend)
            .policy(policy)
            .build(),
    );
    runtime.block_on(fill(&raw));

    for (tasks, calls, limit) in [(1, 4_000, 1.05), (64, 25_600, 1.0 / 0.95)] {
        let title = format!("Hit in Redis, asynchronous, a row of 200 bytes, {tasks} task(s)");
        let lap = Lap {
            runtime: &runtime,
            tasks,
            keys: KEYS,
        };
        Contest::new(
            title,
            calls,
            "`redis` GET and decode, multiplexed",
            |calls| {
                lap.run(calls, |ids| {
                    let mut raw = raw.clone();
                    async move {
                        for id in ids {
                            black_box(get(&mut raw, id).await);
                        }
                    }
                })
            },
        )
        .within(limit, "**selfsame**, the whole wrapper", |calls| {
            lap.run(calls, |ids| async {
                for id in ids {
                    let _ = black_box(cached_row(id).await);
                }
            })
        })
        .within(1.1, "**selfsame**, with two tags", |calls| {
            lap.run(calls, |ids| async {
                for id in ids {
                    let _ = black_box(cached_tagged_row(id).await);
                }
            })
        })
        .rival("`redis` as it comes, without `TCP_NODELAY`", |calls| {
            lap.run(calls, |ids| {
                let mut raw = delayed.clone();
                async move {
                    for id in ids {
                        black_box(get(&mut raw, id).await);
                    }
                }
            })
        })
        .rival("`cached`, the whole wrapper", |calls| {
            lap.run(calls, |ids| async {
                for id in ids {
                    let _ = black_box(rival_row(id).await);
                }
            })
        })
        .rival("`hitbox`, the whole wrapper", |calls| {
            lap.run(calls, |ids| {
                let hitbox = Arc::clone(&hitbox);
                async move {
                    for id in ids {
                        black_box(hitbox_rival::hitbox_row(id).cache(&*hitbox).await);
                    }
                }
            })
        })
        .run(ROUNDS);
    }
    cold_start(&runtime, &raw);
    let reads = server.calls_of("get");
    lap_of_ours(&runtime);
    assert!(
        server.calls_of("get") >= reads + KEYS,
        "every hit was a GET"
    );
}

/// Ten thousand keys nobody has asked for, by 64 tasks; the floor is what any cache has to ask for.
fn cold_start(runtime: &Runtime, raw: &redis::aio::MultiplexedConnection) {
    const COLD: u32 = 10_000;
    let next = AtomicU64::new(1 << 32);
    let lap = |calls: u32| {
        (
            next.fetch_add(u64::from(calls), Ordering::Relaxed),
            calls / 64,
        )
    };
    let run = |first: u64, share: u32, task: &dyn Fn(std::ops::Range<u64>) -> Tasks| {
        time(|| {
            runtime.block_on(async {
                let tasks: Vec<_> = (0..64)
                    .map(|number| first + number * u64::from(share))
                    .map(|first| tokio::spawn(task(first..first + u64::from(share))))
                    .collect();
                for task in tasks {
                    task.await.expect("no bench panics");
                }
            });
        })
    };
    Contest::new(
        "Cold start: 10,000 keys in Redis, asynchronous, 64 tasks",
        COLD,
        "`redis` GET and SET, multiplexed",
        |calls| {
            let (first, share) = lap(calls);
            run(first, share, &|ids| {
                let mut raw = raw.clone();
                Box::pin(async move {
                    for id in ids {
                        get_or_set(&mut raw, id).await;
                    }
                })
            })
        },
    )
    .rival("**selfsame**", |calls| {
        let (first, share) = lap(calls);
        run(first, share, &|ids| {
            Box::pin(async move {
                for id in ids {
                    let _ = black_box(cached_row(id).await);
                }
            })
        })
    })
    .rival("`cached`", |calls| {
        let (first, share) = lap(calls);
        run(first, share, &|ids| {
            Box::pin(async move {
                for id in ids {
                    let _ = black_box(rival_row(id).await);
                }
            })
        })
    })
    .run(7);
}

type Tasks = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

async fn get_or_set(raw: &mut redis::aio::MultiplexedConnection, id: u64) {
    let there: Option<Vec<u8>> = redis::cmd("GET")
        .arg(raw_key(id))
        .query_async(raw)
        .await
        .expect("the server answers");
    if there.is_none() {
        set(raw, id).await;
    }
}

async fn set(raw: &mut redis::aio::MultiplexedConnection, id: u64) {
    let bytes = rmp_serde::to_vec_named(&Row::of(id)).expect("a row can be encoded");
    let () = redis::cmd("SET")
        .arg(raw_key(id))
        .arg(bytes)
        .query_async(raw)
        .await
        .expect("the server answers");
}

fn lap_of_ours(runtime: &Runtime) {
    runtime.block_on(async {
        for id in 0..KEYS {
            let _ = cached_row(id).await;
        }
    });
}

async fn raw_connection(server: &RedisServer, nodelay: bool) -> redis::aio::MultiplexedConnection {
    let info: redis::ConnectionInfo = server.url().parse().expect("a URL");
    let settings = info.tcp_settings().clone().set_nodelay(nodelay);
    redis::Client::open(info.set_tcp_settings(settings))
        .expect("a URL")
        .get_multiplexed_async_connection()
        .await
        .expect("the server is up")
}

async fn get(raw: &mut redis::aio::MultiplexedConnection, id: u64) -> Row {
    let bytes: Vec<u8> = redis::cmd("GET")
        .arg(raw_key(id))
        .query_async(raw)
        .await
        .expect("the server answers");
    rmp_serde::from_slice(&bytes).expect("it was encoded by the same codec")
}

/// As long as the names the cache uses.
fn raw_key(id: u64) -> String {
    format!("bench:{{0123456789abcdef.0123456789abcdef0123456789abcdef.abc}}:{id:032}")
}

async fn fill(raw: &redis::aio::MultiplexedConnection) {
    let mut raw = raw.clone();
    for id in 0..KEYS {
        set(&mut raw, id).await;
        assert_eq!(cached_row(id).await, Ok(Row::of(id)));
        assert_eq!(cached_tagged_row(id).await, Ok(Row::of(id)));
        assert!(rival_row(id).await.is_ok());
        assert_eq!(get(&mut raw, id).await, Row::of(id));
    }
}
