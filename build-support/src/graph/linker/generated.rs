//! The names that are generated for marked functions.

use crate::hash::HashMap;
use crate::index::symbol::Symbol;
use crate::index::{Index, ItemId};

/// What is put around a function's own name.
const PREFIXES: &[&str] = &["cached_", "refresh_", "evict_", "peek_", "put_"];
const SUFFIX: &str = "_VERSION";

/// The marked functions by the names generated for them, as far as the sources mention these.
pub(super) struct Generated(HashMap<Symbol, Vec<ItemId>>);

impl Generated {
    pub(super) fn of(index: &Index) -> Self {
        let mut names: HashMap<Symbol, Vec<ItemId>> = HashMap::default();
        for marked in &index.marked {
            let name = index.name(marked.item);
            let prefixed = PREFIXES.iter().map(|prefix| format!("{prefix}{name}"));
            let version = format!("{}{SUFFIX}", name.to_uppercase());
            for generated in prefixed.chain([version]) {
                if let Some(symbol) = index.symbols.find(&generated) {
                    names.entry(symbol).or_default().push(marked.item);
                }
            }
        }
        Self(names)
    }

    /// The functions a name is generated for, each with the name.
    pub(super) fn named(&self, name: Symbol) -> impl Iterator<Item = (ItemId, Symbol)> {
        let functions = self.0.get(&name).into_iter().flatten();
        functions.map(move |function| (*function, name))
    }
}
