//! By which path the generated module can name an item: the shortest one that is visible from the crate root.

use std::collections::VecDeque;
use std::collections::hash_map::Entry;

use serde::{Deserialize, Serialize};

use super::names::{Def, Resolver};
use super::{CrateId, ImportId, Index, ItemId, ItemKind, ModuleId, Visibility};
use crate::hash::HashMap;

/// Paths below the root of the crate being built, by what they lead to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct RootPaths {
    items: HashMap<ItemId, Vec<String>>,
    modules: HashMap<ModuleId, Vec<String>>,
}

impl RootPaths {
    /// Walks outwards from the root, breadth first, so that the first path met is a shortest one.
    pub(crate) fn of(index: &Index) -> Self {
        let root = index.krate(CrateId(0)).root;
        let mut walk = Walk {
            index,
            resolver: Resolver::new(index),
            root,
            paths: Self::default(),
            queue: VecDeque::new(),
        };
        walk.enter(root, &[]);
        while let Some(module) = walk.queue.pop_front() {
            walk.module(module);
        }
        walk.paths
    }
}

impl Index {
    /// The shortest path to an item that a child module of the crate root can use, without the leading
    /// `crate`; `None` if there is none.
    pub(crate) fn root_path(&self, item: ItemId) -> Option<Vec<String>> {
        if self.item(item).kind == ItemKind::Mod {
            return self
                .scopes
                .modules(item)
                .iter()
                .find_map(|module| self.module_root_path(*module));
        }
        self.visible.items.get(&item).cloned()
    }

    /// As [`Self::root_path`], for a module.
    pub(crate) fn module_root_path(&self, module: ModuleId) -> Option<Vec<String>> {
        self.visible.modules.get(&module).cloned()
    }
}

struct Walk<'i> {
    index: &'i Index,
    resolver: Resolver<'i>,
    root: ModuleId,
    paths: RootPaths,
    queue: VecDeque<ModuleId>,
}

impl Walk<'_> {
    fn enter(&mut self, module: ModuleId, path: &[String]) {
        if let Entry::Vacant(vacant) = self.paths.modules.entry(module) {
            vacant.insert(path.to_vec());
            self.queue.push_back(module);
        }
    }

    fn reach(&mut self, item: ItemId, path: Vec<String>) {
        self.paths.items.entry(item).or_insert(path);
    }

    fn module(&mut self, id: ModuleId) {
        let path = self.paths.modules[&id].clone();
        self.definitions(id, &path);
        // An import under a `cfg` may be absent where the item it names is not.
        if !self.is_conditional(id) {
            let imports = self.index.module(id).imports.clone();
            for import in &imports {
                self.import(*import, &path);
            }
        }
    }

    fn definitions(&mut self, id: ModuleId, path: &[String]) {
        for item in &self.index.module(id).items {
            let facts = self.index.item(*item);
            let member = matches!(
                facts.kind,
                ItemKind::ImplMember(_) | ItemKind::TraitMember(_) | ItemKind::MacroRules
            );
            if member
                || facts.name.is_none()
                || facts.left_out
                || !self.is_visible(facts.visibility)
            {
                continue;
            }
            let inner = joined(path, self.index.name(*item));
            if facts.kind == ItemKind::Mod {
                for module in self.index.scopes.modules(*item) {
                    self.enter(*module, &inner);
                }
            } else {
                self.reach(*item, inner);
            }
        }
    }

    fn import(&mut self, id: ImportId, path: &[String]) {
        let import = self.index.import(id);
        if !self.is_visible(import.visibility) || !import.cfgs.is_empty() {
            return;
        }
        let krate = self.index.module(import.module).krate;
        let found = self.resolver.resolve(import.module, &import.path, krate);
        let defs = found.defs.iter().flat_map(|def| def.unfolded(self.index));
        let defs: Vec<Def> = defs.collect();
        let [def] = defs.as_slice() else {
            return;
        };
        match (def, import.name.map(|name| self.index.text(name))) {
            // A path may lead to an enum by way of a variant; that names no type.
            (Def::Item(item), Some(name))
                if name != "_" && import.path.last().copied() == self.index.item(*item).name =>
            {
                self.reach(*item, joined(path, name));
            }
            (Def::Module(module), Some(name)) => self.enter(*module, &joined(path, name)),
            (Def::Module(module), None) => self.definitions(*module, path),
            _ => {}
        }
    }

    fn is_visible(&self, visibility: Visibility) -> bool {
        match visibility {
            Visibility::Public => true,
            Visibility::Restricted(module) => module == self.root,
        }
    }

    fn is_conditional(&self, id: ModuleId) -> bool {
        let module = self.index.module(id);
        !module.cfgs.is_empty()
            || module
                .parent
                .is_some_and(|parent| self.is_conditional(parent))
    }
}

fn joined(path: &[String], name: &str) -> Vec<String> {
    path.iter()
        .map(String::as_str)
        .chain([name])
        .map(ToOwned::to_owned)
        .collect()
}
