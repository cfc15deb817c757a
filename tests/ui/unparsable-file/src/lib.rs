//! A module with a syntax error.

pub mod broken;

/// @cache(tll = 5)
pub fn also_wrong() -> u32 {
    1
}
