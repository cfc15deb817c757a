//! Helpers whose names exist.

/// A shop.
pub struct Shop;

impl Shop {
    /// @cache(skip(self))
    pub fn price(&self, article: u32) -> u32 {
        article
    }

    /// In the way.
    pub fn cached_price(&self) -> u32 {
        0
    }
}

/// Reads prices, somehow.
pub trait Peeks {
    /// In the way too: a generated `peek_price` would silently take its place.
    fn peek_price(&self) -> u32 {
        0
    }
}

impl Peeks for Shop {}

/// @cache(tags("user:{id}"))
pub fn one(id: u32) -> u32 {
    id
}

/// @cache(tags("user:{id}:{of}", "User/{id}"))
pub fn two(id: u32, of: u32) -> u32 {
    id + of
}

/// @cache(tags("user:{of}"))
pub fn alike(of: u32) -> u32 {
    of
}
