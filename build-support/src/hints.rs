//! What a marked function reaches that a version can't cover: clocks, random numbers, the environment, files and
//! networks. A cached answer keeps what they were, so each kind gets one warning, with the way that leads to it.
//!
//! Only what the closure itself names counts. What a caller hands in is the caller's choice: a database client or
//! an open connection among the arguments is what caches are for, and no hint.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostics, catalogue::hint as texts};
use crate::graph::{Closure, Graph};
use crate::index::{Index, ItemId};
use crate::marker::{Concern, Marker};

mod catalog;
mod chain;
mod sources;
mod suspects;
pub(crate) mod widened;

use catalog::Catalog;
use chain::Chains;
use suspects::{Proven, Suspects};

/// What makes a function answer differently from call to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Impurity {
    Clock,
    Random,
    Env,
    Io,
}

impl Impurity {
    /// What an author answers for who allows it.
    pub(crate) fn concern(self) -> Concern {
        match self {
            Self::Clock => Concern::Clock,
            Self::Random => Concern::Random,
            Self::Env => Concern::Env,
            Self::Io => Concern::Io,
        }
    }
}

/// Warns of each kind of source a marked function reaches, but for those its marker allows.
pub(crate) fn check(
    index: &Index,
    markers: &[Marker],
    graph: &Graph,
    diagnostics: &mut Diagnostics,
) {
    let catalog = Catalog::new(index);
    let suspects = Suspects::of(index, &catalog, &graph.closures);
    let functions = index.marked.iter().zip(markers).zip(&graph.closures);
    for ((function, marker), closure) in functions {
        let function = index.item(function.item);
        for (kind, finding) in findings(index, &catalog, &suspects, closure) {
            if !marker.allows(kind.concern()) {
                let name = function.name.map_or("", |name| index.text(name));
                let way = finding.way(index);
                diagnostics.warn(texts::impure(
                    function.location,
                    name,
                    kind,
                    finding.what,
                    &way,
                ));
            }
        }
    }
}

/// One source, and how it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    /// "a clock"
    what: &'static str,
    /// From the function to the item that names the source.
    items: Vec<ItemId>,
    /// `std::time::Instant::now`
    path: String,
    /// Whether the path was put together from a method's name.
    is_guess: bool,
}

impl Finding {
    /// The names on the way, the source's own last.
    fn way(&self, index: &Index) -> Vec<String> {
        let names = self
            .items
            .iter()
            .filter_map(|item| chain::name(index, *item));
        names.chain([format!("`{}`", self.path)]).collect()
    }
}

/// The source of each kind that is nearest to the function.
fn findings(
    index: &Index,
    catalog: &Catalog<'_>,
    suspects: &Suspects,
    closure: &Closure,
) -> BTreeMap<Impurity, Finding> {
    let named = closure.externals.iter().filter_map(|(path, item)| {
        let source = catalog.find(path)?;
        Some(Proven {
            kind: source.kind,
            what: source.what,
            item: *item,
            path: catalog.shown(path),
            is_guess: false,
        })
    });
    let found: Vec<Proven> = named.chain(suspects.in_closure(index, closure)).collect();
    let mut nearest = BTreeMap::new();
    if found.is_empty() {
        return nearest;
    }
    let chains = Chains::of(closure);
    for Proven {
        kind,
        what,
        item,
        path,
        is_guess,
    } in found
    {
        // What is there by widening alone is not known to run.
        if chains.is_widened(item) {
            continue;
        }
        let items = chains.to(item);
        let finding = Finding {
            what,
            items,
            path,
            is_guess,
        };
        let rank = |finding: &Finding| {
            let way = finding.way(index);
            (
                finding.items.len(),
                finding.is_guess,
                finding.path.clone(),
                way,
            )
        };
        let is_nearer = nearest
            .get(&kind)
            .is_none_or(|present| rank(&finding) < rank(present));
        if is_nearer {
            nearest.insert(kind, finding);
        }
    }
    nearest
}

#[cfg(test)]
mod tests;
