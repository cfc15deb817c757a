//! What a marked function reaches that a version can't cover: clocks, random numbers, the environment, files and
//! networks. A cached answer keeps what they were, so each kind gets one warning, with the way that leads to it.
//!
//! Only what the closure itself names counts. What a caller hands in is the caller's choice: a database client or
//! an open connection among the arguments is what caches are for, and no hint.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostics, catalogue::hint as texts};
use crate::graph::{Closure, Graph};
use crate::hash::HashMap;
use crate::index::names::Resolver;
use crate::index::{Index, ItemId};
use crate::marker::{Concern, Marker};

mod catalog;
mod chain;
mod leading;
mod members;
mod sources;
mod suspects;
mod ways;
pub(crate) mod widened;

use catalog::Catalog;
use leading::{Leading, kinds_in_bits};
use suspects::Suspects;
use ways::Ways;

/// What makes a function answer differently from call to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

/// That a marked function reaches a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hint {
    function: ItemId,
    kind: Impurity,
    /// "a clock"
    what: Cow<'static, str>,
    /// The names on the way to the source, its own last.
    way: Vec<String>,
}

/// Warns of what was found.
pub(crate) fn report(index: &Index, hints: &[Hint], diagnostics: &mut Diagnostics) {
    for hint in hints {
        let (place, name) = (
            index.item(hint.function).location,
            index.name(hint.function),
        );
        diagnostics.warn(texts::impure(place, name, hint.kind, &hint.what, &hint.way));
    }
}

/// Finds one source of each kind a marked function reaches, but for those its marker allows.
pub(crate) fn find<'i>(
    index: &'i Index,
    resolver: &Resolver<'i>,
    markers: &[Marker],
    graph: &Graph,
) -> Vec<Hint> {
    let mut hints = Vec::new();
    let catalog = Catalog::new(index);
    let all_suspects = Suspects::of(index, resolver, &catalog, &graph.closures);
    let mut ways = None;
    let functions = index.marked.iter().zip(markers).zip(&graph.closures);
    for ((function, marker), closure) in functions {
        let suspects = all_suspects.in_closure(index, closure);
        let mut open = kinds(&catalog, &suspects, closure);
        open.retain(|kind| !marker.allows(kind.concern()));
        if open.is_empty() {
            continue;
        }
        let (ways, leading) = ways.get_or_insert_with(|| {
            let ways = Ways::new(index, resolver, &catalog);
            let leading = Leading::of(index, &ways, &all_suspects, &graph.closures);
            (ways, leading)
        });
        let function = function.item;
        let wanted = kinds_in_bits(&open);
        ways.walk(
            closure,
            |item| leading.may_lead(item, wanted),
            |item, way| {
                for finding in findings(ways, &suspects, item) {
                    if open.remove(&finding.kind) {
                        hints.push(Hint {
                            function,
                            kind: finding.kind,
                            what: finding.what.into(),
                            way: finding.way(index, &way()),
                        });
                    }
                }
                !open.is_empty()
            },
        );
    }
    hints
}

/// The kinds that may be found at all. Most functions have none, and are not looked at further.
fn kinds(
    catalog: &Catalog<'_>,
    suspects: &HashMap<ItemId, Vec<Finding>>,
    closure: &Closure,
) -> BTreeSet<Impurity> {
    let named = closure.externals();
    let named = named.filter_map(|path| catalog.find(path).map(|source| source.kind));
    let suspected = suspects.values().flatten().map(|finding| finding.kind);
    named.chain(suspected).collect()
}

/// The sources that an item names, those that are spelled out first.
fn findings(
    ways: &Ways<'_, '_>,
    suspects: &HashMap<ItemId, Vec<Finding>>,
    item: ItemId,
) -> Vec<Finding> {
    let named = ways.named(item);
    let named = named.sources.iter().map(|(source, path)| Finding {
        kind: source.kind,
        what: source.what,
        path: path.clone(),
    });
    named
        .chain(suspects.get(&item).into_iter().flatten().cloned())
        .collect()
}

/// One source that an item names.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    kind: Impurity,
    /// "a clock"
    what: &'static str,
    /// `std::time::Instant::now`
    path: String,
}

impl Finding {
    /// The names on the way to the item, the source's own last.
    fn way(&self, index: &Index, items: &[ItemId]) -> Vec<String> {
        let names = items.iter().filter_map(|item| chain::name(index, *item));
        names.chain([format!("`{}`", self.path)]).collect()
    }
}

#[cfg(test)]
mod tests;
