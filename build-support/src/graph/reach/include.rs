//! Files that become part of the code: `include!`, `include_str!`, `include_bytes!` (rule R16).

use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::Reach;
use crate::graph::{Included, Reason, Rule};
use crate::index::collect::{mentions_of_text, truncate};
use crate::index::facts::{FileMention, IncludeKind};
use crate::index::{Detail, ItemId};

impl Reach<'_, '_> {
    /// Takes a file in by its content; code in it is followed.
    pub(super) fn file(&mut self, file: &FileMention, from: ItemId) {
        // What stands for items has become items, which are reached one by one.
        if matches!(self.index.item(from).detail, Detail::Include { .. }) {
            return;
        }
        let Some(included) = self.read(file, from) else {
            self.closure.unknown_files.push((from, file.place.clone()));
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

    /// An `include!` of which the file was not read: it is another package's build script that writes it.
    pub(super) fn include(&mut self, item: ItemId) {
        if self.index.item(item).detail == (Detail::Include { read: false }) {
            self.widened(Rule::Include, item, Reason::BuildScript);
        }
    }

    fn read(&self, file: &FileMention, from: ItemId) -> Option<Included> {
        let item = self.index.item(from);
        let krate = self.index.krate(self.index.module(item.module).krate);
        let here = &self.context.sources.file(item.location.file).path;
        let folder = here.parent().unwrap_or_else(|| Path::new(""));
        let path = krate
            .folders
            .file(folder, file.path.as_deref()?, |part| self.index.text(part))?;
        let bytes = std::fs::read(&path).ok()?;
        Some(Included {
            path,
            digest: truncate(Sha256::new_with_prefix(bytes)),
        })
    }
}
