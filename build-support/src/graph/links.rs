//! What the tokens of one item lead to, before it is known what else is reached.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::LateKind;
use super::behind::Behind;
use super::binders::Binders;
use super::by_name::ByName;
use super::rebound::Rebound;
use crate::hash::{HashMap, HashSet};
use crate::index::collect::is_blind_name;
use crate::index::facts::{FileMention, Mention, SelfType};
use crate::index::names::{Candidate, Def, Resolution, Resolver};
use crate::index::std_traits::StdTraits;
use crate::index::symbol::{Symbol, letters};
use crate::index::{CrateId, ImportId, Index, ItemId, ItemKind, ModuleId};
use crate::index::{adorned, expansions};
use crate::unique::keep_first;

/// The names that are generated for a marked function, around its own name.
const GENERATED_PREFIXES: &[&str] = &["cached_", "refresh_", "evict_", "peek_", "put_"];
const GENERATED_SUFFIX: &str = "_VERSION";

/// What of std tells places in the text.
const PLACE_TYPES: &[&str] = &[
    "Backtrace",
    "Location",
    "PanicHookInfo",
    "PanicInfo",
    "set_hook",
];

/// std's macros that answer with their place in the text.
const POSITIONS: &[&str] = &["line", "column", "file"];

/// Where one item's tokens lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Links {
    /// Definitions that a path may name, with the last name of the path.
    pub(super) items: Vec<(Candidate, Symbol)>,
    /// The traits among them.
    pub(super) traits: Vec<ItemId>,
    /// Members of known types and traits.
    pub(super) members: Vec<(ItemId, Symbol)>,
    /// Members of whatever type is reached.
    pub(super) names: Vec<Symbol>,
    /// Names that macros may put behind the path of any module that is named.
    pub(super) loose: Vec<Symbol>,
    /// Modules of a name that is spelled where it may be all of a path.
    pub(super) modules: Vec<ModuleId>,
    /// Types any members of which may be called: a macro takes the type for a module.
    pub(super) whole: Vec<ItemId>,
    /// Members of types of other crates: ours only by a trait of ours.
    pub(super) foreign_names: Vec<Symbol>,
    pub(super) macros: Vec<Symbol>,
    /// Marked functions, by a name generated for them.
    pub(super) generated: Vec<(ItemId, Symbol)>,
    pub(super) imports: Vec<ImportId>,
    /// Paths into crates that are not indexed.
    pub(super) externals: Vec<Vec<Symbol>>,
    /// What the compiler knows: predicates and variables.
    pub(super) late: Vec<(LateKind, Symbol)>,
    /// Strings that a macro may take for names of files or variables.
    pub(super) literals: Vec<Symbol>,
    /// Files that become part of the code.
    pub(super) files: Vec<FileMention>,
    /// Traits whose tables of functions may be made: `dyn Trait`.
    pub(super) dyn_traits: Vec<ItemId>,
    /// Whether places in the text are asked for (R18).
    pub(super) positions: bool,
    /// Traits of a name that is spelled, whatever it names here.
    pub(super) traits_by_name: Vec<ItemId>,
    /// Modules all of which imports among the tokens of macros bring into scope.
    pub(super) globs: Vec<ModuleId>,
    /// Traits of std's whose impls may be called.
    pub(super) std_traits: StdTraits,
    /// Whether something may be named that nobody can see.
    pub(super) unseen: bool,
    /// Crates of ours that macros of other crates go with: what these spell, they spell of those.
    pub(super) companions: Vec<CrateId>,
}

/// Links items, each once for each scope its tokens are read in, and for all threads.
pub(super) struct Linker<'i> {
    index: &'i Index,
    resolver: &'i Resolver<'i>,
    /// Of each item, read in its own scope.
    own: Vec<OnceLock<Arc<Links>>>,
    /// Of macros, read where they are called.
    elsewhere: Mutex<HashMap<(ItemId, ModuleId), Arc<Links>>>,
    /// Once it was asked for names that macros put behind the paths of modules.
    binders: OnceLock<Binders>,
    generated: HashMap<Symbol, Vec<ItemId>>,
    by_name: ByName,
    behind: Behind,
    /// All names by their letters, once that was asked: seldom, but then for many items.
    alike: OnceLock<HashMap<String, Vec<Symbol>>>,
    /// Members of traits, as the traits themselves declare them.
    declared: HashSet<(ItemId, Symbol)>,
    rebound: Rebound,
}

