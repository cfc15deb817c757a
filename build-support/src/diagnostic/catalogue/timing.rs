//! Texts about `stale`, `refresh`, `soft`, `hard` and `lease`.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Location;

/// A limit or a lease without an end.
pub(crate) fn endless(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::ImpossibleDuration,
        location,
        format!("`{name}` can't be forever"),
    )
    .with_help(if name == "lease" {
        "write a duration such as `\"10s\"`: it is renewed while a computation runs".to_owned()
    } else {
        format!("leave `{name}` out for no limit")
    })
}

/// A lease that a pause of its holder outlasts.
pub(crate) fn short_lease(location: Location) -> Diagnostic {
    Diagnostic::new(
        Code::ImpossibleDuration,
        location,
        "`lease` is shorter than 100 ms",
    )
    .with_help("write `\"100ms\"` or more, or `lease = \"off\"` for none: a process that pauses for as long loses it")
}

/// `ttl` and `stale` together are longer than any duration may be.
pub(crate) fn too_long_together(location: Location) -> Diagnostic {
    Diagnostic::new(
        Code::ImpossibleDuration,
        location,
        "`ttl` and `stale` together are longer than a thousand years",
    )
    .with_help("write `stale = \"forever\"`")
}

/// `stale` where nothing expires.
pub(crate) fn never_stale(location: Location) -> Diagnostic {
    Diagnostic::new(
        Code::ContradictoryOptions,
        location,
        "with `ttl = \"forever\"` nothing ever becomes stale",
    )
    .with_help("remove `stale`, or give `ttl` an end")
}

/// `soft` without anything to answer with.
pub(crate) fn soft_without_stale(location: Location) -> Diagnostic {
    Diagnostic::new(
        Code::ContradictoryOptions,
        location,
        "`soft` answers with a stale result, and without `stale` there is none",
    )
    .with_help("add `stale = \"1h\"`, for how long after its `ttl` a result may be the answer, or remove `soft`")
}

/// `soft` that never comes first.
pub(crate) fn soft_not_before_hard(location: Location, hard: Location) -> Diagnostic {
    Diagnostic::new(
        Code::ContradictoryOptions,
        location,
        "`soft` is not shorter than `hard`",
    )
    .with_related(hard, "`hard` is here")
    .with_help("shorten `soft`: a stale result answers first, and the caller gives up later")
}

/// `refresh = "ahead"` of nothing.
pub(crate) fn nothing_to_be_ahead_of(location: Location) -> Diagnostic {
    Diagnostic::new(
        Code::ContradictoryOptions,
        location,
        "with `ttl = \"forever\"` there is no end to refresh ahead of",
    )
    .with_help("give `ttl` an end, or write `refresh = \"always\"`")
}

/// `hard` on a plain function.
pub(crate) fn hard_on_sync(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::ContradictoryOptions,
        location,
        format!("`hard` needs an `async fn`, and `{name}` is none"),
    )
    .with_help("make the function `async`, or remove `hard`; `soft` works for plain functions too")
}

/// A refresh mode that does not exist.
pub(crate) fn unknown_refresh(location: Location, name: &str, known: &[&str]) -> Diagnostic {
    let guess = super::nearest(name, known)
        .map_or_else(String::new, |name| format!("did you mean `{name}`? "));
    Diagnostic::new(
        Code::OptionValue,
        location,
        format!("unknown way to refresh `{name}`"),
    )
    .with_help(format!("{guess}the ways are {}", super::all_of(known)))
}

/// A parameter that a computation in the background can't make its own.
pub(crate) fn borrowed_argument(
    location: Location,
    name: &str,
    ty: &str,
    option: &str,
    marker: Location,
) -> Diagnostic {
    Diagnostic::new(
        Code::BorrowedArgument,
        location,
        format!("`{name}` borrows, and `{option}` computes in the background"),
    )
    .with_related(marker, "asked for here")
    .with_help(format!(
        "take `{name}` by value or behind one plain reference in place of `{ty}`, or remove `{option}` from the marker"
    ))
}

/// A method of a type that holds references.
pub(crate) fn borrowing_type(
    location: Location,
    ty: &str,
    option: &str,
    marker: Location,
) -> Diagnostic {
    Diagnostic::new(
        Code::BorrowedArgument,
        location,
        format!("`{ty}` borrows, and `{option}` computes in the background"),
    )
    .with_related(marker, "asked for here")
    .with_help(format!(
        "let the type own what it holds, make this a function that takes it apart, or remove `{option}` from the marker"
    ))
}

/// A parameter or receiver that is changed by the call.
pub(crate) fn changed_in_background(
    location: Location,
    name: &str,
    option: &str,
    marker: Location,
) -> Diagnostic {
    Diagnostic::new(
        Code::BorrowedArgument,
        location,
        format!("`{option}` computes in the background, which would not change `{name}`"),
    )
    .with_related(marker, "asked for here")
    .with_help(format!(
        "take `{name}` by value or behind a shared reference, or remove `{option}` from the marker"
    ))
}
