//! [`Seen`]: where a look-up has been.

use super::lookup::unique;
use super::{Def, Resolution};
use crate::hash::HashSet;
use crate::index::symbol::Symbol;
use crate::index::{ImportId, ModuleId};

/// Modules that a look-up has been in. One goes through few, as a rule: these are told apart without a table. A crate
/// whose modules all have globs of each other has it go through all of them, for each name.
#[derive(Debug, Default)]
pub(super) struct Seen {
    first: Vec<ModuleId>,
    others: HashSet<ModuleId>,
    /// What macros make that globs may lead through, and those globs.
    behind: Vec<Def>,
    open: Vec<ImportId>,
}

impl Seen {
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Where it began, if globs lead on from there.
    pub(super) fn start(&self) -> Option<ModuleId> {
        self.first.first().copied()
    }

    pub(super) fn contains(&self, module: ModuleId) -> bool {
        self.first.contains(&module) || self.others.contains(&module)
    }

    /// Notes that a glob may bind the name to what is behind one of these.
    pub(super) fn may_bind(&mut self, glob: ImportId, made: impl Iterator<Item = Def>) {
        let before = self.behind.len();
        self.behind.extend(made);
        if self.behind.len() > before {
            self.open.push(glob);
        }
    }

    /// Adds what the name may be bound to behind globs that were noted, and these. The globs on the way to them lead to
    /// modules that are known, and say nothing of the name.
    pub(super) fn end(self, name: Symbol, defs: &mut Vec<Def>, found: &mut Resolution) {
        if self.behind.is_empty() {
            return;
        }
        defs.extend(unique(self.behind));
        defs.push(Def::AnyMember(name));
        found.imports.extend(self.open);
    }

    pub(super) fn insert(&mut self, module: ModuleId) {
        if self.first.len() < FEW {
            self.first.push(module);
        } else {
            self.others.insert(module);
        }
    }
}

/// So many are compared faster than hashed.
const FEW: usize = 16;
