use super::*;

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

#[test]
fn members_are_found_by_pattern_and_excluded_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let package = |name: &str| format!("[package]\nname = \"{name}\"\n");
    write(
        folder.path(),
        &[
            (
                "Cargo.toml",
                "[workspace]\nmembers = [\"crates/x-*\", \"./tool\"]\nexclude = [\"crates/x-c\"]\n",
            ),
            ("crates/x-a/Cargo.toml", &package("a")),
            ("crates/x-b/Cargo.toml", &package("b")),
            ("crates/x-c/Cargo.toml", &package("c")),
            ("crates/y/Cargo.toml", &package("y")),
            ("tool/Cargo.toml", &package("tool")),
        ],
    );
    let found = read(&folder.path().join("Cargo.toml")).unwrap();
    let names: Vec<&str> = found
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    assert_eq!(names, ["a", "b", "tool"]);
    assert_eq!(found.default.len(), 3);
}

#[test]
fn optional_dependencies_are_features_unless_one_names_them() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[(
            "Cargo.toml",
            "[package]\nname = \"app\"\nversion.workspace = true\n[features]\nfast = [\"dep:turbo\"]\n[dependencies]\nturbo = { version = \"1\", optional = true }\nplain = { version = \"1\", optional = true }\n",
        )],
    );
    let found = read(&folder.path().join("Cargo.toml")).unwrap();
    let features: Vec<&String> = found.packages[0].features.keys().collect();
    assert_eq!(features, ["fast", "plain"]);
}

#[test]
fn a_manifest_of_nothing_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("Cargo.toml", "[patch]\n")]);
    assert!(matches!(
        read(&folder.path().join("Cargo.toml")),
        Err(Error::Manifest { .. })
    ));
}
