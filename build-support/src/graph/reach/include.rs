//! Files that become part of the code: `include!`, `include_str!`, `include_bytes!` (rule R16).

use std::collections::BTreeSet;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::Reach;
use crate::graph::{Included, LateKind, Reason, Rule};
use crate::index::collect::{mentions_of_text, truncate};
use crate::index::facts::{FileMention, IncludeKind, PathPart, Range};
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Detail, ItemId, ModuleId};
use crate::source::FileId;

impl Reach<'_, '_> {
    /// Takes a file in by its content; code in it is followed. Its name is read from where the tokens of `from` come
    /// to stand: those of a macro where it is called.
    pub(super) fn file(&mut self, file: &FileMention, from: ItemId, scope: ModuleId) {
        // What stands for items has become items, which are reached one by one.
        if matches!(self.index.item(from).detail, Detail::Include { .. }) {
            return;
        }
        let Some(path) = file.path.as_deref() else {
            self.closure.asked_of_disk = true;
            let unknown = (from, file.place.clone());
            self.closure.unknown_files.push(unknown);
            return;
        };
        let read = [self.file_of(from), self.index.module(scope).file];
        let read = read.map(|file| self.read_path(path, from, file));
        let found: BTreeSet<Included> = read.into_iter().flatten().collect();
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
            if file.kind == IncludeKind::Code && !self.closure.files.contains(&included) {
                self.code_of(&included, from);
            }
            self.closure.files.insert(included);
        }
    }

    /// A macro that takes the name of a file or variable as its argument: every string that is handed to any
    /// macro may be that name. Returns whether there is a file that was not known before.
    pub(super) fn named_in_arguments(&mut self) -> bool {
        let unknown = |late: &(LateKind, Symbol, CrateId)| {
            late.0 == LateKind::Env && self.index.text(late.1).is_empty()
        };
        if self.closure.late().any(unknown) {
            let literals = self.sets.literals.iter();
            let named = literals.map(|(text, _, krate)| (LateKind::Env, *text, *krate));
            named
                .filter(|late| is_variable(self.index.text(late.1)))
                .for_each(|late| self.closure.add_late(late));
        }
        if self.closure.unknown_files.is_empty() {
            return false;
        }
        let mut found = Vec::new();
        for (text, from, _) in &self.sets.literals {
            let file = self.read_path(&[PathPart::Text(*text)], *from, self.file_of(*from));
            found.extend(file.map(|file| (file, *from)));
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
            if is_code && !self.closure.files.contains(&file) {
                self.code_of(&file, from);
            }
            self.closure.files.insert(file);
        }
        self.closure.files.len() > known
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
    fn code_of(&mut self, file: &Included, from: ItemId) {
        if let Ok(text) = std::fs::read_to_string(&file.path) {
            let mentions = mentions_of_text(&text, &self.index.symbols);
            let scope = self.index.item(from).scope;
            let links = self.linker.of_mentions(&mentions, scope, Some(from));
            self.follow(&links, from, scope);
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

    /// What is found under a path in an item, if that is read in a file.
    fn read_path(&self, path: &[PathPart], from: ItemId, file: FileId) -> Option<Included> {
        let krate = self.index.krate(self.crate_of(from));
        let here = &self.context.sources.file(file).path;
        let folder = here.parent().unwrap_or_else(|| Path::new(""));
        let path = krate
            .folders
            .file(folder, path, |part| self.index.text(part))?;
        let bytes = std::fs::read(&path).ok()?;
        Some(Included {
            path,
            digest: truncate(Sha256::new_with_prefix(bytes)),
        })
    }
}

/// Whether a text may be the name of a variable.
fn is_variable(text: &str) -> bool {
    text.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}
