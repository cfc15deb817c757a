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

/// The bindings of every module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scopes {
    /// The contents of a `mod` item; several where attributes choose between files.
    modules: HashMap<ItemId, Vec<ModuleId>>,
    items: HashMap<(ModuleId, Symbol), Vec<ItemId>>,
    imports: HashMap<(ModuleId, Symbol), Vec<ImportId>>,
    globs: HashMap<ModuleId, Vec<ImportId>>,
    /// All `macro_rules!` of a name, in the order of files and text.
    macros: HashMap<Symbol, Vec<ItemId>>,
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

/// One look-up on its way: what was found, and what is being looked up (imports may go in circles).
#[derive(Default)]
struct Search {
    found: Resolution,
    open: HashSet<(ModuleId, Symbol, bool)>,
}

impl<'i> Resolver<'i> {
    pub(crate) fn new(index: &'i Index) -> Self {
        Self {
            index,
            memo: RefCell::default(),
        }
    }

    /// What a path names in a module. `Self` and `<>` must have been replaced before.
    pub(crate) fn resolve(
        &self,
        module: ModuleId,
        path: &[Symbol],
        dollar_crate: CrateId,
    ) -> Resolution {
        let mut search = Search::default();
        let defs = self.path(module, path, dollar_crate, &mut search, true);
        search.found.defs = defs;
        search.found
    }

    fn path(
        &self,
        module: ModuleId,
        path: &[Symbol],
        dollar_crate: CrateId,
        search: &mut Search,
        remember: bool,
    ) -> Vec<Def> {
        let Some((head, rest)) = path.split_first() else {
            return Vec::new();
        };
        let mut rest = rest;
        let mut defs = match self.index.text(*head) {
            "crate" => vec![Def::Module(
                self.index.krate(self.index.module(module).krate).root,
            )],
            "$crate" => vec![Def::Module(self.index.krate(dollar_crate).root)],
            "self" => vec![Def::Module(self.index.named_module(module))],
            "super" => vec![Def::Module(self.parent(module))],
            "" => match rest.split_first() {
                Some((name, after)) => {
                    rest = after;
                    vec![self.krate(module, *name)]
                }
                None => Vec::new(),
            },
            _ if remember => self.remembered(module, *head, search),
            _ => self.lexical(module, *head, search),
        };
        if defs.is_empty() {
            defs = self.unknown_head(module, *head, rest);
        }
        for segment in rest {
            let next = defs
                .iter()
                .flat_map(|def| self.step(def, *segment, search))
                .collect::<Vec<_>>();
            defs = unique(next);
        }
        defs
    }

    /// A head that nothing binds: a crate, a generic parameter, a local variable, the product of a macro.
    fn unknown_head(&self, module: ModuleId, head: Symbol, rest: &[Symbol]) -> Vec<Def> {
        match self.krate_if_known(module, head) {
            Some(def) => vec![def],
            None if rest.is_empty() => Vec::new(),
            // Whatever it is, its members are those of some type: any that is reached.
            None => vec![Def::AnyMember(head)],
        }
    }

    fn remembered(&self, module: ModuleId, name: Symbol, search: &mut Search) -> Vec<Def> {
        let known = self.memo.borrow().get(&(module, name)).cloned();
        let known = known.unwrap_or_else(|| {
            let mut fresh = Search::default();
            let defs = self.lexical(module, name, &mut fresh);
            fresh.found.defs = defs;
            let fresh = Rc::new(fresh.found);
            self.memo
                .borrow_mut()
                .insert((module, name), Rc::clone(&fresh));
            fresh
        });
        search.found.imports.extend(&known.imports);
        search.found.open_globs.extend(&known.open_globs);
        known.defs.clone()
    }

    /// A name as code inside `module` sees it: blocks look outwards, modules don't.
    fn lexical(&self, module: ModuleId, name: Symbol, search: &mut Search) -> Vec<Def> {
        let mut defs = self.bound(module, name, search, true);
        if let (ModuleKind::Block, Some(parent)) = (
            self.index.module(module).kind,
            self.index.module(module).parent,
        ) {
            defs.extend(self.lexical(parent, name, search));
        }
        unique(defs)
    }

