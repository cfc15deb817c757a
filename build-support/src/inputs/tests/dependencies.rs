//! Lock entries: which of them a use brings into a version.

use super::{Project, uses};

const MANIFEST: &str = r#"
//- app/Cargo.toml
[package]
name = "app"
version = "1.0.0"
[dependencies]
serde = "1"
old-rand = { package = "rand", version = "0.7" }
money = { path = "../money" }
md-5 = "0.10"
[dev-dependencies]
tested = "1"
[build-dependencies]
cc = "1"
[target.'cfg(unix)'.dependencies]
libc = { version = "0.2", optional = true }
//- money/Cargo.toml
[package]
name = "money"
version = "0.1.0"
[dependencies]
rand = "0.8"
"#;

const LOCK: &str = r#"
//- app/Cargo.lock
version = 4

[[package]]
name = "app"
version = "1.0.0"
dependencies = ["cc", "libc", "md-5", "money", "rand 0.7.3", "serde", "tested"]

[[package]]
name = "cc"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "cc00"

[[package]]
name = "libc"
version = "0.2.1"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "11bc"

[[package]]
name = "md-5"
version = "0.10.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "3d50"

[[package]]
name = "money"
version = "0.1.0"
dependencies = ["rand 0.8.5"]

[[package]]
name = "rand"
version = "0.7.3"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "0703"
dependencies = ["libc"]

[[package]]
name = "rand"
version = "0.8.5"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "0805"

[[package]]
name = "serde"
version = "1.0.5"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "5e4de"
dependencies = ["serde_core"]

[[package]]
name = "serde_core"
version = "1.0.6"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "5e4dec"

[[package]]
name = "tested"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "7e57"
"#;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn project(edit: (&str, &str)) -> Project {
    let text = format!("{MANIFEST}{LOCK}");
    assert!(text.contains(edit.0), "{} is not in the text", edit.0);
    Project::new(&text.replace(edit.0, edit.1))
}

/// The lines of a project that start with the name of a package.
fn entries(lines: &[String]) -> Vec<&str> {
    let is_entry = |line: &&str| !line.contains(" asks of ");
    lines.iter().map(String::as_str).filter(is_entry).collect()
}

fn locked(project: &Project, names: &[&str]) -> Vec<String> {
    project.inputs(&["app", "money"]).locked(&uses(names))
}

/// What the names come to, before and after an edit.
fn moved(names: &[&str], from: &str, to: &str) -> bool {
    locked(&project((from, from)), names) != locked(&project((from, to)), names)
}

#[test]
fn a_use_brings_the_whole_closure_of_a_package() {
    // 158
    let lines = locked(&project(("", "")), &["serde"]);
    let (serde, core) = (
        format!("serde 1.0.5 {REGISTRY} 5e4de"),
        format!("serde_core 1.0.6 {REGISTRY} 5e4dec"),
    );
    assert_eq!(entries(&lines), [serde.as_str(), core.as_str()]);
    assert!(moved(&["serde"], "5e4dec", "5e4ded"));
}

#[test]
fn a_bump_of_a_package_that_is_not_used_changes_nothing() {
    // N19
    assert!(!moved(&["serde"], "0.7.3", "0.7.4"));
    assert!(!moved(&["std"], "0.7.3", "0.7.4"));
}

#[test]
fn a_development_dependency_changes_nothing() {
    // N18
    let bumped = ("7e57", "7e58");
    let everything = |edit| project(edit).inputs(&["app", "money"]).everything_of(0);
    assert_eq!(everything(("", "")), everything(bumped));
    assert!(!moved(&["serde", "old_rand"], bumped.0, bumped.1));
}

#[test]
fn a_renamed_dependency_is_found_by_its_package_in_the_version_that_the_crate_uses() {
    let lines = locked(&project(("", "")), &["old_rand"]);
    let (rand, libc) = (
        format!("rand 0.7.3 {REGISTRY} 0703"),
        format!("libc 0.2.1 {REGISTRY} 11bc"),
    );
    assert_eq!(entries(&lines), [libc.as_str(), rand.as_str()]);
}

#[test]
fn a_package_by_path_adds_nothing_and_its_own_code_uses_its_own_versions() {
    let inputs = project(("", "")).inputs(&["app", "money"]);
    assert_eq!(inputs.locked(&uses(&["money"])), Vec::<String>::new());
    let lines = inputs.locked(&[(1, "rand".to_owned())].into());
    assert_eq!(entries(&lines), [format!("rand 0.8.5 {REGISTRY} 0805")]);
}

#[test]
fn an_optional_dependency_of_one_platform_is_found() {
    assert!(moved(&["libc"], "11bc", "11bd"));
}

#[test]
fn a_name_that_no_dependency_has_may_mean_any() {
    // The library of `md-5` is called `md5`.
    assert!(moved(&["md5"], "3d50", "3d51"));
    let inputs = project(("", "")).inputs(&["app", "money"]);
    assert_eq!(inputs.locked(&uses(&["md5"])), inputs.everything_of(0));
}

#[test]
fn build_dependencies_count_when_asked_for_only() {
    let of = |edit| project(edit).inputs(&["app", "money"]);
    let (before, after) = (of(("", "")), of(("cc00", "cc01")));
    assert_eq!(before.everything_of(0), after.everything_of(0));
    assert_ne!(before.build_of(0), after.build_of(0));
    assert_eq!(
        entries(&before.build_of(0)),
        [format!("cc 1.0.0 {REGISTRY} cc00")]
    );
}

