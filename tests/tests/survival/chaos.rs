//! Everything at once, by chance: three processes, a network that does what it likes, and one rule.

use std::time::Instant;

use fastrand::Rng;

use selfsame_tests::proxy::{Fault, Lane, Proxy, Way};
use selfsame_tests::redis_server::RedisServer;
use selfsame_tests::stage::{Stage, wait};
use selfsame_tests::worker::{Reply, STORE_DEADLINE, Worker};

use crate::coherence::BOUND;
use crate::leases::truth;
use crate::worker_with;

/// Set, it replaces the seeds.
const SEED: &str = "SELFSAME_SEED";

const STEPS: usize = 150;
const NUMBERS: u64 = 4;

/// What a process must not answer any more, of one number.
#[derive(Clone, Debug, Default)]
struct Known {
    /// The truth of the last eviction that was done: the store has forgotten the entry.
    everywhere: u64,
    /// When the tag was invalidated, and with which truth: the others hear of it, within their bound.
    soon: Vec<(Instant, u64)>,
    /// The truths of the last ones that each process began.
    own: [u64; 3],
}

impl Known {
    /// The truth that a process must have seen by now.
    fn oldest(&self, process: usize) -> u64 {
        let told = self.soon.iter().filter(|(at, _)| at.elapsed() > BOUND);
        let told = told.map(|(_, truth)| *truth).max().unwrap_or(0);
        self.everywhere.max(self.own[process]).max(told)
    }
}

struct Chaos {
    rng: Rng,
    stage: Stage,
    server: RedisServer,
    proxies: Vec<Proxy>,
    workers: Vec<Worker>,
    known: Vec<Known>,
    truth: u64,
    history: Vec<String>,
}

impl Chaos {
    fn new(seed: u64) -> Self {
        println!("chaos with {SEED}={seed}");
        let stage = Stage::new();
        let server = RedisServer::start();
        let port = server.port().unwrap();
        let proxies: Vec<_> = (0..3).map(|n| Proxy::start(port, seed + n)).collect();
        let haste = [(STORE_DEADLINE, "100")];
        let workers = proxies
            .iter()
            .map(|proxy| worker_with(&stage, &proxy.url(), &haste))
            .collect();
        Self {
            rng: Rng::with_seed(seed),
            stage,
            server,
            proxies,
            workers,
            known: vec![Known::default(); NUMBERS as usize],
            truth: 0,
            history: Vec::new(),
        }
    }

    fn run(mut self) {
        for _ in 0..STEPS {
            match self.rng.u32(..10) {
                0 => self.disturb(),
                1 => self.heal(),
                2..=4 => self.invalidate(),
                _ => self.ask(),
            }
        }
        self.settle();
    }

    fn disturb(&mut self) {
        let faults = [
            Fault::Swallow,
            Fault::Truncate(self.rng.usize(..40)),
            Fault::Corrupt,
            Fault::Replace(b"-LOADING not yet\r\n"),
            Fault::Replace(b"$-1\r\n"),
            Fault::Trickle(std::time::Duration::from_millis(2)),
        ];
        let fault = self.rng.choice(faults).expect("there are some");
        let proxy = self.rng.usize(..self.proxies.len());
        let proxy = &self.proxies[proxy];
        // Damaged requests are another server's business: what they ask for is what was asked for.
        match (self.rng.u32(..4), &fault) {
            (0, Fault::Swallow | Fault::Truncate(_)) => {
                proxy.set(Lane::News, Way::Back, fault.clone());
            }
            (0, _) => proxy.cut(Lane::News),
            (1, Fault::Swallow | Fault::Truncate(_)) => {
                proxy.set(Lane::Calls, Way::There, fault.clone());
            }
            (1, _) => proxy.cut(Lane::Calls),
            _ => proxy.set(Lane::Calls, Way::Back, fault.clone()),
        }
        self.history.push(format!("{fault:?}"));
    }

    fn heal(&mut self) {
        for proxy in &self.proxies {
            proxy.heal();
        }
        self.history.push("heal".to_owned());
    }

    /// Something changes, and one process says so.
    fn invalidate(&mut self) {
        let (number, process) = self.some();
        self.truth += 1;
        self.stage.set_truth(number, self.truth);
        let is_eviction = self.rng.bool();
        let act = if is_eviction {
            "evict-remote"
        } else {
            "invalidate-remote"
        };
        let reply = self.workers[process].ask(&format!("{act} {number}"));
        let known = &mut self.known[number as usize];
        known.own[process] = self.truth;
        match reply.events.iter().any(|event| event.ends_with(" Done")) {
            true if is_eviction => known.everywhere = self.truth,
            true => known.soon.push((Instant::now(), self.truth)),
            false => {}
        }
        let outcome = reply.events.last();
        self.history.push(format!(
            "{process} {act} {number} of {}: {outcome:?}",
            self.truth
        ));
    }

    /// The rule: nobody gets what was computed before an invalidation that was done, or that it began itself.
    fn ask(&mut self) {
        let (number, process) = self.some();
        // Before asking: what comes to be promised meanwhile was not.
        let oldest = self.known[number as usize].oldest(process);
        let reply = self.workers[process].ask(&format!("remote {number}"));
        self.history
            .push(format!("{process} remote {number}: {reply:?}"));
        assert!(truth(&reply) >= oldest, "{oldest}: {:#?}", self.history);
    }

    /// With a network that works, all agree on what is so now.
    fn settle(&mut self) {
        self.heal();
        for proxy in &self.proxies {
            proxy.cut(Lane::Calls);
            proxy.cut(Lane::News);
        }
        for number in 0..NUMBERS {
            let now = self.known[number as usize].own.iter().copied().max();
            for worker in &mut self.workers {
                let is_now = |reply: &Reply| Some(truth(reply)) == now;
                wait(&format!("the truth: {:#?}", self.history), || {
                    let reply = worker.ask(&format!("remote {number}"));
                    is_now(&reply) && reply.saw("hit store")
                });
            }
        }
        let keys = self.server.keys();
        assert!(keys.iter().any(|key| key.contains("}:")), "{keys:?}");
    }

    fn some(&mut self) -> (u64, usize) {
        let number = self.rng.u64(..NUMBERS);
        (number, self.rng.usize(..self.workers.len()))
    }
}

#[test]
fn nobody_gets_what_was_invalidated_whatever_the_network_does() {
    let seeds = match std::env::var(SEED) {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => vec![1, 2, 3],
    };
    std::thread::scope(|scope| {
        for seed in seeds {
            scope.spawn(move || Chaos::new(seed).run());
        }
    });
}
