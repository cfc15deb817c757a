//! Options that can't both hold.

/// @cache(skip(a), key(a))
pub fn skipped_and_keyed(a: u32) -> u32 {
    a
}
