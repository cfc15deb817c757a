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

/// @cache(lease = "50ms")
pub fn a_lease_nobody_can_hold() -> u32 {
    4
}

/// @cache(lease = "forever", stale = "1h", soft = "forever")
pub fn endless() -> u32 {
    5
}

/// @cache(ttl = "200000d", stale = "200000d")
pub fn too_long_together() -> u32 {
    6
}

/// @cache(stale = 0, lease = 0)
pub fn nothing_at_all() -> u32 {
    7
}
