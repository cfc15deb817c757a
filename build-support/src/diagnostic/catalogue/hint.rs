//! Texts about what makes a cached answer other than the function's own: warnings, each of one line.

use crate::diagnostic::{Code, Diagnostic};
use crate::hints::Impurity;
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

/// A function that reaches what answers differently from call to call; `way` leads there from the function.
pub(crate) fn impure(
    location: Location,
    name: &str,
    kind: Impurity,
    what: &str,
    way: &[String],
) -> Diagnostic {
    let (code, edit) = match kind {
        Impurity::Clock => (Code::ReachesClock, "pass the time in as an argument"),
        Impurity::Random => (
            Code::ReachesRandom,
            "pass the numbers or a seed in as an argument",
        ),
        Impurity::Env => (Code::ReachesEnv, "pass the value in as an argument"),
        Impurity::Io => (Code::ReachesIo, "pass what it reads in as an argument"),
    };
    Diagnostic::new(
        code,
        location,
        format!("`{name}` reaches {what}: {}", shortened(way)),
    )
    .with_help(format!("{edit}, or {}", allow(kind.concern())))
}

/// `a → b → … → y → z`: of a long way both ends.
fn shortened(way: &[String]) -> String {
    const SHOWN: usize = 4;
    if way.len() <= 2 * SHOWN {
        return way.join(" → ");
    }
    let (first, last) = (&way[..SHOWN], &way[way.len() - SHOWN..]);
    format!("{} → … → {}", first.join(" → "), last.join(" → "))
}
