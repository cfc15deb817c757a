//! The targets of a package that can hold marked functions, from its `Cargo.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::cargo_toml::{Manifests, PackageTable, TargetTable, Workspace};
use super::dependency::{self, Dependency, Kind};
use crate::error::Error;

/// A package, as its manifest describes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Package {
    pub(crate) folder: PathBuf,
    /// Itself where it has none.
    pub(crate) workspace: Workspace,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) edition: String,
    /// The native library it claims to bind.
    pub(crate) links: Option<String>,
    /// Whether the library is a procedural macro.
    pub(crate) proc_macro: bool,
    pub(crate) build_script: Option<PathBuf>,
    pub(crate) lib: Option<Target>,
    /// Sorted by name.
    pub(crate) bins: Vec<Target>,
    pub(crate) dependencies: Vec<Dependency>,
    /// The `[features]` table.
    pub(crate) features: BTreeMap<String, Vec<String>>,
}

/// A dependency by path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Neighbour {
    /// The name code uses, unless the library has a name of its own.
    pub(crate) name: String,
    /// Whether `package = "…"` gave the name: then it is used whatever the library is called.
    pub(crate) renamed: bool,
    pub(crate) folder: PathBuf,
}

/// A library or binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// As cargo spells it.
    pub(crate) name: String,
    /// The root file.
    pub(crate) root: PathBuf,
}

impl Target {
    /// The name code uses for the target's crate.
    pub(crate) fn crate_name(&self) -> String {
        self.name.replace('-', "_")
    }

    /// What to watch for changes of the sources: the folder of the root file, in which new files may appear;
    /// but not that of the whole package, in which builds write.
    pub(crate) fn watched(&self) -> PathBuf {
        let folder = self.root.parent();
        let own = folder.filter(|folder| !folder.join("Cargo.toml").exists());
        own.unwrap_or(&self.root).to_owned()
    }
}

impl Package {
    /// Reads the manifest in `folder` and looks for what cargo would find by itself.
    pub(crate) fn read(folder: &Path) -> Result<Self, Error> {
        Self::read_among(folder, &mut Manifests::default())
    }

    /// The same, where several packages are read that may share a workspace.
    pub(crate) fn read_among(folder: &Path, manifests: &mut Manifests) -> Result<Self, Error> {
        let manifest = manifests.read(folder)?;
        let Some(package) = &manifest.package else {
            let reason =
                std::io::Error::new(std::io::ErrorKind::InvalidData, "it has no [package] table");
            return Err(Error::io("read", &folder.join("Cargo.toml"), reason));
        };
        let workspace = manifests.workspace(folder, &manifest);
        let lib_table = manifest.lib.as_ref();
        Ok(Self {
            folder: folder.to_owned(),
            name: package.name.clone(),
            version: inherited(package.version.as_ref(), &workspace, "version")
                .unwrap_or_else(|| "0.0.0".to_owned()),
            edition: inherited(package.edition.as_ref(), &workspace, "edition")
                .unwrap_or_else(|| "2015".to_owned()),
            links: package.links.clone(),
            proc_macro: lib_table.is_some_and(|table| table.proc_macro),
            build_script: build_script(folder, package.build.as_ref()),
            lib: lib(folder, package, lib_table),
            bins: bins(folder, package, &manifest.bin),
            dependencies: dependency::of(folder, &manifest, &workspace),
            features: manifest.features.clone(),
            workspace,
        })
    }

    /// The names code uses for the dependencies.
    pub(crate) fn dependency_names(&self) -> Vec<String> {
        self.normal_dependencies()
            .map(|dependency| dependency.name.clone())
            .collect()
    }

    /// Dependencies of the code, not of the build script.
    pub(crate) fn normal_dependencies(&self) -> impl Iterator<Item = &Dependency> {
        let dependencies = self.dependencies.iter();
        dependencies.filter(|dependency| dependency.kind == Kind::Normal)
    }

    /// Dependencies of the build script.
    pub(crate) fn build_dependencies(&self) -> impl Iterator<Item = &Dependency> {
        let dependencies = self.dependencies.iter();
        dependencies.filter(|dependency| dependency.kind == Kind::Build)
    }

