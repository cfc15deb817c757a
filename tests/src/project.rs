//! A crate made on the fly, which a test edits, generates for and builds.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::scratch;

/// The build script every project has.
pub const BUILD_SCRIPT: &str =
    "fn main() -> Result<(), selfsame_build::Error> {\n    selfsame_build::generate()\n}\n";

/// A package in a scratch folder, deleted when dropped.
#[derive(Debug)]
pub struct Project {
    folder: TempDir,
}

/// What `generate()` wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// Every file of `OUT_DIR` that is meant for others, by its path there.
    pub files: BTreeMap<String, String>,
    /// What the build script told Cargo.
    pub directives: Vec<String>,
}

impl Project {
    /// A package `app` of edition 2024 without sources.
    ///
    /// # Panics
    ///
    /// If the scratch folder can't be written, as everything here.
    #[must_use]
    pub fn new() -> Self {
        let folder = scratch::folder();
        let manifest = manifest_apart(folder.path(), &manifest("app", "2024"));
        Self { folder }
            .with("Cargo.toml", &manifest)
            .with("build.rs", BUILD_SCRIPT)
    }

    /// A package with these files, beside the manifest and the build script.
    #[must_use]
    pub fn of(files: &[(&str, &str)]) -> Self {
        files.iter().fold(Self::new(), |project, (path, text)| {
            project.with(path, text)
        })
    }

    /// A package with this `src/lib.rs`.
    #[must_use]
    pub fn of_library(text: &str) -> Self {
        Self::of(&[("src/lib.rs", text)])
    }

    /// Adds or replaces a file.
    #[must_use]
    pub fn with(self, path: &str, text: &str) -> Self {
        self.write(path, text);
        self
    }

    /// Adds a copy of everything below a folder.
    #[must_use]
    pub fn with_folder(self, from: &Path) -> Self {
        scratch::copy(from, self.path());
        self
    }

    /// Adds or replaces a file.
    pub fn write(&self, path: &str, text: &str) {
        scratch::write(&self.path().join(path), text.as_bytes());
    }

    /// Replaces the one place where a text stands in a file.
    ///
    /// # Panics
    ///
    /// If it stands there more often, or not at all.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {path}:\n{text}");
        self.write(path, &text.replacen(from, to, 1));
    }

    /// Deletes a file.
    ///
    /// # Panics
    ///
    /// If it is not there.
    pub fn remove(&self, path: &str) {
        std::fs::remove_file(self.path().join(path)).expect("the file to remove is there");
    }

    /// A file's text.
    ///
    /// # Panics
    ///
    /// If it can't be read.
    #[must_use]
    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).expect("the project has this file")
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the generator as a build script would, without Cargo.
    ///
    /// # Errors
    ///
    /// What it printed to standard error, if it failed.
    ///
    /// # Panics
    ///
    /// If it can't be started.
    pub fn generate(&self) -> Result<Generated, String> {
        generate_for(self.path(), &self.path().join("out"))
    }

    /// The version of each function, by its path without the crate's name.
    ///
    /// # Panics
    ///
    /// If the generator fails.
    #[must_use]
    pub fn versions(&self) -> BTreeMap<String, String> {
        match self.generate() {
            Ok(generated) => versions_in(&generated.files["selfsame.json"]),
            Err(report) => panic!("generate() failed:\n{report}"),
        }
    }

    /// Runs Cargo here, offline, with the dependencies the workspace has locked.
    #[must_use]
    pub fn cargo<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Ran {
        cargo(self.path(), arguments)
    }

    /// The same, with further variables.
    #[must_use]
    pub fn cargo_with<I: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = I>,
        variables: &[(&str, &str)],
    ) -> Ran {
        cargo_with(self.path(), arguments, variables)
    }
}

impl Default for Project {
    fn default() -> Self {
        Self::new()
    }
}

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    /// Whether it ended with 0.
    pub success: bool,
    /// What it printed.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
}

impl Ran {
    /// Itself, if it ended well.
    ///
    /// # Panics
    ///
    /// If it did not, with all it printed.
    #[must_use]
    pub fn successful(self) -> Self {
        assert!(
            self.success,
            "the command failed:\n{}\n{}",
            self.stdout, self.stderr
        );
        self
    }
}

