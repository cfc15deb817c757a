//! Kinds of functions no wrapper can be made for.

/// @cache
pub unsafe fn unsafe_function() -> u32 {
    1
}

/// @cache
pub extern "C" fn foreign_abi() -> u32 {
    2
}

/// A trait.
pub trait Priced {
    /// @cache
    fn default_method(&self) -> u32 {
        3
    }
}

impl Priced for u32 {
    /// @cache(key(self))
    fn default_method(&self) -> u32 {
        *self
    }
}
