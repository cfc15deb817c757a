//! Options that do not exist.

/// @cache(tll = 300)
pub fn misspelt() -> u32 {
    1
}

/// Several lines of prose first.
///
/// @cache(
///     ttl = "5m",
///     colour = "red",
/// )
pub fn far_from_any(/* no parameters */) -> u32 {
    2
}

/** @cache(skp(a)) */
pub fn in_a_block_comment(a: u32) -> u32 {
    a
}

#[doc = "@cache(kee(a))"]
pub fn in_an_attribute(a: u32) -> u32 {
    a
}
