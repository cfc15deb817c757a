//! `memory:`, a store within this process: sealed entries, bounded by bytes.
//!
//! It goes the same way as every other store (encoded, sealed, aged, decoded), so that a program behaves alike with and
//! without a server, and what it can't store is found out before there is one.

use std::sync::Arc;

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use crate::clock::Clock;
use crate::entry::Draft;
use crate::key::EntryKey;
use crate::shards::shards;
use crate::store::{Found, Store, StoreError, StoreFuture};

/// A store within this process. Its entries end with it.
#[derive(Debug)]
pub struct Memory {
    entries: Cache<Box<str>, Sealed, Bytes>,
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
            clock,
        }
    }

    fn look_up(&self, key: &EntryKey) -> Option<Found> {
        let now_ms = self.clock.now_ms();
        let sealed = self.entries.get(key.as_str())?;
        if sealed.ends_ms <= now_ms {
            self.entries.remove(key.as_str());
            return None;
        }
        Some(Found::new(sealed.bytes.to_vec(), now_ms))
    }

    fn put(&self, key: &EntryKey, entry: Draft) {
        let now_ms = self.clock.now_ms();
        let ends_ms = entry.lifetime().map_or(u64::MAX, |lifetime| {
            let lifetime = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX);
            now_ms.saturating_add(lifetime)
        });
        let bytes = entry.seal(now_ms).into();
        self.entries
            .insert(key.as_str().into(), Sealed { bytes, ends_ms });
    }
}

/// Every operation is done before its future is made: nothing here ever waits.
impl Store for Memory {
    fn read<'a>(&'a self, key: &'a EntryKey) -> StoreFuture<'a, Option<Found>> {
        Box::pin(std::future::ready(self.read_blocking(key)))
    }

    fn write<'a>(&'a self, key: &'a EntryKey, entry: Draft) -> StoreFuture<'a, ()> {
        Box::pin(std::future::ready(self.write_blocking(key, entry)))
    }

    fn remove<'a>(&'a self, key: &'a EntryKey) -> StoreFuture<'a, ()> {
        Box::pin(std::future::ready(self.remove_blocking(key)))
    }

    fn read_blocking(&self, key: &EntryKey) -> Result<Option<Found>, StoreError> {
        Ok(self.look_up(key))
    }

    fn write_blocking(&self, key: &EntryKey, entry: Draft) -> Result<(), StoreError> {
        self.put(key, entry);
        Ok(())
    }

    fn remove_blocking(&self, key: &EntryKey) -> Result<(), StoreError> {
        self.entries.remove(key.as_str());
        Ok(())
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
