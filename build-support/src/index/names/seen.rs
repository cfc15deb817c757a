//! [`Seen`]: where a look-up has been.

use crate::hash::HashSet;
use crate::index::ModuleId;

/// Modules that a look-up has been in. One goes through few, as a rule: these are told apart without a table. A crate
/// whose modules all have globs of each other has it go through all of them, for each name.
#[derive(Debug, Default)]
pub(super) struct Seen {
    first: Vec<ModuleId>,
    others: HashSet<ModuleId>,
}

impl Seen {
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    pub(super) fn contains(&self, module: ModuleId) -> bool {
        self.first.contains(&module) || self.others.contains(&module)
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
