//! Inputs that do not exist.

/// @cache(depends("queries/user.sql"))
pub fn no_file() -> u32 {
    1
}

/// @cache(depends(crate::absent))
pub fn no_item() -> u32 {
    2
}