    /// What `module` itself binds a name to.
    fn bound(
        &self,
        module: ModuleId,
        name: Symbol,
        search: &mut Search,
        from_inside: bool,
    ) -> Vec<Def> {
        if !search.open.insert((module, name, from_inside)) {
            return Vec::new();
        }
        let scopes = &self.index.scopes;
        let mut defs = Vec::new();
        for item in scopes.items(module, name) {
            match self.index.item(*item).kind {
                ItemKind::Mod => defs.extend(
                    scopes
                        .modules(*item)
                        .iter()
                        .map(|module| Def::Module(*module)),
                ),
                _ => defs.push(Def::Item(*item)),
            }
        }
        for import in scopes.imports(module, name) {
            search.found.imports.push(*import);
            defs.extend(self.imported(*import, search));
        }
        for glob in scopes.globs(module) {
            defs.extend(self.through_glob(*glob, name, search));
        }
        search.open.remove(&(module, name, from_inside));
        defs
    }

    /// What an import names.
    fn imported(&self, import: ImportId, search: &mut Search) -> Vec<Def> {
        let import = self.index.import(import);
        let defs = self.path(
            import.module,
            &import.path,
            self.index.module(import.module).krate,
            search,
            false,
        );
        if defs.is_empty() || defs.iter().all(|def| matches!(def, Def::AnyMember(_))) {
            return vec![Def::External(import.path.clone())];
        }
        defs
    }

    fn through_glob(&self, glob: ImportId, name: Symbol, search: &mut Search) -> Vec<Def> {
        let mut found = Vec::new();
        let mut open = false;
        for target in self.imported(glob, search) {
            match target {
                Def::Module(module) => found.extend(self.bound(module, name, search, false)),
                Def::Item(item) if self.index.item(item).variants.contains(&name) => {
                    found.push(Def::Item(item))
                }
                Def::Item(_) | Def::Member(..) => {}
                Def::AnyMember(_) | Def::External(_) => open = true,
            }
        }
        if open {
            search.found.open_globs.push(glob);
        }
        if !found.is_empty() {
            search.found.imports.push(glob);
        }
        found
    }

    /// One more segment of a path.
    fn step(&self, def: &Def, segment: Symbol, search: &mut Search) -> Vec<Def> {
        match def {
            Def::Module(module) if self.index.text(segment) == "super" => {
                vec![Def::Module(self.parent(*module))]
            }
            Def::Module(module) if self.index.text(segment) == "self" => vec![Def::Module(*module)],
            Def::Module(module) => self.bound(*module, segment, search, false),
            Def::Item(item) => self.member(*item, segment),
            Def::Member(item, _) => vec![Def::Item(*item), Def::AnyMember(segment)],
            Def::AnyMember(_) => vec![Def::AnyMember(segment)],
            Def::External(path) => {
                let mut path = path.clone();
                path.push(segment);
                vec![Def::External(path)]
            }
        }
    }

    fn member(&self, item: ItemId, segment: Symbol) -> Vec<Def> {
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

    fn parent(&self, module: ModuleId) -> ModuleId {
        let named = self.index.named_module(module);
        self.index
            .module(named)
            .parent
            .map_or(named, |parent| self.index.named_module(parent))
    }

    /// A crate by the name this one has for it.
    fn krate(&self, module: ModuleId, name: Symbol) -> Def {
        self.krate_if_known(module, name)
            .unwrap_or_else(|| Def::External(vec![name]))
    }

    fn krate_if_known(&self, module: ModuleId, name: Symbol) -> Option<Def> {
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

impl Resolver<'_> {
    /// The renaming `extern crate` of a name, if the crate root has one.
    fn extern_crate(&self, root: ModuleId, name: Symbol) -> Option<ImportId> {
        let is_extern_crate = |import: &&ImportId| {
            let path = &self.index.import(**import).path;
            match path.as_slice() {
                [only] => self.index.text(*only) == "crate",
                [head, krate] => self.index.text(*head).is_empty() && *krate != name,
                _ => false,
            }
        };
        self.index
            .scopes
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
