//! What the README shows works as it stands there.

use selfsame_tests::project::Project;
use selfsame_tests::scratch;

fn readme() -> String {
    std::fs::read_to_string(scratch::repository().join("README.md")).unwrap()
}

/// The block that begins with a comment naming this file.
fn file(readme: &str, name: &str) -> String {
    let start = format!("```rust,ignore\n// {name}\n");
    let block = readme
        .split_once(&start)
        .unwrap_or_else(|| panic!("{name} is shown"))
        .1;
    block.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_smallest_complete_use_is_complete() {
    let readme = readme();
    let project = Project::new()
        .with("build.rs", &file(&readme, "build.rs"))
        .with("src/main.rs", &file(&readme, "src/main.rs"));
    let ran = project.cargo(["run", "--quiet"]).successful();
    assert_eq!(ran.stdout, "37550402023\n");
}

/// What a heading is called in links.
fn anchor(line: &str) -> Option<String> {
    let heading = line.strip_prefix('#')?.trim_start_matches('#').trim();
    Some(heading.to_lowercase().replace(' ', "-"))
}

#[test]
fn every_link_leads_to_a_file_or_a_heading() {
    let readme = readme();
    let targets = readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let anchors: Vec<_> = readme.lines().filter_map(anchor).collect();
    for target in targets.filter(|target| !target.contains("://")) {
        let leads = match target.strip_prefix('#') {
            Some(wanted) => anchors.iter().any(|anchor| anchor == wanted),
            None => scratch::repository().join(target).exists(),
        };
        assert!(leads, "{target}");
    }
}
