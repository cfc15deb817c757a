//! Macros that make something of the names they are given, by the macros that lead to them: what the call of one hands
//! on, another reads.

use crate::hash::{HashMap, HashSet};
use crate::index::facts::Mention;
use crate::index::symbol::Symbol;
use crate::index::{Detail, Index, Item, ItemId, ItemKind};

/// Definitions by the name of a macro that is called, be it by way of others.
#[derive(Clone, Debug, Default)]
pub(super) struct Behind(HashMap<Symbol, Vec<ItemId>>);

impl Behind {
    pub(super) fn of(index: &Index) -> Self {
        let items = index.items.iter().filter(|item| !item.left_out);
        let definitions = items.filter(|item| item.kind == ItemKind::MacroRules);
        let mut found = Self::default();
        for name in definitions.filter_map(|item| item.name) {
            let reading = || reading(index, name);
            found.0.entry(name).or_insert_with(reading);
        }
        found.0.retain(|_, reading| !reading.is_empty());
        found
    }

    pub(super) fn reading(&self, name: Symbol) -> &[ItemId] {
        self.0.get(&name).map_or(&[], Vec::as_slice)
    }
}

/// The definitions that a call of a macro may lead to and that read the caller's names.
fn reading(index: &Index, called: Symbol) -> Vec<ItemId> {
    let mut seen = HashSet::default();
    let mut waiting = vec![called];
    let mut found = Vec::new();
    while let Some(name) = waiting.pop() {
        if !seen.insert(name) {
            continue;
        }
        for definition in index.scopes.macros(name) {
            let item = index.item(*definition);
            found.extend(Some(*definition).filter(|_| reads_names(item)));
            let called = item.mentions.iter().filter_map(|mention| match mention {
                Mention::Macro(path) => path.last().copied(),
                _ => None,
            });
            waiting.extend(called);
        }
    }
    found
}

/// Whether a macro calls by names behind dots, puts names together, or imports all of a module.
fn reads_names(definition: &Item) -> bool {
    let Detail::Macro(facts) = &definition.detail else {
        return false;
    };
    let mut mentions = definition.mentions.iter();
    let is_read = |mention: &Mention| matches!(mention, Mention::Pasted(_) | Mention::Glob(_));
    facts.dots || facts.open_globs || mentions.any(is_read)
}
