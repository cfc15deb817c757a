//! Files a version is made of beside the indexed sources: what code includes, the texts of files whose places
//! are asked for, build scripts of other packages with what they read (rules R16, R18, R20).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use crate::fingerprint::FileInput;
use crate::graph::Closure;
use crate::graph::extent::Extents;
use crate::index::collect::{token_digest, truncate};
use crate::index::{Digest, Index};
use crate::source::targets::Package;
use crate::source::walk::display_name;
use crate::source::{FileId, SourceSet};

mod scripts;

/// What native code is written in, and what it is linked from.
const NATIVE: &[&str] = &[
    "a", "asm", "c", "cc", "cpp", "cu", "cxx", "def", "dll", "dylib", "f", "f90", "go", "h", "hh",
    "hpp", "inc", "inl", "ld", "lib", "m", "mm", "o", "proto", "s", "so", "x", "y", "zig",
];

/// Where a closure's files come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places<'a> {
    pub(crate) index: &'a Index,
    pub(crate) extents: &'a Extents<'a>,
    pub(crate) texts: &'a Texts,
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
                name: display_name(&file.path, self.folder).into(),
                digest: file.digest,
            })
            .collect();
        if closure.positions {
            files.extend(self.texts.of(self.extents.files(closure)));
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

    /// The files of reached crates that could not be parsed.
    fn unparsed(self, closure: &Closure) -> Vec<FileInput> {
        let crates = self.extents.crates(closure);
        let files = crates
            .iter()
            .flat_map(|krate| &self.index.krate(*krate).unparsed);
        self.texts.of(files.copied()).collect()
    }

    /// Build scripts that may decide what reached code does, with the files they name.
    ///
    /// What the package's own script writes is read where it is included, and what it tells the compiler is
    /// the compiler's to answer; so it counts only where code calls what it may link.
    fn scripts(self, closure: &Closure) -> BTreeSet<PathBuf> {
        let mut paths = BTreeSet::new();
        for krate in self.extents.crates(closure) {
            let package = &self.packages[krate.0 as usize];
            let native = closure.foreign.contains(&krate);
            let own = package.folder == self.packages[0].folder;
            let Some(script) = package.build_script.as_ref().filter(|_| native || !own) else {
                continue;
            };
            if native {
                paths.extend(native_files(&package.folder));
            }
            paths.extend(scripts::files(package, script));
        }
        paths
    }

    /// Code by its tokens, everything else by its bytes.
    fn read(self, path: &Path) -> Option<FileInput> {
        let bytes = std::fs::read(path).ok()?;
        let is_code = path.extension().is_some_and(|extension| extension == "rs");
        let text = std::str::from_utf8(&bytes).ok().filter(|_| is_code);
        Some(FileInput {
            name: display_name(path, self.folder).into(),
            digest: text.map_or_else(|| truncate(Sha256::new_with_prefix(&bytes)), token_digest),
        })
    }
}

/// The texts of all sources: lines and columns are those of the text, comments and all. Many closures ask for nearly
/// all of them.
#[derive(Debug)]
pub(crate) struct Texts {
    /// Sorted.
    inputs: Vec<FileInput>,
    /// Where each file stands among them.
    places: Vec<usize>,
}

impl Texts {
    /// With their digests.
    pub(crate) fn of_sources(sources: &SourceSet, digests: &[[u8; 32]]) -> Self {
        let inputs = sources.files.iter().zip(digests).map(|(file, whole)| {
            let mut digest = Digest::default();
            digest.copy_from_slice(&whole[..size_of::<Digest>()]);
            FileInput {
                name: file.name.as_str().into(),
                digest,
            }
        });
        let mut sorted: Vec<(FileInput, usize)> = inputs.zip(0..).collect();
        sorted.sort();
        let mut places = vec![0; sorted.len()];
        for (place, (_, file)) in sorted.iter().enumerate() {
            places[*file] = place;
        }
        Self {
            inputs: sorted.into_iter().map(|(input, _)| input).collect(),
            places,
        }
    }

    /// Those of some files, sorted.
    fn of(&self, files: impl IntoIterator<Item = FileId>) -> impl Iterator<Item = FileInput> {
        let files = files.into_iter();
        let mut places: Vec<usize> = files.map(|file| self.places[file.0 as usize]).collect();
        places.sort_unstable();
        places.into_iter().map(|place| self.inputs[place].clone())
    }
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
