//! Look-ups that are remembered, for all threads of a run.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Resolution;
use super::lookup::Names;
use crate::hash::HashMap;
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Index, ModuleId};

/// Into so many parts the memory is divided, so that threads seldom wait for each other.
const SHARDS: usize = 32;

/// Single names that were looked up, by the module they stand in.
type Heads = HashMap<(ModuleId, Symbol), Arc<Resolution>>;

/// Resolves paths, remembering what their first names stand for: code says the same few again and again.
#[derive(Debug)]
pub(crate) struct Resolver<'i> {
    index: &'i Index,
    heads: [Mutex<Heads>; SHARDS],
}

impl<'i> Resolver<'i> {
    pub(crate) fn new(index: &'i Index) -> Self {
        Self {
            index,
            heads: std::array::from_fn(|_| Mutex::default()),
        }
    }

    /// What a path names in a module, where `$crate` is `krate`. `Self` and `<>` must have been replaced before.
    pub(crate) fn resolve(
        &self,
        module: ModuleId,
        path: &[Symbol],
        krate: CrateId,
    ) -> Arc<Resolution> {
        let names = self.names();
        let Some((head, rest)) = path.split_first() else {
            return Arc::default();
        };
        let mut found = match names.special(module, *head, krate) {
            Some(def) => Resolution::of(def),
            None if self.index.text(*head).is_empty() => Resolution::default(),
            None => {
                let found = self.head(module, *head);
                if rest.is_empty() && !found.defs.is_empty() {
                    return found;
                }
                Resolution::clone(&found)
            }
        };
        let rest = names.after_crate(module, *head, rest, &mut found);
        if found.defs.is_empty() {
            found.defs = names.unknown_head(module, *head, rest);
        }
        names.follow(rest, &mut found);
        Arc::new(found)
    }

    fn head(&self, module: ModuleId, name: Symbol) -> Arc<Resolution> {
        let key = (module, name);
        if let Some(known) = self.heads(module).get(&key) {
            return Arc::clone(known);
        }
        let found = Arc::new(self.names().lexical(module, name));
        self.heads(module).insert(key, Arc::clone(&found));
        found
    }

    fn names(&self) -> Names<'i> {
        Names {
            index: self.index,
            scopes: &self.index.scopes,
            asked: None,
        }
    }

    /// Nothing is looked up while a part is locked, so nobody waits for long, and nobody for themselves.
    fn heads(&self, module: ModuleId) -> MutexGuard<'_, Heads> {
        let part = &self.heads[module.0 as usize % SHARDS];
        part.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
