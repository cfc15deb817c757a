use super::*;

/// The report of a package `app` of these files.
fn report(files: &[(&str, &str)]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "[package]\nname = \"app\"\nedition = \"2024\"\n";
    for (name, text) in [("Cargo.toml", manifest)].iter().chain(files) {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let settings = Settings {
        manifest_dir: folder.path().to_owned(),
        ..Settings::default()
    };
    analyse(&settings, &Memory::default()).unwrap()
}

/// The paths and versions of a target.
fn versions(target: &Target) -> BTreeMap<String, String> {
    let manifest: serde_json::Value = serde_json::from_str(&target.manifest).unwrap();
    let functions = manifest["functions"].as_array().unwrap().iter();
    functions
        .map(|function| {
            let text = |field: &str| function[field].as_str().unwrap().to_owned();
            (text("path"), text("static"))
        })
        .collect()
}

#[test]
fn a_crate_that_does_not_use_the_runtime_has_versions() {
    let report = report(&[(
        "src/lib.rs",
        "/// @cache\npub fn f(n: u32) -> u32 { n }\nmod inner {\n    pub struct Page;\n    impl Page {\n        /// @cache(skip(self))\n        fn g(&self) {}\n    }\n}\n",
    )]);
    let versions = versions(&report.targets[0]);
    assert_eq!(
        versions.keys().collect::<Vec<_>>(),
        ["app::f", "app::inner::Page::g"]
    );
}

#[test]
fn what_no_wrapper_can_be_made_for_is_listed_with_the_problem() {
    let report = report(&[(
        "src/lib.rs",
        "/// @cache\npub fn f(run: impl Fn()) { run() }
/// @cache(tll = 3)\npub fn misspelt() {}
pub trait Shape { /// @cache\n fn area(&self) -> u32 { 1 } }
impl Shape for u8 { /// @cache(skip(self))\n fn area(&self) -> u32 { 2 } }
pub mod missing;
/// @cache\npub fn broken(&&) {}\n",
    )]);
    // The whole file can't be parsed.
    assert_eq!(versions(&report.targets[0]).len(), 0);
    assert!(
        report.problems[0].contains("unparsable-file"),
        "{:?}",
        report.problems
    );

    let report = self::report(&[(
        "src/lib.rs",
        "/// @cache\npub fn f(run: impl Fn()) { run() }
/// @cache(tll = 3)\npub fn misspelt() {}
pub trait Shape { /// @cache\n fn area(&self) -> u32 { 1 } }
impl Shape for u8 { /// @cache(skip(self))\n fn area(&self) -> u32 { 2 } }
pub mod missing;\n",
    )]);
    assert_eq!(
        versions(&report.targets[0]).keys().collect::<Vec<_>>(),
        [
            "app::Shape::area",
            "app::f",
            "app::misspelt",
            "app::u8::area"
        ]
    );
    let codes: Vec<&str> = report
        .problems
        .iter()
        .filter_map(|problem| problem.split(['[', ']']).nth(1))
        .collect();
    for code in [
        "missing-module",
        "unknown-option",
        "unkeyable-parameter",
        "unsupported-shape",
    ] {
        assert!(
            codes.contains(&&*format!("selfsame::{code}")),
            "{code}: {codes:?}"
        );
    }
}

#[test]
fn binaries_are_targets_of_their_own() {
    let report = report(&[
        ("src/lib.rs", "/// @cache\npub fn f() {}\n"),
        (
            "src/main.rs",
            "/// @cache\nfn g() { app::f() }\nfn main() {}\n",
        ),
    ]);
    let names: Vec<_> = report
        .targets
        .iter()
        .map(|target| {
            (
                target.is_bin,
                versions(target).into_keys().collect::<Vec<_>>(),
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            (false, vec!["app::f".to_owned()]),
            (true, vec!["app::g".to_owned()])
        ]
    );
}

#[test]
fn files_that_include_what_a_build_writes_are_named() {
    let report = report(&[
        (
            "src/lib.rs",
            "mod made;\nmod other;\n/// @cache\npub fn f() {}\n",
        ),
        (
            "src/made.rs",
            "include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));\n",
        ),
        ("src/other.rs", ""),
    ]);
    assert_eq!(report.targets[0].reads_out_dir, ["src/made.rs"]);
}

#[test]
fn a_folder_without_a_package_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        manifest_dir: folder.path().to_owned(),
        ..Settings::default()
    };
    assert_eq!(
        analyse(&settings, &Memory::default()).unwrap_err().kind(),
        crate::ErrorKind::Io
    );
}

#[test]
fn a_package_without_markers_has_targets_without_functions() {
    let report = report(&[
        ("src/lib.rs", "mod missing;\n"),
        ("src/main.rs", "fn main() {}\n"),
    ]);
    let counts: Vec<usize> = report
        .targets
        .iter()
        .map(|target| versions(target).len())
        .collect();
    assert_eq!(counts, [0, 0]);
    assert_eq!(report.problems.len(), 0, "nobody reads it");
}
