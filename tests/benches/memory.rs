//! A hit in memory: the whole wrapper against caches whose key was built beforehand.

use std::fmt::Debug;
use std::hint::black_box;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cached::macros::cached;
use selfsame_tests::benched::{Quote, headline};
use selfsame_tests::cached::benched::{cached_headline, cached_quote};
use selfsame_tests::measure::{Contest, time};

/// So many keys are asked for in turn; they fit into any processor's second-level cache.
const KEYS: u64 = 1_024;
const CALLS: u32 = 200_000;
const ROUNDS: usize = 25;

type Key = (u64, Box<str>);

/// The rival that is a macro, too.
#[cached(
    max_size = 100_000,
    ttl_secs = 3_600,
    key = "(u64, String)",
    convert = { (day, symbol.to_owned()) }
)]
fn rival_quote(day: u64, symbol: &str) -> Quote {
    Quote::of(day, symbol)
}

/// The same, of a value that has to be cloned.
#[cached(
    max_size = 100_000,
    ttl_secs = 3_600,
    key = "(u64, String)",
    convert = { (day, symbol.to_owned()) }
)]
fn rival_headline(day: u64, symbol: &str) -> String {
    headline(day, symbol)
}

fn main() {
    compare("two numbers", Quote::of, cached_quote, rival_quote);
    compare("text", headline, cached_headline, rival_headline);
}

/// Our wrapper and the rivals, all of which have `value` for every key.
fn compare<V>(
    what: &str,
    value: fn(u64, &str) -> V,
    wrapper: fn(u64, &str) -> V,
    rival: fn(u64, &str) -> V,
) where
    V: Clone + Debug + PartialEq + Send + Sync + 'static,
{
    let keys: Arc<[Key]> = (0..KEYS).map(|day| (day, symbol(day))).collect();
    let quick = quick_cache::sync::Cache::<Key, V>::new(100_000);
    let moka = moka::sync::Cache::<Key, V>::builder()
        .max_capacity(100_000)
        .time_to_live(Duration::from_secs(3_600))
        .build();
    for (day, symbol) in keys.iter() {
        quick.insert((*day, symbol.clone()), value(*day, symbol));
        moka.insert((*day, symbol.clone()), value(*day, symbol));
        assert_eq!(wrapper(*day, symbol), rival(*day, symbol));
    }
    for threads in [1, 2] {
        let title = format!(
            "Hit in memory of {what}, key `(u64, &str)` of 48 letters, {threads} thread(s)"
        );
        let lap = |calls, hit: &(dyn Fn(&Key) + Sync)| lap(threads, &keys, calls, hit);
        Contest::new(title, CALLS, "`quick_cache` get, key prebuilt", |calls| {
            lap(calls, &|key| {
                black_box(quick.get(key));
            })
        })
        .within(3.0, "**selfsame**, the whole wrapper", |calls| {
            lap(calls, &|key| {
                black_box(wrapper(key.0, &key.1));
            })
        })
        .rival("`moka` get, key prebuilt", |calls| {
            lap(calls, &|key| {
                black_box(moka.get(key));
            })
        })
        .rival("`cached`, the whole wrapper", |calls| {
            lap(calls, &|key| {
                black_box(rival(key.0, &key.1));
            })
        })
        .run(ROUNDS);
    }
}

/// Every thread makes so many calls; returns how long they all took.
fn lap(threads: u64, keys: &[Key], calls: u32, hit: &(dyn Fn(&Key) + Sync)) -> Duration {
    let turn = |thread: u64| {
        // Not the same key at the same time.
        let mut index = (thread * KEYS / 2) as usize;
        for _ in 0..calls {
            index = (index + 1) % keys.len();
            hit(black_box(&keys[index]));
        }
    };
    if threads == 1 {
        return time(|| turn(0));
    }
    time(|| {
        thread::scope(|scope| {
            for thread in 0..threads {
                scope.spawn(move || turn(thread));
            }
        });
    })
}

fn symbol(day: u64) -> Box<str> {
    format!("{day:048}").into()
}
