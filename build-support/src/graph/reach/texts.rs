//! Code that is no part of the index: what stands in included files in the place of an expression, and in markers; and
//! what may be code, in files that do not parse and in strings of procedural macros, of which only the names count.

use std::path::Path;

use super::Reach;
use crate::graph::LateKind;
use crate::index::collect::Text;
use crate::index::facts::Mention;
use crate::index::symbol::Symbol;
use crate::index::{ItemId, ModuleId};

impl Reach<'_, '_> {
    /// Follows what a text mentions as if it stood in `from`, read in `scope`. Its own files are looked for around
    /// `folder`.
    pub(super) fn text(&mut self, text: &str, folder: &Path, from: ItemId, scope: ModuleId) {
        let text = Text::read(text);
        self.names_of(&text, from, scope);
        self.asked_by(&text, folder, from, scope);
    }

    /// Follows the names in a text.
    pub(super) fn names_of(&mut self, text: &Text, from: ItemId, scope: ModuleId) {
        let mentions = text.known(&self.index.symbols);
        let links = self.linker.of_mentions(&mentions, scope, Some(from));
        self.follow(&links, from, scope);
    }

    /// Takes what a text asks for besides names: the compiler, files, and names that it puts together.
    fn asked_by(&mut self, text: &Text, folder: &Path, from: ItemId, scope: ModuleId) {
        let krate = self.index.module(scope).krate;
        let spelled = |name: Symbol| text.symbols.text(name);
        for mention in &text.mentions {
            match mention {
                Mention::Cfg(predicate) => {
                    self.closure
                        .add_late(LateKind::Cfg, spelled(*predicate), krate);
                }
                Mention::Env(name) => self.closure.add_late(LateKind::Env, spelled(*name), krate),
                Mention::Literal(literal) => {
                    let literal = (spelled(*literal).to_owned(), from, krate);
                    self.sets.read_literals.insert(literal);
                }
                Mention::File(file) => match &file.path {
                    Some(path) => self.included(file.kind, path, &[folder], spelled, from, scope),
                    None => {
                        let start = self.index.item(from).location.start;
                        self.unknown_file(from, start..start);
                    }
                },
                Mention::Pasted(pattern) => {
                    let links = self.linker.of_pattern(spelled(*pattern), scope, from);
                    self.follow(&links, from, scope);
                }
                _ => {}
            }
        }
    }
}

/// The folder of a file.
pub(super) fn folder(file: &Path) -> &Path {
    file.parent().unwrap_or_else(|| Path::new(""))
}
