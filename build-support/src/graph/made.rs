//! Impls and traits that macro calls may make (rule R14).

use super::impls::is_known_trait;
use super::in_bodies;
use super::links::Linker;
use crate::hash::{HashMap, HashSet};
use crate::index::expansions::Expansion;
use crate::index::facts::{HeadOf, ImplHead};
use crate::index::names::Def;
use crate::index::symbol::Symbol;
use crate::index::{Index, ItemId, ItemKind, ModuleId};

/// A call that may make impls or traits, or what holds such calls in its body, and what can make these matter.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) call: ItemId,
    /// Types and traits in the headers of the impls.
    pub(super) about: Vec<ItemId>,
    /// Names of members it may define.
    pub(super) names: Vec<Symbol>,
    /// Whether some of the impls may be for any type.
    pub(super) for_any: bool,
    /// Whether all it can make are inherent impls and impls of our own traits: then a member must be asked for.
    pub(super) own_only: bool,
    /// The traits that all the impls are of, if that is known and they are ours: then only their members matter,
    /// where one of these traits can be meant.
    pub(super) traits: Option<Vec<ItemId>>,
    /// Those among them without members: that they are implemented is all they say.
    pub(super) markers: Vec<ItemId>,
}

/// All such calls, by what can make them matter.
#[derive(Clone, Debug, Default)]
pub(super) struct MadeImpls {
    pub(super) all: Vec<Made>,
    by_item: HashMap<ItemId, Vec<usize>>,
    by_name: HashMap<Symbol, Vec<usize>>,
    by_trait: HashMap<ItemId, Vec<usize>>,
}

impl MadeImpls {
    pub(super) fn of(
        index: &Index,
        linker: &Linker<'_>,
        members: &dyn Fn(ItemId) -> Vec<Option<Symbol>>,
    ) -> Self {
        let mut made = Self::default();
        for (call, expansion) in &index.expansions.calls {
            if !expansion.implements.is_empty() || expansion.traits || expansion.anything {
                made.add(one(index, linker, *call, expansion, members));
            }
        }
        for (item, expansion) in &in_bodies::of(index) {
            made.add(one(index, linker, *item, expansion, members));
        }
        made
    }

    fn add(&mut self, made: Made) {
        let number = self.all.len();
        for item in &made.about {
            self.by_item.entry(*item).or_default().push(number);
        }
        for name in &made.names {
            self.by_name.entry(*name).or_default().push(number);
        }
        for trait_ in made.traits.iter().flatten() {
            self.by_trait.entry(*trait_).or_default().push(number);
        }
        self.all.push(made);
    }

    pub(super) fn about(&self, item: ItemId) -> &[usize] {
        self.by_item.get(&item).map_or(&[], Vec::as_slice)
    }

    /// Those whose impls are of a trait, and of no other but ours.
    pub(super) fn of_trait(&self, trait_: ItemId) -> &[usize] {
        self.by_trait.get(&trait_).map_or(&[], Vec::as_slice)
    }

    pub(super) fn with_member(&self, name: Symbol) -> &[usize] {
        self.by_name.get(&name).map_or(&[], Vec::as_slice)
    }
}

fn one(
    index: &Index,
    linker: &Linker<'_>,
    call: ItemId,
    expansion: &Expansion,
    members: &dyn Fn(ItemId) -> Vec<Option<Symbol>>,
) -> Made {
    let scope = index.item(call).module;
    let mut about: HashSet<ItemId> = HashSet::default();
    // Where fragments stand in a header, it is about what the arguments name; where nothing is known of the
    // macro, any impl may be made.
    let unknown = expansion.implements.iter().any(|(head, _)| head.fragments);
    let mut read: Vec<(ItemId, ModuleId)> = Vec::new();
    if unknown || expansion.anything {
        read.push((call, scope));
        about.extend(named_types(index, expansion).flat_map(|item| linker.behind(item)));
    }
    if expansion.anything {
        for definition in &expansion.macros {
            read.push((*definition, index.item(*definition).scope));
            read.push((*definition, scope));
        }
    }
    for (item, scope) in read {
        let links = linker.links(item, scope);
        let items = links.items.iter();
        let items = items.flat_map(|(candidate, _)| candidate.items(index));
        let types = items.filter(|item| **item != call && is_type(index.item(**item).kind));
        about.extend(types.flat_map(|item| linker.behind(*item)));
    }
    for (head, module) in &expansion.implements {
        for path in &head.paths {
            // What a header names may be meant where the macro stands, or where it is called.
            for module in [*module, scope] {
                about.extend(linker.types_in(path, module));
            }
        }
    }
    let own_only = !expansion.anything
        && expansion.implements.iter().all(|(head, module)| {
            matches!(head.of, HeadOf::Type)
                || !own_traits(index, linker, head, &[*module]).is_empty()
        });
    let mut heads = expansion.implements.iter();
    let for_any = heads.any(|(head, _)| head.for_any);
    let traits = known_traits(index, linker, call, expansion);
    // A call among the members of a trait may declare any.
    let names_of = |traits: &Vec<ItemId>| traits.iter().flat_map(|item| members(*item)).collect();
    let only: Option<HashSet<Symbol>> = traits.as_ref().and_then(names_of);
    let traits = traits.filter(|_| only.is_some());
    let markers = traits.iter().flatten().copied();
    let markers = markers.filter(|item| members(*item).is_empty()).collect();
    let is_given = |(head, _): &(ImplHead, ModuleId)| matches!(head.of, HeadOf::Unknown);
    let given = expansion.implements.iter().any(is_given);
    let names = only.unwrap_or_else(|| {
        let mut names = all_names(index, linker, expansion, members);
        // A trait that the macro is given may have default bodies for what the impl does not spell.
        let traits = about.iter().filter(|_| given);
        names.extend(traits.flat_map(|item| members(*item)).flatten());
        names
    });
    Made {
        call,
        about: about.into_iter().collect(),
        names: names.into_iter().collect(),
        for_any,
        own_only,
        traits,
        markers,
    }
}

