//! One call that was not answered from memory, and the steps it takes towards the store.

use std::sync::Arc;
use std::time::Duration;

use super::Core;
use super::face::Face;
use crate::entry::{Fault, Identity, Terms, open};
use crate::event::{Event, Layer, MissReason, NoKey, Operation};
use crate::function::Function;
use crate::key::{EntryKey, Key, KeyFault, argument_digest};
use crate::l1::{CallKey, CallRef, Keeping, Kept};
use crate::memo::Memo;
use crate::report::Topic;
use crate::store::{StoreError, StoreErrorKind};
use crate::stored::Stored;

/// Who calls what, with which arguments.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) core: &'a Core,
    pub(super) memo: &'static Memo,
    pub(super) key: CallKey,
    generics: usize,
}

/// A value for the caller, and a copy for everyone else: memory, and those who wait.
#[derive(Debug)]
pub(super) struct Owned<V> {
    pub(super) value: V,
    pub(super) shared: Arc<Kept<V>>,
}

impl<V: Clone> Owned<V> {
    pub(super) fn new(value: V) -> Self {
        Self {
            shared: Arc::new(Kept::new(value.clone())),
            value,
        }
    }
}

/// What the store had to say.
#[derive(Debug)]
pub(super) enum Lookup<V> {
    /// It has the value, which is also in memory now.
    Hit(Owned<V>),
    /// It has no usable one.
    Miss,
    /// It gave no answer: asking it for anything more in this call would only cost time.
    Unreachable,
}

impl<'a> Call<'a> {
    /// The call with this key, which must be a usable one.
    pub(super) fn new(core: &'a Core, memo: &'static Memo, key: &Key) -> Self {
        Self {
            core,
            memo,
            key: CallRef::new(memo.id(), key).to_owned(),
            generics: key.generics(),
        }
    }

