//! Macros of other crates that have the name of one of ours.

use crate::hash::HashSet;
use crate::index::symbol::Symbol;
use crate::index::{Index, ItemKind};

/// The names that tell where the path of a macro leads, before it is known what other paths lead to.
pub(super) struct Elsewhere {
    /// Names of macros of ours that imports bind to what is not ours.
    imported: HashSet<Symbol>,
    /// Names of modules and crates of ours.
    ours: HashSet<Symbol>,
    /// Names of crates that are not indexed.
    dependencies: HashSet<Symbol>,
}

impl Elsewhere {
    pub(super) fn of(index: &Index) -> Self {
        let imports = index.imports.iter();
        let others = imports.filter(|import| !index.is_own_macro(&import.path));
        let bound = others.filter_map(|import| import.name);
        let is_module = |kind: ItemKind| kind == ItemKind::Mod;
        let modules = index.items.iter().filter(|item| is_module(item.kind));
        let find = |name: &String| index.symbols.find(name);
        let crates = index.crates.iter();
        Self {
            imported: bound
                .filter(|name| !index.scopes.macros(*name).is_empty())
                .collect(),
            ours: modules
                .filter_map(|item| item.name)
                .chain(crates.clone().filter_map(|krate| find(&krate.name)))
                .chain(crates.clone().flat_map(|krate| {
                    let externs = krate.externs.iter();
                    externs.filter_map(|(name, _)| find(name))
                }))
                .collect(),
            dependencies: crates
                .flat_map(|krate| krate.dependencies.iter().filter_map(find))
                .collect(),
        }
    }

    /// Whether a path may lead to a macro of another crate's, be there one of ours with the name or not.
    pub(super) fn may_have(&self, index: &Index, path: &[Symbol]) -> bool {
        let mut named = path.iter().filter(|name| !index.text(**name).is_empty());
        match (named.next(), named.next()) {
            (Some(name), None) => self.imported.contains(name),
            (Some(head), Some(_)) => {
                let is_own = matches!(index.text(*head), "$crate" | "crate" | "self" | "super");
                let is_named = || self.ours.contains(head) && !self.dependencies.contains(head);
                !is_own && !is_named()
            }
            (None, _) => false,
        }
    }
}
