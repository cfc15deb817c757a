//! The targets of a package that can hold marked functions, from its `Cargo.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::Error;

/// A package, as far as its own sources go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) lib: Option<Target>,
    /// Sorted by name.
    pub(crate) bins: Vec<Target>,
    /// The names code uses for the dependencies.
    pub(crate) dependencies: Vec<String>,
    /// Dependencies whose sources are at hand, by the name code uses.
    pub(crate) neighbours: Vec<Neighbour>,
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

#[derive(Deserialize)]
struct Manifest {
    package: Option<PackageTable>,
    lib: Option<TargetTable>,
    #[serde(default)]
    bin: Vec<TargetTable>,
    #[serde(default)]
    dependencies: BTreeMap<String, toml::Value>,
    #[serde(default)]
    target: BTreeMap<String, PlatformTable>,
    workspace: Option<WorkspaceTable>,
}

#[derive(Deserialize)]
struct WorkspaceTable {
    #[serde(default)]
    dependencies: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
struct PackageTable {
    name: String,
    /// Where the workspace is, if cargo is not to look for it.
    workspace: Option<toml::Value>,
    #[serde(default = "yes")]
    autobins: bool,
    #[serde(default = "yes")]
    autolib: bool,
}

#[derive(Default, Deserialize)]
struct TargetTable {
    name: Option<String>,
    path: Option<PathBuf>,
}

#[derive(Deserialize)]
struct PlatformTable {
    #[serde(default)]
    dependencies: BTreeMap<String, toml::Value>,
}

fn yes() -> bool {
    true
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
        let manifest = Manifest::read(folder)?;
        let Some(package) = &manifest.package else {
            let reason =
                std::io::Error::new(std::io::ErrorKind::InvalidData, "it has no [package] table");
            return Err(Error::io("read", &folder.join("Cargo.toml"), reason));
        };
        let platforms = manifest
            .target
            .values()
            .flat_map(|platform| &platform.dependencies);
        let tables: Vec<(&String, &toml::Value)> =
            manifest.dependencies.iter().chain(platforms).collect();
        Ok(Self {
            name: package.name.clone(),
            lib: lib(folder, package, manifest.lib.as_ref()),
            bins: bins(folder, package, &manifest.bin),
            dependencies: tables
                .iter()
                .map(|(name, _)| name.replace('-', "_"))
                .collect(),
            neighbours: neighbours(folder, package, &manifest, &tables),
        })
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

impl Manifest {
    fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("Cargo.toml");
        let text =
            std::fs::read_to_string(&path).map_err(|error| Error::io("read", &path, error))?;
        let invalid = |error| std::io::Error::new(std::io::ErrorKind::InvalidData, error);
        toml::from_str(&text).map_err(|error| Error::io("read", &path, invalid(error)))
    }
}

/// The dependencies by path, whether the package's own table has the path or the workspace's.
fn neighbours(
    folder: &Path,
    package: &PackageTable,
    manifest: &Manifest,
    tables: &[(&String, &toml::Value)],
) -> Vec<Neighbour> {
    let inherits = tables
        .iter()
        .any(|(_, table)| table.get("workspace").is_some());
    let workspace = if inherits {
        workspace(folder, package, manifest)
    } else {
        None
    };
    let mut found = Vec::new();
    for (name, table) in tables {
        let shared = workspace
            .as_ref()
            .filter(|_| table.get("workspace").is_some());
        let (base, table) =
            match shared.and_then(|(root, shared)| Some((root.as_path(), shared.get(*name)?))) {
                Some(inherited) => inherited,
                None => (folder, *table),
            };
        let Some(path) = table.get("path").and_then(toml::Value::as_str) else {
            continue;
        };
        found.push(Neighbour {
            name: name.replace('-', "_"),
            renamed: table.get("package").is_some(),
            folder: base.join(path),
        });
    }
    found
}

/// The folder of the workspace a package is a member of, and the dependencies it shares.
fn workspace(
    folder: &Path,
    package: &PackageTable,
    manifest: &Manifest,
) -> Option<(PathBuf, BTreeMap<String, toml::Value>)> {
    if let Some(own) = &manifest.workspace {
        return Some((folder.to_owned(), own.dependencies.clone()));
    }
    if let Some(root) = package.workspace.as_ref().and_then(toml::Value::as_str) {
        let root = folder.join(root);
        return Some((
            root.clone(),
            Manifest::read(&root).ok()?.workspace?.dependencies,
        ));
    }
    folder.ancestors().skip(1).find_map(|root| {
        let workspace = Manifest::read(root).ok()?.workspace?;
        Some((root.to_owned(), workspace.dependencies))
    })
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
