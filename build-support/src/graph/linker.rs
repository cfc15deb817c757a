//! Finds out what the tokens of items lead to: [`Links`].

use std::iter::successors;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::LateKind;
use super::behind::Behind;
use super::binders::Binders;
use super::by_name::ByName;
use super::links::Links;
use super::rebound::Rebound;
use crate::hash::{HashMap, HashSet};
use crate::index::facts::{FileMention, Mention, Segments};
use crate::index::names::{Candidate, Def, Resolution, Resolver};
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Index, ItemId, ItemKind, ModuleId};

mod generated;
mod macros;
mod modules;
mod spelled;
mod types;

use generated::Generated;

/// What of std tells places in the text.
const PLACE_TYPES: &[&str] = &[
    "Backtrace",
    "Location",
    "PanicHookInfo",
    "PanicInfo",
    "set_hook",
];

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
    generated: Generated,
    by_name: ByName,
    behind: Behind,
    /// All names by their letters, once that was asked: seldom, but then for many items.
    by_letters: OnceLock<HashMap<String, Vec<Symbol>>>,
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
            generated: Generated::of(index),
            by_name: ByName::of(index),
            behind: Behind::of(index),
            by_letters: OnceLock::new(),
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
        let defined = item.and_then(|item| self.defined(mentions, item));
        for mention in mentions {
            if defined.is_some_and(|name| *mention == Mention::Path(Segments::One([name]))) {
                continue;
            }
            self.meant(mention, &mut links);
            match mention {
                Mention::Method(name) => {
                    links.names.push(*name);
                    links.generated.extend(self.generated.named(*name));
                }
                Mention::Macro(path) => self.macro_path(path, scope, item, &mut links),
                Mention::Dyn(path) => self.dyn_trait(path, scope, item, &mut links),
                Mention::All(path) => self.all_of(path, scope, item, &mut links),
                Mention::Path(path) => {
                    let found = self.found(path, scope, item);
                    self.spelled_by(path, found.as_deref(), item, &mut links);
                    self.path(path, found.as_deref(), item, &mut links);
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
                    let found = self.found(path, scope, item);
                    self.path(path, found.as_deref(), item, &mut links);
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
                Mention::Pasted(pattern) => {
                    self.pasted(self.index.text(*pattern), scope, item, &mut links);
                }
                Mention::Parameter(_)
                | Mention::Defined(_)
                | Mention::Field(_)
                | Mention::Impl(_) => {}
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

    /// The name of an item whose tokens say it where they define it and nowhere else. Others of the name are not meant by
    /// that, unless a macro makes something else of the tokens.
    fn defined(&self, mentions: &[Mention], item: ItemId) -> Option<Symbol> {
        let name = self.index.item(item).name?;
        let is_said = mentions.contains(&Mention::Defined(name));
        (is_said && !self.is_given_to_macro(item)).then_some(name)
    }

    /// Whether a macro has the tokens of an item: one that it carries, or what it stands in.
    fn is_given_to_macro(&self, item: ItemId) -> bool {
        let index = self.index;
        let owners = successors(Some(item), |item| index.item(*item).owner);
        let scope = Some(index.item(item).scope);
        let modules = successors(scope, |module| index.module(*module).parent);
        let declarations = modules.filter_map(|module| index.module(module).declaration);
        owners.chain(declarations).any(|item| {
            let item = index.item(item);
            let macros = [&item.macros, &item.macros_left_out];
            item.product_of.is_some() || macros.iter().any(|macros| !macros.is_empty())
        })
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

    fn crate_read_in(&self, scope: ModuleId, item: Option<ItemId>) -> CrateId {
        item.map_or_else(
            || self.index.module(scope).krate,
            |item| self.crate_of(item),
        )
    }

    /// What a path leads to, unless it begins with a type that no name has.
    fn found(
        &self,
        path: &[Symbol],
        scope: ModuleId,
        item: Option<ItemId>,
    ) -> Option<Arc<Resolution>> {
        let is_named = !matches!(self.index.text(path[0]), "Self" | "<>");
        is_named.then(|| {
            let krate = self.crate_read_in(scope, item);
            self.resolver.resolve(scope, path, krate)
        })
    }

    fn path(
        &self,
        path: &[Symbol],
        found: Option<&Resolution>,
        item: Option<ItemId>,
        links: &mut Links,
    ) {
        let generated = path.iter().flat_map(|name| self.generated.named(*name));
        links.generated.extend(generated);
        match found {
            None if self.index.text(path[0]) == "Self" => self.own_type(&path[1..], item, links),
            None => links.names.extend(&path[1..]),
            Some(found) => {
                let token = *path.last().expect("a path has a segment");
                self.take(found, token, links);
                self.behind_made(path, found, item, links);
                links.macros.extend(self.handed_on(path, found));
                if found.defs.is_empty() {
                    links.names.extend(&path[1..]);
                }
            }
        }
    }

    /// All that a path may name, and the imports that decide it.
    fn take(&self, resolution: &Resolution, token: Symbol, links: &mut Links) {
        links.imports.extend(&resolution.imports);
        links.imports.extend(&resolution.open_globs);
        for glob in &resolution.open_globs {
            let ways = self.index.scopes.ways_out(self.index, *glob);
            links
                .externals
                .extend(ways.into_iter().map(<[Symbol]>::to_vec));
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

    /// What a path may name in a module.
    pub(super) fn resolve_in(
        &self,
        path: &[Symbol],
        scope: ModuleId,
        krate: CrateId,
    ) -> Arc<Resolution> {
        self.resolver.resolve(scope, path, krate)
    }

    /// Where a path in an attribute of `item` leads.
    pub(super) fn resolve_links(&self, path: &[Symbol], scope: ModuleId, item: ItemId) -> Links {
        let mut links = Links::default();
        let found = self.found(path, scope, Some(item));
        self.path(path, found.as_deref(), Some(item), &mut links);
        links
    }

    /// What a path may name, for impl headers.
    pub(super) fn resolve(&self, path: &[Symbol], implementation: ItemId) -> Arc<Resolution> {
        let item = self.index.item(implementation);
        self.resolver
            .resolve(item.module, path, self.crate_of(implementation))
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
