//! Keys of functions with `tags(…)`, and forgetting a whole function.

use super::Memo;
use crate::cache::Cache;
use crate::cache::face::{Async, Blocking, now};
use crate::cache::invalidate;
use crate::evicted::Evicted;
use crate::key::{Key, KeyParts, Tags};

impl Memo {
    /// Encodes the key of a call, and collects its tags.
    pub fn tagged_key(
        &'static self,
        parts: impl FnOnce(&mut KeyParts),
        tags: impl FnOnce(&mut Tags<'_>),
    ) -> Key {
        let control = Cache::current().core().coherence.control();
        self.key(parts).with_tags(control, tags)
    }

    /// The same for calls that a copy in memory answers, which need no tags then: most calls end there. The call begins
    /// here: what memory had is its answer, even if that is invalidated a moment later.
    #[inline]
    pub fn lookup_key(
        &'static self,
        parts: impl FnOnce(&mut KeyParts),
        tags: impl FnOnce(&mut Tags<'_>),
    ) -> Key {
        let key = self.key(parts);
        if key.fault().is_some() {
            return key;
        }
        let core = Cache::current().core();
        match core.find_in_memory(self, &key) {
            Ok(usable) => key.answered_by(Ok(usable)),
            Err(reason) => {
                let control = core.coherence.control();
                key.with_tags(control, tags).answered_by(Err(reason))
            }
        }
    }

    /// Makes every entry of the function unusable, whatever its arguments.
    pub fn clear(&'static self) -> Evicted {
        now(invalidate::clear_function(
            Blocking,
            Cache::current().core(),
            self,
        ))
    }

    /// Makes every entry of the function unusable, whatever its arguments.
    pub async fn clear_async(&'static self) -> Evicted {
        invalidate::clear_function(Async, Cache::current().core(), self).await
    }
}
