//! Impls that macros make in the bodies of functions and constants.
//!
//! An impl counts wherever it stands: `const _: () = { implement!(Type); };` makes one of a type of the module, and so
//! may a function that nobody calls. Whoever holds such a call stands for the impls that it may make.

use crate::hash::{HashMap, HashSet};
use crate::index::expansions::Expansion;
use crate::index::facts::{ImplHead, MacroFacts, Mention};
use crate::index::symbol::Symbol;
use crate::index::{Detail, Index, Item, ItemId, ItemKind, ModuleId};

/// The items with such calls in their bodies, and what the calls may make.
pub(super) fn of(index: &Index) -> Vec<(ItemId, Expansion)> {
    let makers = Makers::of(index);
    let items = index.items.iter().zip(0u32..);
    let items = items.filter(|(item, _)| {
        let is_macro = matches!(item.kind, ItemKind::MacroRules | ItemKind::MacroCall);
        !(item.left_out || is_macro)
    });
    items
        .map(|(item, number)| (ItemId(number), made_in(index, item, &makers)))
        .filter(|(_, expansion)| !expansion.implements.is_empty())
        .collect()
}

/// What the calls in an item's body may make.
fn made_in(index: &Index, item: &Item, makers: &Makers) -> Expansion {
    let mut expansion = Expansion::default();
    let mut called: Vec<Symbol> = Vec::new();
    for mention in item.mentions.iter() {
        match mention {
            Mention::Impl(head) => expansion
                .implements
                .push((ImplHead::clone(head), item.module)),
            Mention::Macro(path) => called.extend(path.last()),
            // A macro may be given to another one.
            Mention::Method(name) => called.push(*name),
            _ => {}
        }
    }
    if !expansion.implements.is_empty() {
        expansion.members.extend(spelled(item));
    }
    if !makers.by_name.is_empty() {
        makers.called(index, called, &mut expansion);
    }
    expansion
}

/// Every name that an item spells: those of the members of impls in it are among them.
fn spelled(item: &Item) -> impl Iterator<Item = Symbol> {
    let mentions = item.mentions.iter();
    mentions.filter_map(|mention| match mention {
        Mention::Path(path) if path.len() == 1 => Some(path[0]),
        Mention::Method(name) => Some(*name),
        _ => None,
    })
}

/// The macros that make impls, by way of others or not.
#[derive(Default)]
struct Makers {
    by_name: HashSet<Symbol>,
    /// Other names that imports give them.
    renamed: HashMap<Symbol, Vec<Symbol>>,
}

impl Makers {
    fn of(index: &Index) -> Self {
        let mut makers = Self::default();
        let definitions: Vec<(Symbol, &Item, &MacroFacts)> = definitions(index).collect();
        let mut known = usize::MAX;
        while known != makers.by_name.len() {
            known = makers.by_name.len();
            for (name, item, facts) in &definitions {
                let leads_to = |name: &Symbol| makers.by_name.contains(name);
                if !facts.implements.is_empty() || called_by(item).any(|name| leads_to(&name)) {
                    makers.by_name.insert(*name);
                }
            }
        }
        for import in &index.imports {
            if let (Some(name), Some(last)) = (import.name, import.path.last())
                && name != *last
                && makers.by_name.contains(last)
            {
                makers.renamed.entry(name).or_default().push(*last);
            }
        }
        makers
    }

    /// Takes the impls that some macros make, by way of others or not.
    fn called(&self, index: &Index, mut waiting: Vec<Symbol>, expansion: &mut Expansion) {
        let mut seen: HashSet<Symbol> = HashSet::default();
        while let Some(name) = waiting.pop() {
            if !seen.insert(name) {
                continue;
            }
            waiting.extend(self.renamed.get(&name).into_iter().flatten());
            if !self.by_name.contains(&name) {
                continue;
            }
            for definition in index.scopes.macros(name) {
                let item = index.item(*definition);
                let Detail::Macro(facts) = &item.detail else {
                    continue;
                };
                expansion.macros.push(*definition);
                expansion.given.extend(&facts.passed);
                expansion.implements.extend(heads(facts, item.module));
                waiting.extend(called_by(item));
            }
        }
    }
}

/// The impls that a definition makes. One of a type or a trait that it makes itself, beside a call in a body, can be
/// meant by nobody else.
fn heads(facts: &MacroFacts, module: ModuleId) -> impl Iterator<Item = (ImplHead, ModuleId)> {
    let is_own = |path: &Vec<Symbol>| path.len() == 1 && facts.defined.contains(&path[0]);
    let heads = facts.implements.iter();
    heads
        .filter(move |head| !head.paths.iter().any(is_own))
        .map(move |head| (head.clone(), module))
}

fn called_by(item: &Item) -> impl Iterator<Item = Symbol> {
    let mentions = item.mentions.iter();
    mentions.filter_map(|mention| match mention {
        Mention::Macro(path) => path.last().copied(),
        _ => None,
    })
}

fn definitions(index: &Index) -> impl Iterator<Item = (Symbol, &Item, &MacroFacts)> {
    let items = index.items.iter().filter(|item| !item.left_out);
    items.filter_map(|item| match &item.detail {
        Detail::Macro(facts) => Some((item.name?, item, &**facts)),
        _ => None,
    })
}
