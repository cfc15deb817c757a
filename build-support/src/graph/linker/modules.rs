//! All that is in a module: globs, and paths that go on behind one in a way nobody can see.

use std::iter::successors;

use super::{Linker, begins_with_parameter};
use crate::graph::links::Links;
use crate::hash::HashSet;
use crate::index::names::{Candidate, Def, Resolution};
use crate::index::symbol::Symbol;
use crate::index::{ItemId, ItemKind, ModuleId};

impl Linker<'_> {
    /// An import of all of a module, among the tokens of a macro. They may have been moved into modules of their
    /// own, so that fewer `super` than are written lead from here to what is meant.
    pub(super) fn glob(
        &self,
        path: &[Symbol],
        scope: ModuleId,
        item: Option<ItemId>,
        links: &mut Links,
    ) {
        let krate = self.crate_read_in(scope, item);
        let is_upward = |name: &&Symbol| matches!(self.index.text(**name), "super" | "self");
        let upward = path.iter().take_while(is_upward).count();
        let mut is_known = false;
        for from in 0..=upward {
            let defs = match &path[from..] {
                [] if upward > 0 => vec![Def::Module(self.index.named_module(scope))],
                rest => self.resolver.resolve(scope, rest, krate).defs.clone(),
            };
            for def in defs {
                match def {
                    Def::Module(module) => {
                        is_known = true;
                        links.globs.push(module);
                    }
                    Def::External(path) => {
                        let is_std = self.index.is_std(&path);
                        is_known |= is_std || self.index.is_dependency(krate, &path);
                        links.externals.push(path);
                    }
                    Def::Item(item) => {
                        is_known |= self.index.item(item).kind == ItemKind::Enum;
                    }
                    Def::Member(..) | Def::AnyMember(_) | Def::Anything(_) => {}
                }
            }
        }
        links.unseen |= !is_known;
    }

    /// Everything in the modules of a path, and all members of its types.
    pub(super) fn all_of(
        &self,
        path: &[Symbol],
        scope: ModuleId,
        item: Option<ItemId>,
        links: &mut Links,
    ) {
        let krate = self.crate_read_in(scope, item);
        let mut seen = HashSet::default();
        let mut seen_aliases = HashSet::default();
        for def in &self.resolver.resolve(scope, path, krate).defs {
            match def {
                Def::Module(module) => self.contents(*module, links, &mut seen),
                Def::Item(item) => self.collect_type(*item, &mut links.whole, &mut seen_aliases),
                _ => {}
            }
        }
    }

    /// All that a glob of a module brings.
    pub(in crate::graph) fn everything_in(&self, module: ModuleId) -> Links {
        let mut links = Links::default();
        self.contents(module, &mut links, &mut HashSet::default());
        links.deduplicate();
        links
    }

    fn contents(&self, module: ModuleId, links: &mut Links, seen: &mut HashSet<ModuleId>) {
        if !seen.insert(module) {
            return;
        }
        let facts = self.index.module(module);
        let items = facts.items.iter();
        let items = items.filter(|item| !self.index.item(**item).left_out);
        let named =
            items.filter_map(|item| Some((Candidate::Item(*item), self.index.item(*item).name?)));
        links.items.extend(named);
        for import in &facts.imports {
            let facts = self.index.import(*import);
            let path = facts.path.as_slice();
            let resolution = self
                .resolver
                .resolve(module, path, self.index.module(module).krate);
            links.imports.push(*import);
            for def in &resolution.defs {
                match def {
                    Def::Module(module) if facts.name.is_none() => {
                        self.contents(*module, links, seen);
                    }
                    _ => {}
                }
            }
            if let Some(token) = path.last() {
                self.take(&resolution, *token, links);
            }
        }
    }

    /// Whether a path begins with a type parameter of the item or of what it belongs to.
    fn is_parameter(&self, path: &[Symbol], item: Option<ItemId>) -> bool {
        let owners = successors(item, |item| self.index.item(*item).owner);
        let mut mentions = owners.map(|item| &*self.index.item(item).mentions);
        mentions.any(|mentions| begins_with_parameter(path, [mentions, &[]]))
    }

    /// What a path or an import leads through may be a module that a macro made or imported: then what is named behind it
    /// may be in any module that is named, or where the macro is called.
    pub(super) fn behind_made(
        &self,
        path: &[Symbol],
        resolution: &Resolution,
        item: Option<ItemId>,
        links: &mut Links,
    ) {
        let index = self.index;
        let is_behind = |def: &Def| matches!(def, Def::AnyMember(_));
        let made = resolution.defs.iter().filter_map(|def| match def {
            Def::Item(item) if index.expansions.leads_on(*item) => Some(*item),
            Def::Anything(krate) => index.expansions.anything(*krate).first().copied(),
            _ => None,
        });
        let mut made = made.peekable();
        let is_made = made.peek().is_some() && resolution.defs.iter().any(is_behind);
        if !is_made || self.is_parameter(path, item) {
            return;
        }
        for call in made {
            let module = index.item(call).module;
            let root = index.krate(index.module(module).krate).root;
            links.modules.extend([module, root]);
        }
        let imports = resolution.imports.iter();
        let imports = imports.filter(|import| index.scopes.leads_through_made(index, **import));
        let paths = imports.map(|import| index.import(*import).path.as_slice());
        // Ways that meet have most of their imports in common.
        let mut names: Vec<Symbol> = paths.chain([path]).flatten().copied().collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| links.behind.insert(*name));
        for name in names {
            if !matches!(index.text(name), "" | "crate" | "self" | "super") {
                links.loose.push(name);
                links.modules.extend(self.by_name.modules(name));
            }
        }
    }
}
