//! Which crates that are not indexed a closure uses (rule R21).

use std::collections::BTreeSet;

use crate::graph::Closure;
use crate::hash::HashSet;
use crate::index::symbol::Symbol;
use crate::index::{CrateId, Index};

/// Each by the name the code has for it, with the position of the crate whose code says it.
pub(super) fn of(index: &Index, closure: &Closure) -> BTreeSet<(usize, String)> {
    let named = closure.used.iter().copied();
    let imported = closure.imports().filter_map(|import| {
        let import = index.import(import);
        Some((
            index.module(import.module).krate,
            head(index, &import.path)?,
        ))
    });
    // Few crates are named by very many imports.
    let distinct: HashSet<(CrateId, Symbol)> = named.chain(imported).collect();
    distinct
        .into_iter()
        .filter_map(|(krate, name)| {
            let name = index.text(name).to_owned();
            let known = &index.krate(krate).dependencies;
            known.contains(&name).then_some((krate.0 as usize, name))
        })
        .collect()
}

/// The first name of a path, whether or not it is written with a leading `::`.
fn head(index: &Index, path: &[Symbol]) -> Option<Symbol> {
    path.iter()
        .copied()
        .find(|segment| !index.text(*segment).is_empty())
}

/// Positions of the crates whose code is reached.
pub(super) fn crates(index: &Index, closure: &Closure) -> BTreeSet<CrateId> {
    let items = closure.items();
    let crates: HashSet<CrateId> = items
        .map(|reached| index.module(index.item(reached.item).module).krate)
        .collect();
    crates.into_iter().collect()
}
