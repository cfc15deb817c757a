//! Texts about what makes a cached answer other than the function's own: warnings, each of one line.

use crate::diagnostic::{Code, Diagnostic};
use crate::marker::Concern;
use crate::source::Location;

/// How a warning is silenced.
fn allow(concern: Concern) -> String {
    format!("say `allow(\"{}\")` in the marker", concern.as_str())
}

/// A key argument of a type that may leave out data; `what` does, at `place`.
pub(crate) fn lossy_key(location: Location, name: &str, what: &str, place: Location) -> Diagnostic {
    Diagnostic::new(
        Code::LossyKey,
        location,
        format!("`{name}` may lose data in the key, and calls that differ in nothing else share an entry"),
    )
    .with_related(place, format!("see {what}"))
    .with_help(format!(
        "put what tells calls apart into `key(…)`, or {}",
        allow(Concern::LossyKey)
    ))
}
