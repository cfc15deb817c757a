//! Invalidations that could not be sent: kept until they can.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::store::{EntryKey, TagKey};

/// What is to be invalidated. One item for each entry and tag, however often it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Owed {
    Entry(EntryKey),
    Tag(TagKey),
}

/// All that is owed to the store.
#[derive(Debug, Default)]
pub(crate) struct Deferred {
    /// Read by every call that asks the store.
    is_any: AtomicBool,
    /// Each with how often it was asked for.
    items: Mutex<HashMap<Owed, u64>>,
}

impl Deferred {
    pub(crate) fn is_any(&self) -> bool {
        self.is_any.load(Ordering::Acquire)
    }

    /// Notes what could not be sent. Past [`MOST`] items `instead` is noted, which covers it and more.
    pub(crate) fn add(&self, owed: Owed, instead: &TagKey) {
        let mut items = self.items();
        let is_full = items.len() >= MOST && !items.contains_key(&owed);
        let owed = if is_full {
            Owed::Tag(instead.clone())
        } else {
            owed
        };
        *items.entry(owed).or_default() += 1;
        self.is_any.store(true, Ordering::Release);
    }

    /// Whether the store may still hold what was invalidated: this entry, or one with any of these tags.
    pub(crate) fn concerns(&self, key: &EntryKey, tags: &[TagKey]) -> bool {
        if !self.is_any() {
            return false;
        }
        let items = self.items();
        items.contains_key(&Owed::Entry(key.clone()))
            || tags
                .iter()
                .any(|tag| items.contains_key(&Owed::Tag(tag.clone())))
    }

    /// What is owed now, and how often it was asked for by now.
    pub(crate) fn list(&self) -> Vec<(Owed, u64)> {
        let items = self.items();
        items
            .iter()
            .map(|(owed, times)| (owed.clone(), *times))
            .collect()
    }

    /// The store has been told of all but what came after so many `times`: that may be owed for an entry that was stored
    /// since.
    pub(crate) fn settle(&self, owed: &Owed, times: u64) {
        let mut items = self.items();
        if items.get(owed) == Some(&times) {
            items.remove(owed);
        }
        self.is_any.store(!items.is_empty(), Ordering::Release);
    }

    fn items(&self) -> MutexGuard<'_, HashMap<Owed, u64>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A few megabytes. Beyond, whole functions and in the end everything is invalidated instead of single entries.
const MOST: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::Version;

    fn key(number: u64) -> EntryKey {
        let mut arguments = [0; 16];
        arguments[..8].copy_from_slice(&number.to_le_bytes());
        EntryKey::new("ns", 1, Version::from_bits(1), arguments)
    }

    #[test]
    fn it_is_known_what_the_store_still_has_to_hear() {
        let deferred = Deferred::default();
        let (all, label) = (TagKey::namespace("c"), TagKey::label("c", "a"));
        assert!(!deferred.concerns(&key(1), &[]));
        deferred.add(Owed::Entry(key(1)), &all);
        deferred.add(Owed::Tag(label.clone()), &all);

        assert!(deferred.concerns(&key(1), &[]));
        assert!(!deferred.concerns(&key(2), &[]));
        assert!(deferred.concerns(&key(2), std::slice::from_ref(&label)));
        for (owed, times) in deferred.list() {
            deferred.settle(&owed, times);
        }
        assert!(!deferred.is_any());
    }

    #[test]
    fn what_is_asked_for_again_while_it_is_sent_is_owed_still() {
        let deferred = Deferred::default();
        let all = TagKey::namespace("c");
        deferred.add(Owed::Entry(key(1)), &all);
        let sent = deferred.list();
        deferred.add(Owed::Entry(key(1)), &all);
        for (owed, times) in sent {
            deferred.settle(&owed, times);
        }

        assert!(deferred.concerns(&key(1), &[]));
        for (owed, times) in deferred.list() {
            deferred.settle(&owed, times);
        }
        assert!(!deferred.is_any());
    }

    #[test]
    fn an_overflow_covers_more_instead_of_forgetting() {
        let deferred = Deferred::default();
        let function = TagKey::function("c", 1);
        for number in 0..=MOST as u64 {
            deferred.add(Owed::Entry(key(number)), &function);
        }
        assert_eq!(deferred.list().len(), MOST + 1);
        assert!(deferred.concerns(&key(u64::MAX), &[function]));
    }
}
