//! Hashes within this process: of the keys of calls, and of names in stores.

use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;

use foldhash::fast::{FoldHasher, SeedableRandomState};

/// Random in each process, so that no one can prepare what collides; the same in all tests, so that what they see can be
/// seen again.
static SEED: LazyLock<SeedableRandomState> = LazyLock::new(|| {
    if cfg!(any(test, selfsame_model)) {
        SeedableRandomState::fixed()
    } else {
        SeedableRandomState::random()
    }
});

/// A hasher that nothing went into.
#[inline]
pub(crate) fn hasher() -> FoldHasher<'static> {
    SEED.build_hasher()
}

/// The hash of a name.
#[inline]
pub(crate) fn of_name(name: &str) -> u64 {
    SEED.hash_one(name)
}

/// Takes a hash as it is: it was made once, for all tables.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AsIs;

/// See [`AsIs`].
#[derive(Debug, Default)]
pub(crate) struct AsIsHasher(u64);

impl BuildHasher for AsIs {
    type Hasher = AsIsHasher;

    #[inline]
    fn build_hasher(&self) -> AsIsHasher {
        AsIsHasher(0)
    }
}

impl Hasher for AsIsHasher {
    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }

    #[inline]
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    /// Not what keys do; still a hash, in case a table ever adds something.
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(5) ^ u64::from(byte);
        }
    }
}
