//! Texts about markers.

use super::{all_of, nearest};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Location;

/// How a marker looks, for help texts.
const EXAMPLE: &str = "a marker looks like `@cache(ttl = \"5m\", skip(db))`";

/// `(` without `)`.
pub(crate) fn unclosed_list(location: Location) -> Diagnostic {
    Diagnostic::new(
        Code::MarkerSyntax,
        location,
        "this parenthesis is never closed",
    )
    .with_help("close it before the end of the doc comment; the list may run over several lines")
}

/// Something behind the marker, on the same line.
pub(crate) fn trailing_text(location: Location) -> Diagnostic {
    Diagnostic::new(Code::MarkerSyntax, location, "unexpected text after the marker").with_help(format!(
        "end the line after the marker; {EXAMPLE}. To write about it in prose, let the line begin with another word"
    ))
}

/// The list is no sequence of Rust tokens.
pub(crate) fn not_rust_tokens(location: Location) -> Diagnostic {
    Diagnostic::new(
        Code::MarkerSyntax,
        location,
        "the list of the marker can't be read from here on",
    )
    .with_help("look for a quote or bracket that is not closed")
}

/// Something where an option's name should be.
pub(crate) fn expected_option(location: Location) -> Diagnostic {
    Diagnostic::new(
        Code::MarkerSyntax,
        location,
        "expected the name of an option",
    )
    .with_help(EXAMPLE)
}

/// Something directly behind a whole option.
pub(crate) fn expected_comma(location: Location) -> Diagnostic {
    Diagnostic::new(Code::MarkerSyntax, location, "expected `,` before this")
        .with_help("separate options by commas")
}

/// A name followed by neither `=` nor `(`.
pub(crate) fn expected_value(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::MarkerSyntax,
        location,
        format!("expected `=` or `(` after `{name}`"),
    )
    .with_help(EXAMPLE)
}

/// `skip = …` for `skip(…)`, and the like.
pub(crate) fn wrong_form(location: Location, name: &str, usage: &str) -> Diagnostic {
    Diagnostic::new(
        Code::MarkerSyntax,
        location,
        format!("`{name}` is not written like this"),
    )
    .with_help(format!("write {usage}"))
}

/// A list whose entries do not parse.
pub(crate) fn list_syntax(location: Location, name: &str, reason: &str, usage: &str) -> Diagnostic {
    Diagnostic::new(
        Code::MarkerSyntax,
        location,
        format!("in `{name}(…)`: {reason}"),
    )
    .with_help(format!("write {usage}"))
}

/// A key expression that is more than a look at the arguments.
pub(crate) fn escaping_expression(location: Location, what: &str) -> Diagnostic {
    Diagnostic::new(Code::MarkerSyntax, location, format!("a key expression can't contain `{what}`"))
        .with_help("a key is computed from the arguments, by reference, before the call; move the rest into the function")
}

/// An option that does not exist.
pub(crate) fn unknown_option(location: Location, name: &str, known: &[&str]) -> Diagnostic {
    let guess =
        nearest(name, known).map_or_else(String::new, |name| format!("did you mean `{name}`? "));
    Diagnostic::new(
        Code::UnknownOption,
        location,
        format!("unknown option `{name}`"),
    )
    .with_help(format!("{guess}the options are {}", all_of(known)))
}

/// A value the option does not take.
pub(crate) fn wrong_value(location: Location, name: &str, usage: &str) -> Diagnostic {
    Diagnostic::new(
        Code::OptionValue,
        location,
        format!("`{name}` does not take this value"),
    )
    .with_help(format!("write {usage}"))
}

/// A codec that does not exist.
pub(crate) fn unknown_codec(location: Location, name: &str, known: &[&str]) -> Diagnostic {
    let guess =
        nearest(name, known).map_or_else(String::new, |name| format!("did you mean `{name}`? "));
    Diagnostic::new(
        Code::OptionValue,
        location,
        format!("unknown codec `{name}`"),
    )
    .with_help(format!("{guess}the codecs are {}", all_of(known)))
}

/// A kind in `allow` that does not exist.
pub(crate) fn unknown_concern(location: Location, name: &str, known: &[&str]) -> Diagnostic {
    let guess =
        nearest(name, known).map_or_else(String::new, |name| format!("did you mean `{name}`? "));
    Diagnostic::new(
        Code::OptionValue,
        location,
        format!("unknown kind `{name}`"),
    )
    .with_help(format!("{guess}the kinds are {}", all_of(known)))
}

