//! Names that stand nowhere: what macros define that nobody can see into.

use std::iter::successors;

use super::lookup::Names;
use super::{Def, Scopes, prelude};
use crate::index::adorned::Sought;
use crate::index::symbol::Symbol;
use crate::index::{CrateId, ImportId, Index, ItemId, ItemKind, ModuleId, Visibility};

impl Scopes {
    /// Whether what an import leads to may be in a module that a macro makes or imports. Most of the imports on a way
    /// lead through modules that are written down.
    pub(crate) fn leads_through_made(&self, index: &Index, import: ImportId) -> bool {
        let is_made = |def: &Def| match def {
            Def::AnyMember(_) | Def::Anything(_) => true,
            Def::Item(item) => index.expansions.leads_on(*item),
            _ => false,
        };
        self.targets[import.0 as usize].defs.iter().any(is_made)
    }
}

impl Names<'_> {
    /// What derives and attribute macros in a module may define, where nothing else there has the name.
    pub(super) fn made_beside(self, module: ModuleId, name: Symbol, sought: Sought) -> Vec<Def> {
        let makers = self.index.adorned.makers(self.index, module, name, sought);
        let mut defs: Vec<Def> = makers.map(Def::Item).collect();
        // Few modules have any, so that the rest is seldom asked.
        let is_known =
            || self.scopes.binds(module, name) || prelude::is_type(self.index.text(name));
        if defs.is_empty() || is_known() {
            return Vec::new();
        }
        defs.push(Def::AnyMember(name));
        defs
    }

    /// A crate of procedural macros exports names that stand in attributes of its functions: any function may
    /// be behind any name.
    pub(super) fn proc_macros(self, module: ModuleId) -> impl Iterator<Item = Def> {
        let facts = self.index.module(module);
        let is_root = facts.parent.is_none() && self.index.krate(facts.krate).proc_macro;
        let items = if is_root { facts.items.as_slice() } else { &[] };
        items
            .iter()
            .filter(move |item| self.index.item(**item).kind == ItemKind::Fn)
            .map(|item| Def::Item(*item))
    }

    /// What an attribute macro may have put into a module, or a call or file nobody can see into.
    pub(super) fn made_unseen(self, module: ModuleId, segment: Symbol) -> Vec<Def> {
        let calls = self.anything(self.index.module(module).krate).into_iter();
        let declaration = self.rewritten(module);
        let mut defs: Vec<Def> = calls.chain(declaration.map(Def::Item)).collect();
        if !defs.is_empty() {
            defs.push(Def::AnyMember(segment));
        }
        defs
    }

    /// The calls of a crate that may define anything, if there are any.
    pub(super) fn anything(self, krate: CrateId) -> Option<Def> {
        let calls = self.index.expansions.anything(krate);
        (!calls.is_empty()).then_some(Def::Anything(krate))
    }

    /// What may bind any name behind a glob: a module that a macro call makes or imports, and one that an attribute macro
    /// is given.
    pub(super) fn open_behind(self, glob: ImportId) -> impl Iterator<Item = Def> {
        let open = move |def: &Def| match def {
            Def::Item(item) => self.index.expansions.leads_on(*item).then_some(*item),
            Def::Module(module) => self.rewritten(*module),
            _ => None,
        };
        self.imported(glob)
            .defs
            .iter()
            .filter_map(open)
            .map(Def::Item)
    }

    /// Whether code in `module` sees what an import binds.
    pub(super) fn is_visible(self, import: ImportId, module: ModuleId) -> bool {
        let Visibility::Restricted(within) = self.index.import(import).visibility else {
            return true;
        };
        let mut around = successors(Some(module), |module| self.index.module(*module).parent);
        around.any(|module| module == within)
    }

    /// The declaration of a module, or of one around it, before which an attribute macro stands.
    fn rewritten(self, module: ModuleId) -> Option<ItemId> {
        let index = self.index;
        let mut around = successors(Some(module), |module| index.module(*module).parent);
        around.find_map(|module| {
            let declaration = index.module(module).declaration;
            declaration.filter(|item| !index.item(*item).macros.is_empty())
        })
    }
}
