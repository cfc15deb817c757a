//! `memory:`, a store within this process: sealed entries, bounded by bytes.
//!
//! It goes the same way as every other store (encoded, sealed, aged, decoded), so that a program behaves alike with and
//! without a server, and what it can't store is found out before there is one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use event_listener::Event;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use crate::clock::Clock;
use crate::entry::Draft;
use crate::key::EntryKey;
use crate::shards::shards;
use crate::store::{
    Claim, Claimed, Coherence, Fence, Found, Grant, Listener, Looked, News, Origin, Roster,
    Sharing, Store, StoreError, StoreFuture, TagKey, TagVersion, Token, Watch, Written, seal_of,
};

mod control;
mod roster;

use self::control::{Control, ends};
use self::roster::Accounts;

/// A store within this process. Its entries end with it.
#[derive(Debug)]
pub struct Memory {
    entries: Cache<Box<str>, Sealed, Bytes>,
    /// Leases, versions of tags and listeners. Never held while anybody else's code runs.
    control: Mutex<Control>,
    accounts: Mutex<Accounts>,
    clock: Arc<dyn Clock>,
}

/// One entry, and when it stops being one.
#[derive(Clone, Debug)]
struct Sealed {
    bytes: Arc<[u8]>,
    /// In milliseconds of the clock; `u64::MAX` for never.
    ends_ms: u64,
}

impl Memory {
    /// An empty store that keeps at most about `max_bytes` of keys and entries, dropping what is used least.
    #[must_use]
    pub fn new(max_bytes: u64, clock: Arc<dyn Clock>) -> Self {
        let expected = usize::try_from(max_bytes / EXPECTED_ENTRY_BYTES).unwrap_or(usize::MAX);
        let options = OptionsBuilder::new()
            .weight_capacity(max_bytes)
            .estimated_items_capacity(expected.max(1))
            .shards(shards(max_bytes, USUAL_MAX_ENTRY_BYTES))
            .build()
            // It asks for the two capacities, which are given.
            .expect("both capacities are set");
        let hasher = DefaultHashBuilder::default();
        Self {
            entries: Cache::with_options(options, Bytes, hasher, DefaultLifecycle::default()),
            control: Mutex::default(),
            accounts: Mutex::default(),
            clock,
        }
    }

    fn look_up(&self, key: &EntryKey, now_ms: u64) -> Option<Found> {
        let sealed = self.entries.get(key.as_str())?;
        if sealed.ends_ms <= now_ms {
            // Unless it was replaced since it was looked at.
            self.entries
                .remove_if(key.as_str(), |there| there.ends_ms <= now_ms);
            return None;
        }
        Some(Found::new(sealed.bytes.to_vec(), now_ms))
    }

    fn put(&self, key: &EntryKey, entry: Draft) {
        let now_ms = self.clock.now_ms();
        let ends_ms = ends(now_ms, entry.lifetime());
        let bytes = entry.seal(now_ms).into();
        self.entries
            .insert(key.as_str().into(), Sealed { bytes, ends_ms });
    }

    fn control(&self) -> MutexGuard<'_, Control> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells every listener, outside the lock: a listener may be slow, or ask the store.
    fn tell(&self, news: News<'_>) {
        let listeners = self.control().listeners();
        for listener in listeners {
            listener.hear(news);
        }
    }
}

