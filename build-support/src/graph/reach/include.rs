//! Files that become part of the code: `include!`, `include_str!`, `include_bytes!` (rule R16).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::Reach;
use super::texts::folder;
use crate::graph::{Included, LateKind, Reason, Rule};
use crate::index::collect::truncate;
use crate::index::facts::{FileMention, IncludeKind, PathPart, Range};
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Detail, ItemId, ModuleId};
use crate::source::walk::Folders;
use crate::source::{FileId, normalise};

impl<'r> Reach<'r, '_> {
    /// Takes a file in by its content; code in it is followed. Its name is read from where the tokens of `from` come
    /// to stand: those of a macro where it is called.
    pub(super) fn file(&mut self, file: &FileMention, from: ItemId, scope: ModuleId) {
        // What stands for items has become items, which are reached one by one.
        if matches!(self.index.item(from).detail, Detail::Include { .. }) {
            return;
        }
        let Some(path) = file.path.as_deref() else {
            self.unknown_file(from, file.place.clone());
            return;
        };
        let sources = self.context.sources;
        let files = [self.file_of(from), self.index.module(scope).file];
        // Most often the same one twice.
        let mut folders = files.map(|file| folder(&sources.file(file).path)).to_vec();
        folders.dedup();
        let index = self.index;
        let text = |part: Symbol| index.text(part);
        self.included(file.kind, path, &folders, text, from, scope);
    }

    /// Notes that an item includes a file at a place, and that nobody can tell which.
    pub(super) fn unknown_file(&mut self, from: ItemId, place: Range) {
        self.closure.asked_of_disk = true;
        self.closure.unknown_files.push((from, place));
    }

    /// Takes in the files that a path leads to from some folders. What its parts are is told by `text`.
    pub(super) fn included<'t>(
        &mut self,
        kind: IncludeKind,
        path: &[PathPart],
        folders: &[&Path],
        text: impl Fn(Symbol) -> &'t str + Copy,
        from: ItemId,
        scope: ModuleId,
    ) {
        let read = folders
            .iter()
            .map(|folder| self.read_path(path, folder, text, from));
        let found: BTreeSet<Included> = read.flatten().collect();
        if found.is_empty() {
            self.closure.asked_of_disk = true;
            // A file that is missing is rustc's to report; one that another package's build script writes can't
            // be seen from here.
            if path
                .iter()
                .any(|part| matches!(part, PathPart::Variable(_)))
            {
                self.widened(Rule::Include, from, Reason::BuildScript);
            }
            self.unseen();
            return;
        }
        for included in found {
            self.closure.files.insert(included.clone());
            if kind == IncludeKind::Code {
                self.code_of(&included, from, scope);
            }
        }
    }

    /// A macro that takes the name of a file or variable as its argument: every string that is handed to any
    /// macro may be that name. Returns whether there is a file that was not known before.
    pub(super) fn named_in_arguments(&mut self) -> bool {
        let unknown =
            |late: &(LateKind, String, CrateId)| late.0 == LateKind::Env && late.1.is_empty();
        let asks_unknown = self.closure.late().any(unknown);
        if !asks_unknown && self.closure.unknown_files.is_empty() {
            return false;
        }
        let literals = self.literals();
        if asks_unknown {
            let named = literals.iter().filter(|(text, ..)| is_variable(text));
            for (text, _, krate) in named {
                self.closure.add_late(LateKind::Env, text, *krate);
            }
        }
        if self.closure.unknown_files.is_empty() {
            return false;
        }
        let mut found = Vec::new();
        for (text, from, _) in literals {
            let path = Folders::named(self.folder_of(from), &text);
            found.extend(read(path).map(|file| (file, from)));
        }
        if found.is_empty() {
            return false;
        }
        let unknown = std::mem::take(&mut self.closure.unknown_files);
        let (given, unknown): (Vec<_>, Vec<_>) = unknown
            .into_iter()
            .partition(|(item, place)| self.is_given(*item, place));
        self.closure.unknown_files = unknown;
        let is_code = given.iter().any(|(item, place)| self.is_code(*item, place));
        let known = self.closure.files.len();
        for (file, from) in found {
            self.closure.files.insert(file.clone());
            if is_code {
                self.code_of(&file, from, self.index.item(from).scope);
            }
        }
        self.closure.files.len() > known
    }

    /// All strings that macros are given, with the item and the crate they stand in.
    fn literals(&self) -> Vec<(String, ItemId, CrateId)> {
        let spelled = self.sets.literals.iter();
        let spelled =
            spelled.map(|(text, from, krate)| (self.index.text(*text).to_owned(), *from, *krate));
        spelled
            .chain(self.sets.read_literals.iter().cloned())
            .collect()
    }

    /// The code up to the name of a file, and that name: an opening bracket stands before it.
    fn inclusion(&self, item: ItemId, place: &Range) -> (&'_ str, &'_ str) {
        let text = &self.context.sources.file(self.file_of(item)).text[..place.end as usize];
        let (before, named) = text.split_at(place.start as usize);
        (before, named.trim_start_matches(['(', '[', '{']).trim())
    }

    /// Whether the name of a file is all a fragment: `include_str!($file)`.
    fn is_given(&self, item: ItemId, place: &Range) -> bool {
        let (_, named) = self.inclusion(item, place);
        named.strip_prefix('$').is_some_and(is_variable)
    }

    /// Whether it is code that is included at a place.
    fn is_code(&self, item: ItemId, place: &Range) -> bool {
        let (before, _) = self.inclusion(item, place);
        let name = before.trim_end().strip_suffix('!');
        name.is_some_and(|name| name.trim_end().ends_with("include"))
    }

    /// Follows what the code in a file mentions, where an item includes it.
    fn code_of(&mut self, file: &Included, from: ItemId, scope: ModuleId) {
        if !self.sets.included.insert((file.path.clone(), from, scope)) {
            return;
        }
        if let Ok(text) = std::fs::read_to_string(&file.path) {
            self.text(&normalise(text), folder(&file.path), from, scope);
        }
    }

    /// An `include!` of which the file was not read: it is another package's build script that writes it.
    pub(super) fn include(&mut self, item: ItemId) {
        if self.index.item(item).detail == (Detail::Include { read: false }) {
            self.widened(Rule::Include, item, Reason::BuildScript);
            self.unseen();
        }
    }

    fn file_of(&self, item: ItemId) -> FileId {
        self.index.item(item).location.file
    }

    /// The folder of the file that an item stands in.
    pub(super) fn folder_of(&self, item: ItemId) -> &'r Path {
        folder(&self.context.sources.file(self.file_of(item)).path)
    }

    /// What is found under a path in an item, if that is read in a file of a folder.
    fn read_path<'t>(
        &self,
        path: &[PathPart],
        folder: &Path,
        text: impl Fn(Symbol) -> &'t str,
        from: ItemId,
    ) -> Option<Included> {
        let krate = self.index.krate(self.crate_of(from));
        read(krate.folders.file(folder, path, text)?)
    }
}

/// A file by its content, if it can be read.
fn read(path: PathBuf) -> Option<Included> {
    let bytes = std::fs::read(&path).ok()?;
    Some(Included {
        path,
        digest: truncate(Sha256::new_with_prefix(bytes)),
    })
}

/// Whether a text may be the name of a variable.
fn is_variable(text: &str) -> bool {
    text.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}
