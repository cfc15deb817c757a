//! Real crates as test subjects: their sources, copied from where Cargo keeps them, below a small program with
//! marked functions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::cli;
use crate::project::{self, Project};
use crate::scratch;

/// What limits a run: an edit may well make a loop that never ends, or one that eats all memory. Time is the
/// processor's, so that a busy machine changes nothing.
const LIMITED: &str = "ulimit -t 2; ulimit -v 4000000; exec \"$0\" \"$1\"";

/// A copy of a published crate, and the program `tests/subjects/NAME.rs` that calls it.
#[derive(Debug)]
pub struct Subject {
    /// With a copy of the crate inside, so that one lies to the other in every checkout alike.
    program: Project,
    target: TempDir,
}

/// What a function printed for its table of inputs, and whether it came to an end.
pub type Answer = (bool, String);

impl Subject {
    /// A fresh copy of a crate that is a development dependency of these tests.
    ///
    /// # Panics
    ///
    /// If it is none, or can't be copied, as everything here.
    #[must_use]
    pub fn of(name: &str, features: &[&str]) -> Self {
        let subjects = scratch::tests_folder("subjects");
        let text = |file: &str| {
            std::fs::read_to_string(subjects.join(file)).expect("a program for the subject")
        };
        let program = Project::of(&[
            ("Cargo.toml", &manifest(name, features)),
            ("src/main.rs", &text(&format!("{name}.rs"))),
            ("src/table.rs", &text("table.rs")),
        ]);
        program.remove("build.rs");
        scratch::copy(&published(name), &program.path().join("subject"));
        Self {
            program,
            target: scratch::folder(),
        }
    }

    /// The crate's folder.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.program.path().join("subject")
    }

    /// The text of the program with the marked functions.
    #[must_use]
    pub fn program(&self) -> PathBuf {
        self.program.path().join("src/main.rs")
    }

    /// Every source file of the crate, sorted.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        scratch::rust_files(&self.folder().join("src"))
    }

    /// The version of each marked function.
    #[must_use]
    pub fn versions(&self) -> BTreeMap<String, String> {
        self.program.versions()
    }

    /// Builds the program; `None` if it does not compile.
    #[must_use]
    pub fn build(&self) -> Option<PathBuf> {
        let target = self.target.path().display().to_string();
        let arguments = ["build", "--quiet", "--target-dir", &target];
        let built = self.program.cargo(arguments);
        built.success.then(|| self.target.path().join("debug/app"))
    }

    /// What each function answers.
    #[must_use]
    pub fn answers<'f>(
        program: &Path,
        functions: impl IntoIterator<Item = &'f String>,
    ) -> BTreeMap<String, Answer> {
        let answer = |function: &String| {
            let mut command = Command::new("sh");
            command.args(["-c", LIMITED]).arg(program).arg(function);
            let output = command.output().expect("the program can be started");
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            (function.clone(), (output.status.success(), text))
        };
        functions.into_iter().map(answer).collect()
    }
}

fn manifest(name: &str, features: &[&str]) -> String {
    format!(
        "[package]
name = \"app\"
version = \"0.1.0\"
edition = \"2024\"

[workspace]
exclude = [\"subject\"]

[dependencies]
{name} = {{ path = \"subject\", default-features = false, features = {features:?} }}

[profile.dev]
debug = false
"
    )
}

/// Where Cargo keeps the sources of a locked dependency.
fn published(name: &str) -> PathBuf {
    #[derive(serde::Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    #[derive(serde::Deserialize)]
    struct Package {
        name: String,
        manifest_path: PathBuf,
    }
    // Of this platform alone: what other ones need was never downloaded here.
    let host = cli::host();
    let arguments = [
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--filter-platform",
        &host,
    ];
    let told = project::cargo(&scratch::repository(), arguments).successful();
    let metadata: Metadata = serde_json::from_str(&told.stdout).expect("Cargo writes JSON");
    let found = metadata
        .packages
        .into_iter()
        .find(|package| package.name == name);
    let manifest = found
        .expect("a development dependency of the tests")
        .manifest_path;
    manifest
        .parent()
        .expect("a manifest lies in a folder")
        .to_owned()
}
