//! Durations that are none.

/// @cache(ttl = 0)
pub fn zero() -> u32 {
    1
}

/// @cache(ttl = "5 parsecs")
pub fn no_unit_of_time() -> u32 {
    2
}

/// @cache(ttl = "99999999999999999999d")
pub fn too_long() -> u32 {
    3
}

/// @cache(none = "-1s")
pub fn negative() -> Option<u32> {
    None
}
