//! From where functions can be named: outside the crate, inside it, or not even by the generated module.

use super::Visibility;
use crate::hash::HashSet;
use crate::index::names::Def;
use crate::index::{self, CrateId, Index, ItemId, ItemKind, ModuleId};

/// What other crates can name.
#[derive(Clone, Debug, Default)]
pub(super) struct Exports {
    modules: HashSet<ModuleId>,
    items: HashSet<ItemId>,
}

impl Exports {
    /// Follows public modules and public imports from the crate root.
    pub(super) fn of(index: &Index) -> Self {
        let mut exports = Self::default();
        let mut open = vec![index.krate(CrateId(0)).root];
        while let Some(module) = open.pop() {
            if exports.modules.insert(module) {
                exports.collect(index, module, &mut open);
            }
        }
        exports
    }

    /// Notes what a public module exports; modules are put on the list of what is still to be looked at.
    fn collect(&mut self, index: &Index, module: ModuleId, open: &mut Vec<ModuleId>) {
        for item in &index.module(module).items {
            if index.item(*item).visibility == index::Visibility::Public {
                self.add(index, *item, open);
            }
        }
        for import in &index.module(module).imports {
            let import = index.import(*import);
            if import.visibility == index::Visibility::Public {
                let path: Vec<&str> = import
                    .path
                    .iter()
                    .map(|segment| index.text(*segment))
                    .collect();
                for def in index.resolve(module, &path) {
                    match def {
                        Def::Item(item) => self.add(index, item, open),
                        // A glob exports the module's public items; so does the module itself, one level deeper.
                        Def::Module(module) => open.push(module),
                        _ => {}
                    }
                }
            }
        }
    }

    fn add(&mut self, index: &Index, item: ItemId, open: &mut Vec<ModuleId>) {
        if index.item(item).kind == ItemKind::Mod {
            open.extend(index.scopes.modules(item));
        } else {
            self.items.insert(item);
        }
    }

    /// Whether other crates can name an item of a module.
    pub(super) fn has(&self, item: ItemId) -> bool {
        self.items.contains(&item)
    }
}

/// A visibility as the generated code writes it, in a place the whole crate can see.
pub(super) fn as_written(index: &Index, visibility: index::Visibility) -> Visibility {
    match visibility {
        index::Visibility::Public => Visibility::Public,
        index::Visibility::Restricted(module) => {
            let path = index.module_path(module);
            if path.is_empty() {
                Visibility::Crate
            } else {
                Visibility::In(path)
            }
        }
    }
}

/// Whether the whole crate can name what has this visibility, the way to it apart.
pub(super) fn is_crate_wide(index: &Index, visibility: index::Visibility) -> bool {
    matches!(
        as_written(index, visibility),
        Visibility::Public | Visibility::Crate
    )
}
