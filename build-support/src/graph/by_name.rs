//! What a name may stand for wherever it is spelled, and however paths lead there: modules, traits, ours and
//! those of std's that names lead to.

use crate::hash::HashMap;
use crate::index::std_traits::StdTraits;
use crate::index::symbol::Symbol;
use crate::index::{Index, ItemId, ItemKind, ModuleId, ModuleKind};

/// Traits and modules by their names, and by those that lead to them.
#[derive(Clone, Debug, Default)]
pub(super) struct ByName {
    traits: HashMap<Symbol, Vec<ItemId>>,
    modules: HashMap<Symbol, Vec<ModuleId>>,
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
        found.modules = modules(index);
        let renamed = renamed(index);
        spread(&renamed, &mut found.traits);
        spread(&renamed, &mut found.modules);
        for name in StdTraits::names() {
            if let Some(symbol) = index.symbols.find(name) {
                found.std_traits.insert(symbol, StdTraits::behind(name));
            }
        }
        found
    }

    pub(super) fn traits(&self, name: Symbol) -> &[ItemId] {
        self.traits.get(&name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn modules(&self, name: Symbol) -> &[ModuleId] {
        self.modules.get(&name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn std_traits(&self, name: Symbol) -> StdTraits {
        self.std_traits.get(&name).copied().unwrap_or_default()
    }
}

/// Modules by the words that lead to them: roots by `crate` and the names of crates, those with others in them by
/// `super`.
fn modules(index: &Index) -> HashMap<Symbol, Vec<ModuleId>> {
    let mut found: HashMap<Symbol, Vec<ModuleId>> = HashMap::default();
    let mut add = |name: &str, module: ModuleId| {
        if let Some(name) = index.symbols.find(name) {
            let known = found.entry(name).or_default();
            if !known.contains(&module) {
                known.push(module);
            }
        }
    };
    for (module, number) in index.modules.iter().zip(0u32..) {
        if module.left_out || module.kind == ModuleKind::Block {
            continue;
        }
        add(&module.name, ModuleId(number));
        if let Some(parent) = module.parent {
            add("super", index.named_module(parent));
        }
    }
    for krate in &index.crates {
        for name in ["crate", "$crate", &krate.name] {
            add(name, krate.root);
        }
        for (name, other) in &krate.externs {
            add(name, index.krate(*other).root);
        }
    }
    found
}

/// The names that imports give to what has another one, with that one.
fn renamed(index: &Index) -> Vec<(Symbol, Symbol)> {
    let imports = index.imports.iter();
    let renamed = imports.filter_map(|import| {
        let (name, last) = (import.name?, *import.path.last()?);
        (name != last).then_some((name, last))
    });
    renamed.collect()
}

/// Finds what has a name under the names that imports give to it, too, and to these.
fn spread<T: Copy + PartialEq>(renamed: &[(Symbol, Symbol)], known: &mut HashMap<Symbol, Vec<T>>) {
    let mut is_new = true;
    while is_new {
        is_new = false;
        for (name, last) in renamed {
            for found in known.get(last).cloned().unwrap_or_default() {
                let known = known.entry(*name).or_default();
                if !known.contains(&found) {
                    known.push(found);
                    is_new = true;
                }
            }
        }
    }
}
