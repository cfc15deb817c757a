//! The dependencies a manifest names, with what they inherit from the workspace filled in.

use std::path::{Path, PathBuf};

use super::cargo_toml::{CargoToml, DependencyTable, Workspace};

/// A dependency of a package; development dependencies are never read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// The name code uses, unless the library has a name of its own.
    pub(crate) name: String,
    /// The name in the manifest, which features use.
    pub(crate) key: String,
    /// The name of the package it is.
    pub(crate) package: String,
    /// Whether `package = "…"` gave the name: then it is used whatever the library is called.
    pub(crate) renamed: bool,
    pub(crate) kind: Kind,
    /// Where its sources are, if at hand.
    pub(crate) folder: Option<PathBuf>,
    /// Which versions will do.
    pub(crate) version: Option<String>,
    /// The same, and where it comes from.
    pub(crate) requirement: String,
    /// Which of its features are asked for, in canonical form.
    pub(crate) request: String,
}

/// What a dependency is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The code of the package.
    Normal,
    /// Its build script.
    Build,
}

/// Keys that say which package is meant.
const ORIGIN: &[&str] = &["version", "git", "branch", "tag", "rev", "registry"];

/// Every dependency of a package, for whatever platform.
pub(crate) fn of(folder: &Path, manifest: &CargoToml, workspace: &Workspace) -> Vec<Dependency> {
    let mut found = Vec::new();
    let mut add = |table: &DependencyTable, kind: Kind, platform: Option<&str>| {
        for (key, written) in table {
            found.push(dependency(folder, workspace, key, written, kind, platform));
        }
    };
    add(&manifest.dependencies, Kind::Normal, None);
    add(&manifest.build_dependencies, Kind::Build, None);
    for (platform, tables) in &manifest.target {
        add(&tables.dependencies, Kind::Normal, Some(platform));
        add(&tables.build_dependencies, Kind::Build, Some(platform));
    }
    found
}

fn dependency(
    folder: &Path,
    workspace: &Workspace,
    key: &str,
    written: &toml::Value,
    kind: Kind,
    platform: Option<&str>,
) -> Dependency {
    let inherits = written.get("workspace").and_then(toml::Value::as_bool) == Some(true);
    let shared = workspace.dependency(key).filter(|_| inherits);
    let (base, origin) = match shared {
        Some(shared) => (workspace.folder.as_path(), shared),
        None => (folder, written),
    };
    let text = |name: &str| origin.get(name).and_then(toml::Value::as_str);
    Dependency {
        name: key.replace('-', "_"),
        key: key.to_owned(),
        package: text("package").unwrap_or(key).to_owned(),
        renamed: text("package").is_some(),
        kind,
        folder: text("path").map(|path| base.join(path)),
        version: origin
            .as_str()
            .or_else(|| text("version"))
            .map(ToOwned::to_owned),
        requirement: requirement(origin),
        request: request(written, shared, platform),
    }
}

fn requirement(origin: &toml::Value) -> String {
    if let Some(version) = origin.as_str() {
        return format!("version={version}");
    }
    let parts = ORIGIN.iter().filter_map(|key| {
        let value = origin.get(key)?.as_str()?;
        Some(format!("{key}={value}"))
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// The features a dependency is asked for: those the workspace shares and those named beside `workspace`.
fn request(written: &toml::Value, shared: Option<&toml::Value>, platform: Option<&str>) -> String {
    let tables = || shared.into_iter().chain([written]);
    let mut features: Vec<&str> = tables()
        .filter_map(|table| table.get("features")?.as_array())
        .flatten()
        .filter_map(toml::Value::as_str)
        .collect();
    features.sort_unstable();
    features.dedup();
    let mut parts = vec![format!("features=[{}]", features.join(","))];
    if !takes_defaults(written, shared) {
        parts.push("default-features=false".to_owned());
    }
    if written.get("optional").and_then(toml::Value::as_bool) == Some(true) {
        parts.push("optional".to_owned());
    }
    parts.extend(platform.map(|platform| format!("target={platform}")));
    parts.join(" ")
}

/// A member may only add to what the workspace asks for: its `default-features = false` has no effect where
/// the workspace takes the defaults, its `true` has where the workspace does not.
fn takes_defaults(written: &toml::Value, shared: Option<&toml::Value>) -> bool {
    let stated = |table: &toml::Value| {
        let value = table
            .get("default-features")
            .or_else(|| table.get("default_features"));
        value.and_then(toml::Value::as_bool)
    };
    match shared {
        Some(shared) => stated(shared) != Some(false) || stated(written) == Some(true),
        None => stated(written) != Some(false),
    }
}
