//! Texts about the templates of tags.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Location;

/// A `{` without `}`.
pub(crate) fn unclosed_hole(location: Location) -> Diagnostic {
    Diagnostic::new(Code::TagTemplate, location, "this `{` is never closed")
        .with_help("close it, as in `\"user:{user_id}\"`; a brace of the tag's own is written `{{`")
}

/// A `}` without `{`.
pub(crate) fn unopened_hole(location: Location) -> Diagnostic {
    Diagnostic::new(Code::TagTemplate, location, "this `}` closes nothing")
        .with_help("remove it, or write `}}` for a brace of the tag's own")
}

/// `{}`.
pub(crate) fn empty_hole(location: Location) -> Diagnostic {
    Diagnostic::new(
        Code::TagTemplate,
        location,
        "nothing is put into the tag here",
    )
    .with_help("name a parameter or an expression over parameters: `{user_id}`, `{order.user_id}`")
}

/// A template that says nothing of what its values are.
pub(crate) fn without_text(location: Location) -> Diagnostic {
    Diagnostic::new(
        Code::TagTemplate,
        location,
        "this tag does not say what it is a tag of",
    )
    .with_help("begin it with a word, as in `\"user:{user_id}\"`: tags of all functions share one space, and a user's 42 is no order's 42")
}

/// A hole that does not parse; `reason` is syn's.
pub(crate) fn no_expression(location: Location, reason: &str) -> Diagnostic {
    Diagnostic::new(
        Code::TagTemplate,
        location,
        format!("this is no expression: {reason}"),
    )
    .with_help("put a parameter or an expression over parameters between the braces: `{user_id}`, `{order.user_id}`")
}

/// An expression that is more than a look at the arguments.
pub(crate) fn escaping(location: Location, what: &str) -> Diagnostic {
    Diagnostic::new(
        Code::TagTemplate,
        location,
        format!("a tag can't contain `{what}`"),
    )
    .with_help("a tag is made from the arguments, by reference, before the call; move the rest into the function")
}

/// A format `format!` does not know, or that takes an argument of its own.
pub(crate) fn unknown_format(location: Location, spec: &str) -> Diagnostic {
    Diagnostic::new(
        Code::TagTemplate,
        location,
        format!("`{spec}` is no format a tag can use"),
    )
    .with_help("behind the colon stands what `format!` takes there, widths and precisions as numbers: `{id:?}`, `{day:02}`; a path is written with `::`")
}

/// One template twice.
pub(crate) fn twice(location: Location, template: &str, first: Location) -> Diagnostic {
    Diagnostic::new(
        Code::DuplicateOption,
        location,
        format!("the tag `{template}` is given twice"),
    )
    .with_related(first, "first given here")
    .with_help("remove one of the two")
}

/// A value that is moved out of a parameter.
pub(crate) fn consuming(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::TagTemplate,
        location,
        format!("this would consume `{name}`, and the call still needs it"),
    )
    .with_help(format!(
        "look at it by reference, as in `{name}.len()` or `shown(&{name})`, or take a copy with `{name}.clone()`"
    ))
}

/// Two templates whose helpers would have one name.
pub(crate) fn helper_taken(
    location: Location,
    template: &str,
    helper: &str,
    other: Location,
    other_template: &str,
) -> Diagnostic {
    Diagnostic::new(
        Code::NameTaken,
        location,
        format!("the tag `{template}` needs a helper `tags::{helper}`"),
    )
    .with_related(other, format!("`{other_template}` has it"))
    .with_help("helpers are named after the text of their template: let the two differ in a word, or spell them alike")
}
