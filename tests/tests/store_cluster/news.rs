//! What processes tell each other in a cluster: from every node, and only as long as all of them can be heard.

use std::sync::Arc;
use std::time::{Duration, Instant};

use selfsame::store::{Origin, Store};
use selfsame_tests::ear::{Ear, Heard};
use selfsame_tests::redis_cluster::{MASTERS, RedisCluster};
use selfsame_tests::redis_server::RedisServer;

use super::{Face, NOBODY, has_shard_channels, keys, names, store, tags, wait};

/// How long copies in memory are used without a sign of life, as documented.
const BOUND: Duration = Duration::from_secs(2);
/// Who tells.
const ME: Origin = Origin(1);

/// One who listens, and both ways to tell.
struct Scene {
    cluster: RedisCluster,
    ear: Arc<Ear>,
    listener: selfsame::store::redis::Redis,
    tellers: [Face; 2],
}

impl Scene {
    fn new() -> Self {
        let cluster = RedisCluster::start();
        let url = cluster.url();
        let scene = Self {
            ear: Ear::new(),
            listener: store(&url),
            tellers: Face::both(&url),
            cluster,
        };
        scene.listener.listen("apart", scene.ear.clone());
        for teller in &scene.tellers {
            teller.store.listen("apart", Ear::new());
        }
        scene.ear.catch_up();
        scene
    }

    /// What is invalidated on any node is heard.
    fn assert_all_heard(&self) {
        for teller in &self.tellers {
            self.ear.forget();
            for key in keys() {
                wait("a removal", || {
                    teller.store.remove_blocking(&key, ME).is_ok()
                });
                self.ear.wait_for(&Heard::Entry(key.to_string(), ME));
            }
            for (number, tag) in names(&tags()).iter().enumerate() {
                wait("an invalidation", || {
                    teller.invalidate(tag, number as u8).is_ok()
                });
                self.ear.wait_for(&Heard::Tag(tag.as_str().to_owned()));
            }
        }
    }
}

/// The connections of all who listen for news: ids.
fn links(node: &RedisServer) -> Vec<String> {
    let clients: String = node.ask(&["CLIENT", "LIST"]);
    clients
        .lines()
        // Nobody else subscribes to anything here.
        .filter(|line| line.contains(" sub=1"))
        .filter_map(|line| Some(line.strip_prefix("id=")?.split_once(' ')?.0.to_owned()))
        .collect()
}

#[test]
fn what_is_invalidated_on_any_node_is_heard() {
    Scene::new().assert_all_heard();
}

#[test]
fn the_loss_of_one_link_of_several_is_told_and_made_good() {
    let scene = Scene::new();
    for node in &scene.cluster.nodes[..MASTERS] {
        scene.ear.forget();
        for link in links(node) {
            let _: i64 = node.ask(&["CLIENT", "KILL", "ID", &link]);
        }
        scene.ear.wait_for(&Heard::Loss);
        scene.ear.catch_up();
    }
    scene.assert_all_heard();
}

#[test]
fn one_silent_node_of_several_is_enough_to_know_nothing() {
    let scene = Scene::new();
    scene.cluster.nodes[1].freeze();
    let frozen = Instant::now();
    scene.ear.wait_for(&Heard::Loss);
    // What was proven before is relied on for so long, and nothing was proven since.
    let told_after = frozen.elapsed();
    assert!(
        told_after < BOUND + Duration::from_secs(1),
        "{told_after:?}"
    );
    // Its replica takes over.
    scene.ear.catch_up();
    scene.assert_all_heard();
    scene.cluster.nodes[1].thaw();
}

#[test]
fn what_is_invalidated_where_a_slot_is_moving_to_is_heard() {
    let scene = Scene::new();
    let tag = &names(&tags())[0];
    let slot = scene.cluster.slot(tag.as_str());
    let from = scene.cluster.owner(slot);
    for (number, teller) in scene.tellers.iter().enumerate() {
        let (from, to) = [(from, (from + 1) % MASTERS), ((from + 1) % MASTERS, from)][number];
        scene.cluster.migrate(slot, from, to, || {
            scene.ear.forget();
            teller.invalidate(tag, 7).unwrap();
            scene.ear.wait_for(&Heard::Tag(tag.as_str().to_owned()));
        });
        scene.ear.forget();
        teller.invalidate(tag, 8).unwrap();
        scene.ear.wait_for(&Heard::Tag(tag.as_str().to_owned()));
    }
}

#[test]
fn whoever_waits_for_a_lease_is_woken_by_its_shard() {
    let scene = Scene::new();
    for teller in &scene.tellers {
        for key in keys().iter().take(6) {
            let watch = scene.listener.watch(key).expect("Redis can tell");
            let channel = format!("{key}:D");
            let owner = scene.cluster.owner(scene.cluster.slot(key.as_str()));
            let node = &scene.cluster.nodes[owner];
            let counts = if has_shard_channels(node) {
                "SHARDNUMSUB"
            } else {
                "NUMSUB"
            };
            let watchers = || {
                let (_, watchers): (String, u64) = node.ask(&["PUBSUB", counts, &channel]);
                watchers
            };
            wait("the watch", || watchers() == 1);
            let woken = watch.woken().listen();
            teller.store.remove_blocking(key, NOBODY).unwrap();
            let is_woken = event_listener::Listener::wait_timeout(woken, Duration::from_secs(20));
            assert!(is_woken.is_some(), "{key}");
            drop(watch);
            wait("the end of the watch", || watchers() == 0);
        }
    }
}
