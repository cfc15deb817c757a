//! The versions of tags that this process knows.

use quick_cache::sync::Cache;

use super::{Coherence, Permit, Stamp};
use crate::store::{TagKey, TagVersion};
use crate::sync::atomic::{AtomicBool, Ordering};

/// Versions as they were read, each with what it depends on: one that is outdated is as good as none.
#[derive(Debug)]
pub(crate) struct Versions {
    known: Cache<TagKey, Known>,
    /// Nobody would say if a version changed.
    is_distrusted: AtomicBool,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    version: TagVersion,
    generation: u64,
    stamp: Stamp,
}

impl Versions {
    pub(super) fn new() -> Self {
        Self {
            known: Cache::new(MOST),
            is_distrusted: AtomicBool::new(false),
        }
    }

    pub(super) fn distrust(&self) {
        self.is_distrusted.store(true, Ordering::Release);
    }

    /// Some tags that are in use, for the store to keep.
    pub(crate) fn tags(&self, most: usize) -> Vec<TagKey> {
        self.known.iter().take(most).map(|(tag, _)| tag).collect()
    }
}

impl Coherence {
    /// The versions of all of `tags`, if this process knows them for certain.
    pub(crate) fn known(&self, tags: &[TagKey], now_ms: u64) -> Option<Vec<TagVersion>> {
        if !self.is_usable(now_ms) || self.versions.is_distrusted.load(Ordering::Acquire) {
            return None;
        }
        tags.iter().map(|tag| self.known_one(tag)).collect()
    }

    fn known_one(&self, tag: &TagKey) -> Option<TagVersion> {
        let known = self.versions.known.get(tag)?;
        let is_current = known.generation == self.generation.load(Ordering::Acquire)
            && self.is_current(known.stamp);
        is_current.then_some(known.version)
    }

    /// Remembers versions that were read under `permit`, in the order of its tags.
    pub(crate) fn learn(&self, tags: &[TagKey], versions: &[TagVersion], permit: &Permit) {
        for (place, (tag, &version)) in tags.iter().zip(versions).enumerate() {
            if let Some(stamp) = permit.tag(place) {
                let known = Known {
                    version,
                    generation: permit.generation(),
                    stamp,
                };
                self.versions.known.insert(tag.clone(), known);
            }
        }
    }
}

/// A few megabytes; a tag beyond them is read with its entry.
const MOST: usize = 1 << 16;
