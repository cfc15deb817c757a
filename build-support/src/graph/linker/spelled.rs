//! Traits that what is spelled may be, or lead to: ours by their names, those of std's that [`StdTraits`] knows by the
//! names that lead to them.

use super::Linker;
use crate::graph::links::Links;
use crate::index::facts::Mention;
use crate::index::names::{Def, Resolution};
use crate::index::std_traits::StdTraits;
use crate::index::symbol::Symbol;
use crate::index::{ItemId, ItemKind};

impl Linker<'_> {
    /// What is spelled may be a trait's name, or lead to one of std's. Paths are read apart.
    pub(super) fn meant(&self, mention: &Mention, links: &mut Links) {
        match mention {
            Mention::Dyn(path)
            | Mention::All(path)
            | Mention::Macro(path)
            | Mention::Glob(path) => path.iter().for_each(|name| self.spelled(*name, links)),
            Mention::Method(name) | Mention::Field(name) => self.spelled(*name, links),
            _ => {}
        }
    }

    /// What the names of a path may be, or lead to.
    pub(super) fn spelled_by(
        &self,
        path: &[Symbol],
        found: Option<&Resolution>,
        item: Option<ItemId>,
        links: &mut Links,
    ) {
        let traits = path.iter().flat_map(|name| self.by_name.traits(*name));
        links.traits_by_name.extend(traits);
        let std_traits = path.iter().map(|name| self.by_name.std_traits(*name));
        if std_traits.clone().any(|found| !found.is_none()) {
            let ours = found.map_or(0, |found| self.surely_ours(path, found, item));
            links.std_traits = std_traits
                .skip(ours)
                .fold(links.std_traits, StdTraits::with);
        }
    }

    /// How many names a path begins with that surely mean nothing of std's: the path stands in code that no macro has, and
    /// what it leads to is ours, or a local variable.
    fn surely_ours(&self, path: &[Symbol], found: &Resolution, item: Option<ItemId>) -> usize {
        let index = self.index;
        let is_whole = path.len() == 1 || matches!(index.text(path[0]), "crate" | "self" | "super");
        let is_ours = |def: &Def| matches!(def, Def::Item(_) | Def::Module(_));
        let is_member = |def: &Def| matches!(def, Def::Member(..));
        let ours = match found.defs.as_slice() {
            _ if !found.open_globs.is_empty() => 0,
            // No name of std's that needs no import is in small letters.
            [] if path.len() == 1 => {
                usize::from(index.text(path[0]).starts_with(char::is_lowercase))
            }
            [] => 0,
            defs if is_whole && defs.iter().all(is_ours) => path.len(),
            defs if defs.iter().all(|def| is_ours(def) || is_member(def)) => path.len() - 1,
            _ => 0,
        };
        let is_code = |item: ItemId| {
            index.item(item).kind != ItemKind::MacroRules && !self.is_given_to_macro(item)
        };
        // Where ours is not there after all, a name that needs no import is std's.
        let is_in_prelude = || !StdTraits::in_prelude(index.text(path[0])).is_none();
        if ours > 0 && item.is_some_and(is_code) && !is_in_prelude() {
            ours
        } else {
            0
        }
    }

    pub(super) fn spelled(&self, name: Symbol, links: &mut Links) {
        links.traits_by_name.extend(self.by_name.traits(name));
        links.std_traits = links.std_traits.with(self.by_name.std_traits(name));
    }
}
