//! Files that become part of the code: `include!`, `include_str!`, `include_bytes!` (rule R16).

use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::Reach;
use crate::graph::{Included, LateKind, Reason, Rule};
use crate::index::collect::{mentions_of_text, truncate};
use crate::index::facts::{FileMention, IncludeKind, PathPart};
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Detail, ItemId};

impl Reach<'_, '_> {
    /// Takes a file in by its content; code in it is followed.
    pub(super) fn file(&mut self, file: &FileMention, from: ItemId) {
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
        let Some(included) = self.read_path(path, from) else {
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
        };
        if file.kind == IncludeKind::Code
            && !self.closure.files.contains(&included)
            && let Ok(text) = std::fs::read_to_string(&included.path)
        {
            let mentions = mentions_of_text(&text, &self.index.symbols);
            let scope = self.index.item(from).scope;
            let links = self.linker.of_mentions(&mentions, scope, Some(from));
            self.follow(&links, from, scope);
        }
        self.closure.files.insert(included);
    }

    /// A macro that takes the name of a file or variable as its argument: every string that is handed to any
    /// macro may be that name.
    pub(super) fn named_in_arguments(&mut self) {
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
            return;
        }
        let found: Vec<Included> = self
            .sets
            .literals
            .iter()
            .filter_map(|(text, from, _)| self.read_path(&[PathPart::Text(*text)], *from))
            .collect();
        if !found.is_empty() {
            self.closure.unknown_files.clear();
            self.closure.files.extend(found);
        }
    }

    /// An `include!` of which the file was not read: it is another package's build script that writes it.
    pub(super) fn include(&mut self, item: ItemId) {
        if self.index.item(item).detail == (Detail::Include { read: false }) {
            self.widened(Rule::Include, item, Reason::BuildScript);
            self.unseen();
        }
    }

    fn read_path(&self, path: &[PathPart], from: ItemId) -> Option<Included> {
        let item = self.index.item(from);
        let krate = self.index.krate(self.index.module(item.module).krate);
        let here = &self.context.sources.file(item.location.file).path;
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
