//! Every impl by what can make it matter: its type, its trait, the names of its members.

use super::linker::Linker;
use super::made::MadeImpls;
use crate::hash::HashMap;
use crate::index::adorned;
use crate::index::expansions::Expansion;
use crate::index::names::{Def, Resolution};
use crate::index::std_traits::StdTraits;
use crate::index::symbol::Symbol;
use crate::index::{ImportId, Index, ItemId, ItemKind, MemberKind};

mod needs;

/// One impl, resolved.
#[derive(Clone, Debug)]
pub(super) struct Implementation {
    pub(super) item: ItemId,
    /// The local types it is for; none for a generic or foreign self type.
    pub(super) self_types: Vec<ItemId>,
    /// Whether it may be for any type.
    pub(super) for_any: bool,
    pub(super) of: Of,
    /// Whether it may be of something else than the traits that are known.
    pub(super) uncertain: bool,
    /// The trait of std's it surely is of, if its impls are called only where tokens say so.
    pub(super) std_trait: Option<StdTraits>,
    /// Local types of the whole header.
    pub(super) header_types: Vec<ItemId>,
    pub(super) members: Vec<Member>,
}

/// A member of an impl or trait, with its name: whoever asks for a name looks through very many of them.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) item: ItemId,
    /// None where it may have any: it is a macro call, or an attribute macro stands before it.
    pub(super) name: Option<Symbol>,
    /// The names it may define, of a macro call that can define no others.
    pub(super) defines: Option<Vec<Symbol>>,
}

impl Member {
    /// The names it has or may define, as far as they are known.
    pub(super) fn names(&self) -> impl Iterator<Item = Symbol> + use<'_> {
        let defined = self.defines.iter().flatten().copied();
        self.name.into_iter().chain(defined)
    }
}

/// What an impl implements.
#[derive(Clone, Debug)]
pub(super) enum Of {
    /// Nothing: an inherent impl.
    Type,
    /// A trait of an indexed crate.
    Own(Vec<ItemId>),
    /// A trait of another crate, whose impl matters where all of these types are reached: see [`needs`].
    External { needs: Vec<ItemId> },
}

/// Names one [`Implementation`].
pub(super) type ImplNumber = usize;

/// All impls and trait members, by what can make them matter.
#[derive(Clone, Debug, Default)]
pub(super) struct Impls {
    pub(super) all: Vec<Implementation>,
    by_item: HashMap<ItemId, ImplNumber>,
    by_type: HashMap<ItemId, Vec<ImplNumber>>,
    by_trait: HashMap<ItemId, Vec<ImplNumber>>,
    /// Impls with a member, or of a trait with a member, of a name.
    by_member: HashMap<Symbol, Vec<ImplNumber>>,
    /// The members of each trait.
    trait_members: HashMap<ItemId, Vec<Member>>,
    /// Traits of which macros make members.
    declaring_any: Vec<ItemId>,
    /// Traits with a member of a name.
    traits_by_member: HashMap<Symbol, Vec<ItemId>>,
    std_traits: Vec<(ImplNumber, StdTraits)>,
    /// Those that macro calls may make.
    pub(super) made: MadeImpls,
}

impl Impls {
    pub(super) fn of(index: &Index, linker: &Linker<'_>) -> Self {
        let mut impls = Self::default();
        let members = members(index);
        let mut pending = Vec::new();
        for number in 0..index.items.len() {
            let id = ItemId(u32::try_from(number).expect("items are counted in 32 bits"));
            let own = || members.get(&id).cloned().unwrap_or_default();
            match index.item(id).kind {
                _ if index.item(id).left_out => {}
                ItemKind::Trait => impls.add_trait(id, own()),
                ItemKind::Impl => pending.push((id, own())),
                _ => {}
            }
        }
        // An impl is filed under the members of its trait too, so all traits come first.
        for (id, own) in pending {
            impls.add(implementation(index, linker, id, own));
        }
        needs::settle(index, linker, &mut impls.all);
        let members = |trait_| {
            let members = impls.members_of_trait(trait_).iter();
            members.map(|member| member.name).collect()
        };
        impls.made = MadeImpls::of(index, linker, &members);
        impls
    }

