//! Paths that macros put together (rule R13): where one writes `$module::name`, or both are given to it, the name is
//! that of something in whatever module is named.

use super::Reach;
use crate::graph::links::Links;
use crate::hash::{HashMap, HashSet};
use crate::index::adorned;
use crate::index::names::Candidate;
use crate::index::symbol::Symbol;
use crate::index::{ItemId, ModuleId};

/// The names and modules that have come so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Glue {
    names: HashSet<Symbol>,
    /// The first of all, and the first that is one of an item.
    first: Option<Symbol>,
    first_item: Option<Symbol>,
    modules: HashSet<ModuleId>,
    /// The same in the order of coming.
    in_order: Vec<ModuleId>,
    /// Names that have come before a module that binds them, by the module.
    waiting: HashMap<ModuleId, Vec<Symbol>>,
}

impl Reach<'_, '_> {
    /// Takes loose names and modules, and what they mean together with those that came before.
    pub(super) fn glue(&mut self, links: &Links, from: ItemId) {
        for name in &links.loose {
            if self.sets.glue.names.insert(*name) {
                self.loose_name(*name, from);
            }
        }
        for module in &links.modules {
            if self.sets.glue.modules.insert(*module) {
                self.sets.glue.in_order.push(*module);
                self.spelled_module(*module, from);
            }
        }
    }

    fn loose_name(&mut self, name: Symbol, from: ItemId) {
        self.unseen_by_name(name, from);
        for module in self.linker.binding(name).iter() {
            if self.sets.glue.modules.contains(module) {
                self.glued(*module, name, from);
            } else {
                let waiting = self.sets.glue.waiting.entry(*module);
                waiting.or_default().push(name);
            }
        }
    }

    fn spelled_module(&mut self, module: ModuleId, from: ItemId) {
        if let Some(name) = self.sets.glue.first {
            self.anything_in(module, name, from);
        }
        if let Some(name) = self.sets.glue.first_item {
            self.open_in(module, name, from);
        }
        for name in self.sets.glue.waiting.remove(&module).unwrap_or_default() {
            self.glued(module, name, from);
        }
    }

    fn glued(&mut self, module: ModuleId, name: Symbol, from: ItemId) {
        let links = self.linker.in_module(module, name);
        self.follow(&links, from, module);
    }

    /// What nobody can see may have any name, so that for most of it the first one says all.
    fn unseen_by_name(&mut self, name: Symbol, from: ItemId) {
        let index = self.index;
        let is_first = self.sets.glue.first.is_none();
        let is_item = adorned::may_be_item(index.text(name));
        let is_first_item = is_item && self.sets.glue.first_item.is_none();
        self.sets.glue.first.get_or_insert(name);
        if is_item {
            self.sets.glue.first_item.get_or_insert(name);
        }
        if !(is_first || is_first_item || self.context.has_proc_macros) {
            return;
        }
        for module in self.sets.glue.in_order.clone() {
            // Procedural macros read the strings of all that may name them.
            let is_read = index.krate(index.module(module).krate).proc_macro;
            if is_first || is_read {
                self.anything_in(module, name, from);
            }
            if is_first_item || (is_item && is_read) {
                self.open_in(module, name, from);
            }
        }
    }

    /// Calls of which nothing can be told may make what has a name: whatever the name, it is the same calls.
    fn anything_in(&mut self, module: ModuleId, name: Symbol, from: ItemId) {
        let krate = self.index.module(module).krate;
        if !self.index.expansions.anything(krate).is_empty() {
            self.named(&Candidate::Anything(krate), name, from, module);
        }
    }

    /// Likewise derives and attribute macros that nobody knows, there or behind globs.
    fn open_in(&mut self, module: ModuleId, name: Symbol, from: ItemId) {
        let index = self.index;
        for behind in index.scopes.through_globs(module) {
            for maker in index.adorned.open_in(behind) {
                self.named(&Candidate::Item(*maker), name, from, module);
            }
        }
    }
}
