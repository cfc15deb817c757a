//! What names mean: the bindings of each module, followed through imports and globs (rules R3 to R5).
//!
//! Nothing is ruled out by visibility, `cfg` or shadowing: a name resolves to every definition that could
//! bind it, and the imports on the way are reported with it.

use serde::{Deserialize, Serialize};

use super::symbol::Symbol;
use super::{CrateId, ImportId, Index, ItemId, ItemKind, ModuleId};
use crate::hash::HashMap;

mod lookup;
mod meaning;
mod opens;
mod prelude;
mod resolver;
mod seen;
mod settle;
mod unseen;

pub(crate) use meaning::Meaning;
pub(crate) use resolver::Resolver;

/// Segments that are kept of a path out of the indexed crates.
const LONGEST_EXTERNAL_PATH: usize = 8;

/// The bindings of every module.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Scopes {
    /// The contents of a `mod` item; several where attributes choose between files.
    modules: HashMap<ItemId, Vec<ModuleId>>,
    items: HashMap<(ModuleId, Symbol), Vec<ItemId>>,
    imports: HashMap<(ModuleId, Symbol), Vec<ImportId>>,
    globs: HashMap<ModuleId, Vec<ImportId>>,
    /// What each import leads to.
    targets: Vec<Target>,
    /// Of imports that lead to nothing in the indexed crates, the globs through which they may lead out of them.
    opens: HashMap<ImportId, Vec<ImportId>>,
    /// All `macro_rules!` of a name, in the order of files and text.
    macros: HashMap<Symbol, Vec<ItemId>>,
}

/// What an import leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Target {
    defs: Vec<Def>,
    /// Other imports that were followed to get there.
    through: Vec<ImportId>,
}

/// One thing a path may name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Def {
    Item(ItemId),
    Module(ModuleId),
    /// A member of a type or trait.
    Member(ItemId, Symbol),
    /// A member of something that can't be told.
    AnyMember(Symbol),
    /// In a crate that is not indexed; the first segment is the crate's name.
    External(Vec<Symbol>),
    /// Any of the calls of a crate that may define what nothing else does (R14). There may be hundreds, and every
    /// local variable is a name that nothing defines: so they stand together.
    Anything(CrateId),
}

impl Def {
    /// The items it stands for.
    pub(crate) fn items<'d>(&'d self, index: &'d Index) -> &'d [ItemId] {
        match self {
            Self::Item(item) => std::slice::from_ref(item),
            Self::Anything(krate) => index.expansions.anything(*krate),
            Self::Module(_) | Self::Member(..) | Self::AnyMember(_) | Self::External(_) => &[],
        }
    }

    /// Each item on its own.
    pub(crate) fn unfolded(&self, index: &Index) -> Vec<Self> {
        match self {
            Self::Anything(_) => self.items(index).iter().copied().map(Self::Item).collect(),
            _ => vec![self.clone()],
        }
    }
}

/// An item that may be meant, or any of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Candidate {
    Item(ItemId),
    /// As in [`Def::Anything`].
    Anything(CrateId),
}

impl Candidate {
    /// The items it stands for.
    pub(crate) fn items<'c>(&'c self, index: &'c Index) -> &'c [ItemId] {
        match self {
            Self::Item(item) => std::slice::from_ref(item),
            Self::Anything(krate) => index.expansions.anything(*krate),
        }
    }
}

/// All that a path may name, and what decides it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Resolution {
    pub(crate) defs: Vec<Def>,
    /// Imports that were followed.
    pub(crate) imports: Vec<ImportId>,
    /// Globs of crates that are not indexed, any of which could bind the name.
    pub(crate) open_globs: Vec<ImportId>,
}

impl Scopes {
    /// Notes that a `mod` item stands for a module.
    pub(crate) fn add_module(&mut self, item: ItemId, module: ModuleId) {
        self.modules.entry(item).or_default().push(module);
    }

    /// Gathers the bindings of an index; keeps what is known of `mod` items.
    pub(crate) fn gather(index: &mut Index) -> Self {
        let mut scopes = Self {
            modules: std::mem::take(&mut index.scopes.modules),
            ..Self::default()
        };
        for (number, item) in index.items.iter().enumerate() {
            let id = ItemId(u32::try_from(number).expect("items are counted in 32 bits"));
            let (Some(name), false) = (item.name, item.left_out) else {
                continue;
            };
            match item.kind {
                ItemKind::MacroRules => scopes.macros.entry(name).or_default().push(id),
                ItemKind::TraitMember(_) | ItemKind::ImplMember(_) => {}
                _ => scopes
                    .items
                    .entry((item.module, name))
                    .or_default()
                    .push(id),
            }
        }
        for (number, import) in index.imports.iter().enumerate() {
            let id = ImportId(u32::try_from(number).expect("imports are counted in 32 bits"));
            match import.name {
                Some(name) => scopes
                    .imports
                    .entry((import.module, name))
                    .or_default()
                    .push(id),
                None => scopes.globs.entry(import.module).or_default().push(id),
            }
        }
        scopes
    }