    fn add_trait(&mut self, trait_: ItemId, members: Vec<Member>) {
        for name in members.iter().flat_map(Member::names) {
            self.traits_by_member.entry(name).or_default().push(trait_);
        }
        if members.iter().any(|member| member.name.is_none()) {
            self.declaring_any.push(trait_);
        }
        self.trait_members.insert(trait_, members);
    }

    fn add(&mut self, implementation: Implementation) {
        let number = self.all.len();
        self.by_item.insert(implementation.item, number);
        for ty in implementation
            .self_types
            .iter()
            .chain(&implementation.header_types)
        {
            push(&mut self.by_type, *ty, number);
        }
        let members = implementation.members.iter();
        let mut names: Vec<Symbol> = members.flat_map(Member::names).collect();
        if let Of::Own(traits) = &implementation.of {
            for trait_ in traits {
                push(&mut self.by_trait, *trait_, number);
                names.extend(
                    self.members_of_trait(*trait_)
                        .iter()
                        .flat_map(Member::names),
                );
            }
        }
        for name in names {
            push(&mut self.by_member, name, number);
        }
        let std_trait = implementation.std_trait;
        self.std_traits
            .extend(std_trait.map(|std_trait| (number, std_trait)));
        self.all.push(implementation);
    }

    /// Those of traits of our own.
    pub(super) fn own(&self) -> impl Iterator<Item = ImplNumber> + use<'_> {
        let all = self.all.iter().enumerate();
        all.filter(|(_, found)| matches!(found.of, Of::Own(_)))
            .map(|(number, _)| number)
    }

    /// Those of some traits of std's.
    pub(super) fn of_std_traits(
        &self,
        std_traits: StdTraits,
    ) -> impl Iterator<Item = ImplNumber> + use<'_> {
        let all = self.std_traits.iter();
        all.filter(move |(_, std_trait)| std_trait.meets(std_traits))
            .map(|(number, _)| *number)
    }

    pub(super) fn of_item(&self, item: ItemId) -> Option<&Implementation> {
        self.by_item.get(&item).map(|number| &self.all[*number])
    }

    pub(super) fn of_type(&self, ty: ItemId) -> &[ImplNumber] {
        self.by_type.get(&ty).map_or(&[], Vec::as_slice)
    }

    pub(super) fn of_trait(&self, trait_: ItemId) -> &[ImplNumber] {
        self.by_trait.get(&trait_).map_or(&[], Vec::as_slice)
    }

    pub(super) fn with_member(&self, name: Symbol) -> &[ImplNumber] {
        self.by_member.get(&name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn members_of_trait(&self, trait_: ItemId) -> &[Member] {
        self.trait_members.get(&trait_).map_or(&[], Vec::as_slice)
    }

    /// Traits that may have a member of any name, for macros make some of theirs.
    pub(super) fn declaring_any(&self) -> &[ItemId] {
        &self.declaring_any
    }

    pub(super) fn declares_any(&self, trait_: ItemId) -> bool {
        self.declaring_any.binary_search(&trait_).is_ok()
    }

    pub(super) fn traits_with_member(&self, name: Symbol) -> &[ItemId] {
        self.traits_by_member.get(&name).map_or(&[], Vec::as_slice)
    }
}

fn push<K: Eq + std::hash::Hash>(
    map: &mut HashMap<K, Vec<ImplNumber>>,
    key: K,
    number: ImplNumber,
) {
    let numbers = map.entry(key).or_default();
    if numbers.last() != Some(&number) {
        numbers.push(number);
    }
}

/// The members of each impl and trait, in the order of the text.
fn members(index: &Index) -> HashMap<ItemId, Vec<Member>> {
    let mut members: HashMap<ItemId, Vec<Member>> = HashMap::default();
    for (number, item) in (0..).zip(&index.items) {
        let Some(owner) = item.owner.filter(|_| !item.left_out) else {
            continue;
        };
        let adorned = [ItemId(number), owner].map(|item| adorned::may_rename(index, item));
        members.entry(owner).or_default().push(Member {
            item: ItemId(number),
            name: item.name.filter(|_| adorned == [false; 2]),
            defines: defines(index, ItemId(number)),
        });
    }
    members
}

/// The names that a macro call may define, unless it may define any.
fn defines(index: &Index, call: ItemId) -> Option<Vec<Symbol>> {
    let expansion = index.expansions.of_call(call)?;
    let names = expansion.names.union(&expansion.members);
    let is_open = expansion.anything || expansion.defines_anything;
    (!is_open).then(|| names.copied().collect())
}

fn implementation(
    index: &Index,
    linker: &Linker<'_>,
    id: ItemId,
    members: Vec<Member>,
) -> Implementation {
    let header = index.item(id).implementation.clone();
    let paths = header.iter().flat_map(|header| &header.header_paths);
    let header_types = paths.flat_map(|path| linker.types(path, id)).collect();
    let trait_path = header
        .as_ref()
        .and_then(|header| header.trait_path.as_ref());
    let found = trait_path.map(|path| linker.resolve(path, id));
    let found = found.unwrap_or_default();
    let defs = &found.defs;
    let own: Vec<ItemId> = defs
        .iter()
        .filter_map(|def| match def {
            Def::Item(item) if is_trait(index, *item) => Some(*item),
            _ => None,
        })
        .collect();
    let uncertain = defs.iter().any(|def| !is_known_trait(index, def));
    let of = match trait_path {
        None => Of::Type,
        Some(_) if own.is_empty() => Of::External { needs: Vec::new() },
        Some(_) => Of::Own(own),
    };
    Implementation {
        item: id,
        self_types: linker.self_types(id),
        for_any: linker.is_for_any(id),
        of,
        uncertain,
        std_trait: trait_path.and_then(|path| std_trait(index, path, &found, id)),
        header_types,
        members,
    }
}

/// Whether all of a definition that is a trait is one that is known.
pub(super) fn is_known_trait(index: &Index, def: &Def) -> bool {
    let Def::Item(item) = def else { return false };
    let expansion = index.expansions.of_call(*item);
    let makes_none = |expansion: &Expansion| {
        !(expansion.traits || expansion.imports_traits || expansion.anything)
    };
    is_trait(index, *item) || expansion.is_some_and(makes_none)
}

fn is_trait(index: &Index, item: ItemId) -> bool {
    matches!(
        index.item(item).kind,
        ItemKind::Trait | ItemKind::TraitAlias
    )
}

/// Which of std's traits the path of an impl's header surely is.
fn std_trait(
    index: &Index,
    path: &[Symbol],
    found: &Resolution,
    implementation: ItemId,
) -> Option<StdTraits> {
    let defs = found.defs.iter().filter(|def| !is_known_trait(index, def));
    let mut traits = defs.map(|def| trait_at(index, def));
    match traits.next() {
        Some(first) => first.filter(|_| traits.all(|other| other == first)),
        None => prelude_trait(index, path, found, implementation),
    }
}

/// Imported, from `core` or from what passes for it.
fn trait_at(index: &Index, def: &Def) -> Option<StdTraits> {
    let Def::External(path) = def else {
        return None;
    };
    let [krate, module, name] = path.as_slice() else {
        return None;
    };
    let is_std = matches!(index.text(*krate), "alloc" | "core" | "std");
    let found = StdTraits::at(index.text(*module), index.text(*name));
    (is_std && !found.is_none()).then_some(found)
}

/// Without an import: where no macro and no glob of another crate's can have brought one of the same name.
fn prelude_trait(
    index: &Index,
    path: &[Symbol],
    found: &Resolution,
    implementation: ItemId,
) -> Option<StdTraits> {
    let [name] = path else { return None };
    let krate = index.module(index.item(implementation).module).krate;
    let is_bound = !found.defs.is_empty() || !index.expansions.anything(krate).is_empty();
    let mut globs = found.open_globs.iter();
    let is_std = |glob: &ImportId| {
        let ways = index.scopes.ways_out(index, *glob);
        ways.iter().all(|way| index.is_std(way))
    };
    let found = StdTraits::in_prelude(index.text(*name));
    (!is_bound && globs.all(is_std) && !found.is_none()).then_some(found)
}

/// Whether a member is a macro call, or as open as one: it may define anything.
pub(super) fn is_macro_call(index: &Index, member: ItemId) -> bool {
    matches!(
        index.item(member).kind,
        ItemKind::ImplMember(MemberKind::MacroCall) | ItemKind::TraitMember(MemberKind::MacroCall)
    )
}
