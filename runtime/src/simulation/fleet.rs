//! A thousand instances and what they ask of the store, counted beside the formulas of `docs/scale.md`.
//!
//! Each instance is a cache of its own on one store in memory; time is moved by hand, computations take it, and so
//! instances wait for each other's leases as they would. Nothing here fails: what failures lead to is what the other
//! simulation is for.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use self::counted::{Counted, Counts};
use super::domain::CONTROL;
use crate::cache::face::{Blocking, now};
use crate::cache::{Cache, fetch, invalidate};
use crate::clock::{Clock, ManualClock};
use crate::coherence::BOUND_MS;
use crate::function::Function;
use crate::key::Key;
use crate::memo::Memo;
use crate::random::seeded;
use crate::store::memory::Memory;
use crate::version::Version;

mod counted;

const INSTANCES: usize = 1_000;
const SECONDS: u64 = 20;
const TICK_MS: u64 = 50;
/// By each instance, in each second.
const CALLS: u64 = 2;
/// Half of the calls ask for one of these.
const HOT_KEYS: u64 = 100;
/// The other half for one of these.
const KEYS: u64 = 20_000;
const COST_MS: u64 = 200;
/// Every instance asks for the same report at the same time.
const REPORT_COST_MS: u64 = 5_000;
const REPORTS_EACH: u64 = 10;
/// In each second, of hot keys.
const INVALIDATIONS: u64 = 1;

type Running<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

struct Fleet {
    clock: ManualClock,
    counts: Arc<Counts>,
    instances: Vec<Cache>,
    dice: RefCell<fastrand::Rng>,
    row: &'static Memo,
    report: &'static Memo,
}

impl Fleet {
    fn new() -> Self {
        let clock = ManualClock::new();
        let memory = Arc::new(Memory::new(256 << 20, Arc::new(clock.clone())));
        let counts = Arc::new(Counts::default());
        let instance = |_| {
            let cache = Cache::builder()
                .store(Counted::new(&memory, &counts))
                .clock(clock.clone())
                .l1_max_bytes(1 << 20)
                .wait_deadline(Duration::from_secs(60))
                .on_report(|line| panic!("{line}"))
                .build()
                .expect("the settings are valid");
            cache.core().errands.drive_by_hand();
            cache.core().timers.drive_by_hand();
            cache
        };
        Self {
            instances: (0..INSTANCES).map(instance).collect(),
            clock: clock.clone(),
            counts,
            dice: RefCell::new(fastrand::Rng::with_seed(7)),
            row: memo("fleet::row"),
            report: memo("fleet::report"),
        }
    }

    fn run(&self) {
        let mut running: Vec<Running<'_>> = Vec::new();
        for tick in 0..SECONDS * 1_000 / TICK_MS {
            let at_ms = tick * TICK_MS;
            if at_ms.is_multiple_of(1_000) {
                self.every_second(at_ms / 1_000, &mut running);
            }
            let calls = INSTANCES as u64 * CALLS * TICK_MS / 1_000;
            running.extend((0..calls).map(|_| self.ask_for_a_row()));
            self.go_on(&mut running);
        }
        while !running.is_empty() {
            self.go_on(&mut running);
        }
    }

    fn every_second<'a>(&'a self, second: u64, running: &mut Vec<Running<'a>>) {
        for instance in &self.instances {
            instance.core().errands.run_due();
        }
        if second.is_multiple_of(REPORTS_EACH) {
            let number = second / REPORTS_EACH;
            running.extend(self.instances.iter().map(|instance| {
                self.call(
                    instance,
                    self.report,
                    self.report_key(number),
                    REPORT_COST_MS,
                )
            }));
        }
        for _ in 0..INVALIDATIONS {
            let label = format!("row:{}", self.dice.borrow_mut().u64(..HOT_KEYS));
            let by = &self.instances[self.dice.borrow_mut().usize(..INSTANCES)];
            let _ = now(invalidate::tag(Blocking, by.core(), &label));
        }
    }

    fn ask_for_a_row(&self) -> Running<'_> {
        let (instance, id) = {
            let mut dice = self.dice.borrow_mut();
            let id = if dice.bool() {
                dice.u64(..HOT_KEYS)
            } else {
                HOT_KEYS + dice.u64(..KEYS)
            };
            (dice.usize(..INSTANCES), id)
        };
        let key = self.row.key(|parts| parts.part(&id));
        let key = key.with_tags(CONTROL, |tags| {
            tags.tag(format_args!("row:{id}"));
        });
        self.call(&self.instances[instance], self.row, key, COST_MS)
    }

    fn report_key(&self, number: u64) -> Key {
        self.report.key(|parts| parts.part(&number))
    }

    fn call<'a>(
        &'a self,
        instance: &'a Cache,
        memo: &'static Memo,
        key: Key,
        cost_ms: u64,
    ) -> Running<'a> {
        let compute = move || {
            self.counts.computed();
            let ends_ms = self.clock.now_ms() + cost_ms;
            std::future::poll_fn(move |_| match self.clock.now_ms() {
                now_ms if now_ms < ends_ms => Poll::Pending,
                now_ms => Poll::Ready(now_ms),
            })
        };
        let shape = crate::__shape!(u64);
        Box::pin(async move {
            fetch::fetch_async(instance.core(), memo, key, shape, compute).await;
        })
    }

    /// Lets everything that can go on do so, and time pass.
    fn go_on(&self, running: &mut Vec<Running<'_>>) {
        let mut context = Context::from_waker(Waker::noop());
        running.retain_mut(|call| call.as_mut().poll(&mut context).is_pending());
        self.clock.advance(Duration::from_millis(TICK_MS));
        for instance in &self.instances {
            instance.core().timers.fire();
        }
    }
}

