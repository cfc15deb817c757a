//! What a user reads when the sources can't be used, or should be looked at: `ui/<case>/src`, and beside it the
//! expected report (`expected.stderr`) or the expected warnings (`expected.warnings`); `BLESS=1` rewrites them.

use std::path::{Path, PathBuf};

use selfsame_tests::expected;
use selfsame_tests::project::Project;
use selfsame_tests::scratch;

/// How cargo is told of a warning.
const WARNING: &str = "cargo::warning=";

/// The folders of the cases, sorted.
fn cases() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(scratch::tests_folder("ui")).unwrap();
    let mut cases: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

/// What the generator says of a case, and the file that expects it.
fn said(case: &Path) -> (PathBuf, String) {
    let project = Project::new().with_folder(case);
    match project.generate() {
        Ok(generated) => {
            let directives = generated.directives.iter();
            let warnings = directives.filter_map(|line| line.strip_prefix(WARNING));
            let lines: String = warnings.map(|line| format!("{line}\n")).collect();
            assert!(
                !lines.is_empty(),
                "{} was accepted: {generated:?}",
                case.display()
            );
            (case.join("expected.warnings"), lines)
        }
        Err(report) => (case.join("expected.stderr"), report),
    }
}

/// The expected text of a case.
fn expectation(case: &Path) -> String {
    let texts = ["expected.stderr", "expected.warnings"]
        .map(|name| std::fs::read_to_string(case.join(name)).ok());
    let [text] = &texts.into_iter().flatten().collect::<Vec<_>>()[..] else {
        panic!("{} expects either a report or warnings", case.display());
    };
    text.clone()
}

#[test]
fn every_case_reads_as_expected() {
    for case in cases() {
        let (path, text) = said(&case);
        expected::assert_text(&path, &text);
    }
}

#[test]
fn every_code_of_the_catalogue_has_a_case() {
    let all: String = cases().iter().map(|case| expectation(case)).collect();
    let is_missing = |code: &&str| {
        !all.contains(&format!("error[selfsame::{code}]: "))
            && !all.contains(&format!(" [selfsame::{code}]\n"))
    };
    let codes = selfsame_build::diagnostic_codes();
    let missing: Vec<_> = codes.into_iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "no case in tests/ui shows {missing:?}");
}

#[test]
fn every_problem_has_an_edit() {
    for case in cases() {
        let path = case.join("expected.stderr");
        let Ok(report) = std::fs::read_to_string(&path) else {
            continue;
        };
        let problems = report.matches("error[selfsame::").count();
        let helps = report.matches("\nhelp: ").count();
        assert!(
            problems > 0 && helps >= problems,
            "{}:\n{report}",
            path.display()
        );
    }
}

#[test]
fn every_warning_has_a_place_an_edit_and_a_code() {
    for case in cases() {
        let path = case.join("expected.warnings");
        let Ok(lines) = std::fs::read_to_string(&path) else {
            continue;
        };
        for line in lines.lines() {
            let place: Vec<&str> = line.splitn(4, ':').collect();
            let has_place = place.len() == 4
                && place[0].ends_with(".rs")
                && place[1..3]
                    .iter()
                    .all(|number| number.parse::<u32>().is_ok());
            let is_whole = line.ends_with(']') && line.contains(" [selfsame::");
            assert!(
                has_place && is_whole && line.contains("; "),
                "{}: {line}",
                path.display()
            );
        }
    }
}
