//! Requests for features, which cargo unifies over all manifests.

use super::*;

const MANIFESTS: &str = r#"
//- app/Cargo.toml
[package]
name = "app"
[dependencies]
serde = { version = "1", features = ["std", "derive"] }
rand = "0.8"
money = { path = "../money", features = ["exact"] }
[features]
small = ["serde?/alloc"]
other = []
//- money/Cargo.toml
[package]
name = "money"
[dependencies]
serde = { version = "1", default-features = false, optional = true }
[features]
exact = ["dep:serde"]
plain = []
"#;

fn project(from: &str, to: &str) -> Project {
    assert!(MANIFESTS.contains(from), "{from} is not in the text");
    Project::new(&MANIFESTS.replace(from, to))
}

fn locked(project: &Project, names: &[&str]) -> Vec<String> {
    project.inputs(&["app", "money"]).locked(&uses(names))
}

#[track_caller]
fn moves(names: &[&str], from: &str, to: &str) {
    assert_ne!(
        locked(&project("", ""), names),
        locked(&project(from, to), names)
    );
}

#[track_caller]
fn stays(names: &[&str], from: &str, to: &str) {
    assert_eq!(
        locked(&project("", ""), names),
        locked(&project(from, to), names)
    );
}

#[test]
fn all_manifests_are_asked_for_a_used_package() {
    assert_eq!(
        locked(&project("", ""), &["serde"]),
        [
            "app asks of money: features=[exact]",
            "app asks of serde: features=[derive,std]",
            "feature exact of money: dep:serde",
            "feature plain of money: ",
            "money asks of serde: features=[] default-features=false optional",
            "serde version=1, not locked",
        ]
    );
}

#[test]
fn features_of_a_dependency_move_its_users_only() {
    // 153, 154
    moves(&["serde"], "\"derive\"", "\"rc\"");
    moves(&["serde"], ", default-features = false", "");
    moves(&["serde"], "features = [\"exact\"]", "features = []");
    stays(&["rand"], "\"derive\"", "\"rc\"");
}

#[test]
fn the_order_of_features_does_not_count() {
    stays(&["serde"], "[\"std\", \"derive\"]", "[\"derive\", \"std\"]");
}

#[test]
fn a_feature_of_the_package_counts_where_it_is_enabled_and_passed_on() {
    // 154
    let enabled = |feature: &str| {
        let project = project("", "").with_variable(&format!("CARGO_FEATURE_{feature}"), "1");
        (locked(&project, &["serde"]), locked(&project, &["rand"]))
    };
    let (plain, small) = (enabled("OTHER"), enabled("SMALL"));
    assert_ne!(plain.0, small.0);
    assert_eq!(plain.1, small.1);
    assert!(small.0.contains(&"app turns on serde?/alloc".to_owned()));
}

#[test]
fn features_of_another_crate_that_is_reached_count() {
    // 153
    let reached = |project: Project| {
        project
            .inputs(&["app", "money"])
            .reached(&BTreeSet::from([1]))
    };
    let before = reached(project("", ""));
    assert!(
        before.contains(&"app asks of money: features=[exact]".to_owned()),
        "{before:?}"
    );
    assert_ne!(
        before,
        reached(project("features = [\"exact\"]", "features = []"))
    );
    assert_ne!(
        before,
        reached(project("plain = []", "plain = [\"exact\"]"))
    );
    assert_eq!(
        before,
        reached(project("other = []", "other = [\"small\"]"))
    );
}

#[test]
fn another_member_of_the_workspace_may_ask_for_features() {
    // 154
    let workspace = |request: &str| {
        let text = format!(
            "//- Cargo.toml\n[workspace]\nmembers = [\"app\", \"mon*\", \"tools/*\"]\n{MANIFESTS}\
             //- tools/one/Cargo.toml\n[package]\nname = \"one\"\n[dependencies]\n{request}\n"
        );
        let project = Project::new(&text);
        (locked(&project, &["serde"]), locked(&project, &["rand"]))
    };
    let (before, after) = (
        workspace(""),
        workspace("serde = { version = \"1\", features = [\"rc\"] }"),
    );
    assert_ne!(before.0, after.0);
    assert_eq!(before.1, after.1);
    assert!(
        after
            .0
            .contains(&"one asks of serde: features=[rc]".to_owned()),
        "{after:?}"
    );
}
