//! `cargo selfsame`, run as its users run it.

use selfsame_tests::cli::{self, selfsame};
use selfsame_tests::project::Project;
use serde_json::Value;

/// The paths and versions of a list.
fn versions(list: &Value) -> Vec<(String, String)> {
    let functions = list["functions"].as_array().unwrap().iter();
    functions
        .map(|function| {
            let text = |field: &str| function[field].as_str().unwrap().to_owned();
            (text("path"), text("version"))
        })
        .collect()
}

fn paths(list: &Value) -> Vec<String> {
    versions(list).into_iter().map(|(path, _)| path).collect()
}

/// Files of a package that has never heard of selfsame, and is refused a wrapper.
const STRANGER: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        "[package]\nname = \"stranger-things\"\nversion = \"1.2.3\"\nedition = \"2021\"\n",
    ),
    (
        "src/lib.rs",
        "pub mod inner {\n    /// @cache\n    pub fn run(work: impl Fn()) { work() }\n    pub struct Page;\n    impl Page {\n        /// @cache(skip(self))\n        pub fn show(&self) -> u32 { helper() }\n    }\n    fn helper() -> u32 { 1 }\n}\n",
    ),
];

mod listing_without_a_build {
    use super::*;

    #[test]
    fn works_on_a_crate_that_does_not_use_selfsame_and_leaves_it_as_it_is() {
        let folder = cli::package(STRANGER);
        let ran = selfsame(folder.path(), ["list", "--no-build", "--json"]);
        let list = ran.json();
        assert_eq!(
            paths(&list),
            [
                "stranger_things::inner::Page::show",
                "stranger_things::inner::run"
            ]
        );
        let show = &list["functions"][0];
        assert_eq!(show["version"].as_str().unwrap().len(), 32);
        assert!(show["items"].as_u64().unwrap() >= 3, "{show}");
        // What a build would refuse is said, and nothing is left out.
        assert!(ran.stderr.contains("unkeyable-parameter"), "{}", ran.stderr);
        assert_eq!(list["problems"].as_array().unwrap().len(), 1);
        assert_eq!(
            cli::files_below(folder.path()),
            ["Cargo.toml", "src/lib.rs"]
        );
    }

    #[test]
    fn lists_every_member_of_a_virtual_workspace() {
        let folder = cli::package(&[
            (
                "Cargo.toml",
                "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"3\"\n",
            ),
            (
                "crates/a/Cargo.toml",
                "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nb = { path = \"../b\" }\n",
            ),
            (
                "crates/a/src/main.rs",
                "/// @cache\nfn f() -> u32 { b::g() }\nfn main() { f(); }\n",
            ),
            (
                "crates/b/Cargo.toml",
                "[package]\nname = \"b\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
            ),
            (
                "crates/b/src/lib.rs",
                "/// @cache\npub fn g() -> u32 { 1 }\n",
            ),
        ]);
        let list = |arguments: &[&str]| {
            let all = [&["list", "--no-build", "--json"], arguments].concat();
            versions(&selfsame(folder.path(), all).json())
        };
        let before = list(&[]);
        assert_eq!(
            before
                .iter()
                .map(|(path, _)| path.as_str())
                .collect::<Vec<_>>(),
            ["a::f", "b::g"]
        );
        assert_eq!(list(&["-p", "b"]), before[1..]);
        assert_eq!(
            list(&["--manifest-path", "crates/a/Cargo.toml"]),
            before[..1]
        );
        cli::edit(folder.path(), "crates/b/src/lib.rs", "{ 1 }", "{ 2 }");
        let after = list(&[]);
        assert!(
            before
                .iter()
                .zip(&after)
                .all(|(before, after)| before.1 != after.1)
        );
    }

    #[test]
    fn reads_a_package_cargo_refuses_to_read() {
        // The folder above is a workspace that does not know the package.
        let folder = cli::package(&[("Cargo.toml", "[workspace]\nmembers = []\n")]);
        for (name, text) in STRANGER {
            cli::write(folder.path(), &format!("unpacked/{name}"), text);
        }
        let arguments = [
            "list",
            "--no-build",
            "--json",
            "--manifest-path",
            "unpacked/Cargo.toml",
        ];
        let list = selfsame(folder.path(), arguments).json();
        assert_eq!(paths(&list).len(), 2);
        let note = list["notes"][0].as_str().unwrap();
        assert!(note.contains("workspace"), "{note}");
    }

