//! The files that a run has read, and what decided that it was these.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Keeper;
use super::edited::Edited;
use crate::hash::HashSet;
use crate::index::Digest;
use crate::index::facts::FileFacts;
use crate::marker;
use crate::source::walk::{CrateFiles, Looks, display_name, is_unmarked};
use crate::source::{FileId, SourceFile, SourceSet, tasks};

/// More edited files than this are as good as new sources: what is kept of them is written down with all others.
const MOST_EDITED: usize = 16;

/// Every file of all crates, with what else was asked of the disk.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::analysis) struct Tree {
    crates: Vec<Crate>,
    /// In the order they were read, which is that of their ids.
    files: Vec<File>,
    looks: Looks,
}

#[derive(Debug, Serialize, Deserialize)]
struct Crate {
    /// Predicates that do not hold.
    never: BTreeSet<String>,
    /// Whether its code is not followed name by name, so that all of its text counts.
    is_opaque: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct File {
    path: PathBuf,
    /// Its position in the list.
    krate: usize,
    test_only: bool,
    /// Of the text.
    digest: [u8; 32],
    shape: Digest,
}

/// The sources as they are now.
pub(super) struct Again {
    pub(super) sources: SourceSet,
    /// The facts of files that say something else than they did.
    pub(super) edited: Vec<(FileId, Arc<FileFacts>)>,
}

impl Tree {
    /// `None` if a file could not be read or parsed.
    pub(in crate::analysis) fn of(
        crates: &[CrateFiles],
        sources: &SourceSet,
        looks: Looks,
    ) -> Option<Self> {
        let mut tree = Self {
            crates: Vec::new(),
            files: Vec::new(),
            looks,
        };
        for (number, krate) in crates.iter().enumerate() {
            tree.crates.push(Crate {
                never: krate.never.clone(),
                is_opaque: krate.proc_macro,
            });
            for file in &krate.files {
                // Places are known by these.
                if file.file.0 as usize != tree.files.len() {
                    return None;
                }
                let source = sources.file(file.file);
                tree.files.push(File {
                    path: source.path.clone(),
                    krate: number,
                    test_only: file.test_only,
                    digest: source.digest,
                    shape: file.facts.shape,
                });
            }
        }
        // To read a file again is to see whether it is there.
        let read: HashSet<&Path> = tree.files.iter().map(|file| &*file.path).collect();
        let looked = &mut tree.looks.looked;
        looked.retain(|path, was_there| !(*was_there && read.contains(&**path)));
        let is_whole = !tree.looks.has_failed && tree.files.len() == sources.files.len();
        is_whole.then_some(tree)
    }

    /// The predicates that do not hold in the crate of a file.
    pub(super) fn never(&self, file: FileId) -> Option<&BTreeSet<String>> {
        let file = self.files.get(file.0 as usize)?;
        Some(&self.crates.get(file.krate)?.never)
    }

    /// Reads all files, if they are the same ones and of the same shapes.
    pub(super) fn read_again(&self, package: &Path, keeper: &Keeper<'_>) -> Option<Again> {
        let mut looked = self.looks.looked.iter();
        if !looked.all(|(path, was_there)| path.is_file() == *was_there)
            || !self.looks.unmarked.iter().all(|path| is_unmarked(path))
        {
            return None;
        }
        let files = tasks::map(&self.files, &|file| file.read(package));
        let files: Option<Vec<SourceFile>> = files.into_iter().collect();
        let sources = SourceSet { files: files? };
        let edited = self.edited(&sources, keeper)?;
        Some(Again { sources, edited })
    }

    fn edited(
        &self,
        sources: &SourceSet,
        keeper: &Keeper<'_>,
    ) -> Option<Vec<(FileId, Arc<FileFacts>)>> {
        let files = (0u32..).map(FileId).zip(&self.files);
        let differs = |(id, file): &(FileId, &File)| sources.file(*id).digest != file.digest;
        let edited: Vec<(FileId, &File)> = files.filter(differs).collect();
        if edited.is_empty() {
            return Some(Vec::new());
        }
        if edited.len() > MOST_EDITED {
            return None;
        }
        let mut known = Edited::read(keeper);
        let mut facts = Vec::new();
        for (id, file) in edited {
            if self.crates.get(file.krate)?.is_opaque {
                return None;
            }
            let now = known.facts(sources.file(id))?;
            if now.shape != file.shape {
                return None;
            }
            facts.push((id, now));
        }
        known.write(keeper);
        Some(facts)
    }
}

impl File {
    fn read(&self, package: &Path) -> Option<SourceFile> {
        let raw = std::fs::read_to_string(&self.path).ok()?;
        // Without a marker, it would not have been looked into.
        let is_looked_into = !self.test_only || marker::may_mark(&raw);
        let name = display_name(&self.path, package);
        is_looked_into.then(|| SourceFile::known(&self.path, name, raw, self.digest))
    }
}
