//! A crate is edited: which versions move, which stay, and that Cargo runs the build script again.

use std::collections::{BTreeMap, BTreeSet};

use selfsame_tests::project::{self, Project};
use selfsame_tests::scratch;

/// The crate in `rebuild/`. Its `price` reaches everything an edit here is about, `other` nothing.
fn project() -> Project {
    Project::new().with_folder(&scratch::tests_folder("rebuild"))
}

/// The functions whose versions differ.
fn moved(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> BTreeSet<String> {
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>()
    );
    let differing = before
        .iter()
        .filter(|(path, version)| after[*path] != **version);
    differing.map(|(path, _)| path.clone()).collect()
}

/// What one edit of the fresh project moves.
fn moved_by(edit: impl FnOnce(&Project)) -> Vec<String> {
    let project = project();
    let before = project.versions();
    assert_eq!(before.len(), 5, "{before:?}");
    edit(&project);
    moved(&before, &project.versions()).into_iter().collect()
}

/// Edits of `src/lib.rs`, one at a time, that must move exactly these functions.
fn assert_each_moves(expected: &[&str], edits: &[(&str, &str, &str)]) {
    let wrong: Vec<_> = edits
        .iter()
        .map(|(file, from, to)| (*from, *to, moved_by(|project| project.edit(file, from, to))))
        .filter(|(_, _, moved)| moved != expected)
        .collect();
    assert!(
        wrong.is_empty(),
        "expected {expected:?} to move; found {wrong:#?}"
    );
}

const LIB: &str = "src/lib.rs";

#[test]
fn editing_what_a_function_reaches_moves_that_function_only() {
    assert_each_moves(
        &["price"],
        &[
            (LIB, "LIMIT + odd", "LIMIT - odd"),
            (
                LIB,
                "-> Price {\n    let",
                "-> Price {\n    drop(log);\n    let",
            ),
            ("src/rates.rs", "length * 3", "length * 4"),
            ("src/rates.rs", "article.len()", "article.trim().len()"),
            ("src/elsewhere/odd.rs", "5", "6"),
            (
                LIB,
                "use rates::rate as chosen",
                "use rates::unasked as chosen",
            ),
            (LIB, "\"elsewhere/odd.rs\"", "\"unrelated.rs\""),
            (LIB, "$number * 2", "$number * 3"),
            (LIB, "LIMIT: u32 = 10", "LIMIT: u32 = 11"),
            (LIB, "\"label\"", "\"lable\""),
            (LIB, "CHEAP: u32 = 3", "CHEAP: u32 = 4"),
            (LIB, "self.amount + 1", "self.amount + 2"),
            (LIB, "\"basket\"", "\"bag\""),
            (LIB, "self / 5", "self / 6"),
            (
                LIB,
                "pub amount: u32",
                "#[serde(rename = \"sum\")]\n    pub amount: u32",
            ),
            (LIB, "text.to_lowercase()", "text.to_uppercase()"),
        ],
    );
}

#[test]
fn what_the_marker_says_of_the_answer_belongs_to_the_version() {
    assert_each_moves(
        &["price"],
        &[
            (
                LIB,
                "key(folded(article)), skip(log)",
                "key(folded(article), log)",
            ),
            (LIB, "ttl = \"5m\", key", "codec = \"json\", key"),
            (LIB, "ttl = \"5m\", key", "epoch = 1, key"),
            (LIB, "ttl = \"5m\", key", "depends(\"query.sql\"), key"),
        ],
    );
}

#[test]
fn inputs_named_in_the_marker_move_it() {
    assert_each_moves(&["queried"], &[("query.sql", "1", "2")]);
    assert_each_moves(
        &["queried"],
        &[(
            LIB,
            "fn unnamed() -> u32 {\n    2",
            "fn unnamed() -> u32 {\n    3",
        )],
    );
}

#[test]
fn a_pin_moves_only_by_hand() {
    assert_each_moves(&["pinned"], &[(LIB, "pin = \"a\"", "pin = \"b\"")]);
    assert_each_moves(&[], &[(LIB, "number + unnamed()", "number * unnamed()")]);
}

