//! Which changes around the sources move what versions depend on, by the numbers of the taxonomy.

use std::collections::BTreeMap;

use super::*;

mod dependencies;
mod features;

/// Files in a temporary folder, one per `//- path` line of a text, and the variables cargo would set.
struct Project {
    folder: tempfile::TempDir,
    variables: BTreeMap<String, String>,
    out_dir: &'static str,
}

impl Project {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in text.split("//- ").skip(1) {
            let (path, body) = part.split_once('\n').unwrap();
            let path = folder.path().join(path.trim());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, body).unwrap();
        }
        let home = folder.path().join("home").display().to_string();
        let variables = [
            ("TARGET".to_owned(), "x86_64-unknown-linux-gnu".to_owned()),
            ("CARGO_HOME".to_owned(), home),
        ];
        Self {
            folder,
            variables: BTreeMap::from(variables),
            out_dir: "target/debug/build/app-0123/out",
        }
    }

    fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn with_out_dir(mut self, out_dir: &'static str) -> Self {
        self.out_dir = out_dir;
        self
    }

    fn environment(&self, package: &str) -> Environment {
        Environment::of_variables(
            self.folder.path().join(package),
            self.folder.path().join(self.out_dir),
            self.variables.clone(),
        )
    }

    /// Of a universe of one crate for each of these folders.
    fn inputs(&self, packages: &[&str]) -> Inputs {
        let environment = self.environment(packages[0]).without_compiler();
        let read = |package: &&str| Package::read(&self.folder.path().join(package)).unwrap();
        let packages: Vec<Package> = packages.iter().map(read).collect();
        Inputs::read(&environment, &packages, Question::ask(&environment)).unwrap()
    }

    /// The value of one common input.
    fn common(&self, package: &str, name: &str) -> Option<String> {
        let inputs = self.inputs(&[package]);
        let mut common = inputs.common().iter();
        let input = common.find(|input| input.name == name)?;
        Some(input.value.clone())
    }
}

/// Names that the first crate uses.
fn uses(names: &[&str]) -> BTreeSet<(usize, String)> {
    names.iter().map(|name| (0, (*name).to_owned())).collect()
}

const PACKAGE: &str = "//- app/Cargo.toml\n[package]\nname = \"app\"\n";

#[test]
fn the_compiler_counts_unless_told_otherwise_and_not_the_machine_it_runs_on() {
    // 160
    let project = Project::new(PACKAGE);
    let environment = project.environment("app");
    let packages = [Package::read(&project.folder.path().join("app")).unwrap()];
    let inputs = Inputs::read(&environment, &packages, Question::ask(&environment)).unwrap();
    let compiler = inputs
        .common()
        .iter()
        .find(|input| input.name == "compiler");
    let text = &compiler.unwrap().value;
    for part in ["rustc ", "release: ", "commit-hash: ", "LLVM version: "] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("host:"), "{text}");
    assert_eq!(project.common("app", "compiler"), None);
}

#[test]
fn a_compiler_that_does_not_run_is_an_error_with_its_name() {
    let project = Project::new(PACKAGE).with_variable("RUSTC", "no-such-compiler");
    let environment = project.environment("app");
    let error = Question::ask(&environment).answer().unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("selfsame could not run `no-such-compiler`: "),
        "{text}"
    );
}

#[test]
fn target_and_flags_count() {
    // 151
    let flags = "-Ctarget-feature=+avx2\u{1f}-Clinker=clang";
    let project = Project::new(PACKAGE).with_variable("CARGO_ENCODED_RUSTFLAGS", flags);
    let target = project.common("app", "target");
    assert_eq!(target.as_deref(), Some("x86_64-unknown-linux-gnu"));
    let flags = project.common("app", "rustflags");
    assert_eq!(flags.as_deref(), Some("-C target-feature=+avx2"));
}

#[test]
fn the_edition_of_each_reached_crate_counts() {
    // 149, 150
    let project = Project::new(
        "//- app/Cargo.toml\n[package]\nname = \"app\"\nedition = \"2024\"\n\
         //- money/Cargo.toml\n[package]\nname = \"money\"\n",
    );
    let inputs = project.inputs(&["app", "money"]);
    assert_eq!(
        inputs.reached(&BTreeSet::from([0])),
        ["edition 2024 of app"]
    );
    assert_eq!(
        inputs.reached(&BTreeSet::from([0, 1])),
        ["edition 2015 of money", "edition 2024 of app"]
    );
}

