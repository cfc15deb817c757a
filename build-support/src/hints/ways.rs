//! What an item surely leads to.
//!
//! A closure takes every definition a name could mean, which is right for a version and wrong for a warning: that
//! some type somewhere has a method `get` which reads a file is no news about every `.get(…)`. Here a method counts
//! only on types that the item, or something it names, speaks of. A way that is missed costs a hint, never a version.

use std::sync::OnceLock;

use super::catalog::Catalog;
use super::members::{Members, owners};
use super::sources::Source;
use crate::graph::Closure;
use crate::hash::HashSet;
use crate::index::facts::Mention;
use crate::index::names::{Candidate, Def, Resolver};
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Index, Item, ItemId, ItemKind};
use crate::unique::{Items, keep_first};

/// Follows items, each looked through once.
pub(super) struct Ways<'w, 'i> {
    index: &'i Index,
    catalog: &'w Catalog<'i>,
    resolver: &'w Resolver<'i>,
    members: Members,
    known: Vec<OnceLock<Named>>,
    /// Where each item leads: the same for every function that leads there.
    next: Vec<OnceLock<Box<[Candidate]>>>,
    /// The types that the calls of a crate name which may define anything.
    types_of_anything: Vec<OnceLock<Box<[ItemId]>>>,
}

/// What the tokens of one item name.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Sources, as paths.
    pub(super) sources: Vec<(&'static Source, String)>,
    types: Vec<ItemId>,
    items: Vec<Candidate>,
    /// Names of members whose type is not spelled.
    wanted: Vec<Symbol>,
}

impl<'w, 'i> Ways<'w, 'i> {
    pub(super) fn new(
        index: &'i Index,
        resolver: &'w Resolver<'i>,
        catalog: &'w Catalog<'i>,
    ) -> Self {
        Self {
            index,
            catalog,
            resolver,
            members: Members::of(index, resolver),
            known: unknown(index.items.len()),
            next: unknown(index.items.len()),
            types_of_anything: unknown(index.crates.len()),
        }
    }

    /// Visits what a function leads to, nearest first, with the way to it, until `visit` has seen enough. What
    /// `may_lead` says to lead nowhere is passed over.
    pub(super) fn walk(
        &self,
        closure: &Closure,
        may_lead: impl Fn(ItemId) -> bool,
        mut visit: impl FnMut(ItemId, &dyn Fn() -> Vec<ItemId>) -> bool,
    ) {
        let Some(function) = closure.items().next() else {
            return;
        };
        let mut seen = vec![false; self.index.items.len()];
        seen[function.item.0 as usize] = true;
        let mut trail = Trail {
            steps: vec![(function.item, 0)],
        };
        let mut followed: HashSet<CrateId> = HashSet::default();
        let mut at = 0;
        while let Some((item, _)) = trail.steps.get(at).copied() {
            if !visit(item, &|| trail.to(at)) {
                return;
            }
            for next in self.next(item) {
                if let Candidate::Anything(krate) = next
                    && !followed.insert(*krate)
                {
                    continue;
                }
                for next in next.items(self.index) {
                    let is_new =
                        may_lead(*next) && !std::mem::replace(&mut seen[next.0 as usize], true);
                    if is_new && closure.reached(*next).is_some() {
                        trail.steps.push((*next, at));
                    }
                }
            }
            at += 1;
        }
    }

    /// What an item names.
    pub(super) fn named(&self, item: ItemId) -> &Named {
        self.known[item.0 as usize].get_or_init(|| self.look_through(self.index.item(item)))
    }

    /// Where an item leads.
    pub(super) fn next(&self, id: ItemId) -> &[Candidate] {
        self.next[id.0 as usize].get_or_init(|| self.look_ahead(id).into())
    }

    /// The types that one of the items that are named names itself.
    fn types_of(&self, candidate: &Candidate) -> &[ItemId] {
        match candidate {
            Candidate::Item(item) => &self.named(*item).types,
            Candidate::Anything(krate) => {
                self.types_of_anything[krate.0 as usize].get_or_init(|| {
                    let calls = candidate.items(self.index).iter();
                    let types = calls.flat_map(|call| self.named(*call).types.iter().copied());
                    let mut types: Vec<ItemId> = types.collect();
                    keep_first(&mut types);
                    types.into()
                })
            }
        }
    }

