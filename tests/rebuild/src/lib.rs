//! A crate.
selfsame::include_generated!();

mod rates;
mod unrelated;
#[path = "elsewhere/odd.rs"]
mod odd;

use rates::rate as chosen;
use rates::*;

/// The price.
///
/// @cache(ttl = "5m", key(folded(article)), skip(log))
pub fn price(log: &str, article: &str) -> Price {
    let amount = chosen(article) + LIMIT + odd::extra() + double!(2);
    let basket = Basket { amount };
    let shown = format!("{basket} {LABEL}");
    match amount {
        CHEAP => Price { amount, shown },
        _ => Price { amount: basket.total() + amount.tax(), shown },
    }
}

/// Another.
///
/// @cache
pub fn other(number: u32) -> u32 {
    number
}

/// Calls a cached one.
///
/// @cache
pub fn outer(number: u32) -> u32 {
    cached::cached_other(number) + 1
}

/// @cache(depends("query.sql", unnamed))
pub fn queried() -> u32 {
    1
}

/// @cache(pin = "a")
pub fn pinned(number: u32) -> u32 {
    number + unnamed()
}

fn unnamed() -> u32 {
    2
}

pub fn folded(text: &str) -> String {
    text.to_lowercase()
}

macro_rules! double {
    ($number:expr) => { $number * 2 };
}
use double;

const LIMIT: u32 = 10;
const LABEL: &str = "label";
const CHEAP: u32 = 3;

#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub struct Price {
    pub amount: u32,
    pub shown: String,
}

struct Basket {
    amount: u32,
}

impl Basket {
    fn total(&self) -> u32 {
        self.amount + 1
    }

    fn unused(&self) -> u32 {
        7
    }
}

impl std::fmt::Display for Basket {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "basket")
    }
}

trait Taxed {
    fn tax(self) -> u32;
}

impl Taxed for u32 {
    fn tax(self) -> u32 {
        self / 5
    }
}
