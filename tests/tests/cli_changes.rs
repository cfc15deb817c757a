//! `cargo selfsame explain`, `graph`, `diff` and `check`: what versions are made of, and what moves them.

use std::path::Path;
use std::process::Command;

use selfsame_tests::cli::{self, selfsame};
use serde_json::Value;
use tempfile::TempDir;

/// Two functions that share a helper, and one on its own.
const SHOP: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    ),
    (
        "src/lib.rs",
        "pub mod rates;

/// @cache
pub fn price(n: u32) -> u32 {
    total(n)
}

fn total(n: u32) -> u32 {
    rates::rate(n) * 2
}

/// @cache
pub fn label(n: u32) -> String {
    format!(\"{n}\")
}

pub mod users {
    /// @cache
    pub fn price(n: u32) -> u32 {
        crate::rates::rate(n)
    }
}
",
    ),
    (
        "src/rates.rs",
        "pub fn rate(n: u32) -> u32 {\n    n + BASE\n}\n\nconst BASE: u32 = 7;\n",
    ),
];

fn shop() -> TempDir {
    cli::package(SHOP)
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).args([
        "-c",
        "user.name=T",
        "-c",
        "user.email=t@t",
        "-c",
        "commit.gpgsign=false",
    ]);
    let output = command.args(arguments).output().expect("git is installed");
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The shop in a repository, with one commit.
fn repository() -> TempDir {
    let folder = shop();
    git(folder.path(), &["init", "--quiet", "--initial-branch=main"]);
    commit(folder.path(), "one");
    folder
}

fn commit(folder: &Path, message: &str) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", message]);
}

fn texts<'v>(list: &'v Value, field: &str) -> Vec<&'v str> {
    let list = list.as_array().expect("a list");
    list.iter()
        .map(|value| value[field].as_str().expect("a text"))
        .collect()
}

mod explaining {
    use super::*;