/// A path in `depends` that means something else on another machine.
pub(crate) fn not_a_relative_path(location: Location, path: &str) -> Diagnostic {
    Diagnostic::new(
        Code::OptionValue,
        location,
        format!("`{path}` is no path relative to the crate"),
    )
    .with_help("write it relative to the folder of `Cargo.toml`, with `/` between its parts")
}

/// A duration of nothing.
pub(crate) fn zero_duration(location: Location, name: &str, instead: Option<&str>) -> Diagnostic {
    let help = match instead {
        Some(instead) => format!("write `{instead}` for not at all"),
        None if name == "ttl" => {
            "remove the marker from a function whose results are never fresh".to_owned()
        }
        None => format!("leave `{name}` out for not at all"),
    };
    Diagnostic::new(
        Code::ImpossibleDuration,
        location,
        format!("`{name}` is zero"),
    )
    .with_help(help)
}

/// A duration no store can add to the time of day.
pub(crate) fn too_long(location: Location) -> Diagnostic {
    Diagnostic::new(
        Code::ImpossibleDuration,
        location,
        "this duration is longer than a thousand years",
    )
    .with_help("write `\"forever\"`")
}

/// `"90"`.
pub(crate) fn no_unit(location: Location) -> Diagnostic {
    Diagnostic::new(
        Code::ImpossibleDuration,
        location,
        "this duration has no unit",
    )
    .with_help("write a unit, such as `\"90s\"`, or the plain number for seconds")
}

/// Anything else that is no duration.
pub(crate) fn no_duration(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(Code::ImpossibleDuration, location, format!("`{name}` is not a duration")).with_help(
        "write whole seconds, or whole numbers with the units `d`, `h`, `m`, `s`, `ms`, largest first: `\"1h30m\"`",
    )
}

/// An option given twice.
pub(crate) fn duplicate_option(location: Location, name: &str, first: Location) -> Diagnostic {
    Diagnostic::new(
        Code::DuplicateOption,
        location,
        format!("option `{name}` is given twice"),
    )
    .with_related(first, "first given here")
    .with_help("remove one of the two")
}

/// A parameter named twice in one list.
pub(crate) fn named_twice(location: Location, name: &str, first: Location) -> Diagnostic {
    Diagnostic::new(
        Code::DuplicateOption,
        location,
        format!("`{name}` is named twice"),
    )
    .with_related(first, "first named here")
    .with_help("remove one of the two")
}

/// Two markers on one function.
pub(crate) fn duplicate_marker(location: Location, first: Location) -> Diagnostic {
    Diagnostic::new(
        Code::DuplicateMarker,
        location,
        "this function carries two markers",
    )
    .with_related(first, "the first is here")
    .with_help("put all options into one marker")
}

/// A parameter in `skip` and in `key`.
pub(crate) fn skipped_and_in_key(location: Location, name: &str, key: Location) -> Diagnostic {
    Diagnostic::new(
        Code::ContradictoryOptions,
        location,
        format!("`{name}` is in `skip`, and `key` uses it"),
    )
    .with_related(key, "used here")
    .with_help(format!(
        "remove `{name}` from `skip`: with `key(…)`, only its expressions are the key"
    ))
}

/// A part that would outlive the whole.
pub(crate) fn longer_than_ttl(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::ContradictoryOptions,
        location,
        format!("`{name}` is longer than `ttl`"),
    )
    .with_help(format!(
        "nothing is kept longer than `ttl`: lengthen `ttl`, or shorten `{name}`"
    ))
}

/// A name in `skip` or a bare name in `key` that is no parameter.
pub(crate) fn unknown_parameter(location: Location, name: &str, known: &[&str]) -> Diagnostic {
    let guess =
        nearest(name, known).map_or_else(String::new, |name| format!("did you mean `{name}`? "));
    let list = if known.is_empty() {
        "the function has no parameters".to_owned()
    } else {
        format!("the parameters are {}", all_of(known))
    };
    Diagnostic::new(
        Code::UnknownParameter,
        location,
        format!("`{name}` is no parameter"),
    )
    .with_help(format!("{guess}{list}"))
}

/// A marker on something that is no function; `attached_to` has its article.
pub(crate) fn orphan(location: Location, attached_to: &str) -> Diagnostic {
    Diagnostic::new(Code::OrphanMarker, location, format!("this marker is attached to {attached_to}"))
        .with_help("only functions and methods are cached: move the marker into the doc comment of one, or remove it")
}
