//! Ends too early.

pub fn half(
