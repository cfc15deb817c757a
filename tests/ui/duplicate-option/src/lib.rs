//! An option given twice.

/// @cache(ttl = "5m", ttl = "6m")
pub fn twice() -> u32 {
    1
}