    /// The contents of a `mod` item.
    pub(crate) fn modules(&self, item: ItemId) -> &[ModuleId] {
        self.modules.get(&item).map_or(&[], Vec::as_slice)
    }

    /// All `macro_rules!` of a name.
    pub(crate) fn macros(&self, name: Symbol) -> &[ItemId] {
        self.macros.get(&name).map_or(&[], Vec::as_slice)
    }

    /// Every name that an item or an import binds in a module, or a glob of an enum's variants.
    pub(crate) fn bindings<'i>(
        &'i self,
        index: &'i Index,
    ) -> impl Iterator<Item = (Symbol, ModuleId)> {
        let alone = self.items.keys().chain(self.imports.keys());
        let variants = self.glob_targets().flat_map(|(module, def)| {
            let items = def.items(index).iter();
            let variants = items.flat_map(|item| index.item(*item).variants.iter());
            variants.map(move |name| (*name, module))
        });
        alone.map(|(module, name)| (*name, *module)).chain(variants)
    }

    /// Every module that a glob leads to, with the one the glob stands in.
    pub(crate) fn globbed(&self) -> impl Iterator<Item = (ModuleId, ModuleId)> {
        self.glob_targets().filter_map(|(from, def)| match def {
            Def::Module(module) => Some((*module, from)),
            _ => None,
        })
    }

    /// A module, and those that globs lead to from there.
    pub(crate) fn through_globs(&self, module: ModuleId) -> Vec<ModuleId> {
        let mut found = vec![module];
        let mut at = 0;
        while let Some(module) = found.get(at).copied() {
            let globs = self.globs(module).iter();
            for def in globs.flat_map(|glob| &self.targets[glob.0 as usize].defs) {
                if let Def::Module(module) = def
                    && !found.contains(module)
                {
                    found.push(*module);
                }
            }
            at += 1;
        }
        found
    }

    fn glob_targets(&self) -> impl Iterator<Item = (ModuleId, &Def)> {
        self.globs.iter().flat_map(|(module, globs)| {
            let targets = globs.iter().map(|glob| &self.targets[glob.0 as usize]);
            targets.flat_map(|target| target.defs.iter().map(|def| (*module, def)))
        })
    }

    /// Whether an item or an import of a module has a name.
    pub(crate) fn binds(&self, module: ModuleId, name: Symbol) -> bool {
        !(self.items(module, name).is_empty() && self.imports(module, name).is_empty())
    }

    fn items(&self, module: ModuleId, name: Symbol) -> &[ItemId] {
        self.items.get(&(module, name)).map_or(&[], Vec::as_slice)
    }

    fn imports(&self, module: ModuleId, name: Symbol) -> &[ImportId] {
        self.imports.get(&(module, name)).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn globs(&self, module: ModuleId) -> &[ImportId] {
        self.globs.get(&module).map_or(&[], Vec::as_slice)
    }
}

impl Index {
    /// Whether a path out of the indexed crates leads to std, or begins with a name of its prelude.
    pub(crate) fn is_std(&self, path: &[Symbol]) -> bool {
        self.head(path)
            .is_some_and(|head| prelude::CRATES.contains(&head) || prelude::is_type(head))
    }

    /// Whether a path out of the indexed crates surely leads to a crate that another one depends on.
    pub(crate) fn is_dependency(&self, krate: CrateId, path: &[Symbol]) -> bool {
        let dependencies = &self.krate(krate).dependencies;
        self.head(path)
            .is_some_and(|head| dependencies.iter().any(|known| known == head))
    }

    /// Whether what a path leads to is one of our macros: these are no items of modules, so that a path to one seems to
    /// lead nowhere, or out of the indexed crates.
    pub(crate) fn is_own_macro(&self, path: &[Symbol]) -> bool {
        let is_macro = path
            .last()
            .is_some_and(|name| !self.scopes.macros(*name).is_empty());
        let crates = (0..).map(CrateId).take(self.crates.len());
        is_macro
            && !self.is_std(path)
            && !crates
                .into_iter()
                .any(|krate| self.is_dependency(krate, path))
    }

    fn head(&self, path: &[Symbol]) -> Option<&str> {
        let mut segments = path.iter().map(|segment| self.text(*segment));
        segments.find(|segment| !segment.is_empty())
    }
}

impl Resolution {
    fn of(def: Def) -> Self {
        Self {
            defs: vec![def],
            ..Self::default()
        }
    }
}
