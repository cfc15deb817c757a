//! Another file.

/// @cache(skip(nobody))
pub fn wrong_name() -> u32 {
    1
}

/// `@cache(codec = "yaml")` in backticks.
pub fn wrong_codec() -> u32 {
    2
}