    #[test]
    fn says_where_a_build_script_may_change_versions() {
        let folder = cli::package(&[
            (
                "Cargo.toml",
                "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
            ),
            ("build.rs", "fn main() {}\n"),
            (
                "src/lib.rs",
                "mod made { include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\")); }\n/// @cache\npub fn f() -> u32 { if cfg!(fancy) { 1 } else { 2 } }\n",
            ),
        ]);
        let ran = selfsame(folder.path(), ["list", "--no-build", "--json"]);
        let list = ran.json();
        assert_eq!(paths(&list), ["app::f"]);
        for part in ["`src/lib.rs`", "`fancy`"] {
            assert!(list["notes"].to_string().contains(part), "{list}");
            assert!(ran.stderr.contains(part), "{}", ran.stderr);
        }
    }

    #[test]
    fn a_folder_without_a_crate_is_an_error_that_says_what_to_do() {
        let folder = cli::package(&[("empty.txt", "")]);
        let ran = selfsame(
            folder.path(),
            ["list", "--no-build", "--manifest-path", "none/Cargo.toml"],
        );
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("none/Cargo.toml"), "{}", ran.stderr);
        let ran = selfsame(
            folder.path(),
            ["list", "--no-build", "-F", "x", "--manifest-path"],
        );
        assert_eq!(ran.code, 2);
    }

    #[test]
    fn of_functions_that_exclude_each_other_the_compiled_one_is_listed() {
        let folder = cli::package(&[
            (
                "Cargo.toml",
                "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[features]\nb = []\n",
            ),
            (
                "src/lib.rs",
                "/// @cache\n#[cfg(not(feature = \"b\"))]\npub fn f() -> u32 { 1 }\n/// @cache\n#[cfg(feature = \"b\")]\npub fn f() -> u32 { 2 }\n/// @cache\n#[cfg(special)]\npub fn g() {}\n",
            ),
        ]);
        let list = |arguments: &[&str]| {
            selfsame(
                folder.path(),
                [&["list", "--no-build", "--json"], arguments].concat(),
            )
            .json()
        };
        let (without, with) = (list(&[]), list(&["-F", "b"]));
        assert_eq!(paths(&without), ["app::f", "app::g"]);
        assert_eq!(without["functions"][0]["place"], "src/lib.rs:3");
        assert_eq!(with["functions"][0]["place"], "src/lib.rs:6");
        assert_eq!(with["functions"][1]["compiled"], false);
    }
}

mod listing_a_build {
    use super::*;