/// Every name of a member that the impls of a call may define.
fn all_names(
    index: &Index,
    linker: &Linker<'_>,
    expansion: &Expansion,
    members: &dyn Fn(ItemId) -> Vec<Option<Symbol>>,
) -> HashSet<Symbol> {
    let heads = expansion.implements.iter();
    let own = heads.flat_map(|(head, module)| own_traits(index, linker, head, &[*module]));
    let of_traits = own.flat_map(members).flatten();
    let defined = expansion.names.iter().chain(&expansion.members);
    defined.copied().chain(of_traits).collect()
}

/// The traits of ours that the header of an impl names, read in some modules.
fn own_traits(
    index: &Index,
    linker: &Linker<'_>,
    head: &ImplHead,
    modules: &[ModuleId],
) -> Vec<ItemId> {
    let HeadOf::Trait(path) = &head.of else {
        return Vec::new();
    };
    let modules = modules.iter();
    let defs = modules.flat_map(|module| {
        let krate = index.module(*module).krate;
        linker.resolve_in(path, *module, krate).defs.clone()
    });
    let traits = defs.filter_map(|def| match def {
        Def::Item(item) if index.item(item).kind == ItemKind::Trait => Some(item),
        _ => None,
    });
    traits.collect()
}

/// The traits that all impls of a call are of, if they surely are of traits of ours; `None` if that can't be told.
fn known_traits(
    index: &Index,
    linker: &Linker<'_>,
    call: ItemId,
    expansion: &Expansion,
) -> Option<Vec<ItemId>> {
    if expansion.anything || expansion.traits || expansion.implements.is_empty() {
        return None;
    }
    let mut traits = Vec::new();
    for (head, module) in &expansion.implements {
        let HeadOf::Trait(path) = &head.of else {
            return None;
        };
        // What a header names may be meant where the macro stands, or where it is called.
        for module in [*module, index.item(call).module] {
            let krate = index.module(module).krate;
            let found = linker.resolve_in(path, module, krate);
            let own = own_traits(index, linker, head, &[module]);
            if own.is_empty() || !found.defs.iter().all(|def| is_known_trait(index, def)) {
                return None;
            }
            traits.extend(own);
        }
    }
    Some(traits)
}

/// Types by the names among the arguments, wherever they stand, and by those in headers with fragments: a macro may
/// put any path before a name.
fn named_types<'i>(index: &'i Index, expansion: &'i Expansion) -> impl Iterator<Item = ItemId> {
    let heads = expansion.implements.iter().map(|(head, _)| head);
    let spelled = heads
        .filter(|head| head.fragments)
        .flat_map(|head| &head.paths);
    let names = spelled.flatten().chain(&expansion.given);
    let names: HashSet<Symbol> = names.copied().collect();
    let items = index.items.iter().zip(0u32..);
    items
        .filter(move |(item, _)| {
            is_type(item.kind) && item.name.is_some_and(|name| names.contains(&name))
        })
        .map(|(_, number)| ItemId(number))
}

fn is_type(kind: ItemKind) -> bool {
    matches!(
        kind,
        ItemKind::Struct
            | ItemKind::Enum
            | ItemKind::Union
            | ItemKind::Trait
            | ItemKind::TypeAlias
            | ItemKind::MacroCall
    )
}
