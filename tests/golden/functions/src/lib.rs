//! Functions of every kind, with every option.
#![deny(warnings, missing_docs, clippy::pedantic)]

selfsame::include_generated!();

use std::collections::BTreeMap;
use std::fmt;

/// What can go wrong.
#[derive(Clone, Debug)]
pub struct Failure;

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("it failed")
    }
}

/// A connection, of no meaning for the answer.
#[derive(Debug)]
pub struct Connection;

/// Sync, without options.
///
/// @cache
#[must_use]
pub fn plain(number: u64, text: &str) -> String {
    format!("{number} {text}")
}

/// Async, with every option that can stand beside the others.
///
/// @cache(
///     ttl = "1h30m", skip(connection), none = "10s", l1 = "1m",
///     codec = "postcard", epoch = 3, depends("src/lib.rs", FACTOR),
/// )
///
/// # Errors
///
/// Where the number is zero.
pub async fn with_options(connection: &Connection, number: u64) -> Result<Option<u64>, Failure> {
    let Connection = connection;
    std::future::ready(()).await;
    if number == 0 { Err(Failure) } else { Ok(number.checked_mul(FACTOR)) }
}

const FACTOR: u64 = 2;

/// Remembered for ever, by an expression, never in this process, under a name of the author's.
///
/// `@cache(ttl = "forever", key(names.len(), names.keys().next()), l1 = "off", codec = "json", pin = "first")`
#[must_use]
pub fn by_expression(names: &BTreeMap<String, u8>) -> usize {
    names.len()
}

/// Without anything to give.
///
/// `@cache`
pub fn nothing() {}

/// A default type, a lifetime, a const, a bound elsewhere.
///
/// @cache
#[must_use]
pub fn generic<'a, T, const COUNT: usize>(texts: &'a [T]) -> Vec<String>
where
    T: AsRef<str> + serde::Serialize + 'a,
{
    texts.iter().take(COUNT).map(|text| text.as_ref().to_owned()).collect()
}