#[test]
fn the_commit_of_a_git_dependency_counts() {
    // 159
    let registry = format!("source = \"{REGISTRY}\"\nchecksum = \"3d50\"");
    let git =
        |commit: &str| format!("source = \"git+https://example.com/md5?branch=main#{commit}\"");
    let (one, other) = (git("aa11"), git("bb22"));
    let of = |to: &str| locked(&project((&registry, to)), &["md_5"]);
    assert_eq!(
        entries(&of(&one)),
        ["md-5 0.10.0 git+https://example.com/md5?branch=main#aa11"]
    );
    assert_ne!(of(&one), of(&other));
}

#[test]
fn without_a_lock_file_the_requirements_count() {
    let of = |from: &str, to: &str| Project::new(&MANIFEST.replace(from, to));
    let project = of("", "");
    assert_eq!(project.common("app", "lock file").as_deref(), Some("none"));
    assert_eq!(
        entries(&locked(&project, &["serde"])),
        ["serde version=1, not locked"]
    );
    let bumped = of("serde = \"1\"", "serde = \"1.2\"");
    assert_ne!(locked(&project, &["serde"]), locked(&bumped, &["serde"]));
    assert_eq!(
        locked(&project, &["old_rand"]),
        locked(&bumped, &["old_rand"])
    );
}

#[test]
fn a_lock_file_that_does_not_know_the_package_is_as_none() {
    let lines = locked(
        &project((
            "name = \"app\"\nversion = \"1.0.0\"\ndep",
            "name = \"x\"\nversion = \"1.0.0\"\ndep",
        )),
        &["serde"],
    );
    assert_eq!(entries(&lines), ["serde version=1, not locked"]);
}

#[test]
fn the_lock_file_of_a_virtual_workspace_is_found() {
    let text = format!("{MANIFEST}{LOCK}").replace("//- app/Cargo.lock", "//- Cargo.lock");
    let text = format!("//- Cargo.toml\n[workspace]\nmembers = [\"app\", \"money\"]\n{text}");
    let lines = locked(&Project::new(&text), &["serde"]);
    assert_eq!(entries(&lines).len(), 2, "{lines:?}");
}

#[test]
fn the_lock_file_of_a_package_being_published_is_its_own() {
    let text = format!("{MANIFEST}{LOCK}").replace("- app/", "- target/package/app-1.0.0/");
    let around = "//- Cargo.toml\n[workspace]\n//- Cargo.lock\nversion = 4\n\
                  [[package]]\nname = \"app\"\nversion = \"1.0.0\"\n";
    let project = Project::new(&format!("{around}{text}"));
    let lines = project
        .inputs(&["target/package/app-1.0.0"])
        .locked(&uses(&["serde"]));
    assert_eq!(entries(&lines).len(), 2, "{lines:?}");
}

#[test]
fn a_package_built_as_a_dependency_counts_the_lock_file_it_is_built_with() {
    let user = |checksum: &str| {
        let lock = LOCK
            .replace("//- app/", "//- user/")
            .replace("5e4dec", checksum);
        let manifest = MANIFEST.replace("[package]", "[workspace]\n[package]");
        let project = Project::new(&format!("{manifest}{lock}"));
        locked(
            &project.with_out_dir("user/target/debug/build/app-0123/out"),
            &["serde"],
        )
    };
    assert!(user("5e4dec").iter().any(|line| line.ends_with("5e4dec")));
    assert_ne!(user("5e4dec"), user("5e4ded"));
}

#[test]
fn a_lock_file_around_the_build_that_knows_nothing_of_the_package_is_ignored() {
    let text = format!("{MANIFEST}{LOCK}//- Cargo.lock\nversion = 4\n");
    assert_eq!(
        locked(&Project::new(&text), &["serde"]),
        locked(&project(("", "")), &["serde"])
    );
}

#[test]
fn of_two_versions_under_names_of_their_own_the_one_that_is_used_counts() {
    let second = "new-rand = { package = \"rand\", version = \"0.8\" }\nmd-5 =";
    let two = |checksum: &str| {
        let text = format!("{MANIFEST}{LOCK}");
        let text = text.replace("\"rand 0.7.3\", \"s", "\"rand 0.7.3\", \"rand 0.8.5\", \"s");
        Project::new(&text.replace("md-5 =", second).replace("0805", checksum))
    };
    assert_eq!(
        locked(&two("0805"), &["old_rand"]),
        locked(&two("0806"), &["old_rand"])
    );
    assert_ne!(
        locked(&two("0805"), &["new_rand"]),
        locked(&two("0806"), &["new_rand"])
    );
}

#[test]
fn the_sources_of_a_patched_package_count() {
    // 159
    let patched = |code: &str| {
        let manifest = MANIFEST.replace(
            "//- money",
            "[patch.crates-io]\nlibc = { path = \"../libc\" }\n//- money",
        );
        let registry = format!(
            "name = \"libc\"\nversion = \"0.2.1\"\nsource = \"{REGISTRY}\"\nchecksum = \"11bc\""
        );
        let lock = LOCK.replace(&registry, "name = \"libc\"\nversion = \"0.2.1\"");
        Project::new(&format!(
            "{manifest}{lock}//- libc/Cargo.toml\n[package]\nname = \"libc\"\nversion = \"0.2.1\"\n\
             //- libc/src/lib.rs\n{code}"
        ))
    };
    let of = |code: &str, name: &str| locked(&patched(code), &[name]);
    assert_ne!(of("fn a() {}", "old_rand"), of("fn b() {}", "old_rand"));
    assert_eq!(of("fn a() {}", "serde"), of("fn b() {}", "serde"));
    let project = patched("fn a() {}");
    let inputs = project.inputs(&["app", "money"]);
    assert!(inputs.watched().iter().any(|path| path.ends_with("libc")));
}
