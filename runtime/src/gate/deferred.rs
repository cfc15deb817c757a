//! Invalidations that could not be sent: kept until they can.

use std::collections::HashMap;

use crate::store::{EntryKey, TagKey, TagRef};
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Mutex, MutexGuard, PoisonError};

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
    items: Mutex<Items>,
}

#[derive(Debug, Default)]
struct Items {
    /// Each with the number of the time it was last asked for.
    times: HashMap<Owed, u64>,
    count: u64,
}

impl Deferred {
    pub(crate) fn is_any(&self) -> bool {
        self.is_any.load(Ordering::Acquire)
    }

    /// Notes what could not be sent. Past [`MOST`] items `instead` is noted, which covers it and more.
    pub(crate) fn add(&self, owed: Owed, instead: &TagKey) {
        let mut items = self.items();
        let is_full = items.times.len() >= MOST && !items.times.contains_key(&owed);
        let owed = if is_full {
            Owed::Tag(instead.clone())
        } else {
            owed
        };
        items.count += 1;
        let time = items.count;
        items.times.insert(owed, time);
        self.is_any.store(true, Ordering::Release);
    }

    /// Whether the store may still hold what was invalidated: this entry, or one with any of these tags.
    pub(crate) fn concerns(&self, key: &EntryKey, tags: &[TagRef<'_>]) -> bool {
        if !self.is_any() {
            return false;
        }
        let items = self.items();
        items.times.contains_key(&Owed::Entry(key.clone()))
            || tags
                .iter()
                .any(|tag| items.times.contains_key(&Owed::Tag(tag.to_key())))
    }

    /// What is owed now, in the order it was asked for, and the time each was last.
    pub(crate) fn list(&self) -> Vec<(Owed, u64)> {
        let items = self.items();
        let mut list: Vec<(Owed, u64)> = items
            .times
            .iter()
            .map(|(owed, time)| (owed.clone(), *time))
            .collect();
        drop(items);
        list.sort_unstable_by_key(|(_, time)| *time);
        list
    }

    /// The store has been told what was asked for at this time; what was asked for once more since is still owed.
    pub(crate) fn settle(&self, owed: &Owed, time: u64) {
        let mut items = self.items();
        if items.times.get(owed) == Some(&time) {
            items.times.remove(owed);
        }
        self.is_any
            .store(!items.times.is_empty(), Ordering::Release);
    }

    fn items(&self) -> MutexGuard<'_, Items> {
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
        assert!(deferred.concerns(&key(2), &[label.borrowed()]));
        for (owed, time) in deferred.list() {
            deferred.settle(&owed, time);
        }
        assert!(!deferred.is_any());
    }

    #[test]
    fn what_is_owed_again_while_it_is_sent_is_still_owed() {
        let deferred = Deferred::default();
        let function = TagKey::function("c", 1);
        deferred.add(Owed::Entry(key(1)), &function);
        let sent = deferred.list();
        deferred.add(Owed::Entry(key(1)), &function);
        for (owed, time) in sent {
            deferred.settle(&owed, time);
        }
        assert!(deferred.is_any() && deferred.concerns(&key(1), &[]));
    }

    #[test]
    fn an_overflow_covers_more_instead_of_forgetting() {
        let deferred = Deferred::default();
        let function = TagKey::function("c", 1);
        for number in 0..=MOST as u64 {
            deferred.add(Owed::Entry(key(number)), &function);
        }
        assert_eq!(deferred.list().len(), MOST + 1);
        assert!(deferred.concerns(&key(u64::MAX), &[function.borrowed()]));
    }
}
