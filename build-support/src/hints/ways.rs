//! What an item surely leads to.
//!
//! A closure takes every definition a name could mean, which is right for a version and wrong for a warning: that
//! some type somewhere has a method `get` which reads a file is no news about every `.get(…)`. Here a method counts
//! only on types that the item, or something it names, speaks of. A way that is missed costs a hint, never a version.

use std::cell::RefCell;
use std::rc::Rc;

use super::catalog::Catalog;
use super::sources::Source;
use crate::graph::Closure;
use crate::hash::{HashMap, HashSet};
use crate::index::facts::Mention;
use crate::index::names::{Def, Resolver};
use crate::index::symbol::Symbol;
use crate::index::{Index, Item, ItemId, ItemKind, MemberKind};

/// Members that code calls without naming them.
const IMPLICIT: &[&str] = &["deref", "drop", "next", "poll"];

/// Follows items, each looked through once.
pub(super) struct Ways<'w, 'i> {
    index: &'i Index,
    catalog: &'w Catalog<'i>,
    resolver: Resolver<'i>,
    /// Functions and constants of types and traits, by name.
    members: HashMap<(ItemId, Symbol), Vec<ItemId>>,
    /// For members of traits: the same in their impls.
    overrides: HashMap<(ItemId, Symbol), Vec<ItemId>>,
    known: RefCell<HashMap<ItemId, Rc<Named>>>,
    /// Where each item leads: the same for every function that leads there.
    next: RefCell<HashMap<ItemId, Rc<[ItemId]>>>,
}

/// What the tokens of one item name.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Sources, as paths.
    pub(super) sources: Vec<(&'static Source, String)>,
    types: Vec<ItemId>,
    items: Vec<ItemId>,
    /// Names of members whose type is not spelled.
    wanted: Vec<Symbol>,
}

impl<'w, 'i> Ways<'w, 'i> {
    pub(super) fn new(index: &'i Index, catalog: &'w Catalog<'i>) -> Self {
        let mut ways = Self {
            index,
            catalog,
            resolver: Resolver::new(index),
            members: HashMap::default(),
            overrides: HashMap::default(),
            known: RefCell::default(),
            next: RefCell::default(),
        };
        ways.gather_members();
        ways
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
        let mut unseen = vec![false; self.index.items.len()];
        for reached in closure.items().skip(1) {
            unseen[reached.item.0 as usize] = true;
        }
        let mut trail = Trail {
            steps: vec![(function.item, 0)],
        };
        let mut at = 0;
        while let Some((item, _)) = trail.steps.get(at).copied() {
            if !visit(item, &|| trail.to(at)) {
                return;
            }
            for next in self.next(item).iter() {
                if std::mem::take(&mut unseen[next.0 as usize]) && may_lead(*next) {
                    trail.steps.push((*next, at));
                }
            }
            at += 1;
        }
    }

    /// What an item names.
    pub(super) fn named(&self, item: ItemId) -> Rc<Named> {
        if let Some(known) = self.known.borrow().get(&item) {
            return Rc::clone(known);
        }
        let named = Rc::new(self.look_through(self.index.item(item)));
        self.known.borrow_mut().insert(item, Rc::clone(&named));
        named
    }

    /// Where an item leads.
    pub(super) fn next(&self, id: ItemId) -> Rc<[ItemId]> {
        if let Some(known) = self.next.borrow().get(&id) {
            return Rc::clone(known);
        }
        let next: Rc<[ItemId]> = self.look_ahead(id).into();
        self.next.borrow_mut().insert(id, Rc::clone(&next));
        next
    }

    fn look_ahead(&self, id: ItemId) -> Vec<ItemId> {
        let named = self.named(id);
        let item = self.index.item(id);
        let mut next = named.items.clone();
        let own = item.owner.map_or_else(Vec::new, |owner| self.owners(owner));
        if let (ItemKind::TraitMember(_), Some(trait_), Some(name)) =
            (item.kind, item.owner, item.name)
        {
            next.extend(self.overrides.get(&(trait_, name)).into_iter().flatten());
        }
        let mut types: Vec<ItemId> = own.iter().chain(&named.types).copied().collect();
        for implicit in IMPLICIT
            .iter()
            .filter_map(|name| self.index.symbols.find(name))
        {
            next.extend(types.iter().flat_map(|ty| self.member(*ty, implicit)));
        }
        if !named.wanted.is_empty() {
            let near = types.clone();
            for further in near.iter().chain(&named.items) {
                types.extend(&self.named(*further).types);
            }
        }
        // What an item names mostly speaks of the same few types again and again.
        keep_first(&mut types);
        for name in &named.wanted {
            next.extend(types.iter().flat_map(|ty| self.member(*ty, *name)));
        }
        keep_first(&mut next);
        next
    }

