//! Every problem a user can be told about: its code, its text, its help.
//!
//! The stages decide *that* something is wrong; what is said about it is written here, side by side, so that the
//! texts stay of one voice. Lower case, no final period, the user's names in backticks, and always the edit to make.

use crate::diagnostic::Diagnostic;
use crate::source::Location;

pub(crate) mod hint;
pub(crate) mod marker;
mod nearest;
pub(crate) mod shape;
pub(crate) mod tag;
pub(crate) mod timing;

pub(crate) use nearest::{is_near, nearest};

/// Declares [`Code`] with its names, so that none can be left out of [`Code::ALL`].
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// The name of a kind of problem, shown as `error[selfsame::name]`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Code { $($(#[$doc])* $variant,)+ }

        impl Code {
            /// Every code, in the order of their declaration.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name that is shown.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

codes! {
    /// A marker that is not of the form `@cache(option = value, option(…))`.
    MarkerSyntax = "marker-syntax",
    /// An option that does not exist.
    UnknownOption = "unknown-option",
    /// A value an option does not take.
    OptionValue = "option-value",
    /// A duration that is zero, too long or none at all.
    ImpossibleDuration = "impossible-duration",
    /// An option given twice.
    DuplicateOption = "duplicate-option",
    /// Two markers on one function.
    DuplicateMarker = "duplicate-marker",
    /// Options that can't both hold.
    ContradictoryOptions = "contradictory-options",
    /// A name in `skip` or `key` that is no parameter.
    UnknownParameter = "unknown-parameter",
    /// A method whose receiver is neither in `skip` nor in `key`.
    ReceiverUndecided = "receiver-undecided",
    /// A template of a tag that makes no tag.
    TagTemplate = "tag-template",
    /// A parameter that a computation in the background can't make its own.
    BorrowedArgument = "borrowed-argument",
    /// A parameter that can't be part of a key.
    UnkeyableParameter = "unkeyable-parameter",
    /// A function the generated module can't call.
    PrivateFunction = "private-function",
    /// A name of the signature or of a key expression that the generated module can't use.
    UnreachableName = "unreachable-name",
    /// A wrapper's name that exists already.
    NameTaken = "name-taken",
    /// A marker attached to something that is no function.
    OrphanMarker = "orphan-marker",
    /// A function in a place where no wrapper can be made.
    UnsupportedPlace = "unsupported-place",
    /// A kind of function no wrapper can be made for.
    UnsupportedShape = "unsupported-shape",
    /// A return type whose values can't be stored.
    UnsupportedReturn = "unsupported-return",
    /// An `include_generated!(mod …)` that names another module than its own.
    WrongInclude = "wrong-include",
    /// A source file that does not parse.
    UnparsableFile = "unparsable-file",
    /// A source file that can't be read.
    UnreadableFile = "unreadable-file",
    /// A `mod` item whose file does not exist.
    MissingModule = "missing-module",
    /// A path in `depends` that does not exist.
    MissingDependency = "missing-dependency",
    /// A function that reads a clock.
    ReachesClock = "reaches-clock",
    /// A function that draws random numbers.
    ReachesRandom = "reaches-random",
    /// A function that reads the surroundings of its process.
    ReachesEnv = "reaches-env",
    /// A function that reads files, networks or other processes.
    ReachesIo = "reaches-io",
    /// A function that reads global state which other code may change.
    ReachesState = "reaches-mutable-state",
    /// A macro of another crate that may name anything in its module.
    UnknownMacro = "unknown-macro",
    /// A file that is included by a path nobody knows before the build.
    UnknownFile = "unknown-file",
    /// A key argument that may lose data when it is serialised.
    LossyKey = "lossy-key",
}

/// The names of all problems selfsame can report, for the test that each of them has an expected text.
#[doc(hidden)]
#[must_use]
pub fn diagnostic_codes() -> Vec<&'static str> {
    Code::ALL.iter().map(|code| code.as_str()).collect()
}

/// A file syn refuses; `reason` is its own message.
pub(crate) fn unparsable_file(location: Location, reason: &str) -> Diagnostic {
    Diagnostic::new(Code::UnparsableFile, location, format!("this file does not parse: {reason}"))
        .with_help("`cargo check` explains the syntax error; nothing is generated from a file that can't be read whole")
}

/// The same of a file without markers: what it may mean is part of everything.
pub(crate) fn unparsed_file(location: Location, reason: &str) -> Diagnostic {
    Diagnostic::new(
        Code::UnparsableFile,
        location,
        format!("this file does not parse: {reason}; the versions of all functions cover the whole crate"),
    )
    .with_help("`cargo check` explains a syntax error; syntax newer than selfsame costs precision only")
}

/// A file that exists and can't be read, or is not UTF-8.
pub(crate) fn unreadable_file(name: &str, reason: &str) -> Diagnostic {
    Diagnostic::nowhere(
        Code::UnreadableFile,
        format!("`{name}` can't be read: {reason}"),
    )
    .with_help("make it a readable file of UTF-8 text")
}

/// A `mod name;` without a file; `looked_for` are the paths rustc would try.
pub(crate) fn missing_module(location: Location, name: &str, looked_for: &[String]) -> Diagnostic {
    Diagnostic::new(
        Code::MissingModule,
        location,
        format!("no file for module `{name}`"),
    )
    .with_help(format!(
        "create {}, or remove the `mod` item",
        alternatives(looked_for)
    ))
}

/// A path in `depends` that is neither a file, a folder nor an item.
pub(crate) fn missing_dependency(location: Location, path: &str) -> Diagnostic {
    Diagnostic::new(Code::MissingDependency, location, format!("`{path}` does not exist"))
        .with_help("paths in `depends` are relative to the folder of `Cargo.toml`; an item is named without quotes")
}

/// An item in `depends` that nothing defines.
pub(crate) fn missing_item(location: Location, path: &str) -> Diagnostic {
    Diagnostic::new(
        Code::MissingDependency,
        location,
        format!("no item `{path}` is known here"),
    )
    .with_help("name an item as the function itself would; a file or folder is named in quotes")
}

/// An in-module include of another module.
pub(crate) fn wrong_include(location: Location, given: &str, actual: &str) -> Diagnostic {
    Diagnostic::new(
        Code::WrongInclude,
        location,
        format!("this is module `{actual}`, not `{given}`"),
    )
    .with_help(format!(
        "write `selfsame::include_generated!(mod {actual})`"
    ))
}

/// An in-module include in the crate root.
pub(crate) fn root_include(location: Location) -> Diagnostic {
    Diagnostic::new(
        Code::WrongInclude,
        location,
        "this is the crate root, which has no path to name",
    )
    .with_help("write `selfsame::include_generated!();`")
}

/// `a`, `b` or `c`, in backticks.
pub(crate) fn alternatives(names: &[impl AsRef<str>]) -> String {
    join(names, "or")
}

/// `a`, `b` and `c`, in backticks.
pub(crate) fn all_of(names: &[impl AsRef<str>]) -> String {
    join(names, "and")
}

fn join(names: &[impl AsRef<str>], last_word: &str) -> String {
    let quoted: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {last_word} {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_has_a_name_of_its_own_in_kebab_case() {
        let names = diagnostic_codes();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for name in names {
            assert!(
                name.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{name}"
            );
        }
    }

    #[test]
    fn lists_read_as_english() {
        assert_eq!(alternatives(&["a"]), "`a`");
        assert_eq!(alternatives(&["a", "b"]), "`a` or `b`");
        assert_eq!(all_of(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
