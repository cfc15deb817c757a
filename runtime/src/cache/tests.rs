//! The read path on a memory store with a clock to move: what happened is asserted, event by event.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

use super::face::{Async, Blocking, now};
use super::{Cache, fetch, invalidate, refresh};
use crate::clock::{Clock, ManualClock};
use crate::codec::Codec;
use crate::entry::Fault;
use crate::event::{AloneReason, Event, Fate, Layer, MissReason, NoKey, NotStored, Operation};
use crate::evicted::Evicted;
use crate::function::Function;
use crate::key::Key;
use crate::memo::Memo;
use crate::shape::Shape;
use crate::store::memory::Memory;
use crate::store::{Draft, EntryKey, Found, Store, StoreError, StoreErrorKind, StoreFuture};
use crate::stored::Stored;
use crate::version::Version;

mod cancellation;
mod concurrency;
mod faults;
mod lifetimes;
mod outcomes;
mod values;

/// One cache with everything around it in the test's hands.
struct Bench {
    cache: Cache,
    clock: ManualClock,
    events: Arc<Mutex<Vec<Event>>>,
    reports: Arc<Mutex<Vec<String>>>,
    store: Arc<Trouble>,
}

impl Bench {
    fn new() -> Self {
        Self::with(|builder| builder)
    }

    fn with(adjust: impl FnOnce(super::CacheBuilder) -> super::CacheBuilder) -> Self {
        let clock = ManualClock::new();
        let (events, reports) = (Arc::default(), Arc::default());
        let store = Arc::new(Trouble::new(&clock));
        let builder = Cache::builder()
            .store(Handle(Arc::clone(&store)))
            .clock(clock.clone())
            .on_event(record(&events))
            .on_report({
                let reports: Arc<Mutex<Vec<String>>> = Arc::clone(&reports);
                move |line| reports.lock().unwrap().push(line.to_owned())
            });
        Self {
            cache: adjust(builder).build().unwrap(),
            clock,
            events,
            reports,
            store,
        }
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

    /// What happened since this was last asked.
    fn events(&self) -> Vec<Event> {
        std::mem::take(&mut self.events.lock().unwrap())
    }

    fn reports(&self) -> Vec<String> {
        std::mem::take(&mut self.reports.lock().unwrap())
    }

    fn advance_ms(&self, ms: u64) {
        self.clock.advance(Duration::from_millis(ms));
    }

    /// Another process with the same store: nothing in memory.
    fn neighbour(&self) -> Cache {
        Cache::builder()
            .store(Handle(Arc::clone(&self.store)))
            .clock(self.clock.clone())
            .on_event(record(&self.events))
            .build()
            .unwrap()
    }

    fn flights(&self) -> usize {
        self.cache.core().flights.len()
    }
}

fn record(
    events: &Arc<Mutex<Vec<Event>>>,
) -> impl Fn(&'static Function, &Event) + Send + Sync + 'static {
    let events = Arc::clone(events);
    move |_, event| events.lock().unwrap().push(*event)
}

/// A memory store that can be made to fail, to answer nonsense and to take its time.
#[derive(Debug)]
struct Trouble {
    memory: Memory,
    clock: ManualClock,
    fails: Mutex<Option<StoreErrorKind>>,
    /// Answers every read, in place of what is stored.
    answer: Mutex<Option<Vec<u8>>>,
    /// How often each asynchronous operation has to be polled before it does anything.
    delays: AtomicUsize,
    /// How often each operation was asked for: reads, writes, removals.
    asked: [AtomicUsize; 3],
}

impl Trouble {
    fn new(clock: &ManualClock) -> Self {
        Self {
            memory: Memory::new(1 << 20, Arc::new(clock.clone())),
            clock: clock.clone(),
            fails: Mutex::default(),
            answer: Mutex::default(),
            delays: AtomicUsize::new(0),
            asked: Default::default(),
        }
    }

    fn fail(&self, kind: impl Into<Option<StoreErrorKind>>) {
        *self.fails.lock().unwrap() = kind.into();
    }

    fn answer(&self, bytes: impl Into<Option<Vec<u8>>>) {
        *self.answer.lock().unwrap() = bytes.into();
    }

    fn asked(&self) -> [usize; 3] {
        std::array::from_fn(|index| self.asked[index].swap(0, Ordering::SeqCst))
    }

    /// The entry of the number whose key is 1, as it lies in the store.
    fn entry(&self, memo: &'static Memo) -> Vec<u8> {
        let bench_key = entry_key(memo);
        self.memory
            .read_blocking(&bench_key)
            .unwrap()
            .unwrap()
            .bytes
    }

    fn check(&self, operation: usize) -> Result<(), StoreError> {
        self.asked[operation].fetch_add(1, Ordering::SeqCst);
        self.fails
            .lock()
            .unwrap()
            .map_or(Ok(()), |kind| Err(kind.into()))
    }
}

#[derive(Debug)]
struct Handle(Arc<Trouble>);

impl Store for Handle {
    fn read<'a>(&'a self, key: &'a EntryKey) -> StoreFuture<'a, Option<Found>> {
        Box::pin(async {
            Yield(self.0.delays.load(Ordering::SeqCst)).await;
            self.read_blocking(key)
        })
    }

    fn write<'a>(&'a self, key: &'a EntryKey, entry: Draft) -> StoreFuture<'a, ()> {
        Box::pin(async {
            Yield(self.0.delays.load(Ordering::SeqCst)).await;
            self.write_blocking(key, entry)
        })
    }

    fn remove<'a>(&'a self, key: &'a EntryKey) -> StoreFuture<'a, ()> {
        Box::pin(async {
            Yield(self.0.delays.load(Ordering::SeqCst)).await;
            self.remove_blocking(key)
        })
    }

    fn read_blocking(&self, key: &EntryKey) -> Result<Option<Found>, StoreError> {
        self.0.check(0)?;
        match self.0.answer.lock().unwrap().clone() {
            Some(bytes) => Ok(Some(Found::new(bytes, self.0.clock.now_ms()))),
            None => self.0.memory.read_blocking(key),
        }
    }

    fn write_blocking(&self, key: &EntryKey, entry: Draft) -> Result<(), StoreError> {
        self.0.check(1)?;
        self.0.memory.write_blocking(key, entry)
    }

    fn remove_blocking(&self, key: &EntryKey) -> Result<(), StoreError> {
        self.0.check(2)?;
        self.0.memory.remove_blocking(key)
    }
}

/// Pending that many times, each time asking to be polled again.
struct Yield(usize);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
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

fn entry_key(memo: &'static Memo) -> EntryKey {
    let bench = Bench::new();
    super::call::Call::new(bench.cache.core(), memo, &key(memo, 1)).entry_key()
}

fn plain() -> crate::shape::Plain<u64> {
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

const fn miss(layer: Layer, reason: MissReason) -> Event {
    Event::Miss { layer, reason }
}

/// What a small number takes as MessagePack.
const STORED: Event = Event::Stored { bytes: 1 };

const fn not_stored(reason: NotStored) -> Event {
    Event::NotStored { reason }
}

/// Polls once.
fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls until it is done; for futures that are only slow, and wait for no one.
fn drive<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            return output;
        }
    }
}
