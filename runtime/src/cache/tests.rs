//! The read path on a memory store with a clock to move: what happened is asserted, event by event.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

use self::trouble::{Ask, Handle, Trouble, Yield};
use super::builder::DEFAULT_CONTROL;
use super::face::{Async, Blocking, now};
use super::{Cache, fetch, invalidate, refresh};
use crate::clock::{Clock, ManualClock};
use crate::codec::Codec;
use crate::entry::Fault;
use crate::event::{
    AloneReason, Change, Event, Fate, Layer, Leasing, MissReason, NoKey, NotStored, Operation,
    StaleReason,
};
use crate::evicted::Evicted;
use crate::function::Function;
use crate::key::Key;
use crate::memo::Memo;
use crate::shape::{Flat, Plain, Shape};
use crate::store::{EntryKey, StoreErrorKind};
use crate::stored::Stored;
use crate::version::Version;

mod breaker;
mod cancellation;
mod coherence;
mod concurrency;
mod faults;
mod lease;
mod lifetimes;
mod limits;
mod outcomes;
mod renewal;
#[cfg(feature = "encryption")]
mod secrets;
mod stale;
mod tags;
mod trouble;
mod values;

/// One cache with everything around it in the test's hands.
struct Bench {
    cache: Cache,
    clock: ManualClock,
    events: Arc<Mutex<Vec<Event>>>,
    changes: Arc<Mutex<Vec<Change>>>,
    reports: Arc<Mutex<Vec<String>>>,
    store: Arc<Trouble>,
}

impl Bench {
    fn new() -> Self {
        Self::with(|builder| builder)
    }

    fn with(adjust: impl FnOnce(super::CacheBuilder) -> super::CacheBuilder) -> Self {
        let clock = ManualClock::new();
        let store = Arc::new(Trouble::new(&clock));
        Self::on(store, clock, adjust)
    }

    /// Another process with the same store: nothing in memory.
    fn neighbour(&self) -> Self {
        Self::on(Arc::clone(&self.store), self.clock.clone(), |builder| {
            builder
        })
    }

    /// Lifetimes are what the function says, to the millisecond; errands are run when the test says so.
    fn on(
        store: Arc<Trouble>,
        clock: ManualClock,
        adjust: impl FnOnce(super::CacheBuilder) -> super::CacheBuilder,
    ) -> Self {
        let (events, changes, reports) = (Arc::default(), Arc::default(), Arc::default());
        let builder = Cache::builder()
            .store(Handle(Arc::clone(&store)))
            .clock(clock.clone())
            .ttl_jitter(0)
            .on_event({
                let events: Arc<Mutex<Vec<Event>>> = Arc::clone(&events);
                move |_, event| events.lock().unwrap().push(*event)
            })
            .on_change({
                let changes: Arc<Mutex<Vec<Change>>> = Arc::clone(&changes);
                move |change| changes.lock().unwrap().push(change)
            })
            .on_report({
                let reports: Arc<Mutex<Vec<String>>> = Arc::clone(&reports);
                move |line| reports.lock().unwrap().push(line.to_owned())
            });
        let cache = adjust(builder).build().unwrap();
        cache.core().errands.drive_by_hand();
        Self {
            cache,
            clock,
            events,
            changes,
            reports,
            store,
        }
    }

    /// Does what is to be done while nobody calls.
    fn run_errands(&self) {
        self.cache.core().errands.run_due();
    }

    fn fetch<S: Shape>(
        &self,
        memo: &'static Memo,
        key: Key,
        shape: S,
        compute: impl FnOnce() -> S::Output,
    ) -> S::Output
    where
        S::Value: Stored,
    {
        fetch::fetch(self.cache.core(), memo, key, shape, compute)
    }

    /// Fetches a number whose key is 1.
    fn number(&self, memo: &'static Memo, compute: impl FnOnce() -> u64) -> u64 {
        self.fetch(memo, key(memo, 1), plain(), compute)
    }

    async fn number_async<R: Future<Output = u64>>(
        &self,
        memo: &'static Memo,
        compute: impl FnOnce() -> R,
    ) -> u64 {
        fetch::fetch_async(self.cache.core(), memo, key(memo, 1), plain(), compute).await
    }

    fn peek(&self, memo: &'static Memo) -> Option<u64> {
        now(fetch::peek(
            Blocking,
            self.cache.core(),
            memo,
            key(memo, 1),
            plain(),
        ))
    }

    fn put(&self, memo: &'static Memo, value: u64) {
        now(refresh::put(
            Blocking,
            self.cache.core(),
            memo,
            key(memo, 1),
            plain(),
            value,
        ));
    }

    fn refresh(&self, memo: &'static Memo, compute: impl FnOnce() -> u64) -> u64 {
        let compute = move || async move { compute() };
        now(refresh::refresh(
            Blocking,
            self.cache.core(),
            memo,
            key(memo, 1),
            plain(),
            compute,
        ))
    }

    fn evict(&self, memo: &'static Memo) -> Evicted {
        now(invalidate::evict(
            Blocking,
            self.cache.core(),
            memo,
            key(memo, 1),
        ))
    }

    /// Fetches a number whose key is 1 and whose tag is `user:1`.
    fn user(&self, memo: &'static Memo, compute: impl FnOnce() -> u64) -> u64 {
        self.fetch(memo, user(memo, 1), plain(), compute)
    }

