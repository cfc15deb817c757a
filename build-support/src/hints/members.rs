//! Functions and constants of types and traits, by their names.

use crate::hash::{HashMap, HashSet};
use crate::index::names::Resolver;
use crate::index::symbol::Symbol;
use crate::index::{Index, ItemId, ItemKind, MemberKind};
use crate::unique::Items;

/// Members that code calls without naming them.
const IMPLICIT: &[&str] = &["deref", "drop", "next", "poll"];

/// Who has a member of a name.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// By the name: the type or trait, and its member; in the order of the types.
    by_name: HashMap<Symbol, Vec<(ItemId, ItemId)>>,
    /// For members of traits: the same in their impls.
    overrides: HashMap<(ItemId, Symbol), Vec<ItemId>>,
    implicit: Vec<Symbol>,
    /// Those that have any of these.
    with_implicit: HashSet<ItemId>,
}

impl Members {
    pub(super) fn of(index: &Index, resolver: &Resolver<'_>) -> Self {
        let implicit = IMPLICIT.iter();
        let mut members = Self {
            implicit: implicit
                .filter_map(|name| index.symbols.find(name))
                .collect(),
            ..Self::default()
        };
        let mut headers: HashMap<ItemId, Header> = HashMap::default();
        for (number, item) in (0..).zip(&index.items) {
            let is_member = matches!(
                item.kind,
                ItemKind::ImplMember(MemberKind::Fn | MemberKind::Const)
                    | ItemKind::TraitMember(MemberKind::Fn | MemberKind::Const)
            );
            let (true, Some(name), Some(owner)) = (is_member, item.name, item.owner) else {
                continue;
            };
            // Looked up once for all members.
            let header = headers
                .entry(owner)
                .or_insert_with(|| Header::of(index, resolver, owner));
            members.add(header, name, ItemId(number));
        }
        for named in members.by_name.values_mut() {
            named.sort_by_key(|(of, _)| *of);
        }
        members
    }

    fn add(&mut self, header: &Header, name: Symbol, member: ItemId) {
        for of in &header.owners {
            self.by_name.entry(name).or_default().push((*of, member));
            if self.implicit.contains(&name) {
                self.with_implicit.insert(*of);
            }
        }
        for trait_ in &header.traits {
            let overrides = self.overrides.entry((*trait_, name)).or_default();
            overrides.push(member);
        }
    }

    /// Whether any type or trait has a member of this name.
    pub(super) fn has(&self, name: Symbol) -> bool {
        self.by_name.contains_key(&name)
    }

    pub(super) fn implicit(&self) -> impl Iterator<Item = Symbol> {
        self.implicit.iter().copied()
    }

    /// Whether a type or trait has a member that code calls without naming it.
    pub(super) fn has_implicit(&self, of: ItemId) -> bool {
        self.with_implicit.contains(&of)
    }

    pub(super) fn of_type(&self, of: ItemId, name: Symbol) -> impl Iterator<Item = ItemId> {
        let named = self.named(name);
        let from = named.partition_point(|(known, _)| *known < of);
        let members = named[from..]
            .iter()
            .take_while(move |(known, _)| *known == of);
        members.map(|(_, member)| *member)
    }

    fn named(&self, name: Symbol) -> &[(ItemId, ItemId)] {
        self.by_name.get(&name).map_or(&[], Vec::as_slice)
    }

    /// The members of this name that impls give a trait.
    pub(super) fn overriding(&self, trait_: ItemId, name: Symbol) -> &[ItemId] {
        self.overrides
            .get(&(trait_, name))
            .map_or(&[], Vec::as_slice)
    }

    /// The members of this name that some types have, in the order of the types.
    pub(super) fn of_types(&self, types: &Items, name: Symbol, found: &mut Vec<ItemId>) {
        let candidates = self.named(name);
        if candidates.len() > types.list().len() {
            let members = types.list().iter().flat_map(|ty| self.of_type(*ty, name));
            found.extend(members);
            return;
        }
        let placed = candidates
            .iter()
            .filter_map(|(of, member)| Some((types.place(*of)?, *member)));
        let mut placed: Vec<(usize, ItemId)> = placed.collect();
        placed.sort_by_key(|(place, _)| *place);
        found.extend(placed.into_iter().map(|(_, member)| member));
    }
}

/// What an impl or trait is about.
struct Header {
    owners: Vec<ItemId>,
    /// The traits an impl is of, as far as they are ours.
    traits: Vec<ItemId>,
}

impl Header {
    fn of(index: &Index, resolver: &Resolver<'_>, owner: ItemId) -> Self {
        let header = index.item(owner).implementation.as_ref();
        let of = header.and_then(|header| header.trait_path.as_deref());
        Self {
            owners: owners(index, resolver, owner),
            traits: definitions(index, resolver, of, owner),
        }
    }
}

/// The trait itself, or the types an impl is for.
pub(super) fn owners(index: &Index, resolver: &Resolver<'_>, owner: ItemId) -> Vec<ItemId> {
    match &index.item(owner).implementation {
        Some(header) => definitions(index, resolver, header.self_type.path(), owner),
        None => vec![owner],
    }
}

fn definitions(
    index: &Index,
    resolver: &Resolver<'_>,
    path: Option<&[Symbol]>,
    implementation: ItemId,
) -> Vec<ItemId> {
    let item = index.item(implementation);
    let krate = index.module(item.module).krate;
    let Some(path) = path else { return Vec::new() };
    let found = resolver.resolve(item.module, path, krate);
    let items = found.defs.iter().flat_map(|def| def.items(index));
    items.copied().collect()
}
