//! A comparison for programs.

use serde::Serialize;

use super::compare::{Cold, Comparison};
use super::reason::Reason;

#[derive(Debug, Serialize)]
pub(super) struct Diff<'c> {
    from: &'c str,
    to: &'c str,
    cold: Vec<Function<'c>>,
    new: &'c [String],
    removed: &'c [String],
    warm: usize,
}

#[derive(Debug, Serialize)]
struct Function<'c> {
    path: &'c str,
    package: &'c str,
    target: &'c str,
    place: &'c str,
    before: &'c str,
    after: &'c str,
    reasons: &'c [Reason],
}

pub(super) fn comparison<'c>(
    comparison: &'c Comparison,
    (from, to): (&'c str, &'c str),
) -> Diff<'c> {
    let function = |cold: &'c Cold| Function {
        path: &cold.path,
        package: &cold.package,
        target: &cold.target,
        place: &cold.place,
        before: &cold.before,
        after: &cold.after,
        reasons: &cold.reasons,
    };
    Diff {
        from,
        to,
        cold: comparison.cold.iter().map(function).collect(),
        new: &comparison.new,
        removed: &comparison.removed,
        warm: comparison.warm,
    }
}
