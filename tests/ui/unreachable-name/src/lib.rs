//! Types the generated module can't name.

pub mod inner {
    type Price = u32;

    struct Basket;

    /// @cache
    pub(crate) fn alias(article: u32) -> Price {
        article
    }

    /// @cache(skip(basket))
    pub(crate) fn private_type(basket: &Basket) -> u32 {
        let Basket = basket;
        1
    }
}
