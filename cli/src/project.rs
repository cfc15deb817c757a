//! The packages a command is about.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::arguments::Selection;
use crate::error::Error;

mod manifests;
mod metadata;

pub(crate) use metadata::cargo;

/// A workspace, or a package of its own.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// The folder of the workspace's Cargo.toml.
    pub(crate) root: PathBuf,
    pub(crate) packages: Vec<Package>,
    /// The packages asked for, as positions.
    pub(crate) selected: Vec<usize>,
    /// What the reader should know.
    pub(crate) notes: Vec<String>,
}

/// A package, in the words of `cargo metadata`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Package {
    #[serde(default)]
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) manifest_path: PathBuf,
    #[serde(default)]
    pub(crate) features: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) dependencies: Vec<Dependency>,
    #[serde(default)]
    pub(crate) targets: Vec<Target>,
    #[serde(default)]
    pub(crate) authors: Vec<String>,
    pub(crate) description: Option<String>,
    pub(crate) homepage: Option<String>,
    pub(crate) repository: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) license_file: Option<String>,
    pub(crate) rust_version: Option<String>,
    pub(crate) readme: Option<String>,
    pub(crate) links: Option<String>,
}

/// A dependency, as far as it has to do with features.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `None`, `dev` or `build`.
    pub(crate) kind: Option<String>,
    pub(crate) rename: Option<String>,
    pub(crate) optional: bool,
    pub(crate) uses_default_features: bool,
    #[serde(default)]
    pub(crate) features: Vec<String>,
    /// Its folder, for one by path.
    pub(crate) path: Option<PathBuf>,
}

/// A target of a package.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
    #[serde(default, rename = "required-features")]
    pub(crate) required_features: Vec<String>,
    /// Its root file, where cargo told it.
    #[serde(default)]
    pub(crate) src_path: PathBuf,
}

impl Package {
    /// The folder of its Cargo.toml.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or_else(|| Path::new(""))
    }

    /// Whether it has a build script.
    pub(crate) fn has_build_script(&self) -> bool {
        self.targets
            .iter()
            .any(|target| target.is_one_of(&["custom-build"]))
    }
}

impl Target {
    pub(crate) fn is_bin(&self) -> bool {
        self.is_one_of(&["bin"])
    }

    /// Whether it is the library or a binary.
    pub(crate) fn can_hold_functions(&self) -> bool {
        self.is_one_of(&[
            "bin",
            "lib",
            "rlib",
            "dylib",
            "cdylib",
            "staticlib",
            "proc-macro",
        ])
    }

    fn is_one_of(&self, kinds: &[&str]) -> bool {
        self.kind.iter().any(|kind| kinds.contains(&kind.as_str()))
    }
}

impl Dependency {
    /// The name features use for it.
    pub(crate) fn name_in_manifest(&self) -> &str {
        self.rename.as_deref().unwrap_or(&self.name)
    }
}

impl Project {
    /// Whether dependencies are locked.
    pub(crate) fn has_lock_file(&self) -> bool {
        self.root.join("Cargo.lock").is_file()
    }

    /// Finds the manifest, the packages around it, and those that are asked for.
    pub(crate) fn find(selection: &Selection) -> Result<Self, Error> {
        let manifest = manifest_path(selection)?;
        let mut notes = Vec::new();
        let mut found = match metadata::read(&manifest) {
            Ok(found) => found,
            Err(reason) => {
                // Cargo refuses what the analysis can do without: a workspace that does not know the package,
                // an edition of another toolchain.
                let found = manifests::read(&manifest)?;
                notes.push(format!("read without cargo, which says: {reason}"));
                found
            }
        };
        found
            .packages
            .sort_by(|left, right| left.manifest_path.cmp(&right.manifest_path));
        let selected = found.select(selection, &manifest)?;
        Ok(Self {
            root: found.root,
            packages: found.packages,
            selected,
            notes,
        })
    }
}

/// All packages around a manifest.
#[derive(Debug)]
struct Found {
    root: PathBuf,
    packages: Vec<Package>,
    /// The manifests of those cargo takes in the workspace's root folder.
    default: Vec<PathBuf>,
}

impl Found {
    fn select(&self, selection: &Selection, manifest: &Path) -> Result<Vec<usize>, Error> {
        let everything = 0..self.packages.len();
        if selection.workspace {
            return Ok(everything.collect());
        }
        if !selection.package.is_empty() {
            let named = selection.package.iter().map(|name| self.named(name));
            return named.collect();
        }
        let is_root = manifest == self.root.join("Cargo.toml");
        let own = everything
            .clone()
            .filter(|position| self.packages[*position].manifest_path == manifest);
        let own: Vec<usize> = own.collect();
        if !own.is_empty() && !is_root {
            return Ok(own);
        }
        let default = everything.filter(|position| {
            self.default
                .contains(&self.packages[*position].manifest_path)
        });
        Ok(default.collect())
    }

    /// `name`, or `name@version`.
    fn named(&self, spec: &str) -> Result<usize, Error> {
        let name = spec.split('@').next().unwrap_or(spec);
        let position = self
            .packages
            .iter()
            .position(|package| package.name == name);
        position.ok_or_else(|| Error::NoPackage {
            name: spec.to_owned(),
            known: self
                .packages
                .iter()
                .map(|package| package.name.clone())
                .collect(),
        })
    }
}

/// The manifest that is named, or the nearest one upwards.
pub(crate) fn manifest_path(selection: &Selection) -> Result<PathBuf, Error> {
    let here = std::env::current_dir().map_err(Error::io("find", "."))?;
    match &selection.manifest_path {
        Some(path) => {
            let path = if path.is_dir() {
                path.join("Cargo.toml")
            } else {
                path.clone()
            };
            // One spelling, as cargo's own paths have.
            let absolute = path.canonicalize().map_err(Error::io("read", path))?;
            Ok(absolute)
        }
        None => {
            let manifests = here.ancestors().map(|folder| folder.join("Cargo.toml"));
            let found = manifests.into_iter().find(|manifest| manifest.is_file());
            let found = found.ok_or_else(|| Error::NoManifest(here.clone()))?;
            found.canonicalize().map_err(Error::io("read", found))
        }
    }
}
