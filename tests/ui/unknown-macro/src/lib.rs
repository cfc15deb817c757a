use conjured::Conjure;

#[derive(Conjure)]
pub struct Order {
    pub amount: u32,
}

/// @cache
pub fn price(amount: u32) -> u32 {
    Order { amount }.amount
}

/// @cache(allow("widened"))
pub fn allowed(amount: u32) -> u32 {
    Order { amount }.amount
}