    fn look_ahead(&self, id: ItemId) -> Vec<Candidate> {
        let named = self.named(id);
        let item = self.index.item(id);
        let mut next = Vec::new();
        let own = match item.owner {
            Some(owner) => owners(self.index, self.resolver, owner),
            None => Vec::new(),
        };
        if let (ItemKind::TraitMember(_), Some(trait_), Some(name)) =
            (item.kind, item.owner, item.name)
        {
            next.extend(self.members.overriding(trait_, name));
        }
        let types = || own.iter().chain(&named.types).copied();
        let called = types().filter(|ty| self.members.has_implicit(*ty));
        let called: Vec<ItemId> = called.collect();
        for implicit in self.members.implicit() {
            next.extend(
                called
                    .iter()
                    .flat_map(|ty| self.members.of_type(*ty, implicit)),
            );
        }
        if !named.wanted.is_empty() {
            let near = self.near(types(), named);
            for name in &named.wanted {
                self.members.of_types(&near, *name, &mut next);
            }
        }
        let next = next.into_iter().map(Candidate::Item);
        let mut next: Vec<Candidate> = named.items.iter().copied().chain(next).collect();
        keep_first(&mut next);
        next
    }

    /// Some types, the types they name, and those that the items name which are named beside them.
    fn near(&self, types: impl Iterator<Item = ItemId>, named: &Named) -> Items {
        let mut near = Items::none_of(self.index.items.len());
        near.extend(types);
        for at in 0..near.list().len() {
            let further = self.named(near.list()[at]);
            near.extend(further.types.iter().copied());
        }
        for further in &named.items {
            near.extend(self.types_of(further).iter().copied());
        }
        near
    }

    fn look_through(&self, item: &Item) -> Named {
        let mut named = Named::default();
        for mention in item.mentions.iter() {
            match mention {
                Mention::Method(name) => named.wanted.push(*name),
                Mention::Macro(path) => {
                    let macros = path.last().map(|name| self.index.scopes.macros(*name));
                    let macros = macros.into_iter().flatten();
                    named.items.extend(macros.copied().map(Candidate::Item));
                }
                Mention::Path(path) | Mention::Derive(path) => self.path(path, item, &mut named),
                _ => {}
            }
        }
        // Most methods are those of other crates.
        named.wanted.retain(|name| self.members.has(*name));
        keep_first(&mut named.wanted);
        keep_first(&mut named.types);
        keep_first(&mut named.items);
        named
    }

    fn path(&self, path: &[Symbol], item: &Item, named: &mut Named) {
        match self.index.text(path[0]) {
            "Self" | "<>" => named.wanted.extend(path.get(1)),
            _ => {
                let krate = self.index.module(item.module).krate;
                for def in &self.resolver.resolve(item.scope, path, krate).defs {
                    self.def(def, named);
                }
            }
        }
    }

    fn def(&self, def: &Def, named: &mut Named) {
        match def {
            Def::Item(item) => match self.index.item(*item).kind {
                ItemKind::Struct
                | ItemKind::Enum
                | ItemKind::Union
                | ItemKind::Trait
                | ItemKind::TypeAlias => named.types.push(*item),
                _ => named.items.push(Candidate::Item(*item)),
            },
            Def::Anything(krate) => named.items.push(Candidate::Anything(*krate)),
            Def::Member(owner, name) => {
                named.types.push(*owner);
                let members = self.members.of_type(*owner, *name);
                named.items.extend(members.map(Candidate::Item));
            }
            Def::AnyMember(name) => named.wanted.push(*name),
            Def::External(path) => {
                let source = self.catalog.find(path);
                let shown = source.map(|source| (source, self.catalog.shown(path)));
                named.sources.extend(shown);
            }
            Def::Module(_) => {}
        }
    }
}

/// Items in the order they were met, each with the position of the one that led to it.
struct Trail {
    steps: Vec<(ItemId, usize)>,
}

impl Trail {
    /// From the first item to the one at a position, both included.
    fn to(&self, position: usize) -> Vec<ItemId> {
        let (mut way, mut at) = (vec![self.steps[position].0], position);
        while at > 0 {
            at = self.steps[at].1;
            way.push(self.steps[at].0);
        }
        way.reverse();
        way
    }
}

fn unknown<T>(length: usize) -> Vec<OnceLock<T>> {
    std::iter::repeat_with(OnceLock::new).take(length).collect()
}