    pub(super) const fn function(&self) -> &'static Function {
        self.memo.function()
    }

    pub(super) fn emit(&self, event: Event) {
        self.core.emit(self.memo, event);
    }

    /// What the entry is called in the store.
    pub(super) fn entry_key(&self) -> EntryKey {
        let function = self.function();
        let (generics, arguments) = self.key.bytes().split_at(self.generics);
        EntryKey::new(
            self.core.namespace_of(function),
            self.memo.store_id(generics),
            function.version(),
            argument_digest(arguments),
        )
    }

    /// What the entry must say it is.
    pub(super) fn identity(&self) -> Identity<'_> {
        Identity {
            version: self.function().version(),
            path: self.function().path(),
            key: self.key.bytes(),
        }
    }

    /// Reads the store: one round trip. A hit goes to memory too.
    pub(super) async fn read<F: Face, V: Stored>(
        &self,
        face: F,
        entry_key: &EntryKey,
    ) -> Lookup<V> {
        // Read before the store is asked: the copy in memory must not gain what the answer takes to arrive.
        let asked_ms = self.core.time.now_ms();
        let found = match face.read(&*self.core.store, entry_key).await {
            Ok(Some(found)) => found,
            Ok(None) => {
                self.miss(MissReason::Cold);
                return Lookup::Miss;
            }
            Err(error) => return self.read_failed(&error),
        };
        match self.unpack(&found.bytes, found.now_ms, asked_ms) {
            Ok(Some(value)) => Lookup::Hit(value),
            Ok(None) => {
                self.miss(MissReason::Expired);
                Lookup::Miss
            }
            Err(fault) => {
                self.reject(fault, entry_key);
                // Told of where it failed; the entry that is stored next replaces this one anyway.
                let _ = self.remove(face, entry_key).await;
                Lookup::Miss
            }
        }
    }

    /// The value in an entry, unless it is not fresh any more.
    fn unpack<V: Stored>(
        &self,
        bytes: &[u8],
        now_ms: u64,
        asked_ms: u64,
    ) -> Result<Option<Owned<V>>, Fault> {
        let entry = open(bytes, now_ms, &self.identity())?;
        let left_ms = entry.left_ms();
        if left_ms == 0 {
            return Ok(None);
        }
        let value: V = entry
            .codec
            .decode(&entry.payload)
            .map_err(|_| Fault::Undecodable)?;
        let owned = Owned::new(value);
        let saved = entry.cost;
        self.keep(&owned.shared, saved, entry.payload.len(), asked_ms, left_ms);
        self.emit(Event::Hit {
            layer: Layer::Store,
            saved,
        });
        Ok(Some(owned))
    }

    /// Puts a copy into memory, for as long as the function allows and no longer than the entry is fresh.
    pub(super) fn keep<V: Stored>(
        &self,
        value: &Arc<Kept<V>>,
        cost: Duration,
        payload_bytes: usize,
        now_ms: u64,
        left_ms: u64,
    ) {
        let copy_ms = self.function().l1_ms().min(left_ms);
        if copy_ms == 0 {
            return;
        }
        let keeping = Keeping {
            // "For ever" saturates to the same number.
            deadline_ms: now_ms.saturating_add(copy_ms),
            cost_us: u64::try_from(cost.as_micros()).unwrap_or(u64::MAX),
            payload_bytes,
        };
        let slot = Arc::<Kept<V>>::clone(value);
        self.core.l1.insert(self.key.clone(), slot, keeping);
    }

    /// Removes the entry from the store; whether that was possible.
    pub(super) async fn remove<F: Face>(
        &self,
        face: F,
        entry_key: &EntryKey,
    ) -> Result<(), StoreErrorKind> {
        let removed = face.remove(&*self.core.store, entry_key).await;
        removed.map_err(|error| self.store_failed(Operation::Remove, &error))
    }

    /// Tells of an operation that the store could not do.
    pub(super) fn store_failed(&self, operation: Operation, error: &StoreError) -> StoreErrorKind {
        let kind = error.kind();
        self.emit(Event::StoreFailed { operation, kind });
        let consequence = match operation {
            Operation::Read => "answered by computing",
            Operation::Write => "the result is not stored there",
            Operation::Remove => "what was to be removed may still be there",
        };
        let what = format_args!("{error}; {consequence}");
        self.core.say(self.memo, Topic::Store(kind), what);
        kind
    }

    fn read_failed<V>(&self, error: &StoreError) -> Lookup<V> {
        let kind = self.store_failed(Operation::Read, error);
        self.miss(MissReason::Failed(kind));
        if kind.is_unreachable() {
            Lookup::Unreachable
        } else {
            Lookup::Miss
        }
    }

    fn reject(&self, fault: Fault, entry_key: &EntryKey) {
        self.miss(MissReason::Rejected(fault));
        self.core.say(
            self.memo,
            Topic::Entry(fault),
            format_args!(
                "the entry {entry_key} is not usable: {fault}; removed, answered by computing"
            ),
        );
    }

    fn miss(&self, reason: MissReason) {
        self.emit(Event::Miss {
            layer: Layer::Store,
            reason,
        });
    }
}

/// How long an entry of this function may be used.
pub(super) const fn terms(function: &Function, is_none: bool) -> Terms {
    Terms {
        fresh_ms: if is_none {
            function.none_ms()
        } else {
            function.ttl_ms()
        },
        stale_ms: 0,
    }
}

/// Tells of a call that has no key.
pub(super) fn uncached(core: &Core, memo: &'static Memo, fault: &KeyFault) {
    match fault {
        KeyFault::Unencodable(why) => {
            core.emit(
                memo,
                Event::Uncached {
                    reason: NoKey::Unencodable,
                },
            );
            let what = format_args!("an argument does not serialise ({why}); computed each time");
            core.say(memo, Topic::KeyUnencodable, what);
        }
        KeyFault::TooLarge => {
            core.emit(
                memo,
                Event::Uncached {
                    reason: NoKey::TooLarge,
                },
            );
            let what = format_args!("the arguments are larger than 1 MiB; computed each time");
            core.say(memo, Topic::KeyTooLarge, what);
        }
    }
}
