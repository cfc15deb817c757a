//! Keys: what identifies one call, in this process and in stores.
//!
//! In this process a call is identified by its function and the exact encoded bytes of its key parts, so nothing is
//! hashed cryptographically before a copy in memory was missed. In stores it is an [`EntryKey`].

use std::any::type_name;
use std::cell::Cell;

use serde::Serialize;

use crate::event::MissReason;
use crate::l1::Usable;

mod bytes;
pub(crate) mod encode;
mod entry_key;
mod tags;
#[cfg(test)]
mod tests;
mod unordered;

pub(crate) use self::bytes::KeyBytes;
use self::encode::EncodeError;
pub use self::entry_key::EntryKey;
pub(crate) use self::entry_key::{argument_digest, function_id, locked_argument_digest};
use self::tags::Labels;
pub use self::tags::Tags;

/// The encoded key parts of one call, or the reason why it has none.
///
/// A hit moves it several times, and would wait for the processor each time to read back what it has just written: so
/// that it is only the address of what the thread has lent.
#[derive(Debug)]
pub struct Key(Option<Box<KeyParts>>);

impl Key {
    /// Encodes the parts of a key of the function that is known as `memo`.
    #[inline]
    pub(crate) fn build(memo: usize, parts: impl FnOnce(&mut KeyParts)) -> Self {
        let mut collected = lend();
        parts(&mut collected);
        collected.hash = collected.bytes.hash(memo);
        Self(Some(collected))
    }

    #[inline]
    fn parts(&self) -> &KeyParts {
        match &self.0 {
            Some(parts) => parts,
            None => unreachable!("they are given back when the key is dropped"),
        }
    }

    #[inline]
    fn parts_mut(&mut self) -> &mut KeyParts {
        match &mut self.0 {
            Some(parts) => parts,
            None => unreachable!("they are given back when the key is dropped"),
        }
    }

    /// Names of generic arguments, then the parts.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        self.parts().bytes.as_slice()
    }

    /// A hash of the bytes, and of the function.
    #[inline]
    pub(crate) fn hash(&self) -> u64 {
        self.parts().hash
    }

    /// How many of the bytes are names of generic arguments.
    pub(crate) fn generics(&self) -> usize {
        self.parts().generics
    }

    /// The key of a call that need not look in memory again.
    #[inline]
    pub(crate) fn answered_by(mut self, answer: Result<Usable, MissReason>) -> Self {
        self.parts_mut().answer = Some(answer);
        self
    }

    /// What memory had when the key was made, if it was looked for.
    #[inline]
    pub(crate) fn answer(&self) -> Option<Result<&Usable, &MissReason>> {
        self.parts().answer.as_ref().map(Result::as_ref)
    }

    /// The labels of the call.
    pub(crate) fn labels(&self) -> &Labels {
        &self.parts().labels
    }

    #[inline]
    pub(crate) fn fault(&self) -> Option<&KeyFault> {
        self.parts().fault.as_deref()
    }
}

impl Drop for Key {
    #[inline]
    fn drop(&mut self) {
        if let Some(parts) = self.0.take() {
            give_back(parts);
        }
    }
}

/// Collects the parts of a key, in order.
#[derive(Debug, Default)]
pub struct KeyParts {
    bytes: KeyBytes,
    /// A hash of the bytes, and of the function; once all are there.
    hash: u64,
    /// How many of the bytes are names of generic arguments: these belong to the function, in stores.
    generics: usize,
    /// Set if a part could not be encoded: such a call is computed and nothing is stored.
    fault: Option<Box<KeyFault>>,
    /// The labels of the call; empty where the function has no tags, or where they are not asked for.
    labels: Labels,
    /// What memory had when the key was made, if it was looked for. If it had something, the key has no tags.
    answer: Option<Result<Usable, MissReason>>,
    /// Further room that the thread has to lend, while this is the first that it would.
    next: Option<Box<Self>>,
    /// How much of it there is behind this one.
    behind: usize,
}

impl KeyParts {
    /// Adds a part.
    #[inline]
    pub fn part<P: KeyPart + ?Sized>(&mut self, part: &P) {
        part.add_to(self);
    }

    /// Adds a generic argument, by name. Comes before all parts.
    #[inline]
    pub fn generic<T: ?Sized>(&mut self) {
        encode::generic(type_name::<T>(), &mut self.bytes);
        self.generics = self.bytes.len();
    }

    #[inline]
    fn add<T: Serialize + ?Sized>(&mut self, part: &T) {
        match encode::value(part, &mut self.bytes) {
            Ok(()) if self.bytes.len() <= MAX_KEY_BYTES => {}
            Ok(()) | Err(EncodeError::TooLarge) => self.fail(KeyFault::TooLarge),
            Err(EncodeError::Failed(reason)) => self.fail(KeyFault::Unencodable(reason.into())),
        }
    }

    /// The first fault stays: the parts after it are encoded behind what is no key any more.
    #[cold]
    fn fail(&mut self, fault: KeyFault) {
        self.fault.get_or_insert_with(|| Box::new(fault));
    }

    /// Forgets the key, but keeps its room.
    #[inline]
    fn clear(&mut self) {
        self.bytes.clear();
        self.generics = 0;
        self.fault = None;
        self.labels.clear();
        self.answer = None;
    }
}

thread_local! {
    /// Room for the next keys of the thread: as many as it had at once, while none of it is lent.
    static SPARE: Cell<Option<Box<KeyParts>>> = const { Cell::new(None) };
}

/// Room for a key, with what the thread has to lend.
#[inline]
fn lend() -> Box<KeyParts> {
    // A thread that is ending has nothing to lend any more.
    let lent = SPARE.try_with(|spare| {
        let mut first = spare.take()?;
        spare.set(first.next.take());
        Some(first)
    });
    lent.ok().flatten().unwrap_or_default()
}

/// Takes room for the next keys of the thread.
#[inline]
fn give_back(mut parts: Box<KeyParts>) {
    if parts.bytes.capacity().max(parts.labels.capacity()) > MAX_SPARE_BYTES {
        return;
    }
    parts.clear();
    let _ = SPARE.try_with(|spare| {
        let next = spare.take();
        parts.behind = next.as_ref().map_or(0, |next| next.behind + 1);
        if parts.behind < MAX_SPARES {
            parts.next = next;
            spare.set(Some(parts));
        } else {
            spare.set(next);
        }
    });
}

/// How many keys a thread keeps room for: asynchronous calls have theirs while they wait.
const MAX_SPARES: usize = 64;

/// What a thread may keep for a key; larger ones are rare, and freed.
const MAX_SPARE_BYTES: usize = 4096;

/// Why a call has no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyFault {
    /// A part failed to serialise; the type's own words.
    Unencodable(Box<str>),
    /// The parts are larger than [`MAX_KEY_BYTES`].
    TooLarge,
}

/// What can be part of a key: everything that implements [`serde::Serialize`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be part of a cache key",
    label = "this parameter is part of the key, and `{Self}` does not implement `serde::Serialize`",
    note = "derive `serde::Serialize` for it, leave it out with `skip(…)`, or name what identifies it with `key(…)`"
)]
pub trait KeyPart {
    #[doc(hidden)]
    fn add_to(&self, parts: &mut KeyParts);
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> KeyPart for T {
    #[inline]
    fn add_to(&self, parts: &mut KeyParts) {
        parts.add(self);
    }
}

/// Entries carry their whole key, so it is capped like the value (1 MiB by default).
pub(crate) const MAX_KEY_BYTES: usize = 1 << 20;
