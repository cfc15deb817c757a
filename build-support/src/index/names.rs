//! What names mean: the bindings of each module, followed through imports and globs (rules R3 to R5).
//!
//! Nothing is ruled out by visibility, `cfg` or shadowing: a name resolves to every definition that could
//! bind it, and the imports on the way are reported with it.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::symbol::Symbol;
use super::{CrateId, ImportId, Index, ItemId, ItemKind, ModuleId, ModuleKind};

mod prelude;

/// Segments that are kept of a path out of the indexed crates.
const LONGEST_EXTERNAL_PATH: usize = 8;

/// The bindings of every module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scopes {
    /// The contents of a `mod` item; several where attributes choose between files.
    modules: HashMap<ItemId, Vec<ModuleId>>,
    items: HashMap<(ModuleId, Symbol), Vec<ItemId>>,
    imports: HashMap<(ModuleId, Symbol), Vec<ImportId>>,
    globs: HashMap<ModuleId, Vec<ImportId>>,
    /// What each import leads to.
    targets: Vec<Target>,
    /// All `macro_rules!` of a name, in the order of files and text.
    macros: HashMap<Symbol, Vec<ItemId>>,
}

/// What an import leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Target {
    defs: Vec<Def>,
    /// Other imports that were followed to get there.
    through: Vec<ImportId>,
}

/// One thing a path may name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Def {
    Item(ItemId),
    Module(ModuleId),
    /// A member of a type or trait.
    Member(ItemId, Symbol),
    /// A member of something that can't be told.
    AnyMember(Symbol),
    /// In a crate that is not indexed; the first segment is the crate's name.
    External(Vec<Symbol>),
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

impl Scopes {
    /// Notes that a `mod` item stands for a module.
    pub(crate) fn add_module(&mut self, item: ItemId, module: ModuleId) {
        self.modules.entry(item).or_default().push(module);
    }

