//! Impls and traits that macro calls may make (rule R14).

use super::links::Linker;
use crate::hash::{HashMap, HashSet};
use crate::index::expansions::Expansion;
use crate::index::facts::HeadOf;
use crate::index::names::Def;
use crate::index::symbol::Symbol;
use crate::index::{Index, ItemId, ItemKind, ModuleId};

/// A call that may make impls or traits, and what can make these matter.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) call: ItemId,
    /// Types and traits in the headers of the impls.
    pub(super) about: Vec<ItemId>,
    /// Names of members it may define.
    pub(super) names: Vec<Symbol>,
    /// Whether all it can make are inherent impls and impls of our own traits: then a member must be asked for.
    pub(super) own_only: bool,
}

/// All such calls, by what can make them matter.
#[derive(Clone, Debug, Default)]
pub(super) struct MadeImpls {
    pub(super) all: Vec<Made>,
    by_item: HashMap<ItemId, Vec<usize>>,
    by_name: HashMap<Symbol, Vec<usize>>,
}

impl MadeImpls {
    pub(super) fn of(
        index: &Index,
        linker: &mut Linker<'_>,
        members: &dyn Fn(ItemId) -> Vec<Symbol>,
    ) -> Self {
        let mut made = Self::default();
        for (call, expansion) in &index.expansions.calls {
            if !expansion.implements.is_empty() || expansion.traits || expansion.anything {
                made.add(one(index, linker, *call, expansion, members));
            }
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
        self.all.push(made);
    }

    pub(super) fn about(&self, item: ItemId) -> &[usize] {
        self.by_item.get(&item).map_or(&[], Vec::as_slice)
    }

    pub(super) fn with_member(&self, name: Symbol) -> &[usize] {
        self.by_name.get(&name).map_or(&[], Vec::as_slice)
    }
}

fn one(
    index: &Index,
    linker: &mut Linker<'_>,
    call: ItemId,
    expansion: &Expansion,
    members: &dyn Fn(ItemId) -> Vec<Symbol>,
) -> Made {
    let scope = index.item(call).module;
    let mut about: HashSet<ItemId> = HashSet::default();
    // Where fragments stand in a header, it is about what the arguments name; where nothing is known of the
    // macro, any impl may be made.
    let unknown = expansion.implements.iter().any(|(head, _)| head.fragments);
    let mut read: Vec<(ItemId, ModuleId)> = Vec::new();
    if unknown || expansion.anything {
        read.push((call, scope));
        about.extend(named_types(index, expansion));
    }
    if expansion.anything {
        for definition in &expansion.macros {
            read.push((*definition, index.item(*definition).scope));
            read.push((*definition, scope));
        }
    }
    for (item, scope) in read {
        let links = linker.links(item, scope);
        let items = links.items.iter().map(|(item, _)| *item);
        about.extend(items.filter(|item| *item != call && is_type(index.item(*item).kind)));
    }
    for (head, module) in &expansion.implements {
        for path in &head.paths {
            // What a header names may be meant where the macro stands, or where it is called.
            for module in [*module, scope] {
                about.extend(linker.types_in(path, module));
            }
        }
    }
    let mut names: HashSet<Symbol> = expansion.names.clone();
    let mut own_only = !expansion.anything;
    for (head, module) in &expansion.implements {
        match &head.of {
            HeadOf::Type => {}
            HeadOf::Unknown => own_only = false,
            HeadOf::Trait(path) => {
                let krate = index.module(*module).krate;
                let traits = linker.resolve_in(path, *module, krate).into_iter();
                let own: Vec<ItemId> = traits
                    .filter_map(|def| match def {
                        Def::Item(item) if index.item(item).kind == ItemKind::Trait => Some(item),
                        _ => None,
                    })
                    .collect();
                own_only &= !own.is_empty();
                names.extend(own.into_iter().flat_map(members));
            }
        }
    }
    Made {
        call,
        about: about.into_iter().collect(),
        names: names.into_iter().collect(),
        own_only,
    }
}

/// Types by the names among the arguments, wherever they stand: a macro may put any path before a name.
fn named_types<'i>(index: &'i Index, expansion: &'i Expansion) -> impl Iterator<Item = ItemId> {
    let names = &expansion.given;
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
