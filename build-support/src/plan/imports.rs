//! The `use` lines of the generated module: what the function's module has in sight, made absolute.

use super::names::{Missing, below_crate};
use super::{Binding, ImportPlan};
use crate::index::names::{Def, Meaning};
use crate::index::{ImportId, Index, ItemId, ItemKind, ModuleId};

/// Makes imports for what one module has in sight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Imports<'a> {
    pub(super) index: &'a Index,
    pub(super) module: ModuleId,
}

impl Imports<'_> {
    /// Imports of items the module defines or has by a glob, bound to `name`.
    pub(super) fn items(&self, items: &[ItemId], name: &str) -> Result<Vec<ImportPlan>, Missing> {
        let mut imports = Vec::new();
        for item in items {
            if let Some(path) = self.item_path(*item, self.index.name(*item)) {
                imports.push(ImportPlan::named(
                    below_crate(&path),
                    name,
                    self.cfgs_of(*item),
                ));
            } else if !self.is_here(*item) {
                imports.push(ImportPlan::named(
                    self.foreign_path(*item),
                    name,
                    self.cfgs_of(*item),
                ));
            }
        }
        if imports.is_empty() {
            Err(Missing::Private)
        } else {
            Ok(imports)
        }
    }

    /// Imports of what `use` leaves of the module bind, bound to `name`, each under the leaf's own `cfg`s.
    pub(super) fn leaves(
        &self,
        leaves: &[ImportId],
        name: &str,
    ) -> Result<Vec<ImportPlan>, Missing> {
        let mut imports = Vec::new();
        for leaf in leaves {
            if let Ok(path) = self.leaf_path(*leaf) {
                imports.push(ImportPlan::named(
                    path,
                    name,
                    self.index.import(*leaf).cfgs.clone(),
                ));
            }
        }
        if imports.is_empty() {
            Err(Missing::Private)
        } else {
            Ok(imports)
        }
    }

    /// A glob of the module.
    pub(super) fn glob(&self, glob: ImportId) -> Option<ImportPlan> {
        let cfgs = self.index.import(glob).cfgs.clone();
        Some(ImportPlan {
            path: self.leaf_path(glob).ok()?,
            binding: Binding::Glob,
            cfgs,
        })
    }

    /// Whatever of the module's own traits, imports and globs may bring methods.
    ///
    /// Only traits bring methods, and whether a name of another crate is one can't be told: all that look like type
    /// names are taken, under no name, which harms nothing.
    pub(super) fn traits(&self) -> Vec<ImportPlan> {
        let module = self.index.module(self.module);
        let own = module
            .items
            .iter()
            .filter(|item| self.index.item(**item).kind == ItemKind::Trait);
        let own = own
            .filter_map(|item| self.items(&[*item], "_").ok())
            .flatten();
        let imported = module
            .imports
            .iter()
            .filter_map(|import| self.trait_import(*import));
        own.chain(imported).collect()
    }

    fn trait_import(&self, id: ImportId) -> Option<ImportPlan> {
        let import = self.index.import(id);
        let Some(name) = import.name else {
            return self.trait_glob(id);
        };
        let name = self.index.text(name);
        if name != "_" && !name.starts_with(char::is_uppercase) {
            return None;
        }
        let defs = self.resolve(id);
        let is_other = |def: &Def| match def {
            Def::Item(item) => self.index.item(*item).kind != ItemKind::Trait,
            Def::Module(_) => true,
            _ => false,
        };
        if !defs.is_empty() && defs.iter().all(is_other) {
            return None;
        }
        Some(ImportPlan::named(
            self.leaf_path(id).ok()?,
            "_",
            import.cfgs.clone(),
        ))
    }

    /// A glob of another crate, or of a module that defines or passes on traits.
    fn trait_glob(&self, id: ImportId) -> Option<ImportPlan> {
        let brings_traits = |def: &Def| match def {
            Def::Module(module) => {
                let module = self.index.module(*module);
                let is_trait = |item: &ItemId| self.index.item(*item).kind == ItemKind::Trait;
                module.items.iter().any(is_trait) || !module.imports.is_empty()
            }
            Def::Item(_) => false,
            _ => true,
        };
        let defs = self.resolve(id);
        if defs.is_empty() || defs.iter().any(brings_traits) {
            self.glob(id)
        } else {
            None
        }
    }

    /// Whether an item is of the crate being built.
    pub(super) fn is_here(&self, item: ItemId) -> bool {
        self.index.module(self.index.item(item).module).krate.0 == 0
    }

    /// The path of an item from the root of this crate; `name` may be that of a variant of it.
    pub(super) fn item_path(&self, item: ItemId, name: &str) -> Option<Vec<String>> {
        let mut path = self.index.root_path(item)?;
        let facts = self.index.item(item);
        let is_variant = facts
            .variants
            .iter()
            .any(|variant| self.index.text(*variant) == name);
        if is_variant && self.index.name(item) != name {
            path.push(name.to_owned());
        }
        Some(path)
    }

    /// An item of another crate of the same build, by where it is defined.
    fn foreign_path(&self, item: ItemId) -> Vec<String> {
        let module = self.index.item(item).module;
        let krate = self.index.module(module).krate;
        let mut path = vec![String::new(), self.index.krate(krate).name.clone()];
        path.extend(self.index.module_path(module));
        path.push(self.index.name(item).to_owned());
        path
    }

    /// The absolute path of what an import names.
    fn leaf_path(&self, id: ImportId) -> Result<Vec<String>, Missing> {
        let import = self.index.import(id);
        let mut private = false;
        for def in self.resolve(id) {
            let path = match def {
                Def::Item(item) if self.is_here(item) => {
                    let name = import.path.last().map_or("", |last| self.index.text(*last));
                    self.item_path(item, name)
                }
                Def::Module(module) if self.index.module(module).krate.0 == 0 => {
                    self.index.module_root_path(module)
                }
                _ => continue,
            };
            match path {
                Some(path) => return Ok(below_crate(&path)),
                None => private = true,
            }
        }
        if private {
            return Err(Missing::Private);
        }
        let path: Vec<String> = import
            .path
            .iter()
            .map(|segment| self.index.text(*segment).to_owned())
            .collect();
        Ok(Imports {
            module: import.module,
            ..*self
        }
        .absolute(&path))
    }

    fn resolve(&self, id: ImportId) -> Vec<Def> {
        let import = self.index.import(id);
        let path: Vec<&str> = import
            .path
            .iter()
            .map(|segment| self.index.text(*segment))
            .collect();
        self.index.resolve(import.module, &path)
    }

    /// A path as it would be written anywhere else, without asking whether it can be used there.
    pub(super) fn absolute(&self, path: &[String]) -> Vec<String> {
        self.absolute_within(path, MAX_HOPS)
    }

    fn absolute_within(&self, path: &[String], hops: usize) -> Vec<String> {
        let Some((head, rest)) = path.split_first() else {
            return Vec::new();
        };
        let module = self.index.named_module(self.module);
        let mut start = match head.as_str() {
            "" | "crate" => return path.to_vec(),
            "self" | "super" => below_crate(&self.index.module_path(module)),
            _ => return self.absolute_name(head, rest, hops),
        };
        let ups = usize::from(head == "super")
            + rest
                .iter()
                .take_while(|segment| *segment == "super")
                .count();
        start.truncate(start.len().saturating_sub(ups).max(1));
        start.extend(rest.iter().filter(|segment| *segment != "super").cloned());
        start
    }

    /// A path that begins with a name: of something imported or defined here, or of a crate.
    fn absolute_name(&self, head: &str, rest: &[String], hops: usize) -> Vec<String> {
        let mut start = match self.index.meaning(self.module, head) {
            Meaning::Imports(imports) if hops > 0 => {
                let import = self.index.import(imports[0]);
                let path: Vec<String> = import
                    .path
                    .iter()
                    .map(|segment| self.index.text(*segment).to_owned())
                    .collect();
                Imports {
                    module: import.module,
                    ..*self
                }
                .absolute_within(&path, hops - 1)
            }
            Meaning::Items(items) => match self.index.root_path(items[0]) {
                Some(path) => below_crate(&path),
                None => below_crate(
                    &[self.index.module_path(self.module), vec![head.to_owned()]].concat(),
                ),
            },
            _ => vec![String::new(), head.to_owned()],
        };
        start.extend(rest.iter().cloned());
        start
    }

    /// The `cfg`s an item stands under, those of modules the function stands in too left out.
    fn cfgs_of(&self, item: ItemId) -> Vec<String> {
        let facts = self.index.item(item);
        let mut cfgs = Vec::new();
        let mut module = Some(facts.module);
        while let Some(id) = module.filter(|id| !self.is_around(*id)) {
            cfgs.extend(self.index.module(id).cfgs.iter().cloned());
            module = self.index.module(id).parent;
        }
        cfgs.extend(facts.cfgs.iter().cloned());
        cfgs
    }

    /// Whether a module is the function's own, or around it.
    fn is_around(&self, module: ModuleId) -> bool {
        let mut at = Some(self.module);
        while let Some(id) = at {
            if id == module {
                return true;
            }
            at = self.index.module(id).parent;
        }
        false
    }
}

/// Imports of imports may go in circles; nobody writes longer chains.
const MAX_HOPS: usize = 32;
