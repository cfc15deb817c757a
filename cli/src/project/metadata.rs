//! The packages as cargo sees them. Dependencies are not resolved: that would write a lock file, and need the network.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::{Found, Package};

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: PathBuf,
    workspace_members: Vec<String>,
    #[serde(default)]
    workspace_default_members: Option<Vec<String>>,
}

/// Asks cargo; the error is what it said.
pub(super) fn read(manifest: &Path) -> Result<Found, String> {
    let output = Command::new(cargo())
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
            "--manifest-path",
        ])
        .arg(manifest)
        .output()
        .map_err(|error| format!("`cargo` could not be run: {error}"))?;
    if !output.status.success() {
        return Err(first_lines(&String::from_utf8_lossy(&output.stderr)));
    }
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let default = metadata
        .workspace_default_members
        .unwrap_or(metadata.workspace_members);
    let packages = metadata.packages.iter();
    Ok(Found {
        root: metadata.workspace_root,
        default: packages
            .filter(|package| default.contains(&package.id))
            .map(|package| package.manifest_path.clone())
            .collect(),
        packages: metadata.packages,
    })
}

/// Cargo itself, which names its place to subcommands.
pub(crate) fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The error without its causes.
fn first_lines(text: &str) -> String {
    let lines = text.lines().skip_while(|line| !line.starts_with("error"));
    let first = lines.take_while(|line| !line.trim().is_empty());
    let first: Vec<&str> = first
        .map(|line| line.trim_start_matches("error: "))
        .collect();
    if first.is_empty() {
        text.trim().to_owned()
    } else {
        first.join(" ")
    }
}
