//! The versions of tags that this process knows.

use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle};
use smallvec::SmallVec;

use self::front::Front;
use super::{Coherence, Permit, Stamp};
use crate::hash::AsIs;
use crate::store::{FEW_LABELS, TagKey, TagRef, TagVersion};
use crate::sync::atomic::{AtomicBool, Ordering};

mod front;

/// The versions of the tags of one entry, as far as they are known: of the namespace, of the function and of few labels
/// without an allocation.
pub(crate) type TagVersions = SmallVec<[Option<TagVersion>; 2 + FEW_LABELS]>;

/// Versions as they were read, each with what it depends on: one that is outdated is as good as none.
#[derive(Debug)]
pub(crate) struct Versions {
    known: Cache<TagKey, Known, UnitWeighter, AsIs>,
    /// Those of the namespace and of functions, once more.
    front: Front,
    /// Nobody would say if a version changed.
    is_distrusted: AtomicBool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
            front: Front::new(),
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
    pub(crate) fn known(&self, tags: &[TagRef<'_>], now_ms: u64, until_ms: u64) -> TagVersions {
        let is_unknown =
            !self.is_usable(now_ms) || self.versions.is_distrusted.load(Ordering::Acquire);
        if is_unknown {
            return TagVersions::from_elem(None, tags.len());
        }
        let lasts = |known: &Known| known.lasts_ms >= until_ms;
        let mut versions = TagVersions::with_capacity(tags.len());
        for (place, tag) in tags.iter().enumerate() {
            let known = if place < COMMON {
                self.known_common(*tag)
            } else {
                self.known_one(*tag)
            };
            versions.push(known.filter(lasts).map(|known| known.version));
        }
        versions
    }

    /// One of the tags that all calls of a function have.
    fn known_common(&self, tag: TagRef<'_>) -> Option<Known> {
        let front = &self.versions.front;
        if let Some(known) = front.get(tag).filter(|known| self.is_known(known)) {
            return Some(known);
        }
        let known = self.known_one(tag)?;
        front.put(tag, &known);
        Some(known)
    }

    fn known_one(&self, tag: TagRef<'_>) -> Option<Known> {
        let known = self.versions.known.get(&tag)?;
        self.is_known(&known).then_some(known)
    }

    /// Whether nothing was invalidated since that a version depends on.
    fn is_known(&self, known: &Known) -> bool {
        known.generation == self.generation.load(Ordering::Acquire) && self.is_current(known.stamp)
    }

    /// Remembers those versions that were read under `permit`, in the order of its tags, and that the store remembers
    /// until `lasts_ms`, if that is known.
    pub(crate) fn learn(
        &self,
        tags: &[TagRef<'_>],
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
            self.versions.known.insert(tag.to_key(), known);
            if place < COMMON {
                self.versions.front.put(*tag, &known);
            }
        }
    }
}

/// The namespace and the function come first among the tags of an entry.
const COMMON: usize = 2;

/// A few megabytes; a tag beyond them is read with its entry.
const MOST: usize = 1 << 16;