    fn peek_user(&self, memo: &'static Memo) -> Option<u64> {
        now(fetch::peek(
            Blocking,
            self.cache.core(),
            memo,
            user(memo, 1),
            plain(),
        ))
    }

    fn invalidate(&self, label: &str) -> Evicted {
        now(invalidate::tag(Blocking, self.cache.core(), label))
    }

    fn clear(&self) -> Evicted {
        now(invalidate::clear(Blocking, self.cache.core()))
    }

    fn clear_function(&self, memo: &'static Memo) -> Evicted {
        now(invalidate::clear_function(
            Blocking,
            self.cache.core(),
            memo,
        ))
    }

    /// What happened since this was last asked.
    fn events(&self) -> Vec<Event> {
        std::mem::take(&mut self.events.lock().unwrap())
    }

    fn reports(&self) -> Vec<String> {
        std::mem::take(&mut self.reports.lock().unwrap())
    }

    fn changes(&self) -> Vec<Change> {
        std::mem::take(&mut self.changes.lock().unwrap())
    }

    fn advance_ms(&self, ms: u64) {
        self.clock.advance(Duration::from_millis(ms));
    }

    fn flights(&self) -> usize {
        self.cache.core().flights.len()
    }
}

/// A function of its own, with default options but for those the test sets.
fn memo(adjust: impl FnOnce(Function) -> Function) -> &'static Memo {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let path = format!("app::f{}", NEXT.fetch_add(1, Ordering::SeqCst));
    let function = Function::new(Box::leak(path.into_boxed_str()), Version::from_bits(0xF00D));
    Box::leak(Box::new(Memo::new(adjust(function))))
}

fn simple() -> &'static Memo {
    memo(|function| function)
}

fn key(memo: &'static Memo, argument: u64) -> Key {
    memo.key(|parts| parts.part(&argument))
}

/// The key of a call with the tag `user:` and its argument.
fn user(memo: &'static Memo, argument: u64) -> Key {
    key(memo, argument).with_tags(DEFAULT_CONTROL, |tags| {
        tags.tag(format_args!("user:{argument}"));
    })
}

fn entry_key(memo: &'static Memo) -> EntryKey {
    let bench = Bench::new();
    super::call::Call::new(bench.cache.core(), memo, &key(memo, 1)).entry_key
}

fn plain() -> Flat<Plain<u64>> {
    crate::__shape!(u64)
}

/// Events that many tests expect.
const COLD_MEMORY: Event = miss(Layer::Memory, MissReason::Cold);
const COLD_STORE: Event = miss(Layer::Store, MissReason::Cold);
const COMPUTED: Event = Event::Computed {
    took: Duration::ZERO,
};
const MEMORY_HIT: Event = Event::Hit {
    layer: Layer::Memory,
    saved: Duration::ZERO,
};
const STORE_HIT: Event = Event::Hit {
    layer: Layer::Store,
    saved: Duration::ZERO,
};

/// The call has the lease.
const LEASED: Event = leasing(Leasing::Taken);

const fn leasing(outcome: Leasing) -> Event {
    Event::Lease { outcome }
}

const fn miss(layer: Layer, reason: MissReason) -> Event {
    Event::Miss { layer, reason }
}

/// What a small number takes as MessagePack.
const STORED: Event = Event::Stored { bytes: 1 };

const fn not_stored(reason: NotStored) -> Event {
    Event::NotStored { reason }
}

/// A value that is known once the test says it.
#[derive(Default)]
struct Said(Cell<Option<u64>>);

impl Said {
    fn say(&self, value: u64) {
        self.0.set(Some(value));
    }

    /// Computes for so long.
    async fn heard(&self) -> u64 {
        std::future::poll_fn(|_| self.0.get().map_or(Poll::Pending, Poll::Ready)).await
    }
}

/// A future, and whether it asked to be polled again.
struct Task<'a, T> {
    future: Pin<Box<dyn Future<Output = T> + 'a>>,
    woken: Arc<Woken>,
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl<'a, T> Task<'a, T> {
    fn new(future: impl Future<Output = T> + 'a) -> Self {
        Self {
            future: Box::pin(future),
            woken: Arc::default(),
        }
    }

    /// Polls so often that it waits for something that only the test can bring about.
    fn settle(mut self) -> Self {
        while {
            assert!(self.poll().is_none(), "it is done already");
            self.is_woken()
        } {}
        self
    }

    fn poll(&mut self) -> Option<T> {
        self.woken.0.store(false, Ordering::SeqCst);
        let waker = Waker::from(Arc::clone(&self.woken));
        match self.future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    fn is_woken(&self) -> bool {
        self.woken.0.load(Ordering::SeqCst)
    }

    /// Waits until a thread of the cache's wakes it.
    fn until_woken(&self) {
        while !self.is_woken() {
            std::thread::yield_now();
        }
    }

    /// Goes on as long as it is woken, to its end.
    fn finish(mut self) -> T {
        while self.is_woken() {
            if let Some(output) = self.poll() {
                return output;
            }
        }
        panic!("nobody wakes it")
    }
}

/// Polls once.
fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls until it is done; for futures that are only slow, and wait for no one.
fn drive<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    for _ in 0..10_000 {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            return output;
        }
    }
    panic!("it waits for something that does not come");
}
