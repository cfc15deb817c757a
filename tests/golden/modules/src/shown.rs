//! Imports with other names.

use super::Shared as Common;
use std::borrow::Cow;

/// Names from imports, renames and `super`.
///
/// @cache
#[must_use]
pub fn named(text: &str, common: Common) -> Cow<'static, str> {
    format!("{text} {}", common.0).into()
}

/// One of two.
///
/// @cache
#[cfg(debug_assertions)]
#[must_use]
pub fn mode() -> String {
    "debug".to_owned()
}

/// One of two.
///
/// @cache
#[cfg(not(debug_assertions))]
#[must_use]
pub fn mode() -> String {
    "release".to_owned()
}
