//! Look-ups that are remembered, for all threads of a run.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Resolution;
use super::lookup::Names;
use crate::hash::HashMap;
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Index, ModuleId};

/// Into so many parts the memory is divided, so that threads seldom wait for each other.
const SHARDS: usize = 32;

/// Resolves paths, remembering what it has resolved: code says the same few names again and again.
#[derive(Debug)]
pub(crate) struct Resolver<'i> {
    index: &'i Index,
    shards: [Mutex<HashMap<ModuleId, Known>>; SHARDS],
}

/// What was looked up in one module.
#[derive(Debug, Default)]
struct Known {
    /// Single names, by the bindings of the module alone.
    heads: HashMap<Symbol, Arc<Resolution>>,
    /// Whole paths.
    paths: HashMap<Box<[Symbol]>, Arc<Resolution>>,
}

impl<'i> Resolver<'i> {
    pub(crate) fn new(index: &'i Index) -> Self {
        Self {
            index,
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }

    /// What a path names in a module, where `$crate` is `krate`. `Self` and `<>` must have been replaced before.
    pub(crate) fn resolve(
        &self,
        module: ModuleId,
        path: &[Symbol],
        krate: CrateId,
    ) -> Arc<Resolution> {
        // What a macro of another crate says of its own is not what the module says of it.
        if self.index.module(module).krate != krate {
            return self.look_up(module, path, krate);
        }
        if let Some(known) = self.known(module, |known| known.paths.get(path).cloned()) {
            return known;
        }
        let found = self.look_up(module, path, krate);
        self.known(module, |known| {
            known.paths.insert(path.into(), Arc::clone(&found))
        });
        found
    }

    fn look_up(&self, module: ModuleId, path: &[Symbol], krate: CrateId) -> Arc<Resolution> {
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
        if let Some(known) = self.known(module, |known| known.heads.get(&name).cloned()) {
            return known;
        }
        let found = Arc::new(self.names().lexical(module, name));
        self.known(module, |known| known.heads.insert(name, Arc::clone(&found)));
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
    fn known<T>(&self, module: ModuleId, of: impl FnOnce(&mut Known) -> T) -> T {
        let shard = &self.shards[module.0 as usize % SHARDS];
        let mut shard: MutexGuard<'_, _> = shard.lock().unwrap_or_else(PoisonError::into_inner);
        of(shard.entry(module).or_default())
    }
}
