//! Facts of files kept from run to run, under the digest of their text.
//!
//! All packages that are built into one target folder share them: what one build script has parsed, no other
//! parses again. The facts of each package's files are in one file, which is never changed in place, so nobody waits
//! for anybody; who writes last wins, and what another wrote meanwhile is found out anew. The folder may be deleted at
//! any time, and whatever in it is damaged, cut short or written by another release is not there: the run is a cold
//! one.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::hash::{HashMap, HashSet};
use crate::index::Digest;
use crate::index::collect::{self, Unparsable, truncate};
use crate::index::facts::FileFacts;
use crate::source::SourceFile;

mod made_by;
mod pack;
mod store;

use pack::Pack;
use store::Store;
pub(crate) use store::folder;

/// The facts of files, computed or remembered.
#[derive(Debug, Default)]
pub(crate) struct FactsCache {
    /// What earlier runs have computed; without it, nothing outlives this run.
    store: Option<Store>,
    /// Of packages by their folders, until it is written down.
    packages: Mutex<HashMap<PathBuf, Package>>,
    /// What this run has used.
    used: Mutex<HashMap<Digest, Arc<FileFacts>>>,
    /// Whether what is asked for now will not be asked for again, and need not be held.
    is_last_use: AtomicBool,
}

/// The facts of one package's files.
#[derive(Debug, Default)]
struct Package {
    /// What earlier runs have computed.
    known: Arc<Pack>,
    /// What this run has asked for.
    used: HashSet<Digest>,
    /// What this run has computed.
    added: Vec<(Digest, Vec<u8>)>,
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

    /// The facts of a text in the package of that folder, which is parsed only if no run before this one has seen it
    /// there.
    pub(crate) fn facts(
        &self,
        package: &Path,
        source: &SourceFile,
    ) -> Result<Arc<FileFacts>, Unparsable> {
        let digest = key(source);
        let find = || {
            self.remembered_or_parsed(package, digest, &source.text)
                .map(Arc::new)
        };
        if self.is_last_use.load(Ordering::Relaxed) {
            let used = self.used().remove(&digest);
            return used.map_or_else(find, Ok);
        }
        if let Some(facts) = self.used().get(&digest) {
            return Ok(Arc::clone(facts));
        }
        let facts = find()?;
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

    /// Keeps what was computed until now for later runs, and holds it no more.
    pub(crate) fn write_down(&self) {
        let packages = std::mem::take(&mut *lock(&self.packages));
        for (folder, package) in packages {
            if !package.added.is_empty() {
                let bytes = package.known.with(&package.used, &package.added);
                self.keep(name(&folder), &bytes);
            }
        }
    }

    fn remembered_or_parsed(
        &self,
        package: &Path,
        digest: Digest,
        text: &str,
    ) -> Result<FileFacts, Unparsable> {
        let Some(store) = &self.store else {
            return collect::file(text);
        };
        let known = self.known(store, package, digest);
        let remembered = known.get(digest);
        if let Some(facts) = remembered.and_then(|bytes| postcard::from_bytes(bytes).ok()) {
            return Ok(facts);
        }
        let facts = collect::file(text)?;
        let Ok(bytes) = postcard::to_stdvec(&facts) else {
            return Ok(facts);
        };
        // They came about among the syntax tree; taken from the bytes, they are close together where it was.
        drop(facts);
        let facts = postcard::from_bytes(&bytes).or_else(|_| collect::file(text));
        let mut packages = lock(&self.packages);
        let package = packages.entry(package.to_owned()).or_default();
        package.added.push((digest, bytes));
        facts
    }

    /// What earlier runs know of a package, of which a digest is used.
    fn known(&self, store: &Store, package: &Path, digest: Digest) -> Arc<Pack> {
        let mut packages = lock(&self.packages);
        if !packages.contains_key(package) {
            let known = store.read(name(package)).map(Pack::of);
            let known = Package {
                known: Arc::new(known.unwrap_or_default()),
                ..Package::default()
            };
            packages.insert(package.to_owned(), known);
        }
        let package = packages.entry(package.to_owned()).or_default();
        package.used.insert(digest);
        Arc::clone(&package.known)
    }

    fn used(&self) -> MutexGuard<'_, HashMap<Digest, Arc<FileFacts>>> {
        lock(&self.used)
    }
}

/// Whatever panics under one of these locks leaves nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Under which the facts of a package's files are kept.
fn name(package: &Path) -> Digest {
    let package = package.as_os_str().as_encoded_bytes();
    truncate(Sha256::new_with_prefix(made_by::mark()).chain_update(package))
}

/// Of a text and of what gathers facts from it: another release looks for other files.
fn key(source: &SourceFile) -> Digest {
    truncate(Sha256::new_with_prefix(made_by::mark()).chain_update(source.digest))
}

#[cfg(test)]
mod tests;
