//! Markers attached to nothing that can be called.

/// @cache
pub struct Shop;

/// @cache(ttl = "5m")
pub const LIMIT: u32 = 1;

macro_rules! make {
    ($(#[$meta:meta])* fn $name:ident) => {
        $(#[$meta])*
        pub fn $name() -> u32 { LIMIT }
    };
}

make! {
    /// @cache
    fn made
}