impl<'i> Linker<'i> {
    pub(super) fn new(index: &'i Index, resolver: &'i Resolver<'i>) -> Self {
        Self {
            index,
            resolver,
            own: vec![OnceLock::new(); index.items.len()],
            elsewhere: Mutex::default(),
            binders: OnceLock::new(),
            generated: generated_names(index),
            by_name: ByName::of(index),
            behind: Behind::of(index),
            alike: OnceLock::new(),
            declared: declared(index),
            rebound: Rebound::of(index),
        }
    }

    /// The links of an item whose tokens are read in `scope`: its own, or for a macro that of a call.
    pub(super) fn links(&self, item: ItemId, scope: ModuleId) -> Arc<Links> {
        let facts = self.index.item(item);
        let link = || Arc::new(self.of_mentions(&facts.mentions, scope, Some(item)));
        if scope == facts.scope {
            return Arc::clone(self.own[item.0 as usize].get_or_init(link));
        }
        let known = || {
            // What is put in under the lock was made before it was taken.
            let known = self.elsewhere.lock();
            known.unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(links) = known().get(&(item, scope)) {
            return Arc::clone(links);
        }
        let links = link();
        known().insert((item, scope), Arc::clone(&links));
        links
    }

    /// The links of mentions that belong to no item, or to `item`.
    pub(super) fn of_mentions(
        &self,
        mentions: &[Mention],
        scope: ModuleId,
        item: Option<ItemId>,
    ) -> Links {
        let mut links = Links::default();
        let owner = item.and_then(|item| self.index.item(item).owner);
        let around = owner.map_or(&[][..], |owner| &self.index.item(owner).mentions);
        for mention in mentions {
            self.meant(mention, &mut links);
            match mention {
                Mention::Method(name) => {
                    links.names.push(*name);
                    self.note_generated(*name, &mut links);
                }
                Mention::Macro(path) => self.macro_path(path, scope, item, &mut links),
                Mention::Dyn(path) => self.dyn_trait(path, scope, item, &mut links),
                Mention::All(path) => self.all_of(path, scope, item, &mut links),
                Mention::Path(path) => {
                    self.path(path, scope, item, &mut links);
                    let last = path.last().into_iter();
                    links
                        .modules
                        .extend(last.flat_map(|name| self.by_name.modules(*name)));
                    if begins_with_parameter(path, [mentions, around]) {
                        links.names.extend(&path[1..]);
                    }
                }
                Mention::Derive(path) => {
                    // What is derived calls its trait on the fields only where somebody calls it.
                    let std_traits = links.std_traits;
                    self.path(path, scope, item, &mut links);
                    links.std_traits = std_traits;
                }
                Mention::Cfg(predicate) => links.late.push((LateKind::Cfg, *predicate)),
                Mention::Literal(text) => links.literals.push(*text),
                Mention::Env(name) => links.late.push((LateKind::Env, *name)),
                Mention::File(file) => links.files.push(FileMention::clone(file)),
                Mention::Glob(path) => self.glob(path, scope, item, &mut links),
                Mention::Loose(name) => {
                    links.loose.push(*name);
                    links.modules.extend(self.by_name.modules(*name));
                }
                Mention::Pasted(pattern) => self.pasted(*pattern, scope, item, &mut links),
                Mention::Parameter(_) | Mention::Field(_) | Mention::Impl(_) => {}
                Mention::Operators(operators) => {
                    links.std_traits = links.std_traits.with(*operators);
                }
            }
        }
        self.given(mentions, &mut links);
        let rebound = &self.rebound;
        let members = rebound.members(self.index, item, mentions, &links.macros);
        links.names.extend(members);
        links.deduplicate();
        links.traits = links.traits(self.index).collect();
        links
    }

    /// The macros of a name, also by the names that imports give them. A macro can be exported, so the path is
    /// no more than a way to other crates.
    fn macro_path(
        &self,
        path: &[Symbol],
        scope: ModuleId,
        item: Option<ItemId>,
        links: &mut Links,
    ) {
        let Some(last) = path.last() else { return };
        let own = self.index.text(path[0]) == "$crate" && path.len() == 1;
        if own {
            return;
        }
        let krate = self.crate_read_in(scope, item);
        let resolution = self.resolver.resolve(scope, path, krate);
        let imports = resolution.imports.iter();
        let imported = imports.filter_map(|import| self.index.import(*import).path.last());
        let names: Vec<Symbol> = imported.chain([last]).copied().collect();
        links.unseen |= self.is_unseen_macro(&names, *last, &resolution);
        links.macros.extend(names);
        links.positions |= POSITIONS.contains(&self.index.text(*last));
        let companions = resolution.defs.iter().filter_map(|def| match def {
            Def::External(path) => adorned::companion(self.index, path),
            _ => None,
        });
        links.companions.extend(companions);
        self.take(&resolution, *last, links);
    }

    /// What a macro of ours is given it may call, also if it has the name of one of std's, whose arguments are values.
    fn given(&self, mentions: &[Mention], links: &mut Links) {
        let index = self.index;
        let is_like_std = |name: &Symbol| {
            is_blind_name(index.text(*name)) && !index.scopes.macros(*name).is_empty()
        };
        if links.macros.iter().any(is_like_std) {
            let alone = mentions.iter().filter_map(|mention| match mention {
                Mention::Path(path) if path.len() == 1 => Some(path[0]),
                _ => None,
            });
            links.names.extend(alone);
        }
    }

    /// Whether a macro may be one of another crate that names more than it is given.
    fn is_unseen_macro(&self, names: &[Symbol], last: Symbol, resolution: &Resolution) -> bool {
        let index = self.index;
        let is_ours = |name: &Symbol| {
            !index.scopes.macros(*name).is_empty() || !index.expansions.makers(*name).is_empty()
        };
        let leads_out = |def: &Def| match def {
            Def::External(path) => !index.is_std(path),
            _ => false,
        };
        let is_elsewhere = resolution.defs.iter().any(leads_out);
        let is_other = is_elsewhere || !names.iter().any(is_ours);
        is_other && !expansions::names_what_it_is_given(index.text(last))
    }

    /// What is spelled may be a trait's name, or lead to one of std's.
    fn meant(&self, mention: &Mention, links: &mut Links) {
        match mention {
            Mention::Path(path)
            | Mention::Dyn(path)
            | Mention::All(path)
            | Mention::Macro(path)
            | Mention::Glob(path) => path.iter().for_each(|name| self.spelled(*name, links)),
            Mention::Method(name) | Mention::Field(name) => self.spelled(*name, links),
            _ => {}
        }
    }

    fn spelled(&self, name: Symbol, links: &mut Links) {
        links.traits_by_name.extend(self.by_name.traits(name));
        links.std_traits = links.std_traits.with(self.by_name.std_traits(name));
    }

    /// An import of all of a module, among the tokens of a macro. They may have been moved into modules of their
    /// own, so that fewer `super` than are written lead from here to what is meant.
    fn glob(&self, path: &[Symbol], scope: ModuleId, item: Option<ItemId>, links: &mut Links) {
        let krate = self.crate_read_in(scope, item);
        let is_upward = |name: &&Symbol| matches!(self.index.text(**name), "super" | "self");
        let upward = path.iter().take_while(is_upward).count();
        let mut is_known = false;
        for from in 0..=upward {
            let defs = match &path[from..] {
                [] if upward > 0 => vec![Def::Module(self.index.named_module(scope))],
                rest => self.resolver.resolve(scope, rest, krate).defs.clone(),
            };
            for def in defs {
                match def {
                    Def::Module(module) => {
                        is_known = true;
                        links.globs.push(module);
                    }
                    Def::External(path) => {
                        let is_std = self.index.is_std(&path);
                        is_known |= is_std || self.index.is_dependency(krate, &path);
                        links.externals.push(path);
                    }
                    Def::Item(item) => {
                        is_known |= self.index.item(item).kind == ItemKind::Enum;
                    }
                    Def::Member(..) | Def::AnyMember(_) | Def::Anything(_) => {}
                }
            }
        }
        links.unseen |= !is_known;
    }

    fn dyn_trait(&self, path: &[Symbol], scope: ModuleId, item: Option<ItemId>, links: &mut Links) {
        let krate = self.crate_read_in(scope, item);
        for def in &self.resolver.resolve(scope, path, krate).defs {
            if let Def::Item(item) = def
                && self.index.item(*item).kind == ItemKind::Trait
            {
                links.dyn_traits.push(*item);
            }
        }
    }

    /// What may have a name that is put together. Where no part is known, whoever reads the arguments sees to it.
    fn pasted(&self, pattern: Symbol, scope: ModuleId, item: Option<ItemId>, links: &mut Links) {
        let pattern = self.index.text(pattern);
        let begin = pattern.split('*').next().unwrap_or_default();
        let end = pattern.rsplit('*').next().unwrap_or_default();
        if begin.is_empty() && end.is_empty() {
            return;
        }
        let is_whole = !pattern.contains('*');
        let names = self.index.symbols.matching(|name| {
            let name: String = letters(name).collect();
            if is_whole {
                name == pattern
            } else {
                name.len() >= begin.len() + end.len()
                    && name.starts_with(begin)
                    && name.ends_with(end)
            }
        });
        for name in names {
            self.path(&[name], scope, item, links);
            self.spelled(name, links);
            links.names.push(name);
            links.loose.push(name);
            links.modules.extend(self.by_name.modules(name));
        }
    }

    /// Everything in the modules of a path, and all members of its types.
    fn all_of(&self, path: &[Symbol], scope: ModuleId, item: Option<ItemId>, links: &mut Links) {
        let krate = self.crate_read_in(scope, item);
        let mut seen = HashSet::default();
        let mut seen_aliases = HashSet::default();
        for def in &self.resolver.resolve(scope, path, krate).defs {
            match def {
                Def::Module(module) => self.contents(*module, links, &mut seen),
                Def::Item(item) => self.collect_type(*item, &mut links.whole, &mut seen_aliases),
                _ => {}
            }
        }
    }

    /// All that a glob of a module brings.
    pub(super) fn everything_in(&self, module: ModuleId) -> Links {
        let mut links = Links::default();
        self.contents(module, &mut links, &mut HashSet::default());
        links.deduplicate();
        links
    }

    /// The names that differ from another in their case and underscores alone, and that one.
    pub(super) fn alike(&self, name: &str) -> &[Symbol] {
        let all = self.alike.get_or_init(|| {
            let mut all: HashMap<String, Vec<Symbol>> = HashMap::default();
            for name in self.index.symbols.matching(|_| true) {
                let letters = letters(self.index.text(name));
                all.entry(letters.collect()).or_default().push(name);
            }
            all
        });
        let letters: String = letters(name).collect();
        all.get(&letters).map_or(&[], Vec::as_slice)
    }

    /// The definitions that the call of a macro leads to and that make something of its caller's names.
    pub(super) fn reading(&self, called: Symbol) -> &[ItemId] {
        self.behind.reading(called)
    }

    /// The modules where a path that leads through them may find a name.
    pub(super) fn binding(&self, name: Symbol) -> Arc<[ModuleId]> {
        let binders = self.binders.get_or_init(|| Binders::of(self.index));
        binders.binding(name)
    }

    /// What a path to a name in a module leads to.
    pub(super) fn in_module(&self, module: ModuleId, name: Symbol) -> Links {
        let mut links = Links::default();
        let resolution = self.resolver.in_module(module, name);
        self.take(&resolution, name, &mut links);
        links.macros = self.handed_on(&[name], &resolution);
        links
    }

    fn contents(&self, module: ModuleId, links: &mut Links, seen: &mut HashSet<ModuleId>) {
        if !seen.insert(module) {
            return;
        }
        let facts = self.index.module(module);
        let items = facts.items.iter();
        let items = items.filter(|item| !self.index.item(**item).left_out);
        let named =
            items.filter_map(|item| Some((Candidate::Item(*item), self.index.item(*item).name?)));
        links.items.extend(named);
        for import in &facts.imports {
            let facts = self.index.import(*import);
            let path = facts.path.as_slice();
            let resolution = self
                .resolver
                .resolve(module, path, self.index.module(module).krate);
            links.imports.push(*import);
            for def in &resolution.defs {
                match def {
                    Def::Module(module) if facts.name.is_none() => {
                        self.contents(*module, links, seen);
                    }
                    _ => {}
                }
            }
            if let Some(token) = path.last() {
                self.take(&resolution, *token, links);
            }
        }
    }

    fn crate_read_in(&self, scope: ModuleId, item: Option<ItemId>) -> CrateId {
        item.map_or_else(
            || self.index.module(scope).krate,
            |item| self.crate_of(item),
        )
    }

    fn note_generated(&self, name: Symbol, links: &mut Links) {
        if let Some(functions) = self.generated.get(&name) {
            links
                .generated
                .extend(functions.iter().map(|function| (*function, name)));
        }
    }

    fn path(&self, path: &[Symbol], scope: ModuleId, item: Option<ItemId>, links: &mut Links) {
        path.iter()
            .for_each(|segment| self.note_generated(*segment, links));
        match self.index.text(path[0]) {
            "Self" => self.own_type(&path[1..], item, links),
            "<>" => links.names.extend(&path[1..]),
            _ => {
                let krate = self.crate_read_in(scope, item);
                let resolution = self.resolver.resolve(scope, path, krate);
                let token = *path.last().expect("a path has a segment");
                self.take(&resolution, token, links);
                links.macros.extend(self.handed_on(path, &resolution));
                if resolution.defs.is_empty() {
                    links.names.extend(&path[1..]);
                }
            }
        }
    }

    /// The macros that a path may name: one may be handed to another. Macros are no items of modules, so that an import
    /// of one seems to lead out of the crate.
    fn handed_on(&self, path: &[Symbol], resolution: &Resolution) -> Vec<Symbol> {
        let is_macro = |name: &Symbol| !self.index.scopes.macros(*name).is_empty();
        let is_elsewhere = |def: &Def| matches!(def, Def::External(_) | Def::AnyMember(_));
        let last = path.last().copied();
        let mut names = Vec::from_iter(last.filter(|_| path.len() == 1).filter(is_macro));
        if resolution.defs.iter().all(is_elsewhere) {
            let imports = resolution.imports.iter();
            let imported = imports.filter_map(|import| self.index.import(*import).path.last());
            names.extend(imported.copied().chain(last).filter(is_macro));
        }
        names
    }

    /// All that a path may name, and the imports that decide it.
    fn take(&self, resolution: &Resolution, token: Symbol, links: &mut Links) {
        links.imports.extend(&resolution.imports);
        links.imports.extend(&resolution.open_globs);
        for glob in &resolution.open_globs {
            links.externals.push(self.index.import(*glob).path.clone());
        }
        resolution
            .defs
            .iter()
            .for_each(|def| self.def(def, token, links));
    }

    fn crate_of(&self, item: ItemId) -> CrateId {
        self.index.module(self.index.item(item).module).krate
    }

    fn def(&self, def: &Def, token: Symbol, links: &mut Links) {
        match def {
            Def::Item(item) => links.items.push((Candidate::Item(*item), token)),
            Def::Anything(krate) => links.items.push((Candidate::Anything(*krate), token)),
            Def::Member(item, name) => {
                links.items.push((Candidate::Item(*item), token));
                self.member(*item, *name, links);
            }
            Def::AnyMember(name) => links.names.push(*name),
            Def::External(path) => {
                links.positions |= path
                    .iter()
                    .any(|segment| PLACE_TYPES.contains(&self.index.text(*segment)));
                links.foreign_names.extend(path.iter().skip(1).last());
                path.iter().for_each(|name| self.spelled(*name, links));
                links.externals.push(path.clone());
            }
            Def::Module(_) => {}
        }
    }

    /// `Self::name`, by what the item belongs to.
    fn own_type(&self, rest: &[Symbol], item: Option<ItemId>, links: &mut Links) {
        let owner = item.and_then(|item| self.index.item(item).owner);
        let Some(name) = rest.first() else { return };
        // `Self::Assoc::name`
        links.names.extend(&rest[1..]);
        match owner.map(|owner| (owner, self.index.item(owner).kind)) {
            Some((owner, ItemKind::Trait)) => self.member(owner, *name, links),
            Some((owner, ItemKind::Impl)) => {
                let types = self.self_types(owner);
                if types.is_empty() {
                    links.names.push(*name);
                }
                links.members.extend(types.iter().map(|ty| (*ty, *name)));
            }
            _ => links.names.push(*name),
        }
    }

    /// A member of a type or a trait. What a trait does not declare is one of some other trait that its types have: a
    /// supertrait, or what `where` clauses ask for.
    fn member(&self, owner: ItemId, name: Symbol, links: &mut Links) {
        let is_trait = self.index.item(owner).kind == ItemKind::Trait;
        if is_trait && !self.declared.contains(&(owner, name)) {
            links.names.push(name);
        } else {
            links.members.push((owner, name));
        }
    }

    /// The local types an impl is for; none if its self type is generic or of another crate.
    pub(super) fn self_types(&self, implementation: ItemId) -> Vec<ItemId> {
        let header = self.index.item(implementation).implementation.as_ref();
        let path = header.and_then(|header| header.self_type.path());
        path.map_or_else(Vec::new, |path| self.types(path, implementation))
    }

    /// Whether an impl may be for any type, whatever the types are that it names: it is for a parameter or a
    /// reference to one, or for what only the compiler finds out.
    pub(super) fn is_for_any(&self, implementation: ItemId) -> bool {
        let item = self.index.item(implementation);
        let Some(header) = &item.implementation else {
            return false;
        };
        match &header.self_type {
            SelfType::Unknown => true,
            SelfType::Nameless => false,
            SelfType::Path(path) | SelfType::Referenced(path) => {
                header.parameters.contains(&path[0]) || self.is_alias(path, implementation)
            }
        }
    }

    /// Whether a path may name an alias, which may stand for what it does not name.
    fn is_alias(&self, path: &[Symbol], implementation: ItemId) -> bool {
        let found = self.resolve(path, implementation);
        let mut items = found.defs.iter().flat_map(|def| def.items(self.index));
        items.any(|item| self.index.item(*item).kind == ItemKind::TypeAlias)
    }

    /// The local types a path of an impl's header may name; aliases count as all they mention.
    pub(super) fn types(&self, path: &[Symbol], implementation: ItemId) -> Vec<ItemId> {
        let item = self.index.item(implementation);
        let is_parameter = item
            .implementation
            .as_ref()
            .is_some_and(|header| path.len() == 1 && header.parameters.contains(&path[0]));
        if is_parameter {
            return Vec::new();
        }
        let mut types = Vec::new();
        self.collect_types(
            path,
            item.module,
            self.crate_of(implementation),
            &mut types,
            &mut HashSet::default(),
        );
        keep_first(&mut types);
        types
    }

    fn collect_types(
        &self,
        path: &[Symbol],
        scope: ModuleId,
        krate: CrateId,
        types: &mut Vec<ItemId>,
        aliases: &mut HashSet<ItemId>,
    ) {
        let found = self.resolver.resolve(scope, path, krate);
        for item in found.defs.iter().flat_map(|def| def.items(self.index)) {
            self.collect_type(*item, types, aliases);
        }
    }

    fn collect_type(&self, item: ItemId, types: &mut Vec<ItemId>, aliases: &mut HashSet<ItemId>) {
        let facts = self.index.item(item);
        match facts.kind {
            ItemKind::Struct
            | ItemKind::Enum
            | ItemKind::Union
            | ItemKind::Trait
            | ItemKind::MacroCall => types.push(item),
            ItemKind::TypeAlias if aliases.insert(item) => {
                for mention in facts.mentions.iter() {
                    if let Mention::Path(path) = mention {
                        let krate = self.crate_of(item);
                        self.collect_types(path, facts.scope, krate, types, aliases);
                    }
                }
            }
            _ => {}
        }
    }

    /// A type, with the types that it may stand for if it is an alias.
    pub(super) fn behind(&self, ty: ItemId) -> Vec<ItemId> {
        let mut types = Vec::new();
        self.collect_type(ty, &mut types, &mut HashSet::default());
        types.push(ty);
        types
    }

    /// What a path may name in a module.
    pub(super) fn resolve_in(
        &self,
        path: &[Symbol],
        scope: ModuleId,
        krate: CrateId,
    ) -> Arc<Resolution> {
        self.resolver.resolve(scope, path, krate)
    }

    /// The types and traits a path may name in a module.
    pub(super) fn types_in(&self, path: &[Symbol], scope: ModuleId) -> Vec<ItemId> {
        let mut types = Vec::new();
        let krate = self.index.module(scope).krate;
        self.collect_types(path, scope, krate, &mut types, &mut HashSet::default());
        keep_first(&mut types);
        types
    }

    /// Where a path in an attribute of `item` leads.
    pub(super) fn resolve_links(&self, path: &[Symbol], scope: ModuleId, item: ItemId) -> Links {
        let mut links = Links::default();
        self.path(path, scope, Some(item), &mut links);
        links
    }

    /// What a path may name, for impl headers.
    pub(super) fn resolve(&self, path: &[Symbol], implementation: ItemId) -> Arc<Resolution> {
        let item = self.index.item(implementation);
        self.resolver
            .resolve(item.module, path, self.crate_of(implementation))
    }
}

impl Links {
    /// The traits among the items: none of those that stand together is one.
    pub(super) fn traits(&self, index: &Index) -> impl Iterator<Item = ItemId> {
        let items = self
            .items
            .iter()
            .filter_map(|(candidate, _)| match candidate {
                Candidate::Item(item) => Some(*item),
                Candidate::Anything(_) => None,
            });
        items.filter(|item| index.item(*item).kind == ItemKind::Trait)
    }

