//! A hit in a cluster: against the client library's own client for clusters.
//!
//! Three masters and three replicas on one machine: what is compared is what routing costs here, not how a cluster grows.

use std::hint::black_box;

use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use selfsame::Cache;
use selfsame_tests::benched::Row;
use selfsame_tests::cached::benched::{cached_row, cached_tagged_row};
use selfsame_tests::measure::{Contest, Lap, Wakefulness};
use selfsame_tests::redis_cluster::{MASTERS, RedisCluster};

const KEYS: u64 = 256;
const ROUNDS: usize = 21;

fn main() {
    let cluster = RedisCluster::start();
    let cache = Cache::builder()
        .url(&cluster.url())
        .namespace("bench")
        .install();
    cache.expect("the URL makes sense and no call was made");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime can be built");
    let _awake = Wakefulness::keep();
    let raw = runtime.block_on(raw_connection(&cluster));
    runtime.block_on(fill(&raw));

    for (tasks, calls) in [(1, 2_000), (64, 12_800)] {
        let lap = Lap {
            runtime: &runtime,
            tasks,
            keys: KEYS,
        };
        Contest::new(
            format!("Hit in a cluster, asynchronous, a row of 200 bytes, {tasks} task(s)"),
            calls,
            "`redis` GET and decode, its own client for clusters",
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
        .within(1.05, "**selfsame**, the whole wrapper", |calls| {
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
        .run(ROUNDS);
    }
    let reads = || -> u64 {
        let masters = cluster.nodes[..MASTERS].iter();
        masters.map(|node| node.calls_of("get")).sum()
    };
    let before = reads();
    runtime.block_on(async {
        for id in 0..KEYS {
            let _ = cached_row(id).await;
        }
    });
    assert!(reads() >= before + KEYS, "every hit was a GET");
}

async fn raw_connection(cluster: &RedisCluster) -> ClusterConnection {
    let nodes = cluster.nodes[..MASTERS].iter().map(|node| node.url());
    ClusterClient::new(nodes)
        .expect("URLs")
        .get_async_connection()
        .await
        .expect("the cluster is up")
}

async fn get(raw: &mut ClusterConnection, id: u64) -> Row {
    let bytes: Vec<u8> = redis::cmd("GET")
        .arg(raw_key(id))
        .query_async(raw)
        .await
        .expect("the cluster answers");
    rmp_serde::from_slice(&bytes).expect("it was encoded by the same codec")
}

/// As long as the names the cache uses, and in as many slots.
fn raw_key(id: u64) -> String {
    format!("bench:{{0123456789abcdef.0123456789abcdef0123456789abcdef.{id:03x}}}:{id:032}")
}

async fn fill(raw: &ClusterConnection) {
    let mut raw = raw.clone();
    for id in 0..KEYS {
        let bytes = rmp_serde::to_vec_named(&Row::of(id)).expect("a row can be encoded");
        let () = redis::cmd("SET")
            .arg(raw_key(id))
            .arg(bytes)
            .query_async(&mut raw)
            .await
            .expect("the cluster answers");
        assert_eq!(cached_row(id).await, Ok(Row::of(id)));
        assert_eq!(cached_tagged_row(id).await, Ok(Row::of(id)));
        assert_eq!(get(&mut raw, id).await, Row::of(id));
    }
}
