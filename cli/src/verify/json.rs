//! The verdict for programs.

use serde::Serialize;

use super::Verified;

#[derive(Debug, Serialize)]
pub(super) struct Report<'v> {
    complete: bool,
    targets: Vec<Target<'v>>,
}

#[derive(Debug, Serialize)]
struct Target<'v> {
    package: &'v str,
    target: &'v str,
    files: usize,
    missing: &'v [String],
    variables: &'v [String],
}

pub(super) fn report(verified: &[Verified]) -> Report<'_> {
    let targets = verified.iter().map(|target| Target {
        package: &target.package,
        target: &target.target,
        files: target.files,
        missing: &target.missing,
        variables: &target.variables,
    });
    Report {
        complete: verified.iter().all(Verified::is_covered),
        targets: targets.collect(),
    }
}
