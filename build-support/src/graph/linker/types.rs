//! The types that impls are for, and those that paths and aliases stand for.

use super::Linker;
use crate::hash::HashSet;
use crate::index::facts::{Mention, SelfType};
use crate::index::symbol::Symbol;
use crate::index::{CrateId, ItemId, ItemKind, ModuleId};
use crate::unique::keep_first;

impl Linker<'_> {
    /// The local types an impl is for; none if its self type is generic or of another crate.
    pub(in crate::graph) fn self_types(&self, implementation: ItemId) -> Vec<ItemId> {
        let header = self.index.item(implementation).implementation.as_ref();
        let path = header.and_then(|header| header.self_type.path());
        path.map_or_else(Vec::new, |path| self.types(path, implementation))
    }

    /// Whether an impl may be for any type, whatever the types are that it names: it is for a parameter or a
    /// reference to one, or for what only the compiler finds out.
    pub(in crate::graph) fn is_for_any(&self, implementation: ItemId) -> bool {
        let item = self.index.item(implementation);
        let Some(header) = &item.implementation else {
            return false;
        };
        match &header.self_type {
            SelfType::Unknown => true,
            SelfType::Nameless => false,
            SelfType::Path(path) | SelfType::Referenced(path) => {
                header.parameters.contains(&path[0]) || self.is_alias(path, implementation)
            }
        }
    }

    /// Whether a path may name an alias, which may stand for what it does not name.
    fn is_alias(&self, path: &[Symbol], implementation: ItemId) -> bool {
        let found = self.resolve(path, implementation);
        let mut items = found.defs.iter().flat_map(|def| def.items(self.index));
        items.any(|item| self.index.item(*item).kind == ItemKind::TypeAlias)
    }

    /// The local types a path of an impl's header may name; aliases count as all they mention.
    pub(in crate::graph) fn types(&self, path: &[Symbol], implementation: ItemId) -> Vec<ItemId> {
        let item = self.index.item(implementation);
        let is_parameter = item
            .implementation
            .as_ref()
            .is_some_and(|header| path.len() == 1 && header.parameters.contains(&path[0]));
        if is_parameter {
            return Vec::new();
        }
        let mut types = Vec::new();
        self.collect_types(
            path,
            item.module,
            self.crate_of(implementation),
            &mut types,
            &mut HashSet::default(),
        );
        keep_first(&mut types);
        types
    }

    /// The types and traits a path may name in a module.
    pub(in crate::graph) fn types_in(&self, path: &[Symbol], scope: ModuleId) -> Vec<ItemId> {
        let mut types = Vec::new();
        let krate = self.index.module(scope).krate;
        self.collect_types(path, scope, krate, &mut types, &mut HashSet::default());
        keep_first(&mut types);
        types
    }

    /// A type, with the types that it may stand for if it is an alias.
    pub(in crate::graph) fn behind(&self, ty: ItemId) -> Vec<ItemId> {
        let mut types = Vec::new();
        self.collect_type(ty, &mut types, &mut HashSet::default());
        types.push(ty);
        types
    }

    fn collect_types(
        &self,
        path: &[Symbol],
        scope: ModuleId,
        krate: CrateId,
        types: &mut Vec<ItemId>,
        aliases: &mut HashSet<ItemId>,
    ) {
        let found = self.resolver.resolve(scope, path, krate);
        for item in found.defs.iter().flat_map(|def| def.items(self.index)) {
            self.collect_type(*item, types, aliases);
        }
    }

    pub(super) fn collect_type(
        &self,
        item: ItemId,
        types: &mut Vec<ItemId>,
        aliases: &mut HashSet<ItemId>,
    ) {
        let facts = self.index.item(item);
        match facts.kind {
            ItemKind::Struct
            | ItemKind::Enum
            | ItemKind::Union
            | ItemKind::Trait
            | ItemKind::MacroCall => types.push(item),
            ItemKind::TypeAlias if aliases.insert(item) => {
                for mention in facts.mentions.iter() {
                    if let Mention::Path(path) = mention {
                        let krate = self.crate_of(item);
                        self.collect_types(path, facts.scope, krate, types, aliases);
                    }
                }
            }
            _ => {}
        }
    }
}
