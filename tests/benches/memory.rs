//! A hit in memory: the whole wrapper against caches whose key was built beforehand.

use std::hint::black_box;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cached::macros::cached;
use selfsame_tests::benched::Quote;
use selfsame_tests::cached::benched::cached_quote;
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

fn main() {
    let keys: Arc<[Key]> = (0..KEYS).map(|day| (day, symbol(day))).collect();
    let quick = quick_cache::sync::Cache::<Key, Quote>::new(100_000);
    let moka = moka::sync::Cache::<Key, Quote>::builder()
        .max_capacity(100_000)
        .time_to_live(Duration::from_secs(3_600))
        .build();
    for (day, symbol) in keys.iter() {
        let quote = Quote::of(*day, symbol);
        quick.insert((*day, symbol.clone()), quote);
        moka.insert((*day, symbol.clone()), quote);
        assert_eq!(cached_quote(*day, symbol), rival_quote(*day, symbol));
    }
    for threads in [1, 2] {
        let title = format!("Hit in memory, key `(u64, &str)` of 48 letters, {threads} thread(s)");
        let lap = |calls, hit: &(dyn Fn(&Key) + Sync)| lap(threads, &keys, calls, hit);
        Contest::new(title, CALLS, "`quick_cache` get, key prebuilt", |calls| {
            lap(calls, &|key| {
                black_box(quick.get(key));
            })
        })
        .within(3.0, "**selfsame**, the whole wrapper", |calls| {
            lap(calls, &|key| {
                black_box(cached_quote(key.0, &key.1));
            })
        })
        .rival("`moka` get, key prebuilt", |calls| {
            lap(calls, &|key| {
                black_box(moka.get(key));
            })
        })
        .rival("`cached`, the whole wrapper", |calls| {
            lap(calls, &|key| {
                black_box(rival_quote(key.0, &key.1));
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