#[test]
fn a_cached_call_carries_the_version_of_what_it_calls() {
    assert_each_moves(
        &["other", "outer"],
        &[(
            LIB,
            "pub fn other(number: u32) -> u32 {\n    number",
            "pub fn other(number: u32) -> u32 {\n    !number",
        )],
    );
}

#[test]
fn what_changes_no_answer_moves_nothing() {
    assert_each_moves(
        &[],
        &[
            (LIB, "    let basket", "    // A comment.\n    let basket"),
            (
                LIB,
                "/// The price.",
                "/// What it costs, in all.\n///\n/// More.",
            ),
            ("src/rates.rs", "//! Rates.", "//! All rates.\n\n"),
            (LIB, "ttl = \"5m\"", "ttl = \"6m\", l1 = \"1s\""),
            (
                LIB,
                "key(folded(article)), skip(log)",
                "key( folded( article ) ),skip(log),",
            ),
            (
                LIB,
                "chosen(article) + LIMIT + odd::extra()",
                "chosen(\n        article,\n    ) + LIMIT\n        + odd::extra()",
            ),
            (
                LIB,
                "CHEAP => Price { amount, shown },",
                "CHEAP => {\n            Price { amount, shown }\n        }",
            ),
            (
                LIB,
                "pub fn price(log",
                "#[inline]\n#[allow(unused)]\npub fn price(log",
            ),
            (
                LIB,
                "mod rates;\nmod unrelated;",
                "mod unrelated;\nmod rates;",
            ),
            ("src/rates.rs", "    4", "    5"),
            ("src/unrelated.rs", "1", "2"),
            ("src/unrelated.rs", "pub fn alone", "pub fn all_alone"),
            (LIB, "        7\n", "        8\n"),
            (
                "Cargo.toml",
                "name = \"app\"",
                "name = \"app\"\ndescription = \"an app\"",
            ),
            ("build.rs", "fn main()", "// The build script.\nfn main()"),
        ],
    );
}

#[test]
fn what_is_added_elsewhere_moves_nothing() {
    let added = moved_by(|project| {
        project.edit(
            LIB,
            "mod unrelated;",
            "mod unrelated;\nmod fresh;\n#[cfg(test)]\nmod tests;",
        );
        project.write(
            "src/fresh.rs",
            "pub struct Fresh;\nimpl Fresh { pub fn total(&self) {} }\n",
        );
        project.write(
            "src/tests.rs",
            "#[test]\nfn works() { assert_eq!(super::other(1), 1); }\n",
        );
        project.write("README.md", "# App\n");
        project.write("tests/more.rs", "fn rate() {}\n");
    });
    assert_eq!(added, [""; 0]);
}

#[test]
fn a_definition_that_could_win_moves_what_it_could_win_in() {
    // An inherent method is preferred to the trait's.
    let taken = moved_by(|project| {
        let text = project.read(LIB);
        project.write(
            LIB,
            &format!("{text}\nimpl Basket {{ fn tax(self) -> u32 {{ 0 }} }}\n"),
        );
    });
    assert_eq!(taken, ["price"]);
    // A local item shadows one a glob brings.
    let shadowed = moved_by(|project| {
        project.edit(LIB, "odd::extra()", "odd::extra() + unasked()");
        let _ = project.versions();
    });
    assert_eq!(shadowed, ["price"]);
}

#[test]
fn a_path_dependency_is_reached_like_the_crate_itself() {
    let project = project();
    let library = Project::of_library(
        "pub fn helped() -> u32 { inner() }\nfn inner() -> u32 { 1 }\npub fn unasked() {}\n",
    );
    library.edit("Cargo.toml", "name = \"app\"", "name = \"helper\"");
    let dependency = format!("[dependencies]\nhelper = {{ path = {:?} }}", library.path());
    project.edit("Cargo.toml", "[dependencies]", &dependency);
    project.edit(LIB, "use rates::*;", "use rates::*;\nuse helper::helped;");
    project.edit(LIB, "chosen(article)", "chosen(article) + helped()");
    let before = project.versions();

    library.edit(
        "src/lib.rs",
        "pub fn unasked() {}",
        "pub fn unasked() { loop {} }",
    );
    assert_eq!(moved(&before, &project.versions()), BTreeSet::new());
    library.edit("src/lib.rs", "{ 1 }", "{ 2 }");
    assert_eq!(
        moved(&before, &project.versions()),
        BTreeSet::from(["price".to_owned()])
    );
}