impl Ran {
    /// What it printed.
    ///
    /// # Errors
    ///
    /// What it complained of, if it did not end well.
    pub fn finished(self) -> Result<String, String> {
        if self.success {
            Ok(self.stdout)
        } else {
            Err(self.stderr)
        }
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            success: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The manifest of a package whose wrappers are generated, a workspace of its own.
#[must_use]
pub fn manifest(name: &str, edition: &str) -> String {
    let root = scratch::repository();
    let root = root.display();
    format!(
        "[package]
name = \"{name}\"
version = \"0.1.0\"
edition = \"{edition}\"

[workspace]

[dependencies]
selfsame = {{ path = \"{root}/runtime\" }}
serde = {{ version = \"1\", features = [\"derive\"] }}

[build-dependencies]
selfsame-build = {{ path = \"{root}/build-support\" }}
"
    )
}

/// The manifest of the package in `folder`, with a version of its own. All packages of one name and version have one
/// place in the target folder, wherever they lie: Cargo would take what was built of one for another that is as old.
#[must_use]
pub fn manifest_apart(folder: &Path, manifest: &str) -> String {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    // All that may stand behind the plus.
    let name = name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    manifest.replacen(
        "version = \"0.1.0\"",
        &format!("version = \"0.1.0+{name}\""),
        1,
    )
}

/// Runs the generator for a package, as Cargo would run its build script.
///
/// # Errors
///
/// What it printed to standard error, if it failed.
///
/// # Panics
///
/// If it can't be started, or wrote something that is no text.
pub fn generate_for(package: &Path, out: &Path) -> Result<Generated, String> {
    generate_with(package, out, &[])
}

/// The same with further variables of the build.
///
/// # Errors
///
/// What it printed to standard error, if it failed.
///
/// # Panics
///
/// If it can't be started, or wrote something that is no text.
pub fn generate_with(
    package: &Path,
    out: &Path,
    variables: &[(&str, &OsStr)],
) -> Result<Generated, String> {
    let directives = run_generator(&generator(), package, out, variables)?;
    let mut files = BTreeMap::new();
    collect_texts(out, out, &mut files);
    Ok(Generated { files, directives })
}

/// Runs an executable for a package in the environment Cargo gives build scripts, and further variables; returns what
/// it told Cargo.
///
/// # Errors
///
/// What it printed to standard error, if it failed.
///
/// # Panics
///
/// If it can't be started, or wrote something that is no text.
pub fn run_generator(
    executable: &Path,
    package: &Path,
    out: &Path,
    variables: &[(&str, &OsStr)],
) -> Result<Vec<String>, String> {
    run_as_build_script(Command::new(executable), package, out, variables)
}

/// The same, on some of the processors: a list such as `0,1`. Needs `taskset`, where it matters to a bench.
///
/// # Errors
///
/// What it printed to standard error, if it failed.
///
/// # Panics
///
/// If it can't be started, or wrote something that is no text.
pub fn run_generator_on(
    processors: &str,
    executable: &Path,
    package: &Path,
    out: &Path,
    variables: &[(&str, &OsStr)],
) -> Result<Vec<String>, String> {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", processors]).arg(executable);
    run_as_build_script(command, package, out, variables)
}

fn run_as_build_script(
    mut command: Command,
    package: &Path,
    out: &Path,
    variables: &[(&str, &OsStr)],
) -> Result<Vec<String>, String> {
    std::fs::create_dir_all(out).expect("scratch can be written");
    without_cargo(&mut command)
        .current_dir(package)
        .env("OUT_DIR", out)
        .env("CARGO_MANIFEST_DIR", package)
        .env("CARGO_MANIFEST_PATH", package.join("Cargo.toml"))
        .env("CARGO_PKG_NAME", "app")
        .env("CARGO_PKG_VERSION", "0.1.0")
        .env("CARGO", env!("CARGO"))
        .env("RUSTC", "rustc")
        .env("HOST", "x86_64-unknown-linux-gnu")
        .env("TARGET", "x86_64-unknown-linux-gnu")
        .env("PROFILE", "debug")
        .env("OPT_LEVEL", "0")
        .env("DEBUG", "true")
        .env("CARGO_CFG_TARGET_OS", "linux")
        .env("CARGO_CFG_TARGET_ARCH", "x86_64")
        .env("CARGO_CFG_UNIX", "")
        .env("CARGO_CFG_DEBUG_ASSERTIONS", "")
        .envs(variables.iter().copied());
    let ran = Ran::from(command.output().expect("the generator can be started"));
    if ran.success {
        Ok(ran.stdout.lines().map(str::to_owned).collect())
    } else {
        Err(ran.stderr)
    }
}

/// The paths (without the crate's name) and versions in a manifest, `selfsame.json`.
///
/// # Panics
///
/// If it is no manifest.
#[must_use]
pub fn versions_in(manifest: &str) -> BTreeMap<String, String> {
    #[derive(serde::Deserialize)]
    struct Manifest {
        functions: Vec<Function>,
    }
    #[derive(serde::Deserialize)]
    struct Function {
        path: String,
        #[serde(rename = "static")]
        version: String,
    }
    let manifest: Manifest = serde_json::from_str(manifest).expect("the manifest is JSON");
    let short = |path: &str| {
        path.split_once("::")
            .map_or("", |(_, rest)| rest)
            .to_owned()
    };
    let functions = manifest.functions.into_iter();
    functions
        .map(|function| (short(&function.path), function.version))
        .collect()
}

/// Runs Cargo in a folder, offline, with the dependencies the workspace has locked and one target
/// folder for all, so that dependencies are compiled once.
///
/// # Panics
///
/// If Cargo can't be started.
#[must_use]
pub fn cargo<I: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = I>) -> Ran {
    cargo_with(folder, arguments, &[])
}

/// The same, with further variables.
///
/// # Panics
///
/// If Cargo can't be started.
#[must_use]
pub fn cargo_with<I: AsRef<OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = I>,
    variables: &[(&str, &str)],
) -> Ran {
    let lock = folder.join("Cargo.lock");
    if !lock.exists() {
        std::fs::copy(scratch::repository().join("Cargo.lock"), &lock)
            .expect("a lock file to copy");
    }
    let mut command = Command::new(env!("CARGO"));
    building_apart(&mut command)
        .current_dir(folder)
        .args(arguments)
        .env("CARGO_NET_OFFLINE", "true")
        .envs(variables.iter().copied());
    command.output().expect("Cargo can be started").into()
}

/// Lets a command that runs Cargo build in the tests' own target folder, and leave little there: nothing of it is
/// debugged, and hardly any built twice.
pub(crate) fn building_apart(command: &mut Command) -> &mut Command {
    without_cargo(command)
        .env("CARGO_TARGET_DIR", scratch::root().join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "none")
}

/// Takes away what the surrounding `cargo test` put into the environment about this crate.
fn without_cargo(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let about_us = text.starts_with("CARGO_PKG_")
            || text.starts_with("CARGO_CFG_")
            || text.starts_with("CARGO_FEATURE_")
            || text.starts_with("CARGO_MANIFEST_")
            || text.starts_with("CARGO_BIN_")
            || ["OUT_DIR", "CARGO_CRATE_NAME", "SELFSAME_URL", "RUSTFLAGS"].contains(&&*text);
        if about_us {
            command.env_remove(&name);
        }
    }
    command
}

/// The `generate` binary of this crate.
fn generator() -> PathBuf {
    binary("generate")
}

/// A binary of this crate, which Cargo builds before it runs an integration test.
pub(crate) fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its executable");
    let profile = test
        .parent()
        .and_then(Path::parent)
        .expect("tests lie in `deps`");
    profile.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Every text file below a folder, by its path there; folders and files whose name starts with a
/// dot are the generator's own business.
fn collect_texts(root: &Path, folder: &Path, texts: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("the output folder can be read") {
        let path = entry.expect("the output folder can be read").path();
        if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'))
        {
            continue;
        }
        if path.is_dir() {
            collect_texts(root, &path, texts);
        } else if path
            .extension()
            .is_some_and(|kind| kind == "rs" || kind == "json")
        {
            let name = path
                .strip_prefix(root)
                .expect("walked from there")
                .to_string_lossy();
            let text = std::fs::read_to_string(&path).expect("generated files are text");
            texts.insert(name.replace('\\', "/"), text);
        }
    }
}
