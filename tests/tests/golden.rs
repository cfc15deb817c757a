//! The generated code as people read it: `golden/<case>/src`, and the files beside it
//! (`BLESS=1` rewrites them). That it compiles without a warning, `hygiene.rs` shows.

use selfsame_tests::expected;
use selfsame_tests::project::Project;
use selfsame_tests::scratch;

fn assert_generated(case: &str) {
    let folder = scratch::tests_folder("golden").join(case);
    let generated = Project::new().with_folder(&folder).generate().unwrap();
    let sources = generated
        .files
        .iter()
        .filter(|(name, _)| name.ends_with(".rs"));
    for (name, text) in sources {
        let place = folder.join("expected").join(name);
        expected::assert_text(&place, &expected::without_versions(text));
    }
}

#[test]
fn functions() {
    assert_generated("functions");
}

#[test]
fn methods() {
    assert_generated("methods");
}

#[test]
fn modules() {
    assert_generated("modules");
}

#[test]
fn tags() {
    assert_generated("tags");
}

#[test]
fn background() {
    assert_generated("background");
}
