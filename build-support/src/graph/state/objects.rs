//! What is behind the traits in a static's type: what implements them, and what their impls declare.

use super::{CELLS, Look, Mutability, ONCE, most};
use crate::graph::impls::{Implementation, Of};
use crate::index::facts::{Mention, SelfType};
use crate::index::names::Def;
use crate::index::symbol::Symbol;
use crate::index::{ItemId, ItemKind, MemberKind, ModuleId};

impl Look<'_, '_> {
    /// The objects in an item's type, or in that of a static: a value of any type with the trait.
    pub(super) fn objects_of(&mut self, item: ItemId, scope: ModuleId) -> Mutability {
        let index = self.index;
        let krate = index.module(index.item(item).module).krate;
        let mentions = index.item(item).mentions.iter();
        let mut most_of_all = Mutability::Never;
        for mention in mentions {
            let Mention::Dyn(path) = mention else {
                continue;
            };
            let found = self.linker.resolve_in(path, scope, krate);
            let of_ours = found.defs.iter().filter_map(|def| match def {
                Def::Item(item) if index.item(*item).kind == ItemKind::Trait => Some(*item),
                _ => None,
            });
            let of_ours: Vec<ItemId> = of_ours.collect();
            most_of_all = most_of_all.max(if of_ours.is_empty() {
                self.named_by(item, scope)
            } else {
                most(of_ours.into_iter().map(|trait_| self.behind(trait_)))
            });
        }
        most_of_all
    }

    /// The types that a trait of ours is implemented for.
    fn behind(&mut self, trait_: ItemId) -> Mutability {
        let impls = self.impls;
        let of_trait = impls.of_trait(trait_).iter();
        let written = most(of_trait.map(|number| self.self_type(&impls.all[*number])));
        let made = impls.made.of_trait(trait_).iter();
        written.max(most(
            made.map(|number| self.call(impls.made.all[*number].call)),
        ))
    }

    fn self_type(&mut self, found: &Implementation) -> Mutability {
        let index = self.index;
        let item = index.item(found.item);
        let Some(header) = &item.implementation else {
            return Mutability::Never;
        };
        let is_parameter =
            |path: &[Symbol]| path.len() == 1 && header.parameters.contains(&path[0]);
        match &header.self_type {
            SelfType::Path(path) if is_parameter(path) => Mutability::Always,
            SelfType::Unknown => Mutability::Always,
            _ => {
                let paths = header.header_paths.iter();
                let types = paths.filter(|path| !is_parameter(path));
                most(types.map(|path| self.path(path, item.module, found.item)))
            }
        }
    }

    /// The types of a name, or of any, that the impls of a trait declare.
    pub(super) fn types_of_impls(&mut self, trait_: ItemId, name: Option<Symbol>) -> Mutability {
        let (index, impls) = (self.index, self.impls);
        let of_trait = impls.of_trait(trait_).iter();
        let of_trait = of_trait.map(|number| &impls.all[*number]);
        let members = of_trait
            .filter(|found| matches!(found.of, Of::Own(_)))
            .flat_map(|found| &found.members);
        let types = members.filter(|member| {
            let is_type = index.item(member.item).kind == ItemKind::ImplMember(MemberKind::Type);
            is_type && (name.is_none() || member.name == name)
        });
        let types: Vec<ItemId> = types.map(|member| member.item).collect();
        most(types.into_iter().map(|member| self.once(member)))
    }

    /// Behind a trait of another crate may be whatever the tokens of the item and of the functions that it calls name.
    pub(super) fn named_by(&mut self, item: ItemId, scope: ModuleId) -> Mutability {
        let index = self.index;
        let krate = index.module(index.item(item).module).krate;
        let mut most_of_all = Mutability::Never;
        for mention in index.item(item).mentions.iter() {
            let Mention::Path(path) = mention else {
                continue;
            };
            let found = self.linker.resolve_in(path, scope, krate);
            let named = most(found.defs.iter().map(|def| match def {
                Def::Item(item) if index.item(*item).kind == ItemKind::Fn => self.once(*item),
                Def::Item(item) | Def::Member(item, _) => self.item(*item),
                Def::External(path) => self.cell(path),
                _ => Mutability::Never,
            }));
            most_of_all = most_of_all.max(named).max(self.cell(path));
        }
        most_of_all
    }

    /// What the tokens of an item name, unless they were looked through before.
    fn once(&mut self, item: ItemId) -> Mutability {
        if !self.seen.insert(item) {
            return Mutability::Never;
        }
        let facts = self.index.item(item);
        match facts.kind {
            ItemKind::Fn => self.named_by(item, facts.scope),
            _ => self.paths_of(item, facts.scope),
        }
    }

    /// Whether a path of another crate is that of a cell: expressions name much that is none.
    pub(super) fn cell(&self, path: &[Symbol]) -> Mutability {
        most(path.iter().map(|name| match self.index.text(*name) {
            name if ONCE.contains(&name) => Mutability::Once,
            name if CELLS.contains(&name) => Mutability::Always,
            _ => Mutability::Never,
        }))
    }
}