/// A function whose copies in memory outlive the run.
fn memo(path: &'static str) -> &'static Memo {
    let function = Function::new(path, Version::from_bits(1))
        .with_ttl_ms(3_600_000)
        .with_l1_ms(3_600_000);
    Box::leak(Box::new(Memo::new(function)))
}

/// How many different ones of so many are among so many that are drawn.
fn different(drawn: u64, of: u64) -> f64 {
    let of = of as f64;
    of * (1.0 - (1.0 - 1.0 / of).powi(i32::try_from(drawn).expect("a small number")))
}

/// A line of the table: what was counted lies within so many hundredths of what the formula says.
fn compare(what: &str, formula: &str, predicted: f64, counted: u64, percent: f64) {
    println!("| {what} | {formula} | {predicted:.0} | {counted} |");
    let apart = (counted as f64 - predicted).abs();
    assert!(
        apart <= predicted * percent / 100.0,
        "{what}: {counted} instead of {predicted:.0}"
    );
}

#[test]
fn a_thousand_instances_ask_what_the_formulas_say() {
    let _seeded = seeded::by(7);
    let fleet = Fleet::new();
    fleet.run();
    let counts = fleet.counts.read();

    let instances = INSTANCES as u64;
    let drawn = SECONDS * CALLS / 2;
    let reports = SECONDS / REPORTS_EACH;
    let invalidations = SECONDS * INVALIDATIONS;
    let first_reads = instances as f64 * (different(drawn, HOT_KEYS) + different(drawn, KEYS));
    // An instance that has a copy loses it by an invalidation, and reads again if it asks again.
    let again: f64 = (0..SECONDS)
        .map(|second| {
            let before = different(second * CALLS / 2, HOT_KEYS) / HOT_KEYS as f64;
            let after = different((SECONDS - second) * CALLS / 2, HOT_KEYS) / HOT_KEYS as f64;
            before * after * instances as f64 * INVALIDATIONS as f64
        })
        .sum();
    let cold = different(instances * drawn, KEYS) + HOT_KEYS as f64 + reports as f64;
    let computed = cold + invalidations as f64;

    println!("| of the store | by formula | predicted | counted |");
    println!("|---|---|---:|---:|");
    let reads = first_reads + again + (reports * instances) as f64;
    compare("reads", "misses in memory", reads, counts.reads, 3.0);
    compare(
        "computations",
        "cold keys + invalidated ones",
        computed,
        counts.computed,
        3.0,
    );
    compare(
        "entries written",
        "computations",
        counts.computed as f64,
        counts.writes,
        0.0,
    );
    // Who waits asks, again once it is sure to be woken, now and then, and when it is.
    let asks = 3 + REPORT_COST_MS / BOUND_MS;
    let claims = computed + (reports * (instances - 1) * asks) as f64;
    compare(
        "claims",
        "computations + waits × (3 + seconds / 2)",
        claims,
        counts.claims,
        10.0,
    );
    let renewals = (reports * REPORT_COST_MS / 1_000) as f64;
    compare(
        "renewals",
        "seconds of computing",
        renewals,
        counts.renewals,
        25.0,
    );
    compare(
        "tags invalidated",
        "invalidations",
        invalidations as f64,
        counts.invalidations,
        0.0,
    );
    let told = invalidations * instances;
    compare(
        "news delivered",
        "invalidations × instances",
        told as f64,
        counts.told,
        0.0,
    );
    let heartbeats = (instances * SECONDS / 10) as f64;
    compare(
        "signs of life",
        "instances × seconds / 10",
        heartbeats,
        counts.heartbeats,
        10.0,
    );
    // Each lists the two functions it has stored results of, and one looks after all.
    compare(
        "what else is asked about versions",
        "instances × functions, once",
        (instances * 2) as f64,
        counts.account,
        50.0,
    );
    let tags = first_reads + again + computed + (instances * 2 * 3) as f64;
    compare(
        "versions of tags asked for",
        "labels not known yet + computations + 3 for each instance and function",
        tags,
        counts.tags,
        10.0,
    );
}
