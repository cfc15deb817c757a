//! The versions of an entry's tags: what this process knows of them for certain need not be asked for.

use super::call::Call;
use crate::coherence::{Permit, TagVersions};
use crate::store::{TagRef, TagVersion};

/// What is known before the store is asked.
#[derive(Debug)]
pub(super) struct Snapshot<'a> {
    call: &'a Call<'a>,
    known: TagVersions,
}

impl<'a> Snapshot<'a> {
    /// The versions that are known at `now_ms`, and that the store remembers until `until_ms` at least.
    pub(super) fn new(call: &'a Call<'a>, now_ms: u64, until_ms: u64) -> Self {
        Self {
            call,
            known: call.core.coherence.known(&call.tags, now_ms, until_ms),
        }
    }

    /// The tags to ask for.
    pub(super) fn unknown(&self) -> impl Iterator<Item = TagRef<'a>> {
        let tags = self.call.tags.iter().zip(&self.known);
        tags.filter(|(_, known)| known.is_none())
            .map(|(tag, _)| *tag)
    }

    /// All versions, with those that were `told` in their places. These are remembered under `permit`; the store
    /// remembers them until `lasts_ms`, if that is known. A store that tells too few leaves some without a version.
    pub(super) fn complete(
        self,
        told: impl IntoIterator<Item = Option<TagVersion>>,
        permit: &Permit,
        lasts_ms: Option<u64>,
    ) -> TagVersions {
        if self.known.iter().all(Option::is_some) {
            return self.known;
        }
        let mut told = told.into_iter();
        let told = self.known.iter().map(|known| match known {
            Some(_) => None,
            None => told.next().flatten(),
        });
        let told: TagVersions = told.collect();
        let coherence = &self.call.core.coherence;
        coherence.learn(&self.call.tags, &told, permit, lasts_ms);
        let versions = self.known.into_iter().zip(told);
        versions.map(|(known, told)| known.or(told)).collect()
    }
}
