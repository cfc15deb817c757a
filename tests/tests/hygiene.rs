//! Generated code among users' code: nothing of theirs may break it, and it may break nothing of
//! theirs. One workspace with all fixtures is checked by clippy and tested, in two builds in all.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use selfsame_tests::project;
use selfsame_tests::scratch;

/// The fixtures of the next edition are those of the last one too.
const IN_BOTH_EDITIONS: [&str; 2] = ["prelude", "shapes"];

/// A copy of `fixtures/`, with the golden cases as members too.
static WORKSPACE: LazyLock<PathBuf> = LazyLock::new(|| {
    let workspace = scratch::root().join("fixtures");
    scratch::copy(&scratch::tests_folder("fixtures"), &workspace);
    for name in IN_BOTH_EDITIONS {
        add_in_edition_2021(
            &workspace.join(name),
            &workspace.join(format!("{name}-2021")),
        );
    }
    for case in fs::read_dir(scratch::tests_folder("golden")).unwrap() {
        let case = case.unwrap();
        let name = format!("golden-{}", case.file_name().to_str().unwrap());
        scratch::copy(&case.path().join("src"), &workspace.join(&name).join("src"));
        add_manifest(&workspace.join(&name), &name);
    }
    point_at_the_checkout(&workspace);
    workspace
});

#[test]
fn generated_code_passes_the_strictest_lints() {
    let _ = project::cargo(&WORKSPACE, ["clippy", "--workspace", "--all-targets"]).successful();
}

#[test]
fn every_wrapper_answers_like_its_function() {
    let ran = project::cargo(&WORKSPACE, ["test", "--workspace", "--no-fail-fast"]).successful();
    let suites = ran.stdout.matches("test result: ok.").count();
    assert!(suites >= 8, "{suites} suites ran:\n{}", ran.stdout);
}

/// A copy of a fixture under another name; the name of its library stays, for its tests' sake.
fn add_in_edition_2021(fixture: &std::path::Path, copy: &std::path::Path) {
    scratch::copy(fixture, copy);
    let manifest = fs::read_to_string(fixture.join("Cargo.toml")).unwrap();
    let name = fixture.file_name().unwrap().to_str().unwrap();
    let of_2021 = manifest
        .replace(
            &format!("name = \"{name}\""),
            &format!("name = \"{name}-2021\""),
        )
        .replace("edition = \"2024\"", "edition = \"2021\"");
    let library = format!("{of_2021}\n[lib]\nname = \"{name}\"\n");
    scratch::write(&copy.join("Cargo.toml"), library.as_bytes());
}

/// A golden case has no manifest of its own: it takes a fixture's.
fn add_manifest(package: &std::path::Path, name: &str) {
    let fixture = scratch::tests_folder("fixtures").join("prelude");
    let manifest = fs::read_to_string(fixture.join("Cargo.toml")).unwrap();
    let renamed = manifest.replace("name = \"prelude\"", &format!("name = \"{name}\""));
    scratch::write(&package.join("Cargo.toml"), renamed.as_bytes());
    scratch::write(&package.join("build.rs"), project::BUILD_SCRIPT.as_bytes());
}

/// The fixtures name the crates under test by relative paths, which the copy can't.
fn point_at_the_checkout(workspace: &std::path::Path) {
    let root = scratch::repository();
    for manifest in ["Cargo.toml", "renamed/Cargo.toml"] {
        let text = fs::read_to_string(scratch::tests_folder("fixtures").join(manifest)).unwrap();
        let climbs = if manifest == "Cargo.toml" {
            "../.."
        } else {
            "../../.."
        };
        let absolute = text.replace(climbs, root.to_str().unwrap());
        scratch::write(&workspace.join(manifest), absolute.as_bytes());
    }
}
