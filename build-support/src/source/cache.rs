//! Facts of files kept from run to run, under the digest of their text.
//!
//! All packages that are built into one target folder share them: what one build script has parsed, no other
//! parses again. Each text has a file of its own, so nobody waits for anybody, and nothing is ever changed in
//! place. The folder may be deleted at any time, and whatever in it is damaged, cut short or written by another
//! release is not there: the run is a cold one.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::hash::HashMap;
use crate::index::Digest;
use crate::index::collect::{self, Unparsable, truncate};
use crate::index::facts::FileFacts;

mod made_by;
mod store;

use store::Store;
pub(crate) use store::folder;

/// The facts of files, computed or remembered.
#[derive(Debug, Default)]
pub(crate) struct FactsCache {
    /// What earlier runs have computed; without it, nothing outlives this run.
    store: Option<Store>,
    /// What this run has used.
    used: Mutex<HashMap<Digest, Arc<FileFacts>>>,
    /// Whether what is asked for now will not be asked for again, and need not be held.
    is_last_use: AtomicBool,
}

impl FactsCache {
    /// The cache for a build script with that `OUT_DIR`.
    pub(crate) fn of_build(out_dir: &Path) -> Self {
        Self {
            store: Some(Store::of_build(out_dir)),
            ..Self::default()
        }
    }

    /// Says that the target read from now on is the last one of this run.
    pub(crate) fn last_target(&self) {
        self.is_last_use.store(true, Ordering::Relaxed);
    }

    /// The facts of a text, which is parsed only if no run before this one has seen it.
    pub(crate) fn facts(&self, text: &str) -> Result<Arc<FileFacts>, Unparsable> {
        let digest = key(text);
        if self.is_last_use.load(Ordering::Relaxed) {
            let used = self.used().remove(&digest);
            return used.map_or_else(|| self.remembered_or_parsed(digest, text).map(Arc::new), Ok);
        }
        if let Some(facts) = self.used().get(&digest) {
            return Ok(Arc::clone(facts));
        }
        let facts = Arc::new(self.remembered_or_parsed(digest, text)?);
        self.used().insert(digest, Arc::clone(&facts));
        Ok(facts)
    }

    /// Whether later runs find anything of this one.
    pub(crate) fn outlives_the_run(&self) -> bool {
        self.store.is_some()
    }

    /// What an earlier run has kept under a name, besides facts.
    pub(crate) fn kept(&self, name: Digest) -> Option<Vec<u8>> {
        self.store.as_ref()?.read(name)
    }

    /// Keeps something for later runs, if anything is.
    pub(crate) fn keep(&self, name: Digest, bytes: &[u8]) {
        if let Some(store) = &self.store {
            store.write(name, bytes);
        }
    }

    fn remembered_or_parsed(&self, digest: Digest, text: &str) -> Result<FileFacts, Unparsable> {
        let Some(store) = &self.store else {
            return collect::file(text);
        };
        let remembered = store.read(digest);
        if let Some(facts) = remembered.and_then(|bytes| postcard::from_bytes(&bytes).ok()) {
            return Ok(facts);
        }
        let facts = collect::file(text)?;
        if let Ok(bytes) = postcard::to_stdvec(&facts) {
            store.write(digest, &bytes);
        }
        Ok(facts)
    }

    /// Nothing that could panic runs under this lock.
    fn used(&self) -> MutexGuard<'_, HashMap<Digest, Arc<FileFacts>>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of a text and of what gathers facts from it: another release looks for other files.
fn key(text: &str) -> Digest {
    truncate(Sha256::new_with_prefix(made_by::mark()).chain_update(text))
}

#[cfg(test)]
mod tests;
