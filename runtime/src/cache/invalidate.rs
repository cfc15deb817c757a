//! Making entries unusable on purpose.
//!
//! The order matters. First what this process has and computes is void, so that nothing of it is stored any more; then
//! the store is told, which tells the others; then it is void once more, for whoever has read the store in between. Only
//! then does the caller hear that it is done.

use super::Core;
use super::call::{Call, uncached};
use super::face::Face;
use crate::coherence::Stamp;
use crate::errands::TAG_LIFE;
use crate::event::{Event, Operation};
use crate::evicted::Evicted;
use crate::gate::Owed;
use crate::key::Key;
use crate::memo::Memo;
use crate::random;
#[cfg(test)]
use crate::simulation::breaks::Break;
use crate::store::TagKey;

/// Removes the entry of one call everywhere, and keeps what is being computed for it from being stored.
pub(crate) async fn evict<F: Face>(face: F, core: &Core, memo: &'static Memo, key: Key) -> Evicted {
    if let Some(fault) = key.fault() {
        uncached(core, memo, fault);
        return Evicted::Done;
    }
    let call = Call::invalidating(core, memo, &key);
    let outcome = call.evict(face).await;
    call.emit(Event::Evicted { outcome });
    outcome
}

/// Makes every entry of a function unusable everywhere.
pub(crate) async fn clear_function<F: Face>(face: F, core: &Core, memo: &'static Memo) -> Evicted {
    let tag = core.function_tag(memo);
    let outcome = invalidate(face, core, Some(memo), tag).await;
    core.emit(memo, Event::Evicted { outcome });
    outcome
}

/// Makes every entry with a tag unusable everywhere.
pub(crate) async fn tag<F: Face>(face: F, core: &Core, label: &str) -> Evicted {
    let tag = TagKey::label(core.coherence.control(), label);
    invalidate(face, core, None, &tag).await
}

/// Makes every entry of the namespace unusable everywhere.
pub(crate) async fn clear<F: Face>(face: F, core: &Core) -> Evicted {
    let tag = core.coherence.namespace().clone();
    invalidate(face, core, None, &tag).await
}

async fn invalidate<F: Face>(
    face: F,
    core: &Core,
    memo: Option<&'static Memo>,
    tag: &TagKey,
) -> Evicted {
    let guard = Again { core, name: tag };
    core.void(tag);
    let version = random::tag_version();
    let invalidated = face
        .invalidate(&core.gate, tag, version, Some(TAG_LIFE))
        .await;
    drop(guard);
    match invalidated {
        Ok(()) => Evicted::Done,
        Err(error) => {
            if let Some(memo) = memo {
                core.store_failed(memo, Operation::Invalidate, &error);
            }
            core.owe(Owed::Tag(tag.clone()), core.coherence.namespace());
            Evicted::Deferred
        }
    }
}

/// Makes it void once more, also where the future is dropped on the way: the store may have been told.
struct Again<'a> {
    core: &'a Core,
    name: &'a TagKey,
}

impl Drop for Again<'_> {
    fn drop(&mut self) {
        #[cfg(test)]
        if Break::VoidsOnce.is_on() {
            return;
        }
        self.core.void(self.name);
    }
}

impl<'a> Call<'a> {
    /// The call that makes void what there is for it, and what is being computed.
    pub(super) fn invalidating(core: &'a Core, memo: &'static Memo, key: &'a Key) -> Self {
        let mut call = Self::new(core, memo, key);
        core.coherence.invalidate(call.entry_key.as_str());
        call.permit = core.coherence.permit(call.entry_key.as_str(), &call.tags);
        call
    }

    /// Removes the entry from the store, and what was read of it meanwhile from memory. What the store can't be told now
    /// it is told later.
    pub(super) async fn evict<F: Face>(&self, face: F) -> Evicted {
        let again = VoidEntry(self);
        let removed = self.remove(face).await;
        drop(again);
        match removed {
            Ok(()) => Evicted::Done,
            Err(_) => {
                let instead = self.core.function_tag(self.memo);
                self.core.owe(Owed::Entry(self.entry_key.clone()), instead);
                Evicted::Deferred
            }
        }
    }
}

/// As [`Again`], for an entry.
pub(super) struct VoidEntry<'a, 'b>(pub(super) &'a Call<'b>);

impl VoidEntry<'_, '_> {
    /// Makes it void now, and says how that is marked.
    pub(super) fn void(self) -> Stamp {
        let call = self.0;
        std::mem::forget(self);
        call.core.coherence.invalidate(call.entry_key.as_str())
    }
}

impl Drop for VoidEntry<'_, '_> {
    fn drop(&mut self) {
        #[cfg(test)]
        if Break::VoidsOnce.is_on() {
            return;
        }
        let call = self.0;
        call.core.coherence.invalidate(call.entry_key.as_str());
    }
}
