//! The late part of a version: what only the compiler knows (rule R17).
//!
//! One run of a build script serves builds that differ: with `test` and without, and with variables that other
//! build scripts set. So a version is a fixed part, known here, and one mask for each `cfg` predicate that
//! holds when the generated code is compiled; values of variables are mixed in by a hash that costs the
//! compiler nothing.

use serde::Serialize;

use super::{Hasher, Subject};
use crate::graph::{Closure, LateKind};
use crate::index::{CrateId, Digest};
use crate::marker::Marker;

/// Something the compiler knows and this run does not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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
    pub(crate) late: Vec<LateInput>,
}

/// One late input with what it adds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LateInput {
    pub(crate) input: Late,
    /// What is mixed into a version where the predicate holds; for a variable, where its hash starts.
    pub(crate) mask: u128,
}

/// In every version: a test build may put something else in a function's place without the function's own
/// code saying so, and must not share entries with the real one.
const ALWAYS: &[&str] = &["debug_assertions", "doctest", "miri", TEST];

/// What a test build puts in a function's place is not followed: all of the sources stand for it.
const TEST: &str = "test";

/// Variables that say where a checkout lies, which is no part of a version.
const PLACES: &[&str] = &[
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_TARGET_TMPDIR",
    "OUT_DIR",
];

/// What the compiler adds: nothing to a version that is pinned by hand.
pub(super) fn of(subject: Subject<'_>, closure: &Closure, marker: &Marker) -> Vec<LateInput> {
    if marker.pin.is_some() {
        return Vec::new();
    }
    let mut late: Vec<Late> = ALWAYS
        .iter()
        .map(|name| Late::Cfg((*name).to_owned()))
        .collect();
    for (kind, text, krate) in closure.late() {
        match kind {
            LateKind::Cfg if text.is_empty() => late.extend(features(subject)),
            LateKind::Cfg if is_asked_here(subject, *krate, text) => {
                late.push(Late::Cfg(text.clone()));
            }
            LateKind::Env if is_told_here(subject, *krate, text) => {
                late.push(Late::Env(text.clone()));
            }
            LateKind::Cfg | LateKind::Env => {}
        }
    }
    late.sort();
    late.dedup();
    let with_mask = |input: Late| LateInput {
        mask: input.mask(subject.test),
        input,
    };
    late.into_iter().map(with_mask).collect()
}

/// What other packages are told while they are compiled can't be asked for where the wrappers are: their
/// features are in what manifests say, their own variables here.
pub(super) fn elsewhere(subject: Subject<'_>, closure: &Closure) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for (kind, name, krate) in closure.late() {
        if *kind == LateKind::Env && !is_own(subject, *krate) && name.starts_with("CARGO_") {
            let package = &subject.packages[krate.0 as usize];
            texts.push(format!("{name} of {} {}", package.name, package.version));
        }
    }
    texts.sort();
    texts.dedup();
    texts
}

/// Every feature of the package, for a predicate that a macro puts together.
fn features(subject: Subject<'_>) -> impl Iterator<Item = Late> {
    let features = subject.packages[0].features.keys();
    features.map(|name| Late::Cfg(format!("feature={name:?}")))
}

/// Whether a predicate means the same in the target's crate.
fn is_asked_here(subject: Subject<'_>, krate: CrateId, predicate: &str) -> bool {
    is_own(subject, krate) || !predicate.contains("feature=")
}

/// Whether a variable has the same value in the target's crate, and is part of a version at all.
fn is_told_here(subject: Subject<'_>, krate: CrateId, name: &str) -> bool {
    let known = !name.is_empty() && !PLACES.contains(&name);
    known && (is_own(subject, krate) || !name.starts_with("CARGO_"))
}

fn is_own(subject: Subject<'_>, krate: CrateId) -> bool {
    subject.packages[krate.0 as usize].folder == subject.packages[0].folder
}

impl Late {
    fn mask(&self, test: Digest) -> u128 {
        let mut hasher = Hasher::new("late");
        let (kind, text) = match self {
            Self::Cfg(predicate) => ("cfg", predicate),
            Self::Env(name) => ("env", name),
        };
        hasher.part(kind);
        hasher.part(text);
        if kind == "cfg" && text == TEST {
            hasher.part(test);
        }
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
        let mask = |late: Late| late.mask(Digest::default());
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
