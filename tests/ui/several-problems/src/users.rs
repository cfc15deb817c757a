//! Another file.

/// @cache(epoch = -1)
pub fn wrong_epoch() -> u32 {
    1
}

/// `@cache(codec = "yaml")`
pub fn wrong_codec() -> u32 {
    2
}
