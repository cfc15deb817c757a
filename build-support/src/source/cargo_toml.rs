//! `Cargo.toml` as it is written, and the workspace it inherits from. What it means for a package,
//! `targets.rs` and `dependency.rs` say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use crate::error::Error;

/// Dependencies by the name the manifest gives them.
pub(crate) type DependencyTable = BTreeMap<String, toml::Value>;

/// One manifest.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(crate) struct CargoToml {
    pub(super) package: Option<PackageTable>,
    pub(super) lib: Option<TargetTable>,
    #[serde(default)]
    pub(super) bin: Vec<TargetTable>,
    #[serde(default)]
    pub(super) dependencies: DependencyTable,
    #[serde(default, rename = "build-dependencies", alias = "build_dependencies")]
    pub(super) build_dependencies: DependencyTable,
    #[serde(default)]
    pub(super) target: BTreeMap<String, PlatformTable>,
    #[serde(default)]
    pub(super) features: BTreeMap<String, Vec<String>>,
    pub(super) workspace: Option<WorkspaceTable>,
    #[serde(default)]
    pub(crate) profile: toml::Table,
    /// By registry.
    #[serde(default)]
    pub(crate) patch: BTreeMap<String, DependencyTable>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct WorkspaceTable {
    #[serde(default)]
    package: BTreeMap<String, toml::Value>,
    #[serde(default)]
    pub(super) dependencies: DependencyTable,
    #[serde(default)]
    members: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct PackageTable {
    pub(super) name: String,
    pub(super) version: Option<toml::Value>,
    pub(super) edition: Option<toml::Value>,
    pub(super) links: Option<String>,
    /// A path, or whether there is one at all.
    pub(super) build: Option<toml::Value>,
    /// Where the workspace is, if cargo is not to look for it.
    workspace: Option<PathBuf>,
    #[serde(default = "yes")]
    pub(super) autobins: bool,
    #[serde(default = "yes")]
    pub(super) autolib: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct TargetTable {
    pub(super) name: Option<String>,
    pub(super) path: Option<PathBuf>,
    #[serde(default, rename = "proc-macro", alias = "proc_macro")]
    pub(super) proc_macro: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct PlatformTable {
    #[serde(default)]
    pub(super) dependencies: DependencyTable,
    #[serde(default, rename = "build-dependencies", alias = "build_dependencies")]
    pub(super) build_dependencies: DependencyTable,
}

fn yes() -> bool {
    true
}

/// Reads manifests, each once: that of a workspace is asked for by every member.
#[derive(Debug, Default)]
pub(crate) struct Manifests {
    /// By folder.
    known: BTreeMap<PathBuf, Arc<CargoToml>>,
}

impl Manifests {
    /// The manifest in `folder`.
    pub(crate) fn read(&mut self, folder: &Path) -> Result<Arc<CargoToml>, Error> {
        if let Some(known) = self.known.get(folder) {
            return Ok(known.clone());
        }
        let path = folder.join("Cargo.toml");
        let text =
            std::fs::read_to_string(&path).map_err(|error| Error::io("read", &path, error))?;
        let invalid = |error| std::io::Error::new(std::io::ErrorKind::InvalidData, error);
        let manifest: Arc<CargoToml> = toml::from_str(&text)
            .map(Arc::new)
            .map_err(|error| Error::io("read", &path, invalid(error)))?;
        self.known.insert(folder.to_owned(), manifest.clone());
        Ok(manifest)
    }

    /// The workspace of the package in `folder`, by cargo's rules.
    pub(super) fn workspace(&mut self, folder: &Path, manifest: &Arc<CargoToml>) -> Workspace {
        let own = || Workspace {
            folder: folder.to_owned(),
            manifest: manifest.clone(),
        };
        if manifest.workspace.is_some() {
            return own();
        }
        let named = manifest
            .package
            .as_ref()
            .and_then(|package| package.workspace.as_ref());
        match named {
            Some(root) => self.root(&folder.join(root)),
            None => self.around(folder),
        }
        .unwrap_or_else(own)
    }

    fn root(&mut self, folder: &Path) -> Option<Workspace> {
        let manifest = self.read(folder).ok()?;
        manifest.workspace.as_ref()?;
        Some(Workspace {
            folder: folder.to_owned(),
            manifest,
        })
    }

    /// The nearest workspace in a folder above. A package that `cargo package` verifies has none: it lies in
    /// `target/package` of the workspace it was taken from.
    fn around(&mut self, package: &Path) -> Option<Workspace> {
        let above = package.ancestors().skip(1);
        above
            .take_while(|folder| !folder.ends_with("target/package"))
            .filter_map(|folder| self.root(folder))
            .find(|workspace| !workspace.excludes(package))
    }
}

/// The root of a workspace, or a package outside any, which is its own root.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Workspace {
    pub(crate) folder: PathBuf,
    pub(crate) manifest: Arc<CargoToml>,
}

impl Workspace {
    /// A key of `[workspace.package]`.
    pub(super) fn package_key(&self, key: &str) -> Option<&toml::Value> {
        self.manifest.workspace.as_ref()?.package.get(key)
    }

    /// A dependency of `[workspace.dependencies]`.
    pub(super) fn dependency(&self, name: &str) -> Option<&toml::Value> {
        self.manifest.workspace.as_ref()?.dependencies.get(name)
    }

    /// Whether the workspace says that a package inside its folder is none of its members.
    fn excludes(&self, package: &Path) -> bool {
        let Some(table) = &self.manifest.workspace else {
            return true;
        };
        let holds = |folders: &[String]| {
            let mut folders = folders.iter();
            folders.any(|folder| package.starts_with(self.folder.join(folder)))
        };
        holds(&table.exclude) && !holds(&table.members)
    }

    /// The folders of the members that the workspace lists, sorted. Those that are members only because others
    /// depend on them by path are not among them.
    pub(crate) fn members(&self) -> Vec<PathBuf> {
        let Some(table) = &self.manifest.workspace else {
            return Vec::new();
        };
        let mut members: Vec<PathBuf> = table
            .members
            .iter()
            .flat_map(|pattern| matching(&self.folder, pattern))
            .filter(|folder| folder.join("Cargo.toml").is_file() && !self.excludes(folder))
            .collect();
        members.sort();
        members.dedup();
        members
    }
}

/// The folders that a pattern like `crates/*` names.
fn matching(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        found = match part.split_once('*') {
            Some((start, end)) => {
                let end = end.trim_start_matches('*');
                let inside = found.iter().flat_map(|folder| folders_in(folder));
                inside
                    .filter(|folder| {
                        let name = folder.file_name().map(|name| name.to_string_lossy());
                        name.is_some_and(|name| name.starts_with(start) && name.ends_with(end))
                    })
                    .collect()
            }
            None => found.into_iter().map(|folder| folder.join(part)).collect(),
        };
    }
    found
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.is_dir()).collect()
}
