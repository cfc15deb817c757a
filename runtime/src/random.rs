//! Random numbers: tokens, versions of tags, and dice.

use crate::store::{Origin, TagVersion, Token};

/// Random bytes of the system's.
///
/// Where the system has none to give (a sandbox that forbids it), addresses and time stand in: a token that is not
/// random is still very likely the only one of its kind.
fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[cfg(test)]
    if seeded::fill(&mut bytes) {
        return bytes;
    }
    if getrandom::fill(&mut bytes).is_err() {
        for chunk in bytes.chunks_mut(8) {
            let number = stand_in().to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
    }
    bytes
}

/// The standard library seeds its hash maps as well as it can.
fn stand_in() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::time::Instant::now())
}

/// Random bytes of the system's, and nothing in their stead: for what must not come twice.
pub(crate) fn strict<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    #[cfg(test)]
    if seeded::fill(&mut bytes) {
        return Some(bytes);
    }
    getrandom::fill(&mut bytes).is_ok().then_some(bytes)
}

pub(crate) fn token() -> Token {
    Token::from_bytes(bytes())
}

pub(crate) fn tag_version() -> TagVersion {
    TagVersion::from_bytes(bytes())
}

pub(crate) fn origin() -> Origin {
    Origin(u64::from_le_bytes(bytes()))
}

/// Any number.
#[cfg(feature = "sqlite")]
pub(crate) fn place() -> i64 {
    i64::from_le_bytes(bytes())
}

/// A number above 0 and at most 1.
pub(crate) fn unit() -> f64 {
    // 53 bits are what a `f64` can tell apart.
    let bits = u64::from_le_bytes(bytes()) >> 11;
    (bits + 1) as f64 / (1_u64 << 53) as f64
}

/// Numbers that are the same in each run, for one thread of a test.
#[cfg(test)]
pub(crate) mod seeded {
    use std::cell::RefCell;

    thread_local! {
        static DICE: RefCell<Option<fastrand::Rng>> = const { RefCell::new(None) };
    }

    /// From here on, until this is dropped, what is random on this thread follows from `seed`.
    pub(crate) fn by(seed: u64) -> Seeded {
        DICE.set(Some(fastrand::Rng::with_seed(seed)));
        Seeded(())
    }

    #[derive(Debug)]
    pub(crate) struct Seeded(());

    impl Drop for Seeded {
        fn drop(&mut self) {
            DICE.set(None);
        }
    }

    /// Fills `bytes`, if the thread has a seed.
    pub(super) fn fill(bytes: &mut [u8]) -> bool {
        DICE.with_borrow_mut(|dice| dice.as_mut().map(|dice| dice.fill(bytes)))
            .is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_the_same() {
        assert_ne!(token(), token());
        assert_ne!(tag_version(), tag_version());
        assert_ne!(origin(), origin());
        assert_ne!(stand_in(), stand_in());
    }

    #[test]
    fn a_unit_is_above_zero_and_at_most_one() {
        assert!((0..1_000).all(|_| (f64::MIN_POSITIVE..=1.0).contains(&unit())));
    }
}
