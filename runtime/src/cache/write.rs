//! Storing a value: in memory and in the store, or nowhere.

use std::sync::Arc;
use std::time::Duration;

use super::call::{Call, terms};
use super::face::Face;
use crate::codec::{EncodeError, survives};
use crate::entry::{Draft, Terms};
use crate::event::{Event, NotStored, Operation};
use crate::l1::Kept;
use crate::report::Topic;
use crate::shape::Shape;
use crate::store::EntryKey;
use crate::stored::Stored;

/// A value that was just computed, or given.
#[derive(Debug)]
pub(super) struct Fresh<'a, V> {
    pub(super) value: &'a Arc<Kept<V>>,
    /// What computing it took.
    pub(super) cost: Duration,
    /// Whether the store is worth asking: not if it gave no answer to the read of the same call.
    pub(super) reachable: bool,
}

impl Call<'_> {
    /// Stores a value, as long as `is_void` does not object. Whether there is now an entry for the call.
    pub(super) async fn write<F: Face, S: Shape>(
        &self,
        face: F,
        entry_key: &EntryKey,
        fresh: Fresh<'_, S::Value>,
        is_void: impl Fn() -> bool,
    ) -> bool
    where
        S::Value: Stored,
    {
        let terms = terms(self.function(), S::is_none(&fresh.value.value));
        let payload = match self.payload(&fresh.value.value, terms) {
            Ok(payload) => payload,
            Err(reason) => {
                self.emit(Event::NotStored { reason });
                return false;
            }
        };
        if is_void() {
            self.emit(Event::NotStored {
                reason: NotStored::Doomed,
            });
            return false;
        }
        let now_ms = self.core.time.now_ms();
        self.keep(
            fresh.value,
            fresh.cost,
            payload.len(),
            now_ms,
            terms.fresh_ms,
        );
        let draft = || {
            Draft::new(
                self.identity(),
                terms,
                fresh.cost,
                self.function().codec(),
                &payload,
            )
        };
        let stored = if fresh.reachable {
            self.write_entry(face, entry_key, draft()).await
        } else {
            false
        };
        if is_void() {
            // Evicted meanwhile: what was written after the eviction removed what it found must not stay.
            self.core.l1.remove(&self.key);
            let _ = self.remove(face, entry_key).await;
            self.emit(Event::NotStored {
                reason: NotStored::Doomed,
            });
            return false;
        }
        self.emit(if stored {
            Event::Stored {
                bytes: payload.len(),
            }
        } else {
            Event::NotStored {
                reason: NotStored::StoreFailed,
            }
        });
        true
    }

    async fn write_entry<F: Face>(&self, face: F, entry_key: &EntryKey, draft: Draft) -> bool {
        match face.write(&*self.core.store, entry_key, draft).await {
            Ok(()) => true,
            Err(error) => {
                self.store_failed(Operation::Write, &error);
                false
            }
        }
    }

    /// Encodes a value, unless it is one that is not to be stored.
    fn payload<V: Stored>(&self, value: &V, terms: Terms) -> Result<Vec<u8>, NotStored> {
        if terms.fresh_ms == 0 {
            return Err(NotStored::Lifetime);
        }
        let codec = self.function().codec();
        let payload = codec
            .encode(value, self.core.max_value_bytes)
            .map_err(|error| self.unencodable(error))?;
        let trial = || {
            survives(codec, value, &payload)
                .map_err(|why| self.unsurviving(&why))
                .is_ok()
        };
        if self.memo.survives::<V>(trial) {
            Ok(payload)
        } else {
            Err(NotStored::Unsurviving)
        }
    }

    fn unencodable(&self, error: EncodeError) -> NotStored {
        match error {
            EncodeError::TooLarge => {
                let limit = self.core.max_value_bytes;
                let what = format_args!("the value is larger than {limit} bytes and not stored");
                self.core.say(self.memo, Topic::ValueTooLarge, what);
                NotStored::TooLarge
            }
            EncodeError::Failed(why) => {
                let what = format_args!("the value does not serialise ({why}) and is not stored");
                self.core.say(self.memo, Topic::ValueUnencodable, what);
                NotStored::Unencodable
            }
        }
    }

    fn unsurviving(&self, why: &str) {
        let codec = self.function().codec();
        let what = format_args!(
            "its values do not survive the codec {codec:?} ({why}), so nothing is stored; choose another codec"
        );
        self.core.say(self.memo, Topic::ValueUnsurviving, what);
    }
}
