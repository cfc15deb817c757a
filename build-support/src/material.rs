//! Files a version is made of beside the indexed sources: what code includes, the texts of files whose places
//! are asked for, build scripts of other packages with what they read (rules R16, R18, R20).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use crate::fingerprint::FileInput;
use crate::graph::Closure;
use crate::index::collect::{string_literals, token_digest, truncate};
use crate::index::{CrateId, Digest, Index};
use crate::source::SourceSet;
use crate::source::targets::Package;
use crate::source::walk::display_name;

/// What native code is written in, and what it is linked from.
const NATIVE: &[&str] = &[
    "a", "asm", "c", "cc", "cpp", "cu", "cxx", "def", "dll", "dylib", "f", "f90", "go", "h", "hh",
    "hpp", "inc", "inl", "ld", "lib", "m", "mm", "o", "proto", "s", "so", "x", "y", "zig",
];

/// Where a closure's files come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places<'a> {
    pub(crate) index: &'a Index,
    pub(crate) sources: &'a SourceSet,
    /// Of the texts of the sources, in their order: many closures ask for all of them.
    pub(crate) digests: &'a [[u8; 32]],
    /// Of the crates of the index, in their order.
    pub(crate) packages: &'a [Package],
    /// Names are shown relative to this folder.
    pub(crate) folder: &'a Path,
}

impl Places<'_> {
    /// All files of one closure.
    pub(crate) fn files(self, closure: &Closure) -> Vec<FileInput> {
        let mut files: Vec<FileInput> = closure
            .files
            .iter()
            .map(|file| FileInput {
                name: display_name(&file.path, self.folder),
                digest: file.digest,
            })
            .collect();
        if closure.positions {
            files.extend(self.texts(closure));
        }
        files.extend(self.unparsed(closure));
        let scripts = self.scripts(closure);
        files.extend(scripts.iter().filter_map(|path| self.read(path)));
        files
    }

    /// The paths outside the folders of sources that a change of must be seen.
    pub(crate) fn watched(self, closure: &Closure) -> BTreeSet<PathBuf> {
        let mut watched = self.scripts(closure);
        watched.extend(closure.files.iter().map(|file| file.path.clone()));
        watched
    }

    /// Lines and columns are those of the text, comments and all.
    fn texts(self, closure: &Closure) -> Vec<FileInput> {
        let items = closure.items();
        let files: BTreeSet<_> = items
            .map(|reached| self.index.item(reached.item).location.file)
            .collect();
        files.into_iter().map(|file| self.text(file)).collect()
    }

    fn text(self, id: crate::source::FileId) -> FileInput {
        let file = self.sources.file(id);
        let mut digest = Digest::default();
        digest.copy_from_slice(&self.digests[id.0 as usize][..size_of::<Digest>()]);
        FileInput {
            name: file.name.clone(),
            digest,
        }
    }

    /// The files of reached crates that could not be parsed.
    fn unparsed(self, closure: &Closure) -> Vec<FileInput> {
        let crates = self.crates(closure);
        let files = crates
            .iter()
            .flat_map(|krate| &self.index.krate(*krate).unparsed);
        files.map(|file| self.text(*file)).collect()
    }

    /// Build scripts that may decide what reached code does, with the files they name.
    ///
    /// What the package's own script writes is read where it is included, and what it tells the compiler is
    /// the compiler's to answer; so it counts only where code calls what it may link.
    fn scripts(self, closure: &Closure) -> BTreeSet<PathBuf> {
        let mut paths = BTreeSet::new();
        for krate in self.crates(closure) {
            let package = &self.packages[krate.0 as usize];
            let native = closure.foreign.contains(&krate);
            let own = package.folder == self.packages[0].folder;
            let Some(script) = package.build_script.as_ref().filter(|_| native || !own) else {
                continue;
            };
            paths.extend(named_files(script, &package.folder));
            if native {
                paths.extend(native_files(&package.folder));
            }
            paths.insert(script.clone());
        }
        paths
    }

    fn crates(self, closure: &Closure) -> BTreeSet<CrateId> {
        let items = closure.items();
        items
            .map(|reached| {
                self.index
                    .module(self.index.item(reached.item).module)
                    .krate
            })
            .collect()
    }

    /// Code by its tokens, everything else by its bytes.
    fn read(self, path: &Path) -> Option<FileInput> {
        let bytes = std::fs::read(path).ok()?;
        let is_code = path.extension().is_some_and(|extension| extension == "rs");
        let text = std::str::from_utf8(&bytes).ok().filter(|_| is_code);
        Some(FileInput {
            name: display_name(path, self.folder),
            digest: text.map_or_else(|| truncate(Sha256::new_with_prefix(&bytes)), token_digest),
        })
    }
}

/// The files and folders a build script names in its string literals.
fn named_files(script: &Path, folder: &Path) -> BTreeSet<PathBuf> {
    let text = std::fs::read_to_string(script).unwrap_or_default();
    let mut found = BTreeSet::new();
    for literal in string_literals(&text) {
        // `cargo::rerun-if-changed=path`
        let path = literal.rsplit('=').next().unwrap_or(&literal);
        let path = folder.join(path);
        let inside = path.starts_with(folder) && path != folder;
        if inside && path.is_file() {
            found.insert(path);
        } else if inside && path.is_dir() {
            found.extend(files_below(&path));
        }
    }
    found
}

fn native_files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    files_below(folder).filter(|path| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| NATIVE.contains(&extension.to_lowercase().as_str()))
    })
}

/// All files below a folder, in order; not those of builds, of hidden folders or of other packages.
fn files_below(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter();
    entries
        .filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            let other_package =
                entry.file_type().is_dir() && entry.path().join("Cargo.toml").is_file();
            entry.depth() == 0 || !(name.starts_with('.') || name == "target" || other_package)
        })
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
}
