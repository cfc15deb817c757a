//! The whole read path: two callers and an invalidation.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use shuttle::future::block_on;
use shuttle::thread;

use super::{check_some, memory};
use crate::cache::face::Async;
use crate::cache::{Cache, fetch, invalidate, refresh};
use crate::clock::ManualClock;
use crate::evicted::Evicted;
use crate::function::Function;
use crate::memo::Memo;
use crate::version::Version;

static MEMO: Memo = Memo::new(Function::new("model::f", Version::from_bits(1)));

struct Bench {
    cache: Cache,
    database: AtomicU64,
}

impl Bench {
    fn new() -> Arc<Self> {
        let (store, _) = memory();
        let cache = Cache::builder()
            .store(store)
            .clock(ManualClock::new())
            .l1_max_bytes(1 << 20)
            .build()
            .unwrap();
        cache.core().errands.drive_by_hand();
        cache.core().timers.drive_by_hand();
        Arc::new(Self {
            cache,
            database: AtomicU64::new(0),
        })
    }

    fn fetch(&self) -> u64 {
        let compute = || async {
            let value = self.database.load(Ordering::SeqCst);
            thread::yield_now();
            value
        };
        let key = MEMO.key(|parts| parts.part(&1_u8));
        block_on(fetch::fetch_async(
            self.cache.core(),
            &MEMO,
            key,
            crate::__shape!(u64),
            compute,
        ))
    }

    fn evict(&self) -> Evicted {
        let key = MEMO.key(|parts| parts.part(&1_u8));
        block_on(invalidate::evict(Async, self.cache.core(), &MEMO, key))
    }

    fn put(&self, value: u64) {
        let key = MEMO.key(|parts| parts.part(&1_u8));
        block_on(refresh::put(
            Async,
            self.cache.core(),
            &MEMO,
            key,
            crate::__shape!(u64),
            value,
        ));
    }
}

/// Two callers, while the database is written and `tell` says so.
fn write_while_called(tell: fn(&Bench)) {
    let bench = Bench::new();
    let callers: Vec<_> = (0..2)
        .map(|_| {
            let bench = Arc::clone(&bench);
            thread::spawn(move || bench.fetch())
        })
        .collect();
    bench.database.store(1, Ordering::SeqCst);
    thread::yield_now();
    tell(&bench);
    assert_eq!(bench.fetch(), 1);
    for caller in callers {
        caller.join().unwrap();
    }
    assert_eq!(bench.fetch(), 1);
    assert_eq!(bench.cache.core().flights.len(), 0);
}

#[test]
fn nobody_gets_the_old_value_after_an_eviction() {
    check_some(ORDERS, || {
        write_while_called(|bench| assert_eq!(bench.evict(), Evicted::Done))
    });
}

#[test]
fn nobody_gets_the_old_value_after_a_clear() {
    check_some(ORDERS, || {
        write_while_called(|bench| {
            let cleared = invalidate::clear_function(Async, bench.cache.core(), &MEMO);
            assert_eq!(block_on(cleared), Evicted::Done);
        })
    });
}

#[test]
fn nobody_gets_the_old_value_after_a_put() {
    check_some(ORDERS, || write_while_called(|bench| bench.put(1)));
}

/// A whole cache is made for each.
const ORDERS: usize = 100;