    /// The normal dependencies whose sources are at hand.
    pub(crate) fn neighbours(&self) -> Vec<Neighbour> {
        let neighbour = |dependency: &Dependency| {
            Some(Neighbour {
                name: dependency.name.clone(),
                renamed: dependency.renamed,
                folder: dependency.folder.clone()?,
            })
        };
        self.normal_dependencies().filter_map(neighbour).collect()
    }

    /// Whether a target is one of the binaries.
    pub(crate) fn is_bin(&self, target: &Target) -> bool {
        self.lib.as_ref() != Some(target)
    }

    /// The binary that `include_generated!()` without `bin` belongs to: the sole one of a package without a
    /// library.
    pub(crate) fn sole_bin(&self) -> Option<&Target> {
        match (&self.lib, self.bins.as_slice()) {
            (None, [bin]) => Some(bin),
            _ => None,
        }
    }
}

/// A key that a package may inherit from its workspace.
fn inherited(written: Option<&toml::Value>, workspace: &Workspace, key: &str) -> Option<String> {
    let written = written?;
    let value = match written.get("workspace") {
        Some(_) => workspace.package_key(key)?,
        None => written,
    };
    value.as_str().map(ToOwned::to_owned)
}

/// The build script: where the manifest says, or `build.rs` if there is one and the manifest does not deny it.
fn build_script(folder: &Path, written: Option<&toml::Value>) -> Option<PathBuf> {
    let default = folder.join("build.rs");
    match written {
        Some(toml::Value::String(path)) => Some(folder.join(path)),
        Some(toml::Value::Boolean(false)) => None,
        Some(_) => Some(default),
        None => default.is_file().then_some(default),
    }
}

fn lib(folder: &Path, package: &PackageTable, table: Option<&TargetTable>) -> Option<Target> {
    let path = table
        .and_then(|table| table.path.clone())
        .unwrap_or_else(|| "src/lib.rs".into());
    let root = folder.join(path);
    let declared = table.is_some() || (package.autolib && root.is_file());
    let name = table
        .and_then(|table| table.name.clone())
        .unwrap_or_else(|| package.name.replace('-', "_"));
    declared.then_some(Target { name, root })
}

fn bins(folder: &Path, package: &PackageTable, tables: &[TargetTable]) -> Vec<Target> {
    let mut bins: BTreeMap<String, PathBuf> = BTreeMap::new();
    if package.autobins {
        bins.extend(found_bins(folder, &package.name));
    }
    for table in tables {
        let Some(name) = &table.name else { continue };
        let found = bins.get(name).cloned();
        let path = table.path.as_ref().map(|path| folder.join(path)).or(found);
        let default = || default_bin_path(folder, name, &package.name);
        let root = path.unwrap_or_else(default);
        bins.retain(|_, other| *other != root);
        bins.insert(name.clone(), root);
    }
    bins.into_iter()
        .map(|(name, root)| Target { name, root })
        .collect()
}

/// `src/main.rs`, `src/bin/*.rs`, `src/bin/*/main.rs`.
fn found_bins(folder: &Path, package: &str) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    let main = folder.join("src/main.rs");
    if main.is_file() {
        found.push((package.to_owned(), main));
    }
    let Ok(entries) = std::fs::read_dir(folder.join("src/bin")) else {
        return found;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let Some(stem) = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .map(ToOwned::to_owned)
        else {
            continue;
        };
        if path.extension().is_some_and(|extension| extension == "rs") && path.is_file() {
            found.push((stem, path));
        } else if path.join("main.rs").is_file() {
            found.push((stem, path.join("main.rs")));
        }
    }
    found
}

fn default_bin_path(folder: &Path, name: &str, package: &str) -> PathBuf {
    let own = folder.join("src/bin").join(format!("{name}.rs"));
    if name == package && !own.is_file() {
        folder.join("src/main.rs")
    } else {
        own
    }
}

#[cfg(test)]
mod tests;
