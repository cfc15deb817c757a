//! Storing a value: in memory and in the store, or nowhere.

use std::sync::Arc;
use std::time::Duration;

use super::call::{Call, Entry};
use super::face::Face;
use super::keep::Payload;
use super::lease::Lease;
use super::terms::terms;
use crate::codec::{EncodeError, survives};
use crate::entry::{Draft, Lock, Terms};
use crate::event::{Event, NotStored, Operation};
use crate::l1::Kept;
use crate::report::Topic;
use crate::shape::Shape;
use crate::store::{Fence, TagVersion, Written};
use crate::stored::Stored;

/// A value that was just computed.
#[derive(Debug)]
pub(super) struct Fresh<'a, V> {
    pub(super) value: &'a Arc<Kept<V>>,
    /// What computing it took.
    pub(super) cost: Duration,
    /// It was computed outside a flight, for one caller only.
    pub(super) is_alone: bool,
}

impl Call<'_> {
    /// Stores a value by the lease its computation had; whether it is stored.
    pub(super) async fn store<F: Face, S: Shape>(
        &self,
        face: F,
        lease: Option<Lease<'_>>,
        fresh: Fresh<'_, S::Value>,
    ) -> bool
    where
        S::Value: Stored,
    {
        if fresh.is_alone {
            return self.not_stored(NotStored::Alone);
        }
        let terms = self.terms::<S>(fresh.value);
        let payload = match self.payload(&fresh.value.value, terms) {
            Ok(payload) => payload,
            Err(reason) => return self.not_stored(reason),
        };
        let permit = lease.as_ref().map_or(&self.permit, Lease::permit).clone();
        // Before the store is asked: a copy must not gain what the answer takes to arrive.
        let now_ms = self.core.time.now_ms();
        let kept = Payload {
            cost: fresh.cost,
            bytes: payload.len(),
        };
        let keep = || {
            let span = self.fresh(kept, now_ms, terms.fresh_ms);
            self.keep(|| fresh.value, kept, span, &permit);
        };
        let Some(mut lease) = lease else {
            keep();
            return self.not_stored(NotStored::Unleased);
        };
        #[cfg(test)]
        self.snapshot_late(face, &mut lease).await;
        let draft = match self.draft(lease.versions(), terms, fresh.cost, &payload) {
            Ok(draft) => draft,
            Err(reason) => {
                keep();
                return self.not_stored(reason);
            }
        };
        let fence = Fence::Leased(lease.token());
        match self.write_entry(face, draft, fence).await {
            Ok(Written::Stored) => {
                lease.spend();
                keep();
                self.emit(Event::Stored {
                    bytes: payload.len(),
                });
                true
            }
            Ok(Written::Refused) => {
                lease.spend();
                self.not_stored(NotStored::Refused)
            }
            Err(()) => {
                keep();
                self.not_stored(NotStored::StoreFailed)
            }
        }
    }

    pub(super) async fn write_entry<F: Face>(
        &self,
        face: F,
        draft: Draft,
        fence: Fence,
    ) -> Result<Written, ()> {
        let written = face
            .write(&self.core.gate, &self.entry_key, draft, fence)
            .await;
        written.map_err(|error| {
            self.store_failed(Operation::Write, &error);
        })
    }

    /// The entry of a value, encrypted where there is a secret.
    pub(super) fn draft(
        &self,
        versions: &[TagVersion],
        terms: Terms,
        cost: Duration,
        payload: &[u8],
    ) -> Result<Draft, NotStored> {
        let (identity, codec) = (self.identity(), self.function().codec());
        let draft = if let Some(secrets) = &self.core.secrets {
            let lock = Lock::draw(secrets).ok_or(NotStored::Unencrypted)?;
            Draft::locked(lock, identity, versions, terms, cost, codec, payload)
        } else {
            Draft::new(identity, versions, terms, cost, codec, payload)
        };
        let errands = &self.core.errands;
        Ok(if errands.index(&self.entry_key, self.memo.function()) {
            draft.indexed()
        } else {
            draft
        })
    }

    /// How long the entry of a value may be used.
    pub(super) fn terms<S: Shape>(&self, value: &Kept<S::Value>) -> Terms {
        let is_none = S::is_none(&value.value);
        let jitter = self.core.ttl_jitter;
        terms(self.function(), is_none, &self.entry_key, jitter)
    }

    /// Whether a value is the one that is stored already.
    pub(super) fn is_same<S: Shape>(&self, value: &Kept<S::Value>, entry: &Entry) -> bool
    where
        S::Value: Stored,
    {
        let terms = self.terms::<S>(value);
        let payload = self.payload(&value.value, terms).ok();
        payload.is_some() && payload == entry.payload
    }

    /// Tells that a value is not stored, and why.
    pub(super) fn not_stored(&self, reason: NotStored) -> bool {
        self.emit(Event::NotStored { reason });
        false
    }

    /// Encodes a value, unless it is one that is not to be stored.
    pub(super) fn payload<V: Stored>(&self, value: &V, terms: Terms) -> Result<Vec<u8>, NotStored> {
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
