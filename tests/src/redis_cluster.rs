//! A real cluster of a test's own: three masters, each with a replica.

use std::thread;
use std::time::{Duration, Instant};

use crate::certificates::Authority;
use crate::redis_server::RedisServer;

/// How long a cluster may take for anything, on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many slots every cluster has.
const SLOTS: usize = 16_384;
/// How many masters it starts with.
pub const MASTERS: usize = 3;

/// A running cluster.
#[derive(Debug)]
pub struct RedisCluster {
    /// The masters first, then the replica of each.
    pub nodes: Vec<RedisServer>,
}

impl RedisCluster {
    /// Starts three masters and three replicas, and waits until they are one cluster.
    ///
    /// # Panics
    ///
    /// If that does not happen.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(None, &[])
    }

    /// Like [`start`](Self::start), with further command line settings for each node. Where there is an `authority`,
    /// nodes are found where they speak TLS.
    ///
    /// # Panics
    ///
    /// If it does not come up.
    #[must_use]
    pub fn start_with(authority: Option<&Authority>, settings: &[&str]) -> Self {
        let mut all = vec!["--cluster-enabled", "yes"];
        all.extend(["--cluster-node-timeout", "1000"]);
        all.extend(["--cluster-replica-validity-factor", "0"]);
        all.extend([
            "--repl-diskless-sync",
            "yes",
            "--repl-diskless-sync-delay",
            "0",
        ]);
        if authority.is_some() {
            all.extend(["--tls-cluster", "yes"]);
        }
        all.extend(settings);
        let start = |_| RedisServer::start_node(authority, &all);
        let nodes: Vec<_> = (0..2 * MASTERS).map(start).collect();
        let cluster = Self { nodes };
        cluster.share_slots();
        cluster.meet();
        cluster.replicate();
        cluster.wait_until_settled();
        cluster
    }

    /// The URL under which selfsame finds it: one node is enough to find the others, and one may be down.
    ///
    /// # Panics
    ///
    /// Never: nodes have ports.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis+cluster://{}", self.hosts())
    }

    /// The first nodes, as they stand in a URL.
    ///
    /// # Panics
    ///
    /// Never: nodes have ports.
    #[must_use]
    pub fn hosts(&self) -> String {
        let hosts: Vec<String> = self.nodes[..MASTERS].iter().map(host).collect();
        hosts.join(",")
    }

    /// The node that serves a slot, by its place, as a node says that answers.
    ///
    /// # Panics
    ///
    /// If none does.
    #[must_use]
    pub fn owner(&self, slot: u16) -> usize {
        let owners = self
            .nodes
            .iter()
            .map(|node| self.owner_as_known(node, slot));
        owners.flatten().next().expect("some node answers")
    }

    /// The same, as this node says; `None` if it does not answer.
    fn owner_as_known(&self, node: &RedisServer, slot: u16) -> Option<usize> {
        let shared: Vec<Vec<redis::Value>> = node.try_ask(&["CLUSTER", "SLOTS"]).ok()?;
        let slot = i64::from(slot);
        let port = shared.iter().find_map(|range| match &range[..] {
            [
                redis::Value::Int(first),
                redis::Value::Int(last),
                redis::Value::Array(master),
                ..,
            ] if (*first..=*last).contains(&slot) => match master[1] {
                redis::Value::Int(port) => u16::try_from(port).ok(),
                _ => None,
            },
            _ => None,
        });
        let port = port.expect("the slot is served");
        let is_there =
            |node: &RedisServer| [node.port(), Some(node.public_port())].contains(&Some(port));
        let place = self.nodes.iter().position(is_there);
        Some(place.expect("it is one of ours"))
    }

    /// The slot of a key.
    ///
    /// # Panics
    ///
    /// If no node answers.
    #[must_use]
    pub fn slot(&self, key: &str) -> u16 {
        let answers = |node: &RedisServer| node.try_ask(&["CLUSTER", "KEYSLOT", key]).ok();
        self.nodes
            .iter()
            .find_map(answers)
            .expect("some node answers")
    }

    /// Moves a slot from one master to another, with its keys, as `redis-cli` does: so that every moment in between is
    /// there for a while. `meanwhile` is called when half of the keys have moved. At the end all nodes know of it.
    ///
    /// # Panics
    ///
    /// If the nodes refuse.
    pub fn migrate(&self, slot: u16, from: usize, to: usize, meanwhile: impl FnOnce()) {
        let (source, target) = (&self.nodes[from], &self.nodes[to]);
        let name = slot.to_string();
        let set = |node: &RedisServer, state: &str, id: &str| {
            let () = node.ask(&["CLUSTER", "SETSLOT", &name, state, id]);
        };
        set(target, "IMPORTING", &id(source));
        set(source, "MIGRATING", &id(target));
        let keys: Vec<String> = source.ask(&["CLUSTER", "GETKEYSINSLOT", &name, "100000"]);
        let (first, _) = keys.split_at(keys.len() / 2);
        send(source, target, first);
        meanwhile();
        loop {
            let keys: Vec<String> = source.ask(&["CLUSTER", "GETKEYSINSLOT", &name, "1000"]);
            if keys.is_empty() {
                break;
            }
            send(source, target, &keys);
        }
        for node in [target, source] {
            set(node, "NODE", &id(target));
        }
        // Until then, one may still redirect to another that redirects again.
        wait("all nodes to know", || {
            let known = self
                .nodes
                .iter()
                .map(|node| self.owner_as_known(node, slot));
            known.flatten().all(|owner| owner == to)
        });
    }

    /// Waits until all nodes that answer agree that every slot is served, and every replica has caught up.
    ///
    /// # Panics
    ///
    /// If that does not happen.
    pub fn wait_until_settled(&self) {
        wait("the cluster to settle", || {
            self.nodes.iter().all(is_settled)
        });
    }

    fn share_slots(&self) {
        for (place, master) in self.nodes[..MASTERS].iter().enumerate() {
            let slots = place * SLOTS / MASTERS..(place + 1) * SLOTS / MASTERS;
            let slots: Vec<String> = slots.map(|slot| slot.to_string()).collect();
            let words = ["CLUSTER", "ADDSLOTS"].into_iter();
            let words: Vec<&str> = words.chain(slots.iter().map(String::as_str)).collect();
            let () = master.ask(&words);
        }
        for (place, node) in self.nodes.iter().enumerate() {
            let () = node.ask(&["CLUSTER", "SET-CONFIG-EPOCH", &(place + 1).to_string()]);
        }
    }

    fn meet(&self) {
        for node in &self.nodes[1..] {
            let port = node.public_port().to_string();
            let () = self.nodes[0].ask(&["CLUSTER", "MEET", "127.0.0.1", &port]);
        }
        let all = format!("cluster_known_nodes:{}", self.nodes.len());
        wait("the nodes to meet", || {
            let knows = |node: &RedisServer| cluster_info(node).contains(&all);
            self.nodes.iter().all(knows)
        });
    }

    fn replicate(&self) {
        let (masters, replicas) = self.nodes.split_at(MASTERS);
        for (master, replica) in masters.iter().zip(replicas) {
            let () = replica.ask(&["CLUSTER", "REPLICATE", &id(master)]);
        }
    }
}