    fn member(&self, of: ItemId, name: Symbol) -> impl Iterator<Item = ItemId> + '_ {
        self.members.get(&(of, name)).into_iter().flatten().copied()
    }

    fn look_through(&self, item: &Item) -> Named {
        let mut named = Named::default();
        for mention in item.mentions.iter() {
            match mention {
                Mention::Method(name) => named.wanted.push(*name),
                Mention::Macro(path) => {
                    let macros = path.last().map(|name| self.index.scopes.macros(*name));
                    named.items.extend(macros.into_iter().flatten());
                }
                Mention::Path(path) => self.path(path, item, &mut named),
                _ => {}
            }
        }
        named
    }

    fn path(&self, path: &[Symbol], item: &Item, named: &mut Named) {
        match self.index.text(path[0]) {
            "Self" | "<>" => named.wanted.extend(path.get(1)),
            _ => {
                let krate = self.index.module(item.module).krate;
                for def in self.resolver.resolve(item.scope, path, krate).defs {
                    self.def(def, named);
                }
            }
        }
    }

    fn def(&self, def: Def, named: &mut Named) {
        match def {
            Def::Item(item) => match self.index.item(item).kind {
                ItemKind::Struct
                | ItemKind::Enum
                | ItemKind::Union
                | ItemKind::Trait
                | ItemKind::TypeAlias => named.types.push(item),
                _ => named.items.push(item),
            },
            Def::Member(owner, name) => {
                named.types.push(owner);
                named.items.extend(self.member(owner, name));
            }
            Def::AnyMember(name) => named.wanted.push(name),
            Def::External(path) => {
                let source = self.catalog.find(&path);
                let shown = source.map(|source| (source, self.catalog.shown(&path)));
                named.sources.extend(shown);
            }
            Def::Module(_) => {}
        }
    }

    fn gather_members(&mut self) {
        let mut headers: HashMap<ItemId, Header> = HashMap::default();
        for (number, item) in (0..).zip(&self.index.items) {
            let is_member = matches!(
                item.kind,
                ItemKind::ImplMember(MemberKind::Fn | MemberKind::Const)
                    | ItemKind::TraitMember(MemberKind::Fn | MemberKind::Const)
            );
            let (true, Some(name), Some(owner)) = (is_member, item.name, item.owner) else {
                continue;
            };
            // Looked up once for all members.
            let header = headers.entry(owner).or_insert_with(|| Header {
                owners: self.owners(owner),
                traits: self.traits(owner),
            });
            for of in &header.owners {
                let members = self.members.entry((*of, name)).or_default();
                members.push(ItemId(number));
            }
            for trait_ in &header.traits {
                let overrides = self.overrides.entry((*trait_, name)).or_default();
                overrides.push(ItemId(number));
            }
        }
    }

    /// The trait itself, or the types an impl is for.
    fn owners(&self, owner: ItemId) -> Vec<ItemId> {
        match &self.index.item(owner).implementation {
            Some(header) => self.definitions(header.self_path.as_deref(), owner),
            None => vec![owner],
        }
    }

    /// The traits an impl is of, as far as they are ours.
    fn traits(&self, owner: ItemId) -> Vec<ItemId> {
        let header = self.index.item(owner).implementation.as_ref();
        header.map_or_else(Vec::new, |header| {
            self.definitions(header.trait_path.as_deref(), owner)
        })
    }

    fn definitions(&self, path: Option<&[Symbol]>, implementation: ItemId) -> Vec<ItemId> {
        let item = self.index.item(implementation);
        let krate = self.index.module(item.module).krate;
        let defs = path.map(|path| self.resolver.resolve(item.module, path, krate).defs);
        let items = defs.into_iter().flatten().filter_map(|def| match def {
            Def::Item(item) => Some(item),
            _ => None,
        });
        items.collect()
    }
}

/// What an impl or trait is about.
struct Header {
    owners: Vec<ItemId>,
    traits: Vec<ItemId>,
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

/// Leaves out what came before.
fn keep_first(items: &mut Vec<ItemId>) {
    let mut seen = HashSet::default();
    items.retain(|item| seen.insert(*item));
}
