//! Modules, imports, and names of no one else's business.
#![deny(warnings, missing_docs, clippy::pedantic)]

selfsame::include_generated!();

mod hidden;
pub mod private;
pub mod shown;

pub use hidden::far::Shared;

/// Calls what only this crate can.
#[must_use]
pub fn all() -> usize {
    cached::hidden::far::cached_sum(&[1, 2]) + cached::shown::cached_named("a", Shared(1)).len()
}
