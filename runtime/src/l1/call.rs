//! Which call a value belongs to, within this process.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use quick_cache::Equivalent;

use crate::key::Key;

/// The identity of a call in this process, owned: a function, and the exact bytes of its key.
#[derive(Clone, Debug)]
pub(crate) struct CallKey {
    memo: usize,
    hash: u64,
    bytes: Arc<[u8]>,
}

/// The identity of a call in this process, borrowed. It looks into the key when it is compared: to copy where the bytes
/// are and how many, the processor would wait for the number that was just written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallRef<'a> {
    memo: usize,
    key: &'a Key,
}

impl CallKey {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Spreads calls over the tables of a process.
    pub(crate) const fn hash(&self) -> u64 {
        self.hash
    }
}

impl<'a> CallRef<'a> {
    /// The call of the function `memo` with this key.
    #[inline]
    pub(crate) fn new(memo: usize, key: &'a Key) -> Self {
        Self { memo, key }
    }

    pub(crate) fn to_owned(self) -> CallKey {
        CallKey {
            memo: self.memo,
            hash: self.key.hash(),
            bytes: self.key.bytes().into(),
        }
    }
}

impl PartialEq for CallKey {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.memo == other.memo && self.bytes == other.bytes
    }
}

impl Eq for CallKey {}

impl Hash for CallKey {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl Hash for CallRef<'_> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.key.hash());
    }
}

impl Equivalent<CallKey> for CallRef<'_> {
    #[inline]
    fn equivalent(&self, key: &CallKey) -> bool {
        self.key.hash() == key.hash && self.memo == key.memo && *self.key.bytes() == *key.bytes
    }
}
