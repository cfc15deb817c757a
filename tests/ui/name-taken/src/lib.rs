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
