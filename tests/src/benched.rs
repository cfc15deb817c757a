//! Marked functions the benches call through their generated wrappers, and what they do without a cache.

use std::convert::Infallible;

use serde::{Deserialize, Serialize};

/// A small value: copying it costs nothing that could hide what a look-up costs.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Quote {
    /// When.
    pub day: u64,
    /// How much.
    pub price: f64,
}

/// A row of eight fields; 200 bytes as JSON.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Row {
    /// Which.
    pub id: u64,
    /// A text of 24 letters.
    pub name: String,
    /// A text of 24 letters.
    pub address: String,
    /// A number.
    pub latitude: f64,
    /// A number.
    pub longitude: f64,
    /// A number.
    pub visits: u32,
    /// A choice.
    pub is_active: bool,
    /// A few more numbers.
    pub scores: [u16; 4],
}

impl Quote {
    /// The quote of a day.
    #[must_use]
    pub fn of(day: u64, symbol: &str) -> Self {
        Self {
            day,
            price: symbol.len() as f64,
        }
    }
}

impl Row {
    /// The row with this number.
    #[must_use]
    pub fn of(id: u64) -> Self {
        Self {
            id,
            name: format!("name {id:019}"),
            address: format!("address {id:016}"),
            latitude: 48.137_154,
            longitude: 11.576_124,
            visits: 1_234_567,
            is_active: true,
            scores: [101, 202, 303, 404],
        }
    }
}

/// A hit in memory.
///
/// @cache(ttl = "1h", l1 = "1h")
#[must_use]
pub fn quote(day: u64, symbol: &str) -> Quote {
    Quote::of(day, symbol)
}

/// A hit in memory of a value that has to be cloned.
///
/// @cache(ttl = "1h", l1 = "1h")
#[must_use]
pub fn headline(day: u64, symbol: &str) -> String {
    format!("{symbol} on {day}")
}

/// A hit in the store, asynchronous.
///
/// @cache(ttl = "1h", l1 = "off")
pub async fn row(id: u64) -> Result<Row, Infallible> {
    Ok(Row::of(id))
}

/// A hit in the store, with tags.
///
/// @cache(ttl = "1h", l1 = "off", tags("row:{id}", "rows"))
pub async fn tagged_row(id: u64) -> Result<Row, Infallible> {
    Ok(Row::of(id))
}

/// A hit in the store of what takes a while to compute.
///
/// @cache(ttl = "1h", l1 = "off")
pub async fn slow_row(id: u64) -> Result<Row, Infallible> {
    tokio::time::sleep(TWO_MILLISECONDS).await;
    Ok(Row::of(id))
}

/// What [`slow_row`] takes.
pub const TWO_MILLISECONDS: std::time::Duration = std::time::Duration::from_millis(2);

/// Takes half a second, and many callers ask for it at once.
///
/// @cache(ttl = "1h")
pub async fn half_a_second(id: u64) -> u64 {
    tokio::time::sleep(HALF_A_SECOND).await;
    id
}

/// What [`half_a_second`] takes.
pub const HALF_A_SECOND: std::time::Duration = std::time::Duration::from_millis(500);

/// A hit in the store, blocking.
///
/// @cache(ttl = "1h", l1 = "off")
#[must_use]
pub fn row_blocking(id: u64) -> Row {
    Row::of(id)
}

/// A hit in the store, blocking, with a text of that length.
///
/// @cache(ttl = "1h", l1 = "off")
#[must_use]
pub fn text_blocking(id: u64, length: usize) -> String {
    text(id, length)
}

/// A text that no compression makes shorter.
#[must_use]
pub fn text(id: u64, length: usize) -> String {
    let mut dice = fastrand::Rng::with_seed(id);
    (0..length).map(|_| dice.alphanumeric()).collect()
}

/// A miss: no number is asked for twice.
///
/// @cache(ttl = "1h")
#[must_use]
pub fn missed(number: u64) -> u64 {
    number.rotate_left(7)
}

/// A miss, asynchronous.
///
/// @cache(ttl = "1h")
pub async fn missed_async(number: u64) -> u64 {
    number.rotate_left(7)
}
