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

/// A function that answers for global state; `way` leads to the static, which stands at `place`.
pub(crate) fn mutable_state(
    location: Location,
    name: &str,
    way: &[String],
    place: Location,
) -> Diagnostic {
    Diagnostic::new(
        Code::ReachesState,
        location,
        format!(
            "`{name}` reaches global state that code may change while it runs: {}; its version covers \
             all code that leads to it",
            shortened(way)
        ),
    )
    .with_related(place, "the state")
    .with_help(format!(
        "pass the state in as an argument, or, if it never changes an answer, {}",
        allow(Concern::MutableState)
    ))
}

/// A function that reaches an item under a macro of another crate, which may name anything in what is `covered`.
pub(crate) fn unknown_macro(
    location: Location,
    name: &str,
    way: &[String],
    place: Location,
    covered: &str,
) -> Diagnostic {
    Diagnostic::new(
        Code::UnknownMacro,
        location,
        format!(
            "`{name}` reaches an item under a macro of another crate: {}; its version covers {covered}",
            shortened(way)
        ),
    )
    .with_related(place, "the item")
    .with_help(format!(
        "if the macro names nothing there by itself, {}",
        allow(Concern::Widened)
    ))
}

/// An `include!` or the like whose path can't be known.
pub(crate) fn unknown_file(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::UnknownFile,
        location,
        format!("`{name}` reaches this file, but its path can't be known before the build"),
    )
    .with_help(format!(
        "write the path as literals, `concat!`, `env!(\"CARGO_MANIFEST_DIR\")` or `env!(\"OUT_DIR\")`, or name \
         the files in the marker of `{name}`: `depends(\"path\")`"
    ))
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