    #[test]
    fn shows_each_item_with_rule_and_name_the_widest_hub_first() {
        let folder = shop();
        let ran = selfsame(folder.path(), ["explain", "--no-build", "shop::price"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let lines: Vec<&str> = ran.stdout.lines().collect();
        let position = |text: &str| lines.iter().position(|line| line.contains(text));
        let (total, rate, base) = (
            position("total"),
            position("rates::rate"),
            position("rates::BASE"),
        );
        assert!(
            total < rate && rate < base && total.is_some(),
            "{}",
            ran.stdout
        );
        assert!(
            lines[rate.unwrap()].contains("R5 name `rate`"),
            "{}",
            ran.stdout
        );
        assert!(
            lines[rate.unwrap()].contains("src/rates.rs:1"),
            "{}",
            ran.stdout
        );
        assert!(
            !ran.stdout.contains('\u{1b}'),
            "no colours where there is no terminal"
        );
    }

    #[test]
    fn agrees_with_the_list() {
        let folder = shop();
        let list = selfsame(folder.path(), ["list", "--no-build", "--json"]).json();
        let explained =
            selfsame(folder.path(), ["explain", "--no-build", "--json", "label"]).json();
        let listed = list["functions"].as_array().unwrap();
        let listed = listed
            .iter()
            .find(|function| function["path"] == "shop::label")
            .unwrap();
        assert_eq!(explained["version"], listed["version"]);
        assert_eq!(
            explained["items"].as_array().unwrap().len() as u64,
            listed["items"].as_u64().unwrap()
        );
        assert!(explained["items"][0]["parent"].is_null());
    }

    #[test]
    fn a_name_that_fits_several_functions_lists_them() {
        let folder = shop();
        let ran = selfsame(folder.path(), ["explain", "--no-build", "price"]);
        assert_eq!(ran.code, 2);
        assert!(
            ran.stderr.contains("shop::price") && ran.stderr.contains("shop::users::price"),
            "{}",
            ran.stderr
        );
        let ran = selfsame(folder.path(), ["explain", "--no-build", "users::price"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let ran = selfsame(folder.path(), ["explain", "--no-build", "nothing"]);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("shop::label"), "{}", ran.stderr);
    }

    #[test]
    fn deep_trees_are_cut_unless_all_is_asked_for() {
        let folder = shop();
        let cut = selfsame(
            folder.path(),
            ["explain", "--no-build", "shop::price", "--depth", "1"],
        );
        assert!(
            !cut.stdout.contains("rates::BASE") && cut.stdout.contains("more below"),
            "{}",
            cut.stdout
        );
        let all = selfsame(
            folder.path(),
            ["explain", "--no-build", "shop::price", "--all"],
        );
        assert!(all.stdout.contains("rates::BASE"), "{}", all.stdout);
    }
}

mod drawing {
    use super::*;

    #[test]
    fn dot_has_an_edge_for_each_item_but_the_function() {
        let folder = shop();
        let ran = selfsame(folder.path(), ["graph", "--no-build", "shop::price"]);
        let nodes = ran
            .stdout
            .lines()
            .filter(|line| line.contains("tooltip="))
            .count();
        let edges = ran
            .stdout
            .lines()
            .filter(|line| line.contains(" -> n"))
            .count();
        assert!(ran.stdout.starts_with("digraph \"shop::price\" {") && ran.stdout.ends_with("}\n"));
        assert!(nodes >= 4, "{}", ran.stdout);
        assert_eq!(edges, nodes - 1, "{}", ran.stdout);
    }

    #[test]
    fn svg_is_well_formed_and_shows_every_name() {
        let folder = shop();
        let file = folder.path().join("price.svg");
        let arguments = ["graph", "--no-build", "shop::price", "--svg", "--output"];
        let ran = selfsame(
            folder.path(),
            arguments.iter().map(Path::new).chain([file.as_path()]),
        );
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let svg = std::fs::read_to_string(file).unwrap();
        assert_eq!(unbalanced(&svg), None, "{svg}");
        for name in ["total", "rates::rate", "rates::BASE"] {
            assert!(svg.contains(&format!(">{name}</text>")), "{name} in {svg}");
        }
    }

    #[test]
    fn what_is_left_out_is_said() {
        let folder = shop();
        let ran = selfsame(
            folder.path(),
            [
                "graph",
                "--no-build",
                "shop::price",
                "--svg",
                "--limit",
                "2",
            ],
        );
        assert!(ran.stderr.contains("left out"), "{}", ran.stderr);
        assert_eq!(ran.stdout.matches("<rect class").count(), 2);
    }

    /// The first tag that is not closed by its own name.
    fn unbalanced(xml: &str) -> Option<String> {
        let mut open: Vec<&str> = Vec::new();
        for tag in xml.split('<').skip(1) {
            let (tag, _) = tag.split_once('>')?;
            let name = tag.trim_start_matches('/').split([' ', '/']).next()?;
            if tag.starts_with('/') {
                if open.pop() != Some(name) {
                    return Some(tag.to_owned());
                }
            } else if !tag.ends_with('/') {
                open.push(name);
            }
        }
        open.pop().map(str::to_owned)
    }
}

mod comparing {
    use super::*;

    #[test]
    fn the_working_tree_with_the_last_commit_names_item_and_path() {
        let folder = repository();
        let warm = selfsame(folder.path(), ["diff"]);
        assert_eq!(warm.code, 0, "{}{}", warm.stdout, warm.stderr);
        assert!(warm.stdout.contains("0 of 3"), "{}", warm.stdout);
        cli::edit(folder.path(), "src/rates.rs", "u32 = 7", "u32 = 8");
        let status = git(folder.path(), &["status", "--porcelain"]);
        let ran = selfsame(folder.path(), ["diff", "--json"]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        let diff: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(
            texts(&diff["cold"], "path"),
            ["shop::price", "shop::users::price"]
        );
        assert_eq!(diff["warm"], 1);
        let reason = &diff["cold"][0]["reasons"][0];
        assert_eq!(
            (&reason["change"], &reason["kind"]),
            (&"changed".into(), &"item".into())
        );
        assert_eq!(reason["place"], "src/rates.rs:5");
        assert_eq!(
            texts(&reason["chain"], "id"),
            [
                "shop::fn price",
                "shop::fn total",
                "shop::rates::fn rate",
                "shop::rates::const BASE"
            ]
        );
        let text = selfsame(folder.path(), ["diff"]).stdout;
        assert!(
            text.contains("price → total → rates::rate → rates::BASE"),
            "{text}"
        );
        assert_eq!(git(folder.path(), &["status", "--porcelain"]), status);
        assert_eq!(git(folder.path(), &["worktree", "list"]).lines().count(), 1);
    }

    #[test]
    fn two_commits_with_each_other_and_what_is_new_or_gone() {
        let folder = repository();
        cli::edit(
            folder.path(),
            "src/lib.rs",
            "/// @cache\npub fn label",
            "pub fn label",
        );
        cli::edit(
            folder.path(),
            "src/lib.rs",
            "pub mod users {",
            "/// @cache\npub fn fresh() {}\n\npub mod users {",
        );
        commit(folder.path(), "two");
        let ran = selfsame(folder.path(), ["diff", "HEAD~1", "HEAD", "--json"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let diff = ran.json();
        assert_eq!(diff["new"], serde_json::json!(["shop::fresh"]));
        assert_eq!(diff["removed"], serde_json::json!(["shop::label"]));
        assert_eq!(diff["warm"], 2);
    }

    #[test]
    fn inputs_beside_code_are_reasons_too() {
        let folder = repository();
        cli::edit(
            folder.path(),
            "src/lib.rs",
            "/// @cache\npub fn label",
            "/// @cache(epoch = 2)\npub fn label",
        );
        cli::edit(
            folder.path(),
            "Cargo.toml",
            "edition = \"2024\"\n",
            "edition = \"2024\"\n[profile.dev]\noverflow-checks = false\n",
        );
        let ran = selfsame(folder.path(), ["diff", "--all"]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(ran.stdout.contains("3 of 3"), "{}", ran.stdout);
        assert!(ran.stdout.contains("option epoch"), "{}", ran.stdout);
        assert!(ran.stdout.contains("input profile"), "{}", ran.stdout);
    }

    #[test]
    fn markdown_is_a_table_with_reasons() {
        let folder = repository();
        cli::edit(folder.path(), "src/lib.rs", "* 2", "* 3");
        let ran = selfsame(folder.path(), ["diff", "--markdown"]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        let title = "### 1 of 3 cached functions goes cold\n\nFrom `HEAD` to the working tree.\n";
        assert!(ran.stdout.starts_with(title), "{}", ran.stdout);
        assert!(
            ran.stdout
                .contains("| `shop::price` | `total` changed (src/lib.rs:8), by `price → total` |"),
            "{}",
            ran.stdout
        );
    }

    #[test]
    fn what_cannot_be_compared_ends_with_two() {
        let folder = repository();
        let ran = selfsame(folder.path(), ["diff", "no-such-revision"]);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("no-such-revision"), "{}", ran.stderr);
        let outside = shop();
        let ran = selfsame(outside.path(), ["diff"]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
    }

    #[test]
    fn a_member_of_a_workspace_is_found_in_the_older_tree() {
        let folder = cli::package(&[(
            "Cargo.toml",
            "[workspace]\nmembers = [\"shop\"]\nresolver = \"3\"\n",
        )]);
        for (name, text) in SHOP {
            cli::write(folder.path(), &format!("shop/{name}"), text);
        }
        git(folder.path(), &["init", "--quiet", "--initial-branch=main"]);
        commit(folder.path(), "one");
        cli::edit(folder.path(), "shop/src/lib.rs", "* 2", "* 3");
        let ran = selfsame(&folder.path().join("shop"), ["diff"]);
        assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("1 of 3"), "{}", ran.stdout);
    }
}

mod checking {
    use super::*;

    #[test]
    fn a_moved_version_fails_until_the_lock_is_updated() {
        let folder = shop();
        let ran = selfsame(folder.path(), ["check"]);
        assert_eq!(ran.code, 2, "nothing is recorded yet");
        assert!(ran.stderr.contains("--update"), "{}", ran.stderr);
        assert_eq!(selfsame(folder.path(), ["check", "--update"]).code, 0);
        assert_eq!(selfsame(folder.path(), ["check"]).code, 0);
        let lock = std::fs::read_to_string(folder.path().join("selfsame.lock")).unwrap();
        assert!(lock.starts_with("# "), "{lock}");
        assert_eq!(
            lock.lines().filter(|line| line.starts_with("fn ")).count(),
            3,
            "{lock}"
        );

        cli::edit(folder.path(), "src/rates.rs", "u32 = 7", "u32 = 8");
        let ran = selfsame(folder.path(), ["check"]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        for part in [
            "cold  shop::price",
            "cold  shop::users::price",
            "changed  rates::BASE",
            "src/rates.rs:5",
            "--update",
        ] {
            assert!(ran.stdout.contains(part), "{part} in {}", ran.stdout);
        }
        assert!(!ran.stdout.contains("shop::label"), "{}", ran.stdout);
        assert_eq!(selfsame(folder.path(), ["check", "--update"]).code, 0);
        assert_eq!(selfsame(folder.path(), ["check"]).code, 0);
    }

    #[test]
    fn the_lock_does_not_depend_on_settings_or_place() {
        let folder = shop();
        assert_eq!(selfsame(folder.path(), ["check", "--update"]).code, 0);
        let release = selfsame(folder.path(), ["check", "--release"]);
        assert_eq!(release.code, 0, "{}", release.stdout);
        let flags = cli::selfsame_with(
            folder.path(),
            ["check"],
            &[("RUSTFLAGS", "-Cdebug-assertions=no")],
        );
        assert_eq!(flags.code, 0, "{}", flags.stdout);
        let elsewhere = shop();
        std::fs::copy(
            folder.path().join("selfsame.lock"),
            elsewhere.path().join("selfsame.lock"),
        )
        .unwrap();
        assert_eq!(selfsame(elsewhere.path(), ["check"]).code, 0);
    }

    #[test]
    fn a_new_function_is_to_be_recorded_and_a_damaged_lock_is_named() {
        let folder = shop();
        assert_eq!(selfsame(folder.path(), ["check", "--update"]).code, 0);
        cli::edit(
            folder.path(),
            "src/lib.rs",
            "fn total",
            "/// @cache\npub fn fresh() {}\n\nfn total",
        );
        let ran = selfsame(folder.path(), ["check", "--json"]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(texts(&report["functions"], "path"), ["shop::fresh"]);
        assert_eq!(report["functions"][0]["change"], "new");
        cli::write(folder.path(), "selfsame.lock", "<<<<<<< HEAD\n");
        let ran = selfsame(folder.path(), ["check"]);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("line 1"), "{}", ran.stderr);
    }
}
