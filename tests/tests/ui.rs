//! What a user reads when the sources can't be used: `ui/<case>/src`, and the expected report beside
//! it (`BLESS=1` rewrites it).

use std::path::{Path, PathBuf};

use selfsame_tests::expected;
use selfsame_tests::project::Project;
use selfsame_tests::scratch;

/// The folders of the cases, sorted.
fn cases() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(scratch::tests_folder("ui")).unwrap();
    let mut cases: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn report(case: &Path) -> String {
    let project = Project::new().with_folder(case);
    match project.generate() {
        Ok(generated) => panic!("{} was accepted: {generated:?}", case.display()),
        Err(report) => report,
    }
}

#[test]
fn every_report_reads_as_expected() {
    for case in cases() {
        expected::assert_text(&case.join("expected.stderr"), &report(&case));
    }
}

#[test]
fn every_code_of_the_catalogue_has_a_report() {
    let reports = cases().into_iter().map(|case| case.join("expected.stderr"));
    let all: String = reports
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let missing: Vec<_> = selfsame_build::diagnostic_codes()
        .into_iter()
        .filter(|code| !all.contains(&format!("error[selfsame::{code}]: ")))
        .collect();
    assert!(missing.is_empty(), "no case in tests/ui shows {missing:?}");
}

#[test]
fn every_problem_has_a_place_and_an_edit() {
    for case in cases() {
        let report = std::fs::read_to_string(case.join("expected.stderr")).unwrap();
        let problems = report.matches("error[selfsame::").count();
        let helps = report.matches("\nhelp: ").count();
        assert!(
            problems > 0 && helps >= problems,
            "{}:\n{report}",
            case.display()
        );
    }
}
