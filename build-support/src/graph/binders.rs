//! Which modules a name may be found in by a path through them.
//!
//! Nearly all names are those of local variables, or of something in few modules, while a macro may put any of very many
//! names behind any of very many paths: so each name is looked for once, in all modules.

use std::sync::{Arc, Mutex, PoisonError};

use crate::hash::{HashMap, HashSet};
use crate::index::symbol::Symbol;
use crate::index::{Index, ModuleId};

/// The modules that bind names, by themselves or by way of globs.
#[derive(Debug)]
pub(super) struct Binders {
    /// Sorted, for there are very many.
    bound: Vec<(Symbol, ModuleId)>,
    /// The modules with a glob of a module.
    globbing: HashMap<ModuleId, Vec<ModuleId>>,
    /// Modules that an attribute macro may have put anything into.
    rewritten: Vec<ModuleId>,
    known: Mutex<HashMap<Symbol, Arc<[ModuleId]>>>,
}

impl Binders {
    pub(super) fn of(index: &Index) -> Self {
        let made = index.expansions.provided().chain(index.adorned.named());
        let mut bound: Vec<_> = index.scopes.bindings(index).chain(made).collect();
        bound.sort_unstable();
        bound.dedup();
        let mut globbing: HashMap<ModuleId, Vec<ModuleId>> = HashMap::default();
        for (module, from) in index.scopes.globbed() {
            globbing.entry(module).or_default().push(from);
        }
        let modules = index.modules.iter().zip(0u32..);
        let rewritten = modules.filter(|(module, _)| {
            let declaration = module.declaration.map(|item| index.item(item));
            declaration.is_some_and(|item| !item.macros.is_empty())
        });
        Self {
            bound,
            globbing,
            rewritten: rewritten.map(|(_, number)| ModuleId(number)).collect(),
            known: Mutex::default(),
        }
    }

    /// In the order of their numbers.
    pub(super) fn binding(&self, name: Symbol) -> Arc<[ModuleId]> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(modules) = known().get(&name) {
            return Arc::clone(modules);
        }
        let modules: Arc<[ModuleId]> = self.find(name).into();
        known().insert(name, Arc::clone(&modules));
        modules
    }

    fn find(&self, name: Symbol) -> Vec<ModuleId> {
        let begin = self.bound.partition_point(|(other, _)| *other < name);
        let bound = self.bound[begin..].iter();
        let bound = bound.take_while(|(other, _)| *other == name);
        let mut waiting: Vec<ModuleId> = bound.map(|(_, module)| *module).collect();
        let mut found = HashSet::default();
        while let Some(module) = waiting.pop() {
            if found.insert(module) {
                waiting.extend(self.globbing.get(&module).into_iter().flatten());
            }
        }
        found.extend(&self.rewritten);
        let mut found: Vec<ModuleId> = found.into_iter().collect();
        found.sort_unstable();
        found
    }
}
