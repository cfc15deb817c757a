//! A method whose receiver is neither part of the key nor left out of it.

/// A shop.
pub struct Shop;

impl Shop {
    /// @cache(ttl = "5m")
    pub fn price(&self, article: u32) -> u32 {
        article
    }
}
