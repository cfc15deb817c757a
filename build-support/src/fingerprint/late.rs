//! The late part of a version: what only the compiler knows (rule R17).
//!
//! One run of a build script serves builds that differ: with `test` and without, and with variables that other
//! build scripts set. So a version is a fixed part, known here, and one mask for each `cfg` predicate that
//! holds when the generated code is compiled; values of variables are mixed in by a hash that costs the
//! compiler nothing.

use serde::Serialize;

use super::Hasher;

/// Something the compiler knows and this run does not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Late {
    /// Whether a predicate holds: `all(unix,feature="x")`.
    Cfg(String),
    /// The value of an environment variable, if it is set.
    Env(String),
}

/// The version of a function: the part that is known, and what is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) fixed: u128,
    /// Sorted, each once.
    pub(crate) late: Vec<Late>,
}

/// In every version: a test build may put something else in a function's place without the function's own
/// code saying so, and must not share entries with the real one.
pub(super) const ALWAYS: &[&str] = &["debug_assertions", "doctest", "miri", "test"];

impl Late {
    /// What is mixed into a version where the predicate holds; for a variable, where its hash starts.
    pub(crate) fn mask(&self) -> u128 {
        let mut hasher = Hasher::new("late");
        let (kind, text) = match self {
            Self::Cfg(predicate) => ("cfg", predicate),
            Self::Env(name) => ("env", name),
        };
        hasher.part(kind);
        hasher.part(text);
        hasher.finish()
    }
}

/// What the compiler answered to one late input, with the input's mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// Whether a predicate holds.
    Cfg(bool, u128),
    /// The value of a variable.
    Env(Option<&'a str>, u128),
}

/// The whole version; the runtime's `Late` does the same in constants.
#[must_use]
pub fn version<'a>(fixed: u128, answers: impl IntoIterator<Item = Answer<'a>>) -> u128 {
    let mixed = |version, answer| match answer {
        Answer::Cfg(true, mask) => version ^ mask,
        Answer::Env(Some(value), mask) => version ^ hash(mask, value),
        Answer::Cfg(false, _) | Answer::Env(None, _) => version,
    };
    answers.into_iter().fold(fixed, mixed)
}

/// FNV-1a of 128 bits from a start of our own (Fowler, Noll, Vo; draft-eastlake-fnv).
fn hash(start: u128, value: &str) -> u128 {
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    value.bytes().fold(start, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(PRIME)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_answer_of_the_compiler_is_a_version_of_its_own() {
        let mask = |late: Late| late.mask();
        let versions: BTreeSet<u128> = [
            (false, false, None),
            (true, false, None),
            (false, true, None),
            (true, true, None),
            (false, false, Some("")),
            (false, false, Some("a")),
            (false, false, Some("b")),
            (true, false, Some("b")),
        ]
        .into_iter()
        .map(|(test, unix, value)| {
            let answers = [
                Answer::Cfg(test, mask(Late::Cfg("test".to_owned()))),
                Answer::Cfg(unix, mask(Late::Cfg("unix".to_owned()))),
                Answer::Env(value, mask(Late::Env("NAME".to_owned()))),
            ];
            version(7, answers)
        })
        .collect();
        assert_eq!(versions.len(), 8);
        assert!(versions.contains(&7));
    }
}
