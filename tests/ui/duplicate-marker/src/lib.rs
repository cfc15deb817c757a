//! Two markers on one function.

/// @cache(ttl = "5m")
///
/// @cache(ttl = "6m")
pub fn twice() -> u32 {
    1
}
