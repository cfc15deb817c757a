//! Packages that `[patch]` replaces by sources at hand.
//!
//! They are no path dependencies of a crate, so they are not in its universe, and their lock entries tell neither
//! a checksum nor a commit: all that is in their folders counts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::record::Record;
use crate::error::Error;
use crate::fingerprint::Hasher;
use crate::source::cargo_toml::{DependencyTable, Manifests};
use crate::source::targets::Package;

/// Digests of the sources, by the name of the package.
#[derive(Debug, Default)]
pub(super) struct Patched {
    digests: BTreeMap<String, String>,
}

impl Patched {
    /// Adds what the `[patch]` tables of a file replace; paths in them begin at `base`.
    pub(super) fn add(
        &mut self,
        base: &Path,
        patch: &BTreeMap<String, DependencyTable>,
        record: &mut Record<'_>,
    ) -> Result<(), Error> {
        let paths = patch.values().flat_map(BTreeMap::values);
        let paths = paths.filter_map(|table| table.get("path")?.as_str());
        let mut waiting: Vec<PathBuf> = paths.map(|path| base.join(path)).collect();
        let mut manifests = Manifests::default();
        while let Some(folder) = waiting.pop() {
            let package = Package::read_among(&folder, &mut manifests)?;
            if self.digests.contains_key(&package.name) {
                continue;
            }
            self.digests.insert(package.name.clone(), digest(&folder)?);
            record.files.insert(folder);
            // What it uses by path is as far out of sight.
            waiting.extend(
                package
                    .neighbours()
                    .into_iter()
                    .map(|neighbour| neighbour.folder),
            );
        }
        Ok(())
    }

    /// Of a package of this name, if it is one of them.
    pub(super) fn digest(&self, package: &str) -> Option<&str> {
        self.digests.get(package).map(String::as_str)
    }
}

/// Of the names and contents of all files in a folder, but for what builds and editors leave there.
fn digest(folder: &Path) -> Result<String, Error> {
    let is_source = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !(name.starts_with('.') || name == "target")
    };
    let mut hasher = Hasher::new("patched");
    let entries = WalkDir::new(folder).sort_by_file_name();
    for entry in entries.into_iter().filter_entry(is_source) {
        let entry = entry.map_err(|error| Error::io("read", folder, error.into()))?;
        if entry.file_type().is_file() {
            let path = entry.path();
            let bytes = std::fs::read(path).map_err(|error| Error::io("read", path, error))?;
            let name = path.strip_prefix(folder).unwrap_or(path);
            hasher.part(name.to_string_lossy().replace('\\', "/"));
            hasher.part(bytes);
        }
    }
    Ok(format!("{:032x}", hasher.finish()))
}
