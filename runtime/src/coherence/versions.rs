//! The versions of tags that this process knows.

use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

use super::{Coherence, Permit, Stamp};
use crate::hash::AsIs;
use crate::store::{TagKey, TagVersion};
use crate::sync::atomic::{AtomicBool, Ordering};

/// Versions as they were read, each with what it depends on: one that is outdated is as good as none.
#[derive(Debug)]
pub(crate) struct Versions {
    known: Cache<TagKey, Known, UnitWeighter, AsIs>,
    /// Nobody would say if a version changed.
    is_distrusted: AtomicBool,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    version: TagVersion,
    /// Until when the store remembers it at least, in milliseconds of the clock.
    lasts_ms: u64,
    generation: u64,
    stamp: Stamp,
}

impl Versions {
    pub(super) fn new() -> Self {
        Self {
            known: Cache::with(
                MOST,
                MOST as u64,
                UnitWeighter,
                AsIs,
                DefaultLifecycle::default(),
            ),
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
    /// The version of each of `tags` that this process knows for certain, and that the store remembers until `until_ms`
    /// at least. One that others change while it is on its way does no harm: what is stored with it is not accepted.
    pub(crate) fn known(
        &self,
        tags: &[TagKey],
        now_ms: u64,
        until_ms: u64,
    ) -> Vec<Option<TagVersion>> {
        if !self.is_usable(now_ms) || self.versions.is_distrusted.load(Ordering::Acquire) {
            return vec![None; tags.len()];
        }
        let lasts = |known: &Known| known.lasts_ms >= until_ms;
        let version = |tag| Some(self.known_one(tag).filter(lasts)?.version);
        tags.iter().map(version).collect()
    }

    fn known_one(&self, tag: &TagKey) -> Option<Known> {
        let known = self.versions.known.get(tag)?;
        let is_current = known.generation == self.generation.load(Ordering::Acquire)
            && self.is_current(known.stamp);
        is_current.then_some(known)
    }

    /// Remembers those versions that were read under `permit`, in the order of its tags, and that the store remembers
    /// until `lasts_ms`, if that is known.
    pub(crate) fn learn(
        &self,
        tags: &[TagKey],
        versions: &[Option<TagVersion>],
        permit: &Permit,
        lasts_ms: Option<u64>,
    ) {
        for (place, (tag, version)) in tags.iter().zip(versions).enumerate() {
            let (Some(stamp), &Some(version)) = (permit.tag(place), version) else {
                continue;
            };
            let before = self.versions.known.get(tag);
            let before = before.filter(|known| known.version == version);
            let known = Known {
                version,
                lasts_ms: before
                    .map(|known| known.lasts_ms)
                    .max(lasts_ms)
                    .unwrap_or(0),
                generation: permit.generation(),
                stamp,
            };
            self.versions.known.insert(tag.clone(), known);
        }
    }
}

/// A few megabytes; a tag beyond them is read with its entry.
const MOST: usize = 1 << 16;