#[test]
fn a_damaged_memory_of_the_last_run_is_no_error() {
    let project = project();
    let before = project.generate().unwrap();
    let mut damaged = 0;
    let mut folders = vec![project.path().join("out")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_none_or(|kind| kind != "rs" && kind != "json")
            {
                std::fs::write(&path, b"\0 damaged").unwrap();
                damaged += 1;
            }
        }
    }
    assert!(damaged > 0, "the generator keeps its work in OUT_DIR");
    assert_eq!(project.generate().unwrap(), before);
}

/// Whether Cargo ran the build script, and the versions it left.
fn build(project: &Project) -> (bool, BTreeMap<String, String>) {
    let before = std::fs::metadata(project.path().join("ran"))
        .and_then(|file| file.modified())
        .ok();
    let ran = project
        .cargo(["check", "--message-format=json"])
        .successful();
    let after = std::fs::metadata(project.path().join("ran"))
        .and_then(|file| file.modified())
        .ok();
    let app = format!("{}", project.path().display());
    let line = ran
        .stdout
        .lines()
        .find(|line| line.contains("build-script-executed") && line.contains(&app));
    let out = line.and_then(|line| line.split("\"out_dir\":\"").nth(1)?.split('"').next());
    let generated = std::fs::read_to_string(format!("{}/selfsame.json", out.unwrap())).unwrap();
    (before != after, project::versions_in(&generated))
}

#[test]
fn cargo_runs_the_generator_again_when_and_only_when_an_input_changed() {
    let project = project();
    // Leaves a trace of each run; written outside of what Cargo watches by default.
    project.write(
        "build.rs",
        "fn main() -> Result<(), selfsame_build::Error> {
    std::fs::write(\"ran\", format!(\"{:?}\", std::time::SystemTime::now())).unwrap();
    selfsame_build::generate()
}\n",
    );
    let (ran, first) = build(&project);
    assert!(ran);
    let (ran, same) = build(&project);
    assert!(!ran, "nothing has changed");
    assert_eq!(same, first);

    project.edit("src/rates.rs", "length * 3", "length * 4");
    let (ran, edited) = build(&project);
    assert!(ran && moved(&first, &edited).contains("price"));

    project.edit("query.sql", "1", "2");
    let (ran, queried) = build(&project);
    assert!(ran && moved(&edited, &queried).contains("queried"));

    project.write("README.md", "# App\n");
    let (ran, _) = build(&project);
    assert!(!ran, "a file no function reaches was added");

    // A file becomes a folder.
    let rates = project.read("src/rates.rs");
    project.remove("src/rates.rs");
    project.write(
        "src/rates/mod.rs",
        &rates.replace("length * 4", "length * 5"),
    );
    let (ran, renamed) = build(&project);
    assert!(ran && moved(&queried, &renamed).contains("price"));

    let manifest = project.read("Cargo.toml");
    let unchecked = "[profile.dev]\noverflow-checks = false\n";
    project.write("Cargo.toml", &format!("{manifest}\n{unchecked}"));
    let (ran, unchecked) = build(&project);
    assert!(ran && moved(&renamed, &unchecked).contains("price"));
}

#[test]
fn what_an_earlier_build_script_has_generated_is_not_included() {
    let project = project();
    let _ = project.cargo(["check"]).successful();

    project.write("build.rs", "fn main() {}\n");
    let refused = project.cargo(["check"]);
    assert!(!refused.success);
    let said = "call `selfsame_build::generate()` in build.rs";
    assert!(refused.stderr.contains(said), "{}", refused.stderr);
}
