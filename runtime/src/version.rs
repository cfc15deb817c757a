//! [`Version`]: the fingerprint of a function, as the generated code carries it.

use std::fmt;

/// Fingerprint of a function and of everything it reaches: entries of one version are never read by another.
///
/// Displays as 32 lower-case hexadecimal digits. Made by `selfsame-build`, never by hand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u128);

impl Version {
    /// The version whose 128 bits are `bits`.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The 128 bits of this version.
    #[must_use]
    pub const fn to_bits(self) -> u128 {
        self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// The same 32 digits as [`Display`](fmt::Display): a derived `Debug` would print a decimal nobody recognises.
impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_prints_as_32_lower_case_digits() {
        let version = Version::from_bits(0xAB);

        assert_eq!(version.to_string(), "000000000000000000000000000000ab");
        assert_eq!(format!("{version:?}"), version.to_string());
        assert_eq!(version.to_bits(), 0xAB);
    }
}
