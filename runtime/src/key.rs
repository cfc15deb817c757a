//! Keys: what identifies one call, in this process and in stores.
//!
//! In this process a call is identified by its function and the exact encoded bytes of its key parts, so nothing is
//! hashed cryptographically before a copy in memory was missed. In stores it is an [`EntryKey`].

use std::any::type_name;

use serde::Serialize;

use crate::l1::Usable;

mod bytes;
pub(crate) mod encode;
mod entry_key;
mod tags;
#[cfg(test)]
mod tests;
mod unordered;

pub(crate) use self::bytes::KeyBytes;
use self::bytes::give_back;
use self::encode::EncodeError;
pub use self::entry_key::EntryKey;
pub(crate) use self::entry_key::{argument_digest, function_id, locked_argument_digest};
pub use self::tags::Tags;

/// The encoded key parts of one call, or the reason why it has none.
#[derive(Debug)]
pub struct Key {
    /// Names of generic arguments, then the parts. Lent by the thread, and given back when the key is dropped.
    bytes: Vec<u8>,
    /// A hash of the bytes, and of the function.
    hash: u64,
    /// How many of the bytes are names of generic arguments: these belong to the function, in stores.
    generics: usize,
    /// Set if a part could not be encoded: such a call is computed and nothing is stored.
    fault: Option<Box<KeyFault>>,
    /// The labels of the call; empty where the function has no tags, or where they are not asked for.
    tags: Box<[Box<str>]>,
    /// What memory had when the key was made, if it was looked for. The key has no tags then.
    answer: Option<Usable>,
}

impl Key {
    /// Encodes the parts of a key of the function that is known as `memo`.
    #[inline]
    pub(crate) fn build(memo: usize, parts: impl FnOnce(&mut KeyParts)) -> Self {
        let mut collected = KeyParts {
            bytes: KeyBytes::new(),
            generics: 0,
            fault: None,
        };
        parts(&mut collected);
        Self {
            hash: collected.bytes.hash(memo),
            bytes: collected.bytes.into_bytes(),
            generics: collected.generics,
            fault: collected.fault,
            tags: Box::default(),
            answer: None,
        }
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[inline]
    pub(crate) const fn hash(&self) -> u64 {
        self.hash
    }

    /// How many of the bytes are names of generic arguments.
    pub(crate) const fn generics(&self) -> usize {
        self.generics
    }

    /// The key of a call that needs nothing more.
    pub(crate) fn answered_by(mut self, usable: Usable) -> Self {
        self.answer = Some(usable);
        self
    }

    /// What memory had when the key was made.
    #[inline]
    pub(crate) const fn answer(&self) -> Option<&Usable> {
        self.answer.as_ref()
    }

    /// The labels of the call.
    pub(crate) fn tags(&self) -> &[Box<str>] {
        &self.tags
    }

    #[inline]
    pub(crate) fn fault(&self) -> Option<&KeyFault> {
        self.fault.as_deref()
    }
}

impl Drop for Key {
    #[inline]
    fn drop(&mut self) {
        give_back(std::mem::take(&mut self.bytes));
    }
}

/// Collects the parts of a key, in order.
#[derive(Debug)]
pub struct KeyParts {
    bytes: KeyBytes,
    generics: usize,
    fault: Option<Box<KeyFault>>,
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
}

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
