//! Ends too early, and has a marker.

/// @cache
pub fn half(
