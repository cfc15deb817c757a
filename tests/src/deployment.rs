//! Processes of two versions of one program, and what they leave in a store.

use std::time::{Duration, Instant};

use selfsame::Version;
use selfsame::store::redis::Redis;
use selfsame::store::{Edition, Listed, Roster, conformance};

use crate::redis_server::RedisServer;
use crate::worker::{Reply, Worker};

/// The variable with the version a process has.
pub const VERSION: &str = "DEPLOYED_VERSION";
/// The variable with the grace time, in milliseconds.
pub const GRACE: &str = "DEPLOYED_GRACE";
/// The variable with the time between two signs of life, in milliseconds.
pub const HEARTBEAT: &str = "DEPLOYED_HEARTBEAT";
/// The variable that says by how many minutes a process's clock goes wrong.
pub const SKEW: &str = "DEPLOYED_SKEW";
/// The variable that has a process purge what is of other versions when it starts.
pub const IMMEDIATE: &str = "DEPLOYED_IMMEDIATE";

/// The function whose entries outlive the grace time.
pub const LONG: &str = "deployed::long";
/// The function whose entries don't.
pub const SHORT: &str = "deployed::short";

/// Where control records are, for want of a namespace.
pub const CONTROL: &str = "selfsame";

/// Long enough for a loaded machine to let a process say that it lives, several times.
pub const GRACE_TIME: Duration = Duration::from_millis(3_000);

/// How long something that must happen at last may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// Starts a process of this version.
#[must_use]
pub fn deploy(program: &str, url: &str, version: u64) -> Worker {
    deploy_with(program, url, version, &[])
}

/// The same with further variables.
#[must_use]
pub fn deploy_with(program: &str, url: &str, version: u64, variables: &[(&str, &str)]) -> Worker {
    let (version, grace) = (version.to_string(), GRACE_TIME.as_millis().to_string());
    let own = [
        (VERSION, version.as_str()),
        (GRACE, grace.as_str()),
        (HEARTBEAT, "200"),
    ];
    let mut worker = Worker::start_with(program, url, &[&own, variables].concat());
    // Connected, so that what a test sees is not that a loaded machine is slow to do that.
    worker.ask_until("call 1000000", "hit store");
    worker
}

/// The versions that computed what a process answered.
#[must_use]
pub fn versions(reply: &Reply) -> Vec<u64> {
    let mut versions: Vec<u64> = reply
        .answers
        .iter()
        .flatten()
        .map(|answer| answer.truth)
        .collect();
    versions.dedup();
    versions
}

/// What a server holds of a version of the long function.
#[derive(Debug)]
pub struct Remains<'a> {
    server: &'a RedisServer,
    store: Redis,
    version: u64,
}

impl<'a> Remains<'a> {
    /// Of this version.
    ///
    /// # Panics
    ///
    /// If the server does not answer.
    #[must_use]
    pub fn of(version: u64, server: &'a RedisServer) -> Self {
        Self {
            server,
            store: Redis::with_deadline(&server.url(), Duration::from_secs(5))
                .expect("the URL makes sense"),
            version,
        }
    }

    /// Its keys, leases apart.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let version = Version::from_bits(u128::from(self.version)).to_string();
        let mut keys = self.server.keys();
        keys.retain(|key| key.contains(&version) && key.contains("}:") && !key.ends_with(":L"));
        keys
    }

    /// Its entries.
    #[must_use]
    pub fn entries(&self) -> usize {
        let is_entry = |key: &&String| !key.ends_with("}:i");
        self.keys().iter().filter(is_entry).count()
    }

    /// What is said of it.
    ///
    /// # Panics
    ///
    /// If the server does not answer.
    #[must_use]
    pub fn listed(&self) -> Option<Listed> {
        let listed = self.store.listed(CONTROL).expect("the server answers");
        let version = Version::from_bits(u128::from(self.version));
        listed
            .into_iter()
            .find(|listed| listed.edition.version == version && listed.path == LONG)
    }

    /// Adds entries that nobody will ask for.
    ///
    /// # Panics
    ///
    /// If the version is not listed yet, or the server does not answer.
    pub fn add(&self, count: u64) {
        let edition = self.listed().expect("an entry of it was stored").edition;
        add(self.server, &edition, count);
    }

    /// Waits until nothing is left.
    ///
    /// # Panics
    ///
    /// If that does not happen.
    pub fn wait_until_gone(&self) {
        let gone = || self.keys().is_empty() && self.listed().is_none();
        wait_until(&format!("version {} is purged", self.version), gone);
    }
}

/// Stores entries of an edition by a pipeline of the test's own, with their notes in the index.
///
/// # Panics
///
/// If the server does not answer.
pub fn add(server: &RedisServer, edition: &Edition, count: u64) {
    let sealed = conformance::draft(&[7; 100], None).seal(0);
    let mut connection = server.connection();
    for first in (0..count).step_by(1_000) {
        let mut pipe = redis::pipe();
        for number in first..count.min(first + 1_000) {
            let key = edition.entry(digest(number));
            let digest = &key.arguments()[..];
            pipe.zadd(key.index(), digest, 253_402_300_799_u64).ignore();
            pipe.set(key.as_str(), &sealed).ignore();
        }
        let () = pipe.query(&mut connection).expect("the server answers");
    }
}

/// As random as a digest.
fn digest(number: u64) -> [u8; 16] {
    let mut random = fastrand::Rng::with_seed(number ^ 0x5EED);
    random.u128(..).to_be_bytes()
}

/// Waits until something is so.
///
/// # Panics
///
/// If it never is.
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let ends = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < ends, "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
