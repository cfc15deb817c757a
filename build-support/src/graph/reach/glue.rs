//! Paths that macros put together (rule R13): where one writes `$module::name`, or both are given to it, the name is
//! that of something in whatever module is named.

use std::hash::Hash;

use super::Reach;
use crate::graph::links::Links;
use crate::hash::HashSet;
use crate::index::adorned;
use crate::index::names::Candidate;
use crate::index::symbol::Symbol;
use crate::index::{ItemId, ModuleId};

/// What has joined so far, each once and in the order of coming.
#[derive(Clone, Debug)]
pub(super) struct Joined<T> {
    known: HashSet<T>,
    list: Vec<T>,
}

impl<T> Default for Joined<T> {
    fn default() -> Self {
        Self {
            known: HashSet::default(),
            list: Vec::new(),
        }
    }
}

impl<T: Copy + Eq + Hash> Joined<T> {
    /// Adds all that are new; returns these.
    fn add(&mut self, all: &[T]) -> Vec<T> {
        let new = all.iter().copied();
        let new: Vec<T> = new.filter(|one| self.known.insert(*one)).collect();
        self.list.extend(&new);
        new
    }
}

impl Reach<'_, '_> {
    /// Takes loose names and modules, and what they mean together with those that joined before.
    pub(super) fn glue(&mut self, links: &Links, from: ItemId) {
        let names = self.sets.loose.add(&links.loose);
        if !names.is_empty() {
            let modules = self.sets.spelled_modules.list.clone();
            self.glued(&modules, &names, from);
        }
        let modules = self.sets.spelled_modules.add(&links.modules);
        if !modules.is_empty() {
            let names = self.sets.loose.list.clone();
            self.glued(&modules, &names, from);
        }
    }

    fn glued(&mut self, modules: &[ModuleId], names: &[Symbol], from: ItemId) {
        for module in modules {
            self.anything_in(*module, names, from);
            self.open_in(*module, names, from);
            for name in names {
                if !self.linker.may_be_in(*module, *name) {
                    continue;
                }
                let links = self.linker.in_module(*module, *name);
                self.follow(&links, from, *module);
            }
        }
    }

    /// Calls of which nothing can be told may make what has one of some names: whatever the name, it is the same calls.
    fn anything_in(&mut self, module: ModuleId, names: &[Symbol], from: ItemId) {
        let krate = self.index.module(module).krate;
        if let Some(name) = names.first()
            && !self.index.expansions.anything(krate).is_empty()
        {
            self.named(&Candidate::Anything(krate), *name, from, module);
        }
    }

    /// Likewise derives and attribute macros that nobody knows.
    fn open_in(&mut self, module: ModuleId, names: &[Symbol], from: ItemId) {
        let index = self.index;
        let mut items = names
            .iter()
            .filter(|name| adorned::may_be_item(index.text(**name)));
        if let Some(name) = items.next() {
            for maker in index.adorned.open_in(module) {
                self.named(&Candidate::Item(maker), *name, from, module);
            }
        }
    }
}
