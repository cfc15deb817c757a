//! Running `cargo selfsame` on packages made for it.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::{project, scratch};

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    /// Its exit status.
    pub code: i32,
    /// The result it printed.
    pub stdout: String,
    /// What it said beside it.
    pub stderr: String,
}

impl Ran {
    /// The result of a command that ended well, as JSON.
    ///
    /// # Panics
    ///
    /// If it did not, or printed something else.
    #[must_use]
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        serde_json::from_str(&self.stdout).expect("the result is JSON")
    }
}

/// Runs the subcommand in a folder.
///
/// # Panics
///
/// If it can't be started, or is killed.
#[must_use]
pub fn selfsame<I: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = I>) -> Ran {
    selfsame_with(folder, arguments, &[])
}

/// The same, with further variables.
///
/// # Panics
///
/// If it can't be started, or is killed.
#[must_use]
pub fn selfsame_with<I: AsRef<OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = I>,
    variables: &[(&str, &str)],
) -> Ran {
    let mut command = Command::new(project::binary("selfsame-cli"));
    project::building_apart(&mut command)
        .current_dir(folder)
        .arg("selfsame")
        .args(arguments)
        .env("NO_COLOR", "1")
        .envs(variables.iter().copied());
    let output = command.output().expect("the subcommand can be started");
    Ran {
        code: output.status.code().expect("nobody kills it"),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A folder outside any workspace, with these files; deleted when dropped.
///
/// # Panics
///
/// If it can't be written.
#[must_use]
pub fn package(files: &[(&str, &str)]) -> TempDir {
    // Scratch lies below the target folder, so within this workspace.
    let folder = tempfile::tempdir().expect("the system's folder for such things can be written");
    for (name, text) in files {
        write(folder.path(), name, text);
    }
    folder
}

/// Adds or replaces a file.
pub fn write(folder: &Path, name: &str, text: &str) {
    scratch::write(&folder.join(name), text.as_bytes());
}

/// Replaces the one place where a text stands in a file.
///
/// # Panics
///
/// If it stands there more often, or not at all.
pub fn edit(folder: &Path, name: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(folder.join(name)).expect("the file to edit is there");
    assert_eq!(text.matches(from).count(), 1, "{from:?} in {name}:\n{text}");
    write(folder, name, &text.replacen(from, to, 1));
}

/// The names of all files below a folder, sorted.
///
/// # Panics
///
/// If it can't be read.
#[must_use]
pub fn files_below(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    collect(folder, "", &mut names);
    names.sort();
    names
}

fn collect(folder: &Path, prefix: &str, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), names);
        } else {
            names.push(name);
        }
    }
}

/// The triple of this machine.
///
/// # Panics
///
/// If the compiler does not say.
#[must_use]
pub fn host() -> String {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("a compiler");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("the compiler names its host").to_owned()
}