    /// Gathers the bindings of an index; keeps what is known of `mod` items.
    pub(crate) fn of(index: &mut Index) -> Self {
        let mut scopes = Self {
            modules: std::mem::take(&mut index.scopes.modules),
            ..Self::default()
        };
        for (number, item) in index.items.iter().enumerate() {
            let id = ItemId(u32::try_from(number).expect("items are counted in 32 bits"));
            let (Some(name), false) = (item.name, item.test_only) else {
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
        scopes.settle(index);
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

/// Resolves paths, remembering what it has resolved.
#[derive(Debug)]
pub(crate) struct Resolver<'i> {
    index: &'i Index,
    memo: RefCell<HashMap<(ModuleId, Symbol), Rc<Resolution>>>,
}

/// The names of an index on their way to a fixpoint, or there.
#[derive(Clone, Copy, Debug)]
struct Names<'i> {
    index: &'i Index,
    scopes: &'i Scopes,
    /// While targets are still being found, an import without one says nothing; later it leads out of the
    /// indexed crates.
    settled: bool,
}

impl<'i> Resolver<'i> {
    pub(crate) fn new(index: &'i Index) -> Self {
        Self {
            index,
            memo: RefCell::default(),
        }
    }

    /// What a path names in a module. `Self` and `<>` must have been replaced before.
    pub(crate) fn resolve(&self, module: ModuleId, path: &[Symbol], krate: CrateId) -> Resolution {
        let names = Names {
            index: self.index,
            scopes: &self.index.scopes,
            settled: true,
        };
        let Some((head, rest)) = path.split_first() else {
            return Resolution::default();
        };
        let mut found = match names.special(module, *head, krate) {
            Some(def) => Resolution::of(def),
            None if self.index.text(*head).is_empty() => Resolution::default(),
            None => (*self.remembered(names, module, *head)).clone(),
        };
        let rest = names.after_crate(module, *head, rest, &mut found);
        if found.defs.is_empty() {
            found.defs = names.unknown_head(module, *head, rest);
        }
        names.follow(rest, &mut found);
        found
    }

    fn remembered(&self, names: Names<'_>, module: ModuleId, name: Symbol) -> Rc<Resolution> {
        if let Some(known) = self.memo.borrow().get(&(module, name)) {
            return Rc::clone(known);
        }
        let fresh = Rc::new(names.lexical(module, name));
        self.memo
            .borrow_mut()
            .insert((module, name), Rc::clone(&fresh));
        fresh
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

impl Scopes {
    /// Finds what every import leads to. Imports may lead through one another and through globs, so all are
    /// followed again until nothing new is found, as rustc does.
    fn settle(&mut self, index: &Index) {
        self.targets = vec![Target::default(); index.imports.len()];
        loop {
            let mut changed = false;
            for (number, import) in index.imports.iter().enumerate() {
                let names = Names {
                    index,
                    scopes: self,
                    settled: false,
                };
                let target = names.target(import.module, &import.path);
                if target != self.targets[number] {
                    self.targets[number] = target;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }
}

impl Names<'_> {
    /// What an import's path leads to, as far as is known.
    fn target(self, module: ModuleId, path: &[Symbol]) -> Target {
        let Some((head, rest)) = path.split_first() else {
            return Target::default();
        };
        let krate = self.index.module(module).krate;
        let mut found = match self.special(module, *head, krate) {
            Some(def) => Resolution::of(def),
            None if self.index.text(*head).is_empty() => Resolution::default(),
            None => self.lexical(module, *head),
        };
        let rest = self.after_crate(module, *head, rest, &mut found);
        if found.defs.is_empty() {
            found.defs.extend(self.krate_if_known(module, *head));
        }
        self.follow(rest, &mut found);
        let mut through = found.imports;
        through.sort_unstable();
        through.dedup();
        Target {
            defs: found.defs,
            through,
        }
    }

    /// Words that start a path.
    fn special(self, module: ModuleId, head: Symbol, dollar_crate: CrateId) -> Option<Def> {
        let module = match self.index.text(head) {
            "crate" => self.index.krate(self.index.module(module).krate).root,
            "$crate" => self.index.krate(dollar_crate).root,
            "self" => self.index.named_module(module),
            "super" => self.parent(module),
            _ => return None,
        };
        Some(Def::Module(module))
    }

    /// After a leading `::` stands the name of a crate; returns what is left of the path.
    fn after_crate<'p>(
        self,
        module: ModuleId,
        head: Symbol,
        rest: &'p [Symbol],
        found: &mut Resolution,
    ) -> &'p [Symbol] {
        match rest.split_first() {
            Some((name, after)) if self.index.text(head).is_empty() => {
                found.defs.push(self.krate(module, *name));
                after
            }
            _ => rest,
        }
    }

    fn follow(self, rest: &[Symbol], found: &mut Resolution) {
        for segment in rest {
            let defs = std::mem::take(&mut found.defs);
            let next = defs
                .iter()
                .flat_map(|def| self.step(def, *segment, found))
                .collect();
            found.defs = unique(next);
        }
    }

    /// A head that nothing binds: a crate, a generic parameter, a local variable, the product of a macro.
    fn unknown_head(self, module: ModuleId, head: Symbol, rest: &[Symbol]) -> Vec<Def> {
        match self.krate_if_known(module, head) {
            Some(def) => vec![def],
            None if rest.is_empty() => Vec::new(),
            None if prelude::is_type(self.index.text(head)) => vec![Def::External(vec![head])],
            // Whatever it is, its members are those of some type: any that is reached.
            None => vec![Def::AnyMember(head)],
        }
    }

    /// A name as code inside `module` sees it: blocks look outwards, modules don't.
    fn lexical(self, module: ModuleId, name: Symbol) -> Resolution {
        let mut found = Resolution::default();
        let mut at = Some(module);
        while let Some(id) = at {
            let defs = self.bound(id, name, &mut found, &mut Vec::new());
            found.defs.extend(defs);
            let module = self.index.module(id);
            at = module.parent.filter(|_| module.kind == ModuleKind::Block);
        }
        found.defs = unique(found.defs);
        found
    }

    /// What `module` itself binds a name to. `seen` ends circles of globs.
    fn bound(
        self,
        module: ModuleId,
        name: Symbol,
        found: &mut Resolution,
        seen: &mut Vec<ModuleId>,
    ) -> Vec<Def> {
        if seen.contains(&module) {
            return Vec::new();
        }
        seen.push(module);
        let mut defs = Vec::new();
        for item in self.scopes.items(module, name) {
            match self.index.item(*item).kind {
                ItemKind::Mod => {
                    let modules = self.scopes.modules(*item).iter();
                    defs.extend(modules.map(|module| Def::Module(*module)));
                }
                _ => defs.push(Def::Item(*item)),
            }
        }
        for import in self.scopes.imports(module, name) {
            found.imports.push(*import);
            defs.extend(self.imported(*import, found));
        }
        for glob in self.scopes.globs(module) {
            defs.extend(self.through_glob(*glob, name, found, seen));
        }
        defs
    }

    /// What an import leads to; out of the indexed crates if to nothing in them.
    fn imported(self, import: ImportId, found: &mut Resolution) -> Vec<Def> {
        let target = &self.scopes.targets[import.0 as usize];
        found.imports.extend(&target.through);
        if target.defs.is_empty() && self.settled {
            return vec![Def::External(self.index.import(import).path.clone())];
        }
        target.defs.clone()
    }

    fn through_glob(
        self,
        glob: ImportId,
        name: Symbol,
        found: &mut Resolution,
        seen: &mut Vec<ModuleId>,
    ) -> Vec<Def> {
        let mut way = Resolution::default();
        let mut defs = Vec::new();
        for target in self.imported(glob, &mut way) {
            match target {
                Def::Module(module) => defs.extend(self.bound(module, name, &mut way, seen)),
                Def::Item(item) if self.index.item(item).variants.contains(&name) => {
                    defs.push(Def::Item(item));
                }
                Def::Item(_) | Def::Member(..) => {}
                Def::AnyMember(_) | Def::External(_) => found.open_globs.push(glob),
            }
        }
        found.open_globs.extend(way.open_globs);
        if !defs.is_empty() {
            found.imports.push(glob);
            found.imports.extend(way.imports);
        }
        defs
    }

    /// One more segment of a path.
    fn step(self, def: &Def, segment: Symbol, found: &mut Resolution) -> Vec<Def> {
        match def {
            Def::Module(module) if self.index.text(segment) == "super" => {
                vec![Def::Module(self.parent(*module))]
            }
            Def::Module(module) if self.index.text(segment) == "self" => vec![Def::Module(*module)],
            Def::Module(module) => self.bound(*module, segment, found, &mut Vec::new()),
            Def::Item(item) => self.member(*item, segment),
            Def::Member(item, _) => vec![Def::Item(*item), Def::AnyMember(segment)],
            Def::AnyMember(_) => vec![Def::AnyMember(segment)],
            Def::External(path) => {
                let mut path = path.clone();
                // `use quote::quote` can be read as leading through itself; no real path is as long.
                if path.len() < LONGEST_EXTERNAL_PATH {
                    path.push(segment);
                }
                vec![Def::External(path)]
            }
        }
    }

    fn member(self, item: ItemId, segment: Symbol) -> Vec<Def> {
        match self.index.item(item).kind {
            ItemKind::Enum if self.index.item(item).variants.contains(&segment) => {
                // A variant, or an associated function of the same name.
                vec![Def::Item(item), Def::Member(item, segment)]
            }
            ItemKind::Struct | ItemKind::Enum | ItemKind::Union | ItemKind::Trait => {
                vec![Def::Member(item, segment)]
            }
            // An alias may stand for any type.
            _ => vec![Def::Item(item), Def::AnyMember(segment)],
        }
    }

    fn parent(self, module: ModuleId) -> ModuleId {
        let named = self.index.named_module(module);
        self.index
            .module(named)
            .parent
            .map_or(named, |parent| self.index.named_module(parent))
    }

    /// A crate by the name this one has for it.
    fn krate(self, module: ModuleId, name: Symbol) -> Def {
        self.krate_if_known(module, name)
            .unwrap_or_else(|| Def::External(vec![name]))
    }

    fn krate_if_known(self, module: ModuleId, name: Symbol) -> Option<Def> {
        let krate = self.index.krate(self.index.module(module).krate);
        let text = self.index.text(name);
        if let Some((_, id)) = krate.externs.iter().find(|(known, _)| known == text) {
            return Some(Def::Module(self.index.krate(*id).root));
        }
        // `extern crate … as name` at the root makes the name known in the whole crate.
        if let Some(import) = self.extern_crate(krate.root, name) {
            let path = &self.index.import(import).path;
            return match self.index.text(path[0]) {
                "crate" => Some(Def::Module(krate.root)),
                _ => Some(self.krate(krate.root, path[1])),
            };
        }
        let known =
            prelude::CRATES.contains(&text) || krate.dependencies.iter().any(|known| known == text);
        known.then(|| Def::External(vec![name]))
    }
}

impl Names<'_> {
    /// The renaming `extern crate` of a name, if the crate root has one.
    fn extern_crate(self, root: ModuleId, name: Symbol) -> Option<ImportId> {
        let is_extern_crate = |import: &&ImportId| {
            let path = &self.index.import(**import).path;
            match path.as_slice() {
                [only] => self.index.text(*only) == "crate",
                [head, krate] => self.index.text(*head).is_empty() && *krate != name,
                _ => false,
            }
        };
        self.scopes
            .imports(root, name)
            .iter()
            .find(is_extern_crate)
            .copied()
    }
}

fn unique(mut defs: Vec<Def>) -> Vec<Def> {
    let mut seen = HashSet::new();
    defs.retain(|def| seen.insert(def.clone()));
    defs
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
        let imports = self.scopes.imports(module, name);
        if !imports.is_empty() {
            return Ok(Meaning::Imports(imports.to_vec()));
        }
        let resolution = Resolver::new(self).resolve(module, &[name], self.module(module).krate);
        let items: Vec<ItemId> = resolution
            .defs
            .iter()
            .filter_map(|def| match def {
                Def::Item(item) => Some(*item),
                Def::Module(module) => self.module(*module).declaration,
                _ => None,
            })
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
        Err(resolution.open_globs)
    }

    /// The globs of a module that lead out of the indexed crates, for a name that occurs nowhere in them.
    fn open_globs(&self, module: ModuleId) -> Vec<ImportId> {
        let resolver = Resolver::new(self);
        let mut open = Vec::new();
        let mut at = Some(module);
        while let Some(id) = at {
            let leads_out = |glob: &ImportId| {
                let import = self.import(*glob);
                let defs = resolver
                    .resolve(id, &import.path, self.module(id).krate)
                    .defs;
                defs.is_empty()
                    || defs
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
        })
    }
}
