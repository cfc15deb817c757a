//! [`KeyBytes`]: where keys are encoded and hashed.

use std::fmt;
use std::hash::Hasher;

use foldhash::fast::FoldHasher;

use crate::hash;

/// The bytes of a key that is being encoded, and a hash of what went in.
///
/// Two things here are for the processor's sake; together they halve the time of a hit. It waits whenever bytes are
/// read back that have just been written in other pieces. So the hash is taken from what is appended, not from the
/// buffer (it then depends on the pieces too; equal values are appended in equal pieces). And the buffer is not part of
/// the key, which is moved, but lent by the thread.
pub(crate) struct KeyBytes {
    bytes: Vec<u8>,
    hasher: FoldHasher<'static>,
    /// Whether bytes were moved after they were hashed, so that the hash says nothing.
    reordered: bool,
}

impl KeyBytes {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    #[inline]
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    /// Appends text, or whatever has any length.
    #[inline]
    pub(crate) fn append(&mut self, bytes: &[u8]) {
        self.hasher.write(bytes);
        self.bytes.extend_from_slice(bytes);
    }

    /// Appends a few bytes that `digest` stands for.
    #[inline]
    pub(crate) fn append_short<const N: usize>(&mut self, bytes: [u8; N], digest: u64) {
        self.hasher.write_u64(digest);
        self.bytes.extend_from_slice(&bytes);
    }

    /// Replaces all bytes from `start` on by the same bytes in another order.
    pub(crate) fn reorder(&mut self, start: usize, bytes: &[u8]) {
        self.reordered = true;
        self.bytes.truncate(start);
        self.bytes.extend_from_slice(bytes);
    }

    /// The hash of what went in, and of `context`.
    #[inline]
    pub(crate) fn hash(&self, context: usize) -> u64 {
        if self.reordered {
            return self.hash_again(context);
        }
        let mut hasher = self.hasher.clone();
        hasher.write_usize(context);
        hasher.finish()
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Forgets all that went in, but keeps its room.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.hasher = hash::hasher();
        self.reordered = false;
    }

    #[cold]
    fn hash_again(&self, context: usize) -> u64 {
        let mut hasher = hash::hasher();
        hasher.write(&self.bytes);
        hasher.write_usize(context);
        hasher.finish()
    }
}

impl fmt::Debug for KeyBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.bytes, f)
    }
}

impl Default for KeyBytes {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            hasher: hash::hasher(),
            reordered: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_pieces_have_equal_hashes_in_equal_contexts() {
        let bytes = |text: &str| {
            let mut bytes = KeyBytes::default();
            bytes.append_short([1, 2], 12);
            bytes.append(text.as_bytes());
            bytes
        };

        assert_eq!(bytes("a").hash(7), bytes("a").hash(7));
        assert_ne!(bytes("a").hash(7), bytes("a").hash(8));
        assert_ne!(bytes("a").hash(7), bytes("b").hash(7));
    }

    #[test]
    fn what_was_reordered_is_hashed_as_it_is_then() {
        let reordered = |first: &[u8], second: &[u8]| {
            let mut bytes = KeyBytes::default();
            bytes.append(b"x");
            bytes.append(first);
            bytes.append(second);
            bytes.reorder(1, b"ab");
            bytes
        };
        let (one, other) = (reordered(b"a", b"b"), reordered(b"b", b"a"));

        assert_eq!(one.as_slice(), b"xab");
        assert_eq!(other.as_slice(), b"xab");
        assert_eq!(one.hash(7), other.hash(7));
    }
}
