//! Facts of files kept from run to run, under the digest of their text.
//!
//! The cache is one file in `OUT_DIR`. It may be deleted, cut short or written by another release: whatever
//! does not check is not there, and the run is a cold one.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::index::Digest;
use crate::index::collect::{self, Unparsable, truncate};
use crate::index::facts::FileFacts;
use crate::output;

/// Bump when [`FileFacts`] or what is gathered into them changes within one release.
const FACTS_VERSION: u32 = 3;

/// The facts of files, computed or remembered.
#[derive(Debug, Default)]
pub(crate) struct FactsCache {
    remembered: HashMap<Digest, Vec<u8>>,
    /// What this run has used: the next run's memory.
    used: Mutex<BTreeMap<Digest, Arc<FileFacts>>>,
    /// Whether this run has parsed anything.
    parsed: AtomicBool,
}

/// The file's layout; `checksum` is of all entries.
#[derive(Serialize, Deserialize)]
struct Stored {
    made_by: String,
    checksum: Digest,
    entries: Vec<(Digest, Vec<u8>)>,
}

impl FactsCache {
    /// Reads a cache file; anything but a good one is an empty cache.
    pub(crate) fn load(path: &Path) -> Self {
        let remembered = std::fs::read(path).ok().and_then(|bytes| {
            let stored: Stored = postcard::from_bytes(&bytes).ok()?;
            let good = stored.made_by == made_by() && stored.checksum == checksum(&stored.entries);
            good.then(|| stored.entries.into_iter().collect())
        });
        Self {
            remembered: remembered.unwrap_or_default(),
            ..Self::default()
        }
    }

    /// The facts of a text, which is parsed only if no run before this one has seen it.
    pub(crate) fn facts(&self, text: &str) -> Result<Arc<FileFacts>, Unparsable> {
        let digest = truncate(Sha256::new_with_prefix(text));
        if let Some(facts) = self.used().get(&digest) {
            return Ok(Arc::clone(facts));
        }
        let remembered = self.remembered.get(&digest);
        let facts = match remembered.and_then(|bytes| postcard::from_bytes(bytes).ok()) {
            Some(facts) => Arc::new(facts),
            None => {
                self.parsed.store(true, Ordering::Relaxed);
                Arc::new(collect::file(text)?)
            }
        };
        self.used().insert(digest, Arc::clone(&facts));
        Ok(facts)
    }

    /// Nothing that could panic runs under this lock.
    fn used(&self) -> MutexGuard<'_, BTreeMap<Digest, Arc<FileFacts>>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what was used, if it is anything new. A cache that can't be written costs the next run time,
    /// so that is no error.
    pub(crate) fn save(&self, path: &Path) {
        let used = self.used();
        if !self.parsed.load(Ordering::Relaxed) && used.len() == self.remembered.len() {
            return;
        }
        let encoded = used
            .iter()
            .filter_map(|(digest, facts)| Some((*digest, postcard::to_stdvec(&**facts).ok()?)));
        let entries: Vec<(Digest, Vec<u8>)> = encoded.collect();
        let stored = Stored {
            made_by: made_by(),
            checksum: checksum(&entries),
            entries,
        };
        if let Ok(bytes) = postcard::to_stdvec(&stored) {
            let _ = output::write(path, &bytes);
        }
    }
}

fn made_by() -> String {
    format!(
        "selfsame-build {} facts {FACTS_VERSION}",
        env!("CARGO_PKG_VERSION")
    )
}

fn checksum(entries: &[(Digest, Vec<u8>)]) -> Digest {
    let mut hasher = Sha256::new();
    for (digest, bytes) in entries {
        hasher.update(digest);
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    truncate(hasher)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "pub fn f() -> u8 { g() }\nfn g() -> u8 { 1 }\n";

    fn saved() -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache");
        let cache = FactsCache::default();
        cache.facts(TEXT).unwrap();
        cache.save(&path);
        (folder, path)
    }

    #[test]
    fn a_text_that_was_seen_is_not_parsed_again() {
        let (_folder, path) = saved();
        let cache = FactsCache::load(&path);
        let facts = cache.facts(TEXT).unwrap();
        assert!(!cache.parsed.into_inner());
        assert_eq!(facts.items.len(), 2);
        assert_eq!(
            facts.items[0].digest,
            collect::file(TEXT).unwrap().items[0].digest
        );
    }

    #[test]
    fn another_text_is_parsed() {
        let (_folder, path) = saved();
        let cache = FactsCache::load(&path);
        cache.facts("fn h() {}").unwrap();
        assert!(cache.parsed.into_inner());
    }

    #[test]
    fn a_damaged_cache_is_an_empty_one() {
        let (_folder, path) = saved();
        let good = std::fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x55;
            std::fs::write(&path, &bad).unwrap();
            assert!(FactsCache::load(&path).remembered.is_empty(), "byte {at}");
            std::fs::write(&path, &good[..at]).unwrap();
            assert!(FactsCache::load(&path).remembered.is_empty(), "cut at {at}");
        }
    }
}
