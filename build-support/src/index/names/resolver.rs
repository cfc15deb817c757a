//! Look-ups that are remembered, for all threads of a run.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::lookup::Names;
use super::{Def, Resolution};
use crate::hash::HashMap;
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Index, ModuleId};

/// Into so many parts the memory is divided, so that threads seldom wait for each other.
const SHARDS: usize = 32;

/// Single names that were looked up, by the module they stand in.
type Heads = HashMap<(ModuleId, Symbol), Head>;

/// What the first name of a path stands for.
#[derive(Clone, Debug)]
struct Head {
    /// What is bound to it, and the crate it may mean all the same.
    bound: Arc<Resolution>,
    /// The same where it is the only name of a path; what may be meant by it if nothing is bound.
    alone: Arc<Resolution>,
}

/// Resolves paths, remembering what their first names stand for: code says the same few again and again.
#[derive(Debug)]
pub(crate) struct Resolver<'i> {
    index: &'i Index,
    heads: [Mutex<Heads>; SHARDS],
    /// Most names are those of local variables.
    nothing: Arc<Resolution>,
}

impl<'i> Resolver<'i> {
    pub(crate) fn new(index: &'i Index) -> Self {
        Self {
            index,
            heads: std::array::from_fn(|_| Mutex::default()),
            nothing: Arc::default(),
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
            None => return self.path(module, *head, rest),
        };
        let rest = names.after_crate(module, *head, rest, &mut found);
        if found.defs.is_empty() {
            found.defs = names.unknown_head(module, *head, rest.is_empty());
        }
        names.follow(rest, &mut found);
        Arc::new(found)
    }

    /// What a path through a module finds under a name in it.
    pub(crate) fn in_module(&self, module: ModuleId, name: Symbol) -> Resolution {
        let mut found = Resolution::default();
        self.names()
            .step_from(&[Def::Module(module)], name, &mut found);
        found
    }

    /// A path that begins with a name.
    fn path(&self, module: ModuleId, head: Symbol, rest: &[Symbol]) -> Arc<Resolution> {
        let Head { bound, alone } = self.head(module, head);
        let Some((second, others)) = rest.split_first() else {
            return alone;
        };
        let mut found = Resolution {
            defs: Vec::new(),
            imports: bound.imports.clone(),
            open_globs: bound.open_globs.clone(),
        };
        let names = self.names();
        if bound.defs.is_empty() {
            let defs = names.unknown_head(module, head, false);
            names.step_from(&defs, *second, &mut found);
        } else {
            names.step_from(&bound.defs, *second, &mut found);
        }
        names.follow(others, &mut found);
        Arc::new(found)
    }

    fn head(&self, module: ModuleId, name: Symbol) -> Head {
        let key = (module, name);
        if let Some(known) = self.heads(module).get(&key) {
            return known.clone();
        }
        let names = self.names();
        let lexical = self.kept(names.lexical(module, name));
        let alone = if lexical.defs.is_empty() {
            self.kept(Resolution {
                defs: names.unknown_head(module, name, true),
                ..Resolution::clone(&lexical)
            })
        } else {
            Arc::clone(&lexical)
        };
        let bound = match names.crate_behind(module, name, &lexical.defs) {
            Some(krate) => {
                let mut bound = Resolution::clone(&lexical);
                bound.defs.push(krate);
                Arc::new(bound)
            }
            None => lexical,
        };
        let head = Head { bound, alone };
        self.heads(module).insert(key, head.clone());
        head
    }

    fn kept(&self, found: Resolution) -> Arc<Resolution> {
        if found == *self.nothing {
            return Arc::clone(&self.nothing);
        }
        Arc::new(found)
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
