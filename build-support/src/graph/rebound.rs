//! Names that macros give another meaning where they are called in a body.
//!
//! Items are not hygienic: behind `alias!(Name);` with `macro_rules! alias { ($n:ident) => { type $n = Other; } }`,
//! `Name::member` is one of `Other`, whatever `Name` is around the body. What the macro names is reached with it; only
//! whose member is meant can't be told any more.

use crate::hash::{HashMap, HashSet};
use crate::index::facts::Mention;
use crate::index::symbol::Symbol;
use crate::index::{Detail, Index, ItemId};

/// What the calls of a macro may bind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Bound {
    names: HashSet<Symbol>,
    /// Whether any name that is given may be bound too.
    given: bool,
}

/// What every macro that binds names may bind, by way of others or not.
#[derive(Clone, Debug, Default)]
pub(super) struct Rebound {
    by_macro: HashMap<Symbol, Bound>,
    everywhere: HashSet<Symbol>,
}

impl Rebound {
    pub(super) fn of(index: &Index) -> Self {
        let mut rebound = Self::default();
        let mut calls: Vec<(Symbol, Symbol)> = Vec::new();
        for item in index.items.iter().filter(|item| !item.left_out) {
            let (Some(name), Detail::Macro(facts)) = (item.name, &item.detail) else {
                continue;
            };
            calls.extend(item.mentions.iter().filter_map(|mention| match mention {
                Mention::Macro(path) => Some((name, *path.last()?)),
                _ => None,
            }));
            if !facts.defined.is_empty() || facts.names_fragments {
                let bound = rebound.by_macro.entry(name).or_default();
                bound.names.extend(&facts.defined);
                bound.given |= facts.names_fragments;
                rebound.everywhere.extend(&facts.defined);
            }
        }
        while calls.iter().any(|(from, to)| rebound.join(*from, *to)) {}
        rebound
    }

    /// Adds what one macro binds to what its caller does; whether that is more.
    fn join(&mut self, caller: Symbol, called: Symbol) -> bool {
        let Some(more) = self.by_macro.get(&called).cloned() else {
            return false;
        };
        let bound = self.by_macro.entry(caller).or_default();
        let before = bound.clone();
        bound.names.extend(more.names);
        bound.given |= more.given;
        *bound != before
    }

    /// The members that the paths among some mentions may mean of other types than they seem to, where some macros are
    /// called. What stands in a macro is read wherever that is called, by whatever others.
    pub(super) fn members(
        &self,
        index: &Index,
        item: Option<ItemId>,
        mentions: &[Mention],
        macros: &[Symbol],
    ) -> Vec<Symbol> {
        if self.by_macro.is_empty() {
            return Vec::new();
        }
        let in_macro = item.is_some_and(|item| matches!(index.item(item).detail, Detail::Macro(_)));
        let bound: Vec<&Bound> = macros
            .iter()
            .filter_map(|name| self.by_macro.get(name))
            .collect();
        let is_given = |name: &Symbol| mentions.contains(&Mention::Method(*name));
        let is_bound = |name: &Symbol| {
            (in_macro && self.everywhere.contains(name))
                || bound.iter().any(|bound| bound.names.contains(name))
                || (bound.iter().any(|bound| bound.given) && is_given(name))
        };
        let paths = mentions.iter().filter_map(|mention| match mention {
            Mention::Path(path) if path.len() > 1 && is_bound(&path[0]) => Some(&path[1..]),
            _ => None,
        });
        paths.flatten().copied().collect()
    }
}
