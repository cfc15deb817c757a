//! Impls and traits that macro calls may make (rule R14).

use std::cell::OnceCell;

use super::impls::{is_known_trait, is_macro_call};
use super::in_bodies;
use super::linker::Linker;
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
        let reader = Reader {
            index,
            linker,
            members,
            types: OnceCell::new(),
        };
        let mut made = Self::default();
        for (call, expansion) in &index.expansions.calls {
            // What those make in bodies comes below.
            if is_macro_call(index, *call) {
                continue;
            }
            if !expansion.implements.is_empty() || expansion.traits || expansion.anything {
                made.add(reader.one(*call, expansion));
            }
        }
        for (item, expansion) in &in_bodies::of(index) {
            made.add(reader.one(*item, expansion));
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

/// Reads calls.
struct Reader<'r, 'i> {
    index: &'i Index,
    linker: &'r Linker<'i>,
    /// Of a trait: those without a name may be any.
    members: &'r dyn Fn(ItemId) -> Vec<Option<Symbol>>,
    /// By their names, once a call asked for any.
    types: OnceCell<HashMap<Symbol, Vec<ItemId>>>,
}

impl Reader<'_, '_> {
    fn one(&self, call: ItemId, expansion: &Expansion) -> Made {
        let about = self.about(call, expansion);
        let own_only = !expansion.anything
            && expansion.implements.iter().all(|(head, module)| {
                matches!(head.of, HeadOf::Type) || !self.own_traits(head, *module).is_empty()
            });
        let mut heads = expansion.implements.iter();
        let for_any = heads.any(|(head, _)| head.for_any);
        let traits = self.known_traits(call, expansion);
        // A call among the members of a trait may declare any.
        let members = self.members;
        let names_of =
            |traits: &Vec<ItemId>| traits.iter().flat_map(|item| members(*item)).collect();
        let only: Option<HashSet<Symbol>> = traits.as_ref().and_then(names_of);
        let traits = traits.filter(|_| only.is_some());
        let markers = traits.iter().flatten().copied();
        let markers = markers.filter(|item| members(*item).is_empty()).collect();
        let names = only.unwrap_or_else(|| self.all_names(expansion, &about));
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

    /// Types and traits in the headers of the impls that a call may make.
    fn about(&self, call: ItemId, expansion: &Expansion) -> HashSet<ItemId> {
        let (index, linker) = (self.index, self.linker);
        let scope = index.item(call).module;
        let mut about: HashSet<ItemId> = HashSet::default();
        // Where fragments stand in a header, it is about what the arguments name; where nothing is known of the
        // macro, any impl may be made.
        let unknown = expansion.implements.iter().any(|(head, _)| head.fragments);
        let mut read: Vec<(ItemId, ModuleId)> = Vec::new();
        if unknown || expansion.anything {
            read.push((call, scope));
            let named = self.named_types(expansion);
            about.extend(named.flat_map(|item| linker.behind(item)));
        }
        if expansion.anything {
            for definition in &expansion.macros {
                read.push((*definition, index.item(*definition).scope));
                read.push((*definition, scope));
            }
        }
        for (item, scope) in read {
            let links = linker.links(item, scope);
            // Many names may be what one call makes.
            let candidates = links.items.iter().map(|(candidate, _)| candidate);
            let candidates: HashSet<_> = candidates.collect();
            let items = candidates.into_iter().flat_map(|it| it.items(index));
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
        about
    }

    /// Every name of a member that the impls of a call may define.
    fn all_names(&self, expansion: &Expansion, about: &HashSet<ItemId>) -> HashSet<Symbol> {
        let heads = expansion.implements.iter();
        let own = heads.flat_map(|(head, module)| self.own_traits(head, *module));
        let mut traits: Vec<ItemId> = own.collect();
        // A trait that the macro is given may have default bodies for what the impl does not spell.
        let mut heads = expansion.implements.iter();
        if heads.any(|(head, _)| matches!(head.of, HeadOf::Unknown)) {
            traits.extend(about);
        }
        let of_traits = traits.into_iter().flat_map(self.members).flatten();
        let defined = expansion.names.iter().chain(&expansion.members);
        defined.copied().chain(of_traits).collect()
    }

    /// The traits of ours that the header of an impl names, read in a module.
    fn own_traits(&self, head: &ImplHead, module: ModuleId) -> Vec<ItemId> {
        let HeadOf::Trait(path) = &head.of else {
            return Vec::new();
        };
        let krate = self.index.module(module).krate;
        let found = self.linker.resolve_in(path, module, krate);
        let traits = found.defs.iter().filter_map(|def| match def {
            Def::Item(item) if self.index.item(*item).kind == ItemKind::Trait => Some(*item),
            _ => None,
        });
        traits.collect()
    }

    /// The traits that all impls of a call are of, if they surely are of traits of ours; `None` if that can't be told.
    fn known_traits(&self, call: ItemId, expansion: &Expansion) -> Option<Vec<ItemId>> {
        let index = self.index;
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
                let found = self.linker.resolve_in(path, module, krate);
                let own = self.own_traits(head, module);
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
    fn named_types(&self, expansion: &Expansion) -> impl Iterator<Item = ItemId> {
        let heads = expansion.implements.iter().map(|(head, _)| head);
        let spelled = heads
            .filter(|head| head.fragments)
            .flat_map(|head| &head.paths);
        let names = spelled.flatten().chain(&expansion.given);
        let names: HashSet<Symbol> = names.copied().collect();
        let known = self.types.get_or_init(|| types_by_name(self.index));
        let types = names.into_iter().filter_map(|name| known.get(&name));
        types.flatten().copied()
    }
}

fn types_by_name(index: &Index) -> HashMap<Symbol, Vec<ItemId>> {
    let mut types: HashMap<Symbol, Vec<ItemId>> = HashMap::default();
    for (item, number) in index.items.iter().zip(0u32..) {
        if let Some(name) = item.name.filter(|_| is_type(item.kind)) {
            types.entry(name).or_default().push(ItemId(number));
        }
    }
    types
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