    fn deduplicate(&mut self) {
        keep_first(&mut self.items);
        keep_first(&mut self.members);
        keep_first(&mut self.names);
        keep_first(&mut self.loose);
        keep_first(&mut self.modules);
        keep_first(&mut self.foreign_names);
        keep_first(&mut self.macros);
        keep_first(&mut self.generated);
        keep_first(&mut self.dyn_traits);
        keep_first(&mut self.imports);
        keep_first(&mut self.traits_by_name);
        keep_first(&mut self.globs);
        keep_first(&mut self.companions);
        self.externals.sort();
        self.externals.dedup();
        // Held until all functions have been followed.
        self.items.shrink_to_fit();
        self.imports.shrink_to_fit();
    }
}

/// Whether a path begins with a type parameter that is declared among some mentions.
fn begins_with_parameter(path: &[Symbol], declared: [&[Mention]; 2]) -> bool {
    let [first, _, ..] = path else { return false };
    let mut declared = declared.into_iter().flatten();
    declared.any(|mention| matches!(mention, Mention::Parameter(name) if name == first))
}

/// The members that traits declare, with the traits.
fn declared(index: &Index) -> HashSet<(ItemId, Symbol)> {
    let items = index.items.iter().filter(|item| !item.left_out);
    let named = items.filter_map(|item| Some((item.owner?, item.name?)));
    named
        .filter(|(owner, _)| index.item(*owner).kind == ItemKind::Trait)
        .collect()
}

/// Every name that is generated for a marked function, if the sources mention it at all.
fn generated_names(index: &Index) -> HashMap<Symbol, Vec<ItemId>> {
    let mut names: HashMap<Symbol, Vec<ItemId>> = HashMap::default();
    for marked in &index.marked {
        let name = index.name(marked.item);
        let prefixed = GENERATED_PREFIXES
            .iter()
            .map(|prefix| format!("{prefix}{name}"));
        let version = format!("{}{GENERATED_SUFFIX}", name.to_uppercase());
        for generated in prefixed.chain([version]) {
            if let Some(symbol) = index.symbols.find(&generated) {
                names.entry(symbol).or_default().push(marked.item);
            }
        }
    }
    names
}
