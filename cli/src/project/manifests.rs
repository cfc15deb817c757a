//! The packages as their manifests have them, where cargo refuses to read them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{Dependency, Found, Package, Target};
use crate::error::Error;

/// Reads a package, or the members of a workspace.
pub(super) fn read(manifest: &Path) -> Result<Found, Error> {
    let table = table(manifest)?;
    let folder = manifest.parent().unwrap_or_else(|| Path::new(""));
    let mut packages: Vec<Package> = package(manifest, &table).into_iter().collect();
    for member in members(folder, &table) {
        let manifest = member.join("Cargo.toml");
        if let Ok(table) = self::table(&manifest) {
            packages.extend(package(&manifest, &table));
        }
    }
    if packages.is_empty() {
        return Err(Error::Manifest {
            path: manifest.to_owned(),
            reason: "it has neither a package nor a workspace with members".to_owned(),
        });
    }
    let is_package = table.contains_key("package");
    let all = packages.iter().map(|package| package.manifest_path.clone());
    Ok(Found {
        root: folder.to_owned(),
        default: if is_package {
            vec![manifest.to_owned()]
        } else {
            all.collect()
        },
        packages,
    })
}

fn table(manifest: &Path) -> Result<Table, Error> {
    let text = std::fs::read_to_string(manifest).map_err(Error::io("read", manifest))?;
    text.parse()
        .map_err(|error: toml::de::Error| Error::Manifest {
            path: manifest.to_owned(),
            reason: error.message().to_owned(),
        })
}

fn package(manifest: &Path, table: &Table) -> Option<Package> {
    let package = table.get("package")?.as_table()?;
    let text = |key: &str| package.get(key).and_then(Value::as_str).map(str::to_owned);
    let name = text("name")?;
    let folder = manifest.parent()?;
    let dependencies = dependencies(folder, table);
    let mut features = features(table);
    add_implicit(&mut features, &dependencies);
    let has_script = match package.get("build") {
        Some(build) => build.as_bool() != Some(false),
        None => folder.join("build.rs").is_file(),
    };
    let script = Target {
        name: "build-script-build".to_owned(),
        kind: vec!["custom-build".to_owned()],
        ..Target::default()
    };
    Some(Package {
        id: name.clone(),
        name,
        version: text("version").unwrap_or_else(|| "0.0.0".to_owned()),
        manifest_path: manifest.to_owned(),
        features,
        dependencies,
        targets: has_script.then_some(script).into_iter().collect(),
        description: text("description"),
        homepage: text("homepage"),
        repository: text("repository"),
        license: text("license"),
        links: text("links"),
        ..Package::default()
    })
}

fn features(table: &Table) -> BTreeMap<String, Vec<String>> {
    let features = table.get("features").and_then(Value::as_table);
    let list = |value: &Value| {
        let values = value.as_array().into_iter().flatten();
        values
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    features
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), list(value)))
        .collect()
}

/// An optional dependency that no feature names with `dep:` is a feature itself.
fn add_implicit(features: &mut BTreeMap<String, Vec<String>>, dependencies: &[Dependency]) {
    for dependency in dependencies.iter().filter(|dependency| dependency.optional) {
        let name = dependency.name_in_manifest();
        let explicit = format!("dep:{name}");
        if !features.values().flatten().any(|value| *value == explicit) {
            features
                .entry(name.to_owned())
                .or_insert_with(|| vec![explicit]);
        }
    }
}

fn dependencies(folder: &Path, table: &Table) -> Vec<Dependency> {
    let platforms = table.get("target").and_then(Value::as_table);
    let tables = platforms
        .into_iter()
        .flat_map(|platforms| platforms.values());
    let tables = tables.filter_map(Value::as_table).chain([table]);
    let found = tables.filter_map(|table| table.get("dependencies")?.as_table());
    found
        .flatten()
        .map(|(name, value)| dependency(folder, name, value))
        .collect()
}

fn dependency(folder: &Path, name: &str, value: &Value) -> Dependency {
    let flag =
        |key: &str, default: bool| value.get(key).and_then(Value::as_bool).unwrap_or(default);
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let features = value.get("features").and_then(Value::as_array);
    Dependency {
        name: text("package").unwrap_or(name).to_owned(),
        kind: None,
        rename: text("package").map(|_| name.to_owned()),
        optional: flag("optional", false),
        uses_default_features: flag("default-features", true),
        features: features
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        path: text("path").map(|path| folder.join(path)),
    }
}

/// The folders of a workspace's members.
fn members(folder: &Path, table: &Table) -> Vec<PathBuf> {
    let workspace = table.get("workspace").and_then(Value::as_table);
    let list = |key: &str| -> Vec<String> {
        let values = workspace
            .and_then(|workspace| workspace.get(key))
            .and_then(Value::as_array);
        values
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let excluded: Vec<PathBuf> = list("exclude")
        .iter()
        .map(|path| folder.join(path))
        .collect();
    let mut members: Vec<PathBuf> = list("members")
        .iter()
        .flat_map(|pattern| matching(folder, pattern))
        .filter(|member| !excluded.contains(member))
        .collect();
    members.sort();
    members.dedup();
    members
}

/// The folders a pattern such as `crates/*` stands for.
fn matching(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for part in pattern
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
    {
        found = match part.split_once('*') {
            None => found.into_iter().map(|folder| folder.join(part)).collect(),
            Some((start, end)) => found
                .iter()
                .flat_map(|folder| folders_between(folder, start, end))
                .collect(),
        };
    }
    found
}

fn folders_between(folder: &Path, start: &str, end: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
    });
    named
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect()
}

#[cfg(test)]
mod tests;