const SETTINGS: &str = "
//- Cargo.toml
[workspace]
members = [\"app\"]
[profile.release]
overflow-checks = true
//- .cargo/config.toml
[profile.release]
panic = \"abort\"
//- home/config.toml
[profile.release]
panic = \"unwind\"
opt-level = 2
//- app/Cargo.toml
[package]
name = \"app\"
[profile.release]
overflow-checks = false
";

#[test]
fn the_profile_comes_from_the_workspace_the_configuration_and_variables() {
    // 147, 148
    let project = Project::new(SETTINGS)
        .with_out_dir("target/release/build/app-0123/out")
        .with_variable("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true");
    assert_eq!(
        project.common("app", "profile release").as_deref(),
        Some("debug-assertions=true opt-level=2 overflow-checks=true panic=abort")
    );
    assert_eq!(project.common("app", "profile bench"), None);
}

#[test]
fn files_that_the_configuration_includes_are_weaker_than_it() {
    let project = Project::new(
        "//- app/.cargo/config.toml\ninclude = [\"one.toml\", { path = \"two.toml\", optional = true }]\n\
         [profile.dev]\npanic = \"abort\"\n\
         //- app/.cargo/one.toml\n[profile.dev]\npanic = \"unwind\"\nopt-level = 1\noverflow-checks = false\n\
         //- app/.cargo/two.toml\ninclude = \"one.toml\"\n[profile.dev]\nopt-level = 2\n\
         //- app/Cargo.toml\n[package]\nname = \"app\"\n",
    );
    assert_eq!(
        project.common("app", "profile dev").as_deref(),
        Some("debug-assertions=true opt-level=2 overflow-checks=false panic=abort")
    );
    let inputs = project.inputs(&["app"]);
    assert!(
        inputs
            .watched()
            .iter()
            .any(|path| path.ends_with(".cargo/two.toml"))
    );
}

#[test]
fn a_package_being_published_has_no_settings_of_the_workspace_it_lies_in() {
    let project = Project::new(
        "//- Cargo.toml\n[workspace]\nmembers = [\"app\"]\n[profile.dev]\npanic = \"abort\"\n\
         //- Cargo.lock\nversion = 4\n[[package]]\nname = \"app\"\nversion = \"1.0.0\"\n\
         //- target/package/app-1.0.0/Cargo.toml\n[package]\nname = \"app\"\nversion = \"1.0.0\"\n",
    );
    let folder = "target/package/app-1.0.0";
    assert_eq!(
        project.common(folder, "profile dev").as_deref(),
        Some("debug-assertions=true opt-level=0 overflow-checks=true panic=unwind")
    );
    assert_eq!(project.common(folder, "lock file").as_deref(), Some("none"));
}

#[test]
fn what_was_read_is_told_and_nothing_that_is_not_there() {
    let project = Project::new(SETTINGS);
    let inputs = project.inputs(&["app"]);
    let root = project.folder.path().canonicalize().unwrap();
    let watched: Vec<_> = inputs
        .watched()
        .iter()
        .map(|path| path.canonicalize().unwrap())
        .collect();
    for file in ["Cargo.toml", ".cargo/config.toml", "home/config.toml"] {
        assert!(watched.contains(&root.join(file)), "{file}: {watched:?}");
    }
    assert!(!watched.contains(&root.join("Cargo.lock")));
    for variable in [
        "CARGO_HOME",
        "CARGO_PROFILE_DEV_PANIC",
        "CARGO_PROFILE_TEST_OPT_LEVEL",
    ] {
        assert!(inputs.variables().contains(variable), "{variable}");
    }
}

#[test]
fn the_place_of_the_checkout_does_not_count() {
    let inputs =
        || Project::new(&format!("{SETTINGS}//- Cargo.lock\nversion = 4\n")).inputs(&["app"]);
    let (one, other) = (inputs(), inputs());
    assert_eq!(one.common(), other.common());
    assert_eq!(one.everything_of(0), other.everything_of(0));
}
