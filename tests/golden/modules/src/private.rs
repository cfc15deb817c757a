//! Has its wrappers inside.

selfsame::include_generated!(mod private);

#[derive(Clone, Copy, Debug, serde::Serialize)]
struct Secret(u8);

/// Asks.
#[must_use]
pub fn ask() -> u8 {
    cached::cached_answer(Secret(42))
}

/// @cache
fn answer(secret: Secret) -> u8 {
    secret.0
}
