//! The list for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{Late, Timing, Widened};
use crate::survey::{Survey, Surveyed};

#[derive(Debug, Serialize)]
pub(super) struct List<'s> {
    functions: Vec<Function<'s>>,
    problems: &'s [String],
    warnings: &'s [String],
    notes: &'s [String],
}

#[derive(Debug, Serialize)]
struct Function<'s> {
    path: &'s str,
    version: &'s str,
    /// How many items the version is made of.
    items: usize,
    package: &'s str,
    target: &'s str,
    kind: &'static str,
    place: &'s str,
    options: Options<'s>,
    /// Whether these settings compile the function at all.
    compiled: bool,
    late: &'s [Late],
    widened: &'s [Widened],
}

#[derive(Debug, Serialize)]
struct Options<'s> {
    ttl_ms: u64,
    none_ms: u64,
    l1_ms: u64,
    #[serde(flatten)]
    timing: &'s Timing,
    /// Those that are part of the version.
    #[serde(flatten)]
    identity: &'s BTreeMap<String, String>,
}

pub(super) fn list(survey: &Survey) -> List<'_> {
    List {
        functions: survey.functions().iter().map(function).collect(),
        problems: &survey.problems,
        warnings: &survey.warnings,
        notes: &survey.notes,
    }
}

fn function<'s>(surveyed: &Surveyed<'s>) -> Function<'s> {
    let Surveyed {
        target,
        function,
        version,
    } = surveyed;
    Function {
        path: &function.path,
        version: &version.text,
        items: function.closure.len(),
        package: &target.package,
        target: &target.name,
        kind: if target.is_bin { "bin" } else { "lib" },
        place: &function.place,
        options: Options {
            ttl_ms: function.ttl_ms,
            none_ms: function.none_ms,
            l1_ms: function.l1_ms,
            timing: &function.timing,
            identity: &function.marker,
        },
        compiled: version.is_compiled,
        late: &function.late,
        widened: &function.widened,
    }
}
