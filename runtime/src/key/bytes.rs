//! [`KeyBytes`]: where keys are encoded, on the stack as long as they fit.

use std::fmt;
use std::ops::Deref;

/// A buffer of bytes that keeps up to [`INLINE`] of them in itself.
///
/// `SmallVec` does the same in general; here every append costs half as much, because it decides once whether the bytes
/// fit, and half of a hit's time used to be spent on appending.
#[derive(Clone)]
pub(crate) struct KeyBytes {
    inline: [u8; INLINE],
    /// How many bytes are in `inline`; [`SPILLED`] once all are in `spill`.
    len: usize,
    /// Empty until the bytes are too many.
    spill: Vec<u8>,
}

impl KeyBytes {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            inline: [0; INLINE],
            len: 0,
            spill: Vec::new(),
        }
    }

    #[inline]
    pub(crate) fn append(&mut self, bytes: &[u8]) {
        let end = self.len.wrapping_add(bytes.len());
        // A spilled buffer's length wraps around or lies far beyond the end, so it never has room.
        match self.inline.get_mut(self.len..end) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.len = end;
            }
            None => self.append_to_spill(bytes),
        }
    }

    /// Cuts the bytes back to the first `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        if self.len == SPILLED {
            self.spill.truncate(len);
        } else {
            self.len = self.len.min(len);
        }
    }

    #[cold]
    fn append_to_spill(&mut self, bytes: &[u8]) {
        if self.len != SPILLED {
            self.spill.extend_from_slice(&self.inline[..self.len]);
            self.len = SPILLED;
        }
        self.spill.extend_from_slice(bytes);
    }
}

impl Deref for KeyBytes {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.inline.get(..self.len).unwrap_or(&self.spill)
    }
}

impl fmt::Debug for KeyBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// Holds the parts of nearly every call; more would cost every call its clearing and moving.
const INLINE: usize = 120;

const SPILLED: usize = usize::MAX;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_the_same_on_the_stack_and_beyond() {
        for chunk in [1, 7, INLINE, INLINE + 1] {
            let (mut bytes, mut expected) = (KeyBytes::new(), Vec::new());
            for round in 0..3 * INLINE / chunk + 1 {
                let piece = vec![round as u8; chunk];
                bytes.append(&piece);
                bytes.append(&[]);
                expected.extend_from_slice(&piece);
                assert_eq!(*bytes, *expected);
            }
        }
    }

    #[test]
    fn cutting_back_leaves_the_beginning() {
        let mut bytes = KeyBytes::new();
        bytes.append(b"abc");
        bytes.truncate(5);
        assert_eq!(*bytes, *b"abc");
        bytes.truncate(1);
        bytes.append(&[b'x'; INLINE]);
        bytes.truncate(2);
        bytes.append(b"y");
        assert_eq!(*bytes, *b"axy");
    }
}
