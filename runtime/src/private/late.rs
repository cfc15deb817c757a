//! [`Late`]: what the compiler adds to versions that the build script could not know.

use crate::version::Version;

/// Masks of the `cfg` predicates that hold, and hashes of variables, gathered in constants.
///
/// Each is mixed in by XOR, so that their order means nothing.
#[derive(Clone, Copy, Debug)]
pub struct Late(u128);

impl Late {
    /// Nothing yet.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "made in constants only")]
    pub const fn new() -> Self {
        Self(0)
    }

    /// Adds the mask of a predicate that holds.
    #[must_use]
    pub const fn cfg(self, holds: bool, mask: u128) -> Self {
        if holds { Self(self.0 ^ mask) } else { self }
    }

    /// Adds the value of a variable that is set: FNV-1a of 128 bits that starts from the variable's own mask.
    ///
    /// Const evaluation has a budget, which SHA-256 would spend.
    #[must_use]
    pub const fn env(self, value: Option<&str>, mask: u128) -> Self {
        const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
        let Some(value) = value else { return self };
        let bytes = value.as_bytes();
        let mut hash = mask;
        let mut index = 0;
        while index < bytes.len() {
            hash = (hash ^ bytes[index] as u128).wrapping_mul(PRIME);
            index += 1;
        }
        Self(self.0 ^ hash)
    }

    /// The version that has `fixed` as its known part.
    #[must_use]
    pub const fn version(self, fixed: u128) -> Version {
        Version::from_bits(fixed ^ self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_holds_counts() {
        assert_eq!(Late::new().cfg(false, 6).version(5).to_bits(), 5);
        assert_eq!(Late::new().cfg(true, 6).version(5).to_bits(), 5 ^ 6);
        assert_eq!(Late::new().env(None, 6).version(5).to_bits(), 5);
        assert_eq!(Late::new().env(Some(""), 6).version(5).to_bits(), 5 ^ 6);
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        // The published vector of the empty-start basis for "a".
        let basis = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
        let expected = 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964;
        assert_eq!(
            Late::new().env(Some("a"), basis).version(0).to_bits(),
            expected
        );
    }
}
