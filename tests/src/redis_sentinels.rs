//! Real sentinels of a test's own, and what they watch: a master and two replicas.

use std::thread;
use std::time::{Duration, Instant};

use crate::certificates::Authority;
use crate::redis_server::RedisServer;

/// How long anything may take, on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the sentinels call the master.
pub const NAME: &str = "main";

/// Three sentinels and three servers.
#[derive(Debug)]
pub struct RedisSentinels {
    /// The first is the first master.
    pub servers: Vec<RedisServer>,
    /// Those who watch.
    pub sentinels: Vec<RedisServer>,
}

impl RedisSentinels {
    /// Starts all, and waits until everybody knows everybody.
    ///
    /// # Panics
    ///
    /// If that does not happen.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(None)
    }

    /// The same; all speak TLS with each other and are found where they do, if there is an `authority`.
    ///
    /// # Panics
    ///
    /// If they do not come up.
    #[must_use]
    pub fn start_with(authority: Option<&Authority>) -> Self {
        let settings = [
            "--repl-diskless-sync",
            "yes",
            "--repl-diskless-sync-delay",
            "0",
        ];
        let start = |_| match authority {
            Some(authority) => RedisServer::start_secure(authority, &settings),
            None => RedisServer::start_with(&settings),
        };
        let servers: Vec<_> = (0..3).map(start).collect();
        let port = servers[0].public_port().to_string();
        for replica in &servers[1..] {
            let () = replica.ask(&["REPLICAOF", "127.0.0.1", &port]);
        }
        let linked = |replica: &RedisServer| {
            let replication: String = replica.ask(&["INFO", "replication"]);
            replication.contains("master_link_status:up")
        };
        wait("the replicas", || servers[1..].iter().all(linked));
        let configuration = format!(
            "sentinel monitor {NAME} 127.0.0.1 {port} 2\n\
             sentinel down-after-milliseconds {NAME} 500\n\
             sentinel failover-timeout {NAME} 3000\n"
        );
        let start = |_| RedisServer::start_sentinel(authority, &configuration);
        let sentinels: Vec<_> = (0..3).map(start).collect();
        let acquainted = |sentinel: &RedisServer| {
            let info: String = sentinel.ask(&["INFO", "sentinel"]);
            info.contains("slaves=2,sentinels=3")
        };
        wait("the sentinels", || sentinels.iter().all(acquainted));
        Self { servers, sentinels }
    }

    /// The URL under which selfsame finds the master.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis+sentinel://{}/{NAME}", self.hosts())
    }

    /// The sentinels, as they stand in a URL.
    #[must_use]
    pub fn hosts(&self) -> String {
        let hosts = self
            .sentinels
            .iter()
            .map(|one| format!("127.0.0.1:{}", one.public_port()));
        let hosts: Vec<String> = hosts.collect();
        hosts.join(",")
    }

    /// The place of the server that a sentinel takes for the master.
    ///
    /// # Panics
    ///
    /// If no sentinel answers.
    #[must_use]
    pub fn master(&self) -> usize {
        let question = ["SENTINEL", "get-master-addr-by-name", NAME];
        let answers = |one: &RedisServer| one.try_ask::<(String, u16)>(&question).ok();
        let (_, master) = self
            .sentinels
            .iter()
            .find_map(answers)
            .expect("one answers");
        let is_it = |server: &RedisServer| server.public_port() == master;
        self.servers
            .iter()
            .position(is_it)
            .expect("it is one of ours")
    }

    /// Waits until another server than this is master.
    ///
    /// # Panics
    ///
    /// If that does not happen.
    pub fn wait_for_successor(&self, of: usize) {
        wait("the successor", || {
            let master = self.master();
            let role = self.servers[master].try_ask::<Vec<redis::Value>>(&["ROLE"]);
            let is_master = |role: Vec<redis::Value>| {
                role.first() == Some(&redis::Value::BulkString(b"master".to_vec()))
            };
            master != of && role.is_ok_and(is_master)
        });
    }
}

fn wait(what: &str, has_happened: impl Fn() -> bool) {
    let ends = Instant::now() + PATIENCE;
    while !has_happened() {
        assert!(Instant::now() < ends, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}
