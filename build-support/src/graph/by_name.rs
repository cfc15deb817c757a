//! What a name may stand for wherever it is spelled, and however paths lead there: traits, ours and
//! those of std's that names lead to.

use crate::hash::HashMap;
use crate::index::std_traits::StdTraits;
use crate::index::symbol::Symbol;
use crate::index::{Index, ItemId, ItemKind};

/// Traits by their names, and by those that lead to them.
#[derive(Clone, Debug, Default)]
pub(super) struct ByName {
    traits: HashMap<Symbol, Vec<ItemId>>,
    std_traits: HashMap<Symbol, StdTraits>,
}

impl ByName {
    pub(super) fn of(index: &Index) -> Self {
        let mut found = Self::default();
        for (item, number) in index.items.iter().zip(0u32..) {
            let is_trait = matches!(item.kind, ItemKind::Trait | ItemKind::TraitAlias);
            if let Some(name) = item.name.filter(|_| is_trait && !item.left_out) {
                found.traits.entry(name).or_default().push(ItemId(number));
            }
        }
        found.add_renamed(index);
        for name in StdTraits::names() {
            if let Some(symbol) = index.symbols.find(name) {
                found.std_traits.insert(symbol, StdTraits::behind(name));
            }
        }
        found
    }

    /// Names that imports give to traits, or to what has a name like that of a trait.
    fn add_renamed(&mut self, index: &Index) {
        let imports = index.imports.iter();
        let renamed = imports.filter_map(|import| {
            let (name, last) = (import.name?, *import.path.last()?);
            (name != last).then_some((name, last))
        });
        let renamed: Vec<(Symbol, Symbol)> = renamed.collect();
        let mut is_new = true;
        while is_new {
            is_new = false;
            for (name, last) in &renamed {
                for trait_ in self.traits(*last).to_vec() {
                    let known = self.traits.entry(*name).or_default();
                    if !known.contains(&trait_) {
                        known.push(trait_);
                        is_new = true;
                    }
                }
            }
        }
    }

    pub(super) fn traits(&self, name: Symbol) -> &[ItemId] {
        self.traits.get(&name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn std_traits(&self, name: Symbol) -> StdTraits {
        self.std_traits.get(&name).copied().unwrap_or_default()
    }
}