/// Every operation is done before its future is made: nothing here ever waits.
impl Store for Memory {
    fn read<'a>(&'a self, key: &'a EntryKey, tags: &'a [TagKey]) -> StoreFuture<'a, Looked> {
        Box::pin(std::future::ready(self.read_blocking(key, tags)))
    }

    fn claim<'a>(&'a self, key: &'a EntryKey, claim: &'a Claim) -> StoreFuture<'a, Claimed> {
        Box::pin(std::future::ready(self.claim_blocking(key, claim)))
    }

    fn write<'a>(
        &'a self,
        key: &'a EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> StoreFuture<'a, Written> {
        Box::pin(std::future::ready(self.write_blocking(key, entry, fence)))
    }

    fn remove<'a>(&'a self, key: &'a EntryKey, origin: Origin) -> StoreFuture<'a, ()> {
        Box::pin(std::future::ready(self.remove_blocking(key, origin)))
    }

    fn invalidate<'a>(
        &'a self,
        tag: &'a TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(std::future::ready(
            self.invalidate_blocking(tag, version, life),
        ))
    }

    fn read_blocking(&self, key: &EntryKey, tags: &[TagKey]) -> Result<Looked, StoreError> {
        let now_ms = self.clock.now_ms();
        let entry = self.look_up(key, now_ms);
        let control = self.control();
        let tags = tags.iter().map(|tag| control.tag(tag, now_ms)).collect();
        Ok(Looked::new(entry, tags))
    }

    fn claim_blocking(&self, key: &EntryKey, claim: &Claim) -> Result<Claimed, StoreError> {
        let now_ms = self.clock.now_ms();
        let mut control = self.control();
        let tags = claim
            .tags
            .iter()
            .map(|(tag, fresh)| control.tag_or(tag, *fresh, claim.tag_life, now_ms))
            .collect();
        // Under the lock, as storing is: between looking and taking nobody can store.
        let stored = self
            .look_up(key, now_ms)
            .filter(|found| claim.seen != Some(seal_of(&found.bytes)));
        let grant = match stored {
            Some(found) if claim.sharing != Sharing::Seized => Grant::Stored(found),
            _ => control.lease(key, claim, now_ms),
        };
        Ok(Claimed::new(grant, tags))
    }

    fn write_blocking(
        &self,
        key: &EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> Result<Written, StoreError> {
        let mut control = self.control();
        if let Some(token) = fence.token()
            && !control.holds(key, token, self.clock.now_ms())
        {
            return Ok(Written::Refused);
        }
        let watched = control.end_lease(key);
        self.put(key, entry);
        drop(control);
        wake(watched);
        if let Some(origin) = fence.news() {
            let name = key.as_str();
            self.tell(News::Entry { name, origin });
        }
        Ok(Written::Stored)
    }

    fn remove_blocking(&self, key: &EntryKey, origin: Origin) -> Result<(), StoreError> {
        let mut control = self.control();
        let watched = control.end_lease(key);
        self.entries.remove(key.as_str());
        drop(control);
        wake(watched);
        let name = key.as_str();
        self.tell(News::Entry { name, origin });
        Ok(())
    }

    fn invalidate_blocking(
        &self,
        tag: &TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> Result<(), StoreError> {
        let now_ms = self.clock.now_ms();
        self.control().set_tag(tag, version, life, now_ms);
        let name = tag.as_str();
        self.tell(News::Tag { name });
        Ok(())
    }

    fn renew(&self, key: &EntryKey, token: Token, life: Duration) -> Result<bool, StoreError> {
        Ok(self.control().renew(key, token, life, self.clock.now_ms()))
    }

    fn release(&self, key: &EntryKey, token: Token) -> Result<(), StoreError> {
        let mut control = self.control();
        if control.holds(key, token, self.clock.now_ms()) {
            let watched = control.end_lease(key);
            drop(control);
            wake(watched);
        }
        Ok(())
    }

    fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn watch(&self, key: &EntryKey) -> Option<Watch> {
        Some(self.control().watch(key))
    }

    /// Whoever shares this store hears of everything at once: news can't be lost.
    fn listen(&self, _: &str, listener: Arc<dyn Listener>) -> Coherence {
        self.control().add_listener(listener);
        Coherence::Always
    }

    fn roster(&self) -> Option<&dyn Roster> {
        Some(self)
    }
}

/// Wakes those who waited for a lease. Outside the lock: it runs their wakers.
fn wake(watched: Option<Arc<Event>>) {
    if let Some(watched) = watched {
        watched.notify(usize::MAX);
    }
}

/// Weighs an entry by the bytes it holds.
#[derive(Clone, Debug)]
struct Bytes;

impl Weighter<Box<str>, Sealed> for Bytes {
    fn weight(&self, key: &Box<str>, sealed: &Sealed) -> u64 {
        (key.len() + sealed.bytes.len() + ENTRY_OVERHEAD_BYTES) as u64
    }
}

/// What the map itself needs for an entry: its slot, the key's and the value's allocation.
const ENTRY_OVERHEAD_BYTES: usize = 100;

/// A guess for sizing the map's tables; it may be wrong by two orders of magnitude without harm.
const EXPECTED_ENTRY_BYTES: u64 = 1024;

/// The limit for values, where no one sets another.
const USUAL_MAX_ENTRY_BYTES: usize = 1 << 20;
