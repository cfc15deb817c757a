//! Where a version covers more than names ask for, and where it can't cover what it should.

use super::chain;
use crate::diagnostic::{Diagnostics, catalogue::hint as texts};
use crate::graph::{Closure, Graph, Reason};
use crate::index::{Index, ItemId};
use crate::marker::{Concern, Dependency, Marker};
use crate::source::Location;

/// Warns of surprising widenings, and refuses files that code includes by a path nobody can know here.
pub(crate) fn check(
    index: &Index,
    markers: &[Marker],
    graph: &Graph,
    diagnostics: &mut Diagnostics,
) {
    let functions = index.marked.iter().zip(markers).zip(&graph.closures);
    for ((function, marker), closure) in functions {
        warn(index, function.item, marker, closure, diagnostics);
        if !marker.depends.iter().any(is_path) {
            for (item, place) in &closure.unknown_files {
                let location = Location {
                    file: index.item(*item).location.file,
                    start: place.start,
                    end: place.end,
                };
                diagnostics.refuse(texts::unknown_file(location, index.name(function.item)));
            }
        }
    }
}

/// Files given by hand stand for those that can't be known.
fn is_path(dependency: &Dependency) -> bool {
    matches!(dependency, Dependency::Path { .. })
}

fn warn(
    index: &Index,
    function: ItemId,
    marker: &Marker,
    closure: &Closure,
    diagnostics: &mut Diagnostics,
) {
    let (location, name) = (index.item(function).location, index.name(function));
    for reason in [
        Reason::MutableState,
        Reason::UnknownMacro,
        Reason::Companion,
    ] {
        let concern = match reason {
            Reason::MutableState => Concern::MutableState,
            _ => Concern::Widened,
        };
        let first = closure
            .widened
            .iter()
            .find(|widened| widened.reason == reason)
            .filter(|_| !marker.allows(concern));
        if let Some(widened) = first {
            let chain = chain::to(widened.item, closure).into_iter();
            let way: Vec<String> = chain.filter_map(|item| chain::name(index, item)).collect();
            let place = index.item(widened.item).location;
            diagnostics.warn(match reason {
                Reason::MutableState => texts::mutable_state(location, name, &way, place),
                Reason::Companion => {
                    let covered = "the whole crate that the macro goes with";
                    texts::unknown_macro(location, name, &way, place, covered)
                }
                _ => {
                    let covered = "the whole module of that item";
                    texts::unknown_macro(location, name, &way, place, covered)
                }
            });
        }
    }
}
