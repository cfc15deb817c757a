//! One run reports all problems of a stage, in the order of their places.

pub mod users;

/// @cache(tll = 5, ttl = 0)
pub fn two_in_one_marker() -> u32 {
    1
}
