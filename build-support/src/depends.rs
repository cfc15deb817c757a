//! Files and folders that a marker's `depends(…)` makes inputs of the version.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use crate::diagnostic::{Diagnostics, catalogue};
use crate::fingerprint::FileInput;
use crate::index::collect::truncate;
use crate::index::{Index, ModuleId};
use crate::marker::{Dependency, Marker};
use crate::source::walk::display_name;

/// Digests what a marker names; what does not exist is a problem.
pub(crate) fn read(
    marker: &Marker,
    package: &Path,
    diagnostics: &mut Diagnostics,
) -> Vec<FileInput> {
    let mut inputs = Vec::new();
    for dependency in &marker.depends {
        let Dependency::Path { path, location } = dependency else {
            continue;
        };
        let full = package.join(path);
        if !full.exists() {
            diagnostics.push(catalogue::missing_dependency(*location, path));
            continue;
        }
        for file in files(&full) {
            match std::fs::read(&file) {
                Ok(bytes) => inputs.push(FileInput {
                    name: display_name(&file, package).into(),
                    digest: truncate(Sha256::new_with_prefix(bytes)),
                }),
                Err(error) => {
                    let name = display_name(&file, package);
                    diagnostics.push(catalogue::unreadable_file(&name, &error.to_string()));
                }
            }
        }
    }
    inputs
}

/// Checks that the items a marker names exist.
pub(crate) fn check_items(
    index: &Index,
    module: ModuleId,
    marker: &Marker,
    diagnostics: &mut Diagnostics,
) {
    for dependency in &marker.depends {
        let Dependency::Item { path, location } = dependency else {
            continue;
        };
        let segments: Vec<&str> = path.iter().map(String::as_str).collect();
        if index.resolve(module, &segments).is_empty() {
            diagnostics.push(catalogue::missing_item(*location, &path.join("::")));
        }
    }
}

/// The paths whose change makes the build script run again.
pub(crate) fn watched(marker: &Marker, package: &Path) -> Vec<PathBuf> {
    let paths = marker
        .depends
        .iter()
        .filter_map(|dependency| match dependency {
            Dependency::Path { path, .. } => Some(package.join(path)),
            Dependency::Item { .. } => None,
        });
    paths.collect()
}

/// A file, or all files below a folder in the order of their names.
fn files(path: &Path) -> Vec<PathBuf> {
    let entries = WalkDir::new(path)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok);
    entries
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}
