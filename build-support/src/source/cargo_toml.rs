//! `Cargo.toml` as it is written, and the workspace it inherits from. What it means for a package,
//! `targets.rs` and `dependency.rs` say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::Error;

/// Dependencies by the name the manifest gives them.
pub(crate) type DependencyTable = BTreeMap<String, toml::Value>;

/// One manifest.
#[derive(Clone, Debug, Default, Deserialize)]
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
}

#[derive(Clone, Debug, Default, Deserialize)]
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

#[derive(Clone, Debug, Deserialize)]
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

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct TargetTable {
    pub(super) name: Option<String>,
    pub(super) path: Option<PathBuf>,
    #[serde(default, rename = "proc-macro", alias = "proc_macro")]
    pub(super) proc_macro: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct PlatformTable {
    #[serde(default)]
    pub(super) dependencies: DependencyTable,
    #[serde(default, rename = "build-dependencies", alias = "build_dependencies")]
    pub(super) build_dependencies: DependencyTable,
}

fn yes() -> bool {
    true
}

impl CargoToml {
    /// Reads the manifest in `folder`.
    pub(crate) fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("Cargo.toml");
        let text =
            std::fs::read_to_string(&path).map_err(|error| Error::io("read", &path, error))?;
        let invalid = |error| std::io::Error::new(std::io::ErrorKind::InvalidData, error);
        toml::from_str(&text).map_err(|error| Error::io("read", &path, invalid(error)))
    }
}

/// The root of a workspace, or a package outside any, which is its own root.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    pub(crate) folder: PathBuf,
    pub(crate) manifest: CargoToml,
}

impl Workspace {
    /// The workspace of the package in `folder`, by cargo's rules.
    pub(crate) fn of(folder: &Path, manifest: &CargoToml) -> Self {
        let own = || Self {
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
            Some(root) => Self::at(&folder.join(root)),
            None => around(folder),
        }
        .unwrap_or_else(own)
    }

    fn at(folder: &Path) -> Option<Self> {
        let manifest = CargoToml::read(folder).ok()?;
        manifest.workspace.as_ref()?;
        Some(Self {
            folder: folder.to_owned(),
            manifest,
        })
    }

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
}

/// The nearest workspace in a folder above. A package that `cargo package` verifies has none: it lies in
/// `target/package` of the workspace it was taken from.
fn around(package: &Path) -> Option<Workspace> {
    let above = package.ancestors().skip(1);
    above
        .take_while(|folder| !folder.ends_with("target/package"))
        .filter_map(Workspace::at)
        .find(|workspace| !workspace.excludes(package))
}
