//! Tags in every form, and what spells them.
#![deny(warnings, missing_docs, clippy::pedantic)]

selfsame::include_generated!();

use std::fmt;

/// Identifies a user.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct UserId(pub u64);

impl fmt::Display for UserId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// An order of a user.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Order {
    /// Whose it is.
    pub user: UserId,
    /// What it is called.
    pub name: String,
    /// When it was made.
    pub day: (u16, u8, u8),
}

/// A tag of a parameter; two functions agree on what it is.
///
/// @cache(tags("user:{user}", "everyone"))
#[must_use]
pub fn plain(user: UserId, name: &str) -> String {
    format!("{user} {name}")
}

/// The same tag from another place, and formats as `format!` has them.
///
/// @cache(key(order.name), tags("user:{order.user}", "day:{order.day.0}-{order.day.1:02}", "name:{shouted(&order.name)}"))
pub async fn by_expression(order: &Order) -> usize {
    std::future::ready(order.name.len()).await
}

/// Not seen from elsewhere; a key expression needs it.
pub(crate) fn shouted(name: &str) -> String {
    name.to_uppercase()
}

/// Names that are keywords, parts of patterns, skipped, generic; braces of its own.
///
/// @cache(skip(hint), tags("kind:{type}", "pair:{left}/{right:?}", "hint:{hint}", "count:{COUNT}", "{{literally}}"))
#[must_use]
pub fn unusual<const COUNT: usize>(
    r#type: String,
    (left, right): (u8, char),
    hint: &str,
    _rest: bool,
) -> Vec<String> {
    vec![r#type + &format!("{left} {right} {hint}"); COUNT]
}

/// A type with marked methods.
#[derive(Clone, Debug)]
pub struct Shop {
    /// What it is called.
    pub name: String,
}

impl Shop {
    /// The tag is of the receiver, the key is not.
    ///
    /// @cache(skip(self), tags("shop:{self.name}", "item:{item}"))
    #[must_use]
    pub fn price(&self, item: u32) -> u32 {
        item + u32::try_from(self.name.len()).unwrap_or(u32::MAX)
    }
}

/// Functions whose tags are nobody else's business.
mod inner {
    /// @cache(tags("inner:{text}", "number:{number}"))
    pub(crate) fn private(text: &'static str, number: u32) -> String {
        format!("{text} {number}")
    }
}

/// Uses what is private.
#[must_use]
pub fn outer() -> String {
    cached::tags::number(1).invalidate();
    cached::inner::cached_private("a", 1)
}
