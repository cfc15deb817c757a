//! What a single name means to the code of a module: what decides how a signature is copied.

use super::{Def, Resolver, prelude};
use crate::index::symbol::Symbol;
use crate::index::{ImportId, Index, ItemId, ItemKind, ModuleId, ModuleKind};

/// What one name means in one module, as a signature is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Defined here, or brought by a glob of local names; several for twins.
    Items(Vec<ItemId>),
    /// Bound by explicit `use` leaves of this module.
    Imports(Vec<ImportId>),
    /// Not bound explicitly; these globs could bring it.
    Globs(Vec<ImportId>),
    /// In std's prelude, or a primitive type.
    Prelude,
    /// The name of a crate.
    ExternCrate,
    /// Nothing known defines it.
    Unknown,
}

impl Index {
    /// What one name means in a module, to code inside it.
    pub(crate) fn meaning(&self, module: ModuleId, name: &str) -> Meaning {
        let open = match self.symbols.find(name) {
            Some(symbol) => match self.bound_meaning(module, symbol) {
                Ok(meaning) => return meaning,
                Err(open) => open,
            },
            None => self.open_globs(module),
        };
        if prelude::PRIMITIVES.contains(&name) {
            Meaning::Prelude
        } else if !open.is_empty() {
            Meaning::Globs(open)
        } else if prelude::NAMES.contains(&name) {
            Meaning::Prelude
        } else if self.is_crate_name(module, name) {
            Meaning::ExternCrate
        } else {
            Meaning::Unknown
        }
    }

    /// The meaning of a bound name, or else the globs that may bind it.
    fn bound_meaning(&self, module: ModuleId, name: Symbol) -> Result<Meaning, Vec<ImportId>> {
        let items = self.scopes.items(module, name);
        if !items.is_empty() {
            return Ok(Meaning::Items(items.to_vec()));
        }
        // What a macro call may define is no definition anybody could name.
        let is_call = |item: &ItemId| self.item(*item).kind == ItemKind::MacroCall;
        let imports = self.scopes.imports(module, name);
        if !imports.is_empty() {
            return Ok(Meaning::Imports(imports.to_vec()));
        }
        let resolution = Resolver::new(self).resolve(module, &[name], self.module(module).krate);
        let items: Vec<ItemId> = resolution
            .defs
            .iter()
            .flat_map(|def| match def {
                Def::Module(module) => self.module(*module).declaration.as_slice(),
                _ => def.items(self),
            })
            .copied()
            .filter(|item| !is_call(item))
            .collect();
        if !items.is_empty() {
            return Ok(Meaning::Items(items));
        }
        let explicit: Vec<ImportId> = resolution
            .imports
            .iter()
            .copied()
            .filter(|import| self.import(*import).name.is_some())
            .collect();
        if !explicit.is_empty() {
            return Ok(Meaning::Imports(explicit));
        }
        Err(resolution.open_globs.clone())
    }

    /// The globs of a module that lead out of the indexed crates, for a name that occurs nowhere in them.
    fn open_globs(&self, module: ModuleId) -> Vec<ImportId> {
        let resolver = Resolver::new(self);
        let mut open = Vec::new();
        let mut at = Some(module);
        while let Some(id) = at {
            let leads_out = |glob: &ImportId| {
                let import = self.import(*glob);
                let found = resolver.resolve(id, &import.path, self.module(id).krate);
                found.defs.is_empty()
                    || found
                        .defs
                        .iter()
                        .any(|def| matches!(def, Def::External(_) | Def::AnyMember(_)))
            };
            open.extend(self.scopes.globs(id).iter().copied().filter(leads_out));
            at = if self.module(id).kind == ModuleKind::Block {
                self.module(id).parent
            } else {
                None
            };
        }
        open
    }

    fn is_crate_name(&self, module: ModuleId, name: &str) -> bool {
        let krate = self.krate(self.module(module).krate);
        prelude::CRATES.contains(&name) || krate.dependencies.iter().any(|known| known == name)
    }

    /// What a path names in a module.
    pub(crate) fn resolve(&self, module: ModuleId, path: &[&str]) -> Vec<Def> {
        let known: Option<Vec<Symbol>> = path
            .iter()
            .map(|segment| self.symbols.find(segment))
            .collect();
        // A segment that occurs nowhere in the sources names nothing in them.
        known.map_or_else(Vec::new, |path| {
            Resolver::new(self)
                .resolve(module, &path, self.module(module).krate)
                .defs
                .iter()
                .flat_map(|def| def.unfolded(self))
                .collect()
        })
    }
}
