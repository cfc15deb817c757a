//! One call that was not answered from memory, and the steps it takes towards the store.

use std::cell::OnceCell;
use std::sync::Arc;

use super::Core;
use super::face::Face;
use super::keep::Payload;
use super::snapshot::Snapshot;
use crate::coherence::{Permit, TagVersions};
use crate::entry::{Fault, Identity, Opened, open};
use crate::event::{Event, Layer, MissReason, NoKey, Operation};
use crate::function::Function;
use crate::key::{EntryKey, Key, KeyFault, argument_digest, locked_argument_digest};
use crate::l1::{CallKey, CallRef, Kept};
use crate::memo::Memo;
use crate::report::Topic;
use crate::store::{Found, Seal, StoreError, StoreErrorKind, TagKey, TagRef, TagVersion, seal_of};
use crate::stored::Stored;

/// Who calls what, with which arguments.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) core: &'a Core,
    pub(super) memo: &'static Memo,
    pub(super) key: CallKey,
    /// What the entry is called in the store.
    pub(super) entry_key: EntryKey,
    /// What the entry can be invalidated by: the namespace, the function, then the labels of the marker.
    pub(super) tags: Vec<TagRef<'a>>,
    /// All that the answer depends on, as it was when the call began.
    pub(super) permit: Permit,
}

/// A value for the caller, and a copy for everyone else, once anyone asks for it: memory, and those who wait.
#[derive(Debug)]
pub(super) struct Owned<V> {
    pub(super) value: V,
    shared: OnceCell<Arc<Kept<V>>>,
}

impl<V: Clone> Owned<V> {
    pub(super) const fn new(value: V) -> Self {
        Self {
            value,
            shared: OnceCell::new(),
        }
    }

    pub(super) fn shared(&self) -> &Arc<Kept<V>> {
        let copy = || Arc::new(Kept::new(self.value.clone()));
        self.shared.get_or_init(copy)
    }
}

/// A value that is not fresh any more, but may still be served.
#[derive(Debug)]
pub(super) struct Stale<V> {
    pub(super) owned: Owned<V>,
    /// For how long, in milliseconds.
    pub(super) left_ms: u64,
    pub(super) payload: Payload,
}

/// What the store had to say.
#[derive(Debug)]
pub(super) enum Lookup<V> {
    /// It has the value, which is also in memory now.
    Hit(Hit<V>),
    /// It has no fresh one.
    Miss {
        /// The entry that is there, if there is one.
        seen: Option<Seal>,
        /// What that is good for still.
        stale: Option<Stale<V>>,
    },
    /// It gave no answer: asking it for anything more in this call would only cost time.
    Unreachable,
}

/// A value from the store.
#[derive(Debug)]
pub(super) struct Hit<V> {
    pub(super) owned: Owned<V>,
    /// It is time to compute it anew.
    pub(super) is_due: bool,
}

/// An entry that is only looked at.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) seal: Seal,
    is_young: bool,
    /// The encoded value, if the entry is a usable one.
    pub(super) payload: Option<Vec<u8>>,
}

impl Entry {
    /// Whether less than half of the time it is fresh for has gone by.
    pub(super) const fn is_young(&self) -> bool {
        self.is_young
    }
}

/// The store has not answered a read; whether it gave no answer at all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unanswered(bool);

impl<V> Lookup<V> {
    const fn nothing() -> Self {
        Self::Miss {
            seen: None,
            stale: None,
        }
    }
}

impl<'a> Call<'a> {
    /// The call with this key, which must be a usable one.
    pub(super) fn new(core: &'a Core, memo: &'static Memo, key: &'a Key) -> Self {
        let call_key = CallRef::new(memo.id(), key).to_owned();
        let function = memo.function();
        let (generics, arguments) = call_key.bytes().split_at(key.generics());
        let arguments = match core.secrets {
            None => argument_digest(arguments),
            Some(_) => locked_argument_digest(arguments),
        };
        let entry_key = EntryKey::new(
            core.namespace_of(function),
            memo.store_id(generics),
            function.version(),
            arguments,
        );
        // Behind the naming of the function, with which its crate comes to be known.
        core.errands.attend();
        let tags = core.tags_of(memo, key);
        let permit = core.coherence.permit(entry_key.as_str(), &tags);
        Self {
            core,
            memo,
            key: call_key,
            entry_key,
            tags,
            permit,
        }
    }

