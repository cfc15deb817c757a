//! Pairs: little crates in two forms, before and after an edit, both really built and run. What they answer decides
//! whether the version of the marked function has to move, or has to stay.

use crate::scratch;

pub mod corpus;
mod observe;
mod package;
mod verdict;
mod version;

use corpus::Case;
use package::Package;
use verdict::Verdict;

/// Every case of a file below `tests/pairs`.
///
/// # Panics
///
/// If there is no such file, or it is not written as it must be.
#[must_use]
pub fn read(group: &str) -> Vec<Case> {
    let path = scratch::tests_folder("pairs").join(format!("{group}.txt"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    corpus::parse(&text)
}

/// Builds, runs and compares every case of a file, and prints what came out. The variable `PAIR` asks for one number.
/// What `not_yet` names may still be wrong.
///
/// # Panics
///
/// If a changed answer left its version as it was, an edit without effect moved one, or a case shows nothing.
pub fn check(group: &str, not_yet: &[&str]) {
    let only = std::env::var("PAIR").ok();
    let cases = read(group);
    let asked = cases.iter().filter(|case| {
        only.as_ref()
            .is_none_or(|only| case.number.to_string() == *only)
    });
    let judged: Vec<(&Case, Verdict)> = asked.map(|case| (case, verdict_of(group, case))).collect();
    let report = verdict::report(group, &judged, not_yet);
    println!("{}", report.text);
    assert!(
        report.is_good,
        "{group}: not all versions tell what changed, as printed above"
    );
}

fn verdict_of(group: &str, case: &Case) -> Verdict {
    let package = Package::new(&format!("{group}-{}", case.number));
    let before = package.take(&case.before);
    let after = package.take(&case.after);
    match (before, after) {
        (Ok(before), Ok(after)) => verdict::compare(case, &before, &after),
        (Err(problem), _) => Verdict::Broken(format!("before the edit: {problem}")),
        (_, Err(problem)) => Verdict::Broken(format!("after the edit: {problem}")),
    }
}