    /// A binary that prints its version.
    const MAIN: &str = "selfsame::include_generated!();

/// @cache
pub fn f(n: u32) -> u32 {
    let base = if cfg!(feature = \"extra\") { 1 } else if cfg!(special) { 2 } else { 3 };
    base + other::helper(n) + if cfg!(fancy) { 1 } else { 0 } + option_env!(\"SHADE\").map_or(0, str::len) as u32
}

mod other {
    #[cfg(debug_assertions)]
    pub fn helper(n: u32) -> u32 { n }
    #[cfg(not(debug_assertions))]
    pub fn helper(n: u32) -> u32 { n + 1 }
}

fn main() {
    println!(\"{}\", cached::F_VERSION);
}
";

    fn project() -> Project {
        let project = Project::of(&[("src/main.rs", MAIN)]);
        let manifest = project.read("Cargo.toml");
        project.write(
            "Cargo.toml",
            &format!("{manifest}\n[features]\nextra = []\n"),
        );
        project
    }

    /// Arguments for cargo, and variables.
    type Settings<'s> = (&'s [&'s str], &'s [(&'s str, &'s str)]);

    /// The version the program itself prints, that of the list, and that of the list without a build.
    fn three_versions(
        project: &Project,
        settings: &[&str],
        variables: &[(&str, &str)],
    ) -> [String; 3] {
        let program = project
            .cargo_with([&["run", "--quiet"], settings].concat(), variables)
            .successful();
        let list = |arguments: &[&str]| {
            let all = [&["list", "--json", "--offline"], arguments, settings].concat();
            let list = cli::selfsame_with(project.path(), all, variables).json();
            assert_eq!(paths(&list), ["app::f"]);
            versions(&list).remove(0).1
        };
        [
            program.stdout.trim().to_owned(),
            list(&[]),
            list(&["--no-build"]),
        ]
    }

    #[test]
    fn shows_the_versions_that_are_compiled_and_so_does_the_analysis_alone() {
        let project = project();
        let host = cli::host();
        let flags = [("RUSTFLAGS", "--cfg special")];
        let all: [Settings<'_>; 5] = [
            (&[], &[]),
            (&["--features", "extra"], &[]),
            (&["--release"], &[]),
            (&[], &[("SHADE", "grey")]),
            (&["--target", &host], &flags),
        ];
        let mut seen = std::collections::BTreeSet::new();
        for (settings, variables) in all {
            let [program, listed, analysed] = three_versions(&project, settings, variables);
            assert_eq!(listed, program, "{settings:?} {variables:?}");
            assert_eq!(
                analysed, program,
                "without a build: {settings:?} {variables:?}"
            );
            seen.insert(program);
        }
        assert_eq!(
            seen.len(),
            all.len(),
            "each setting has a version of its own"
        );
    }

    #[test]
    fn knows_what_build_scripts_tell_the_compiler() {
        let project = project();
        project.write(
            "build.rs",
            "fn main() -> Result<(), selfsame_build::Error> {\n    println!(\"cargo::rustc-cfg=fancy\");\n    println!(\"cargo::rustc-env=SHADE=red\");\n    selfsame_build::generate()\n}\n",
        );
        let [program, listed, analysed] = three_versions(&project, &[], &[]);
        assert_eq!(listed, program);
        assert_ne!(analysed, program, "an analysis can't know, and says so");
        let list = selfsame(project.path(), ["list", "--no-build", "--json"]).json();
        assert!(list["notes"].to_string().contains("`fancy`"), "{list}");
    }

    #[test]
    fn names_a_package_that_generates_nothing() {
        let project = Project::of(&[("src/lib.rs", "/// @cache\npub fn f() {}\n")]);
        project.write("build.rs", "fn main() {}\n");
        let _ = project
            .cargo(["metadata", "--format-version", "1"])
            .successful();
        let ran = selfsame(project.path(), ["list", "--json", "--offline"]);
        assert_eq!(paths(&ran.json()).len(), 0);
        assert!(ran.stderr.contains("--no-build"), "{}", ran.stderr);
    }
}

mod verifying {
    use super::*;

    /// A package with a module of its own, files that are included, and a dependency by path.
    fn project() -> Project {
        let project = Project::of(&[
            (
                "src/lib.rs",
                "#![doc = include_str!(\"../README.md\")]\nmod verified_module;\nselfsame::include_generated!();\nconst UNREACHED: &str = include_str!(\"unreached.txt\");\n/// @cache\npub fn f(n: u32) -> u32 { verified_module::g(n) + include_bytes!(\"reached.bin\").len() as u32 }\npub fn h() -> usize { UNREACHED.len() + option_env!(\"SHADE\").map_or(0, str::len) }\n",
            ),
            (
                "src/verified_module.rs",
                "pub fn g(n: u32) -> u32 { near::twice(n) }\n",
            ),
            ("src/unreached.txt", "text"),
            ("src/reached.bin", "bytes"),
            ("README.md", "# App\n"),
            (
                "near/Cargo.toml",
                "[package]\nname = \"near\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
            ),
            ("near/src/lib.rs", "mod deep;\npub use deep::twice;\n"),
            (
                "near/src/deep.rs",
                "pub fn twice(n: u32) -> u32 { n * 2 }\n",
            ),
        ]);
        let manifest = project.read("Cargo.toml");
        project.write(
            "Cargo.toml",
            &manifest.replace(
                "[dependencies]",
                "[dependencies]\nnear = { path = \"near\" }",
            ),
        );
        let _ = project
            .cargo(["metadata", "--format-version", "1"])
            .successful();
        project
    }

    /// The manifest the build wrote.
    fn written_manifest() -> std::path::PathBuf {
        let builds = selfsame_tests::scratch::root().join("target/debug/build");
        let folders = std::fs::read_dir(builds).unwrap().flatten();
        let manifests = folders.map(|folder| folder.path().join("out/selfsame.json"));
        let own = manifests.filter(|path| {
            std::fs::read_to_string(path).is_ok_and(|text| text.contains("verified_module"))
        });
        own.max_by_key(|path| path.metadata().unwrap().modified().unwrap())
            .unwrap()
    }

    #[test]
    fn finds_what_is_missing_from_a_fingerprint() {
        let project = project();
        let ran = selfsame(project.path(), ["verify", "--offline"]);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("2 crates"), "{}", ran.stdout);
        let path = written_manifest();
        let manifest = std::fs::read_to_string(&path).unwrap();
        for name in ["\"src/verified_module.rs\"", "\"near/src/deep.rs\""] {
            assert_eq!(manifest.matches(name).count(), 1, "{name} in {manifest}");
            std::fs::write(&path, manifest.replace(name, "\"src/other.rs\"")).unwrap();
            let ran = selfsame(project.path(), ["verify", "--offline"]);
            assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
            assert!(
                ran.stdout.contains(name.trim_matches('"')),
                "{}",
                ran.stdout
            );
        }
        std::fs::write(&path, manifest).unwrap();
        let report = selfsame(project.path(), ["verify", "--offline", "--json"]).json();
        assert_eq!(report["complete"], true);
    }
}