    pub(super) const fn function(&self) -> &'static Function {
        self.memo.function()
    }

    pub(super) fn emit(&self, event: Event) {
        self.core.emit(self.memo, event);
    }

    /// What the entry must say it is.
    pub(super) fn identity(&self) -> Identity<'_> {
        Identity {
            name: self.entry_key.as_str(),
            version: self.function().version(),
            path: self.function().path(),
            key: self.key.bytes(),
        }
    }

    fn open<'b>(&self, found: &'b Found) -> Result<Opened<'b>, Fault> {
        let secrets = self.core.secrets.as_ref();
        open(&found.bytes, found.now_ms, &self.identity(), secrets)
    }

    /// Reads the store: one round trip. A hit goes to memory too.
    pub(super) async fn read<F: Face, V: Stored>(&self, face: F) -> Lookup<V> {
        // Read before the store is asked: the copy in memory must not gain what the answer takes to arrive.
        let asked_ms = self.core.time.now_ms();
        let (found, versions) = match self.ask(face, asked_ms).await {
            Ok(answer) => answer,
            Err(Unanswered(is_unreachable)) if is_unreachable => return Lookup::Unreachable,
            Err(_) => return Lookup::nothing(),
        };
        match found {
            Some(found) => {
                let permit = &self.permit;
                self.unpack(face, &found, &versions, asked_ms, permit).await
            }
            None => {
                self.miss(MissReason::Cold);
                Lookup::nothing()
            }
        }
    }

    /// Reads the store without taking the entry for an answer.
    pub(super) async fn look<F: Face>(&self, face: F) -> Result<Option<Entry>, Unanswered> {
        let (found, versions) = self.ask(face, self.core.time.now_ms()).await?;
        Ok(found.map(|found| {
            let seal = seal_of(&found.bytes);
            let opened = self.open(&found).ok();
            let usable = opened.filter(|entry| entry.has_tags(&versions));
            Entry {
                seal,
                is_young: usable.as_ref().is_some_and(Opened::is_young),
                payload: usable.map(|entry| entry.payload.into_owned()),
            }
        }))
    }

    /// The entry, and the versions of the tags: known ones, or as they were read with it.
    async fn ask<F: Face>(
        &self,
        face: F,
        asked_ms: u64,
    ) -> Result<(Option<Found>, TagVersions), Unanswered> {
        if self.core.gate.owes(&self.entry_key, &self.tags) {
            self.miss(MissReason::Owed);
            return Err(Unanswered(true));
        }
        let snapshot = Snapshot::new(self, asked_ms, 0);
        let asked: Vec<TagKey> = snapshot.unknown().map(TagRef::to_key).collect();
        let looked = match face.read(&self.core.gate, &self.entry_key, &asked).await {
            Ok(looked) => looked,
            Err(error) => return Err(self.read_failed(&error)),
        };
        let versions = snapshot.complete(looked.tags, &self.permit, None);
        Ok((looked.entry, versions))
    }

    /// Takes a found entry for what it is: a hit, which goes to memory too, or some kind of miss.
    pub(super) async fn unpack<F: Face, V: Stored>(
        &self,
        face: F,
        found: &Found,
        versions: &[Option<TagVersion>],
        asked_ms: u64,
        permit: &Permit,
    ) -> Lookup<V> {
        match self.judge(found, versions, asked_ms, permit) {
            Ok(lookup) => lookup,
            Err(fault @ Fault::Locked) => {
                self.reject(fault, "left to those who have it");
                let seen = Some(seal_of(&found.bytes));
                Lookup::Miss { seen, stale: None }
            }
            Err(fault) => {
                self.reject(fault, "removed");
                // Told of where it failed; the entry that is stored next replaces this one anyway.
                let _ = self.remove(face).await;
                Lookup::nothing()
            }
        }
    }

    fn judge<V: Stored>(
        &self,
        found: &Found,
        versions: &[Option<TagVersion>],
        asked_ms: u64,
        permit: &Permit,
    ) -> Result<Lookup<V>, Fault> {
        let entry = self.open(found)?;
        let miss = |reason, stale| {
            self.miss(reason);
            let seen = Some(seal_of(&found.bytes));
            Ok(Lookup::Miss { seen, stale })
        };
        if !entry.has_tags(versions) {
            return miss(MissReason::Tag, None);
        }
        let (fresh_ms, usable_ms) = (entry.left_ms(), entry.usable_ms());
        if usable_ms == 0 {
            return miss(MissReason::Expired, None);
        }
        let value: V = entry
            .codec
            .decode(&entry.payload)
            .map_err(|_| Fault::Undecodable)?;
        let owned = Owned::new(value);
        let payload = Payload {
            cost: entry.cost,
            bytes: entry.payload.len(),
        };
        if fresh_ms == 0 {
            let stale = Stale {
                owned,
                left_ms: usable_ms,
                payload,
            };
            return miss(MissReason::Expired, Some(stale));
        }
        let span = self.fresh(payload, asked_ms, fresh_ms);
        self.keep(|| owned.shared(), payload, span, permit);
        self.emit(Event::Hit {
            layer: Layer::Store,
            saved: payload.cost,
        });
        Ok(Lookup::Hit(Hit {
            owned,
            is_due: span.is_due(asked_ms),
        }))
    }

    /// Removes the entry from the store; whether that was possible.
    pub(super) async fn remove<F: Face>(&self, face: F) -> Result<(), StoreErrorKind> {
        let origin = self.core.coherence.own();
        let removed = face.remove(&self.core.gate, &self.entry_key, origin).await;
        removed.map_err(|error| self.store_failed(Operation::Remove, &error))
    }

    /// Tells of an operation that the store could not do.
    pub(super) fn store_failed(&self, operation: Operation, error: &StoreError) -> StoreErrorKind {
        self.core.store_failed(self.memo, operation, error)
    }

    fn read_failed(&self, error: &StoreError) -> Unanswered {
        let kind = self.store_failed(Operation::Read, error);
        self.miss(MissReason::Failed(kind));
        Unanswered(kind.is_unreachable())
    }

    fn reject(&self, fault: Fault, fate: &str) {
        self.miss(MissReason::Rejected(fault));
        let entry_key = &self.entry_key;
        self.core.say(
            self.memo,
            Topic::Entry(fault),
            format_args!(
                "the entry {entry_key} is not usable: {fault}; {fate}, answered by computing"
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
