//! Who leads to an item: the other way round of [`links`](super::links), over all items at once.
//!
//! Asked for global state only, so it is made when it is first needed.

use std::sync::{Arc, Mutex, PoisonError};

use super::links::Linker;
use crate::hash::{HashMap, HashSet};
use crate::index::symbol::Symbol;
use crate::index::{Index, ItemId, ItemKind};

/// Every item by what its tokens lead to.
#[derive(Debug, Default)]
pub(super) struct Callers {
    by_item: HashMap<ItemId, Vec<ItemId>>,
    /// By the name of a member that is asked for on whatever type.
    by_name: HashMap<Symbol, Vec<ItemId>>,
    by_macro: HashMap<Symbol, Vec<ItemId>>,
    /// Who names a type of this name, or what a macro call of this name makes.
    by_type: HashMap<Symbol, Vec<ItemId>>,
    /// What was asked before: many functions reach the same state.
    leading: Mutex<HashMap<ItemId, Arc<[ItemId]>>>,
}

impl Callers {
    pub(super) fn of(index: &Index, linker: &mut Linker<'_>) -> Self {
        let mut callers = Self::default();
        for (number, item) in index.items.iter().enumerate() {
            if item.left_out {
                continue;
            }
            let id = ItemId(u32::try_from(number).expect("items are counted in 32 bits"));
            let links = linker.links(id, item.scope);
            for (target, _) in &links.items {
                callers.by_item.entry(*target).or_default().push(id);
            }
            let members = links.members.iter().map(|(_, name)| name);
            let names = links.names.iter().chain(&links.foreign_names);
            for name in members.chain(names) {
                callers.by_name.entry(*name).or_default().push(id);
            }
            for name in &links.macros {
                callers.by_macro.entry(*name).or_default().push(id);
            }
        }
        callers.by_type = callers.types(index);
        callers
    }

    fn types(&self, index: &Index) -> HashMap<Symbol, Vec<ItemId>> {
        let mut types: HashMap<Symbol, Vec<ItemId>> = HashMap::default();
        for (item, callers) in &self.by_item {
            let item = index.item(*item);
            let is_type = matches!(
                item.kind,
                ItemKind::Struct | ItemKind::Enum | ItemKind::Union | ItemKind::MacroCall
            );
            if let Some(name) = item.name.filter(|_| is_type) {
                types.entry(name).or_default().extend(callers);
            }
        }
        for callers in types.values_mut() {
            callers.sort_unstable();
            callers.dedup();
        }
        types
    }

    /// The items whose tokens name an item.
    pub(super) fn naming(&self, item: ItemId) -> &[ItemId] {
        self.by_item.get(&item).map_or(&[], Vec::as_slice)
    }

    /// Everything that may lead to an item, by whatever way.
    pub(super) fn leading_to(&self, index: &Index, item: ItemId) -> Arc<[ItemId]> {
        // Nothing that could panic runs under this lock.
        let known = || self.leading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(&item) {
            return Arc::clone(found);
        }
        let found: Arc<[ItemId]> = self.follow(index, item).into();
        known().insert(item, Arc::clone(&found));
        found
    }

    fn follow(&self, index: &Index, item: ItemId) -> Vec<ItemId> {
        let mut found = vec![item];
        let mut seen: HashSet<ItemId> = found.iter().copied().collect();
        let mut at = 0;
        while at < found.len() {
            for caller in self.callers(index, found[at]) {
                if seen.insert(caller) {
                    found.push(caller);
                }
            }
            at += 1;
        }
        found.remove(0);
        found
    }

    fn callers(&self, index: &Index, item: ItemId) -> Vec<ItemId> {
        let facts = index.item(item);
        let mut callers = self.naming(item).to_vec();
        let mut named = |names: &HashMap<Symbol, Vec<ItemId>>| {
            let by_name = facts.name.and_then(|name| names.get(&name));
            callers.extend(by_name.into_iter().flatten());
        };
        match facts.kind {
            ItemKind::ImplMember(_) | ItemKind::TraitMember(_) => named(&self.by_name),
            ItemKind::MacroRules => named(&self.by_macro),
            _ => {}
        }
        // Members of impls are called by whoever has the type or trait, unnamed where the trait is another
        // crate's; what a macro makes, by whoever names what the call stands for.
        let header = facts.owner.map(|owner| index.item(owner));
        if header.is_some_and(|header| {
            let header = header.implementation.as_ref();
            header.is_some_and(|header| header.trait_path.is_some())
        }) {
            callers.extend(
                facts
                    .owner
                    .iter()
                    .flat_map(|owner| self.about(index, *owner)),
            );
        }
        callers.extend(facts.product_of);
        callers
    }

    /// Whoever names a local type of an impl's header.
    fn about(&self, index: &Index, implementation: ItemId) -> Vec<ItemId> {
        let header = index.item(implementation).mentions.iter();
        let names: HashSet<Symbol> = header
            .filter_map(|mention| match mention {
                crate::index::facts::Mention::Path(path) => path.last().copied(),
                _ => None,
            })
            .collect();
        let callers = names.iter().filter_map(|name| self.by_type.get(name));
        callers.flatten().copied().collect()
    }
}