/// The id by which nodes know each other.
fn id(node: &RedisServer) -> String {
    node.ask(&["CLUSTER", "MYID"])
}

fn host(node: &RedisServer) -> String {
    format!("127.0.0.1:{}", node.public_port())
}

fn cluster_info(node: &RedisServer) -> String {
    node.try_ask(&["CLUSTER", "INFO"]).unwrap_or_default()
}

/// Whether it is down, or thinks that all is well.
fn is_settled(node: &RedisServer) -> bool {
    let Ok(info) = node.try_ask::<String>(&["CLUSTER", "INFO"]) else {
        return true;
    };
    let replication: String = node.try_ask(&["INFO", "replication"]).unwrap_or_default();
    info.contains("cluster_state:ok")
        && info.contains("cluster_slots_ok:16384")
        && !replication.contains("master_link_status:down")
}

fn send(source: &RedisServer, target: &RedisServer, keys: &[String]) {
    let port = target.public_port().to_string();
    for keys in keys.chunks(10) {
        let mut words = vec![
            "MIGRATE",
            "127.0.0.1",
            &port,
            "",
            "0",
            "5000",
            "REPLACE",
            "KEYS",
        ];
        words.extend(keys.iter().map(String::as_str));
        let _: redis::Value = source.ask(&words);
    }
}

/// Waits until something has happened.
fn wait(what: &str, has_happened: impl Fn() -> bool) {
    let ends = Instant::now() + PATIENCE;
    while !has_happened() {
        assert!(Instant::now() < ends, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}
