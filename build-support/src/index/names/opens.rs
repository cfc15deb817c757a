//! The globs through which imports that lead to nothing in the indexed crates may lead out of them: `use crate::net::Host`,
//! where `net` says `pub use std::net::*`.

use super::lookup::Names;
use super::{Def, Scopes};
use crate::hash::HashMap;
use crate::index::symbol::Symbol;
use crate::index::{Import, ImportId, Index};

impl Scopes {
    /// Finds them for all imports, whose targets are known. One may lead through another, so they are looked for until
    /// nothing new is found.
    pub(super) fn open(mut self, index: &Index) -> Self {
        let imports = (0..).map(ImportId).zip(&index.imports);
        let leads_nowhere = |(id, import): &(ImportId, &Import)| {
            import.name.is_some() && self.targets[id.0 as usize].defs.is_empty()
        };
        let lost: Vec<(ImportId, &Import)> = imports.filter(leads_nowhere).collect();
        loop {
            let names = Names {
                index,
                scopes: &self,
                asked: None,
            };
            let found = lost.iter().map(|(id, import)| (*id, names.open_on(import)));
            let found: HashMap<ImportId, Vec<ImportId>> =
                found.filter(|(_, globs)| !globs.is_empty()).collect();
            if found == self.opens {
                return self;
            }
            self.opens = found;
        }
    }

    pub(super) fn opens(&self, import: ImportId) -> &[ImportId] {
        self.opens.get(&import).map_or(&[], Vec::as_slice)
    }

    /// Where a glob leads that leads out of the indexed crates: the paths of crates, and its own where more is not known.
    pub(crate) fn ways_out<'s>(&'s self, index: &'s Index, glob: ImportId) -> Vec<&'s [Symbol]> {
        let defs = &self.targets[glob.0 as usize].defs;
        let known = defs.iter().filter_map(|def| match def {
            Def::External(path) => Some(path.as_slice()),
            _ => None,
        });
        let mut ways: Vec<&[Symbol]> = known.collect();
        if ways.is_empty() || defs.iter().any(|def| matches!(def, Def::AnyMember(_))) {
            ways.push(&index.import(glob).path);
        }
        ways
    }
}
