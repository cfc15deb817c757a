//! Statics that macros make in the bodies of functions and constants: `thread_local!` and the like, or a macro of ours
//! with a static in it. Nobody else can name them, so whoever makes them stands for them: what they hold is for its
//! callers to say.

use super::{Look, Mutability, most, only_initialise};
use crate::hash::HashSet;
use crate::index::facts::{MacroFacts, Mention};
use crate::index::symbol::Symbol;
use crate::index::{Detail, Item, ItemId, ItemKind, MemberKind, ModuleId};

/// Macros of other crates that make statics of what they are given.
const MAKING: &[&str] = &["lazy_static", "task_local", "thread_local"];

/// Whether an item has a body in which macros may make statics.
pub(in crate::graph) const fn may_hold(kind: ItemKind) -> bool {
    matches!(
        kind,
        ItemKind::Fn
            | ItemKind::Const
            | ItemKind::ImplMember(MemberKind::Fn | MemberKind::Const)
            | ItemKind::TraitMember(MemberKind::Fn | MemberKind::Const)
    )
}

impl Look<'_, '_> {
    /// How the statics may change that macros make in the body of an item: always, if at all.
    pub(super) fn in_body(&mut self, item: ItemId) -> Mutability {
        let mut waiting: Vec<Symbol> = called_by(self.index.item(item)).collect();
        let mut called: HashSet<Symbol> = HashSet::default();
        while let Some(name) = waiting.pop() {
            if !called.insert(name) {
                continue;
            }
            let definitions = self.index.scopes.macros(name);
            let is_given = definitions.is_empty() && MAKING.contains(&self.index.text(name));
            if is_given && self.is_held_by(item) {
                return Mutability::Always;
            }
            for definition in definitions {
                let facts = self.index.item(*definition);
                let Detail::Macro(found) = &facts.detail else {
                    continue;
                };
                if self.is_made_by(*definition, found, item) {
                    return Mutability::Always;
                }
                waiting.extend(called_by(facts));
            }
        }
        Mutability::Never
    }

    /// Whether a macro makes a static that may change, be it of what its caller gives it.
    fn is_made_by(&mut self, definition: ItemId, facts: &MacroFacts, caller: ItemId) -> bool {
        facts.statics
            && (self.is_held_by(definition)
                || (facts.names_fragments && self.is_held_by(caller))
                || self.is_given_cell(caller))
    }

    /// Whether an item names a cell among what it may give to a macro: types by one name there look like methods too.
    fn is_given_cell(&mut self, item: ItemId) -> bool {
        let index = self.index;
        let facts = index.item(item);
        let is_type = |name: &Symbol| index.text(*name).starts_with(char::is_uppercase);
        let given = facts.mentions.iter().filter_map(|mention| match mention {
            Mention::Method(name) => Some(std::slice::from_ref(name)),
            Mention::Path(path) if path.len() > 1 => Some(&path[..]),
            _ => None,
        });
        let given: Vec<&[Symbol]> = given.collect();
        let types = given
            .into_iter()
            .filter(|path| path.last().is_some_and(is_type));
        most(types.map(|path| self.given(path, facts.scope))) == Mutability::Always
    }

    fn given(&mut self, path: &[Symbol], scope: ModuleId) -> Mutability {
        let own = self.linker.types_in(path, scope).into_iter();
        most(own.map(|ty| self.item(ty))).max(self.cell(path))
    }

    /// Whether the tokens of an item name a cell that is more than set once by what they say themselves.
    fn is_held_by(&mut self, item: ItemId) -> bool {
        let scope = self.index.item(item).scope;
        match self.named_by(item, scope) {
            Mutability::Never => false,
            Mutability::Once => !only_initialise(self.index, &[item]),
            Mutability::Always => true,
        }
    }
}

fn called_by(item: &Item) -> impl Iterator<Item = Symbol> {
    let mentions = item.mentions.iter();
    mentions.filter_map(|mention| match mention {
        Mention::Macro(path) => path.last().copied(),
        _ => None,
    })
}
