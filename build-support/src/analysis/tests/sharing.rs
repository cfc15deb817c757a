//! That what functions share is followed once changes nothing of what they reach.

use crate::analysis::followed::roots;
use crate::index::names::Resolver;
use std::collections::BTreeSet;

use super::*;
use crate::graph::{Closure, Reached, Root};
use crate::index::ItemId;

/// Much that leads everywhere, and marked functions that reach it by different ways, or not at all; among them one
/// that the rest leads to.
const WOVEN: &str = "
use std::cell::Cell;
mod inner {
    use std::time::Instant;
    pub fn deep(core: &super::Core) -> u32 { let _ = Instant::now(); core.step() + super::COUNT.get() }
}
pub struct Cursor(u32);
impl Cursor { pub fn step(&self) -> u32 { rare() } }
pub struct Core { cursor: Cursor }
impl Core {
    pub fn step(&self) -> u32 { self.cursor.step() + inner::deep(self) }
    fn unasked(&self) -> u32 { only_here() }
}
impl Drop for Core {
    fn drop(&mut self) { shown(self); }
}
thread_local! { static COUNT: Cell<u32> = const { Cell::new(0) }; }
fn shown(core: &Core) -> u32 { core.step() }
fn rare() -> u32 { hub(&Core { cursor: Cursor(1) }) }
fn only_here() -> u32 { 3 }
trait Late { fn late(&self) -> u32 { asked_late() } }
impl Late for Core {}
fn asked_late() -> u32 { 4 }
/// @cache
pub fn hub(core: &Core) -> u32 { core.step() }
/// @cache
pub fn by_name(core: &Core) -> u32 { shown(core) }
/// @cache
pub fn by_another_way(n: u32) -> u32 { by_name(&Core { cursor: Cursor(n) }) + only_here() }
/// @cache
pub fn asks_for_more(core: &Core) -> u32 { core.late() + core.unasked() }
/// @cache(allow(\"widened\"))
pub fn that_allows(core: &Core) -> u32 { core.step() }
/// @cache
pub fn apart(n: u32) -> u32 { n + 1 }
";

fn closures(analysis: &Analysis, roots: &[Root], least_items: usize) -> Vec<Closure> {
    let resolver = Resolver::new(&analysis.index);
    let sources = &analysis.sources;
    Graph::with_hubs(&analysis.index, &resolver, sources, roots, least_items).closures
}

fn items(closure: &Closure) -> BTreeSet<ItemId> {
    closure.items().map(|reached| reached.item).collect()
}

/// A list of a closure and of the part it shares, sorted. Nothing is in both, so that nothing may be there twice.
fn of_all_parts<'c, L, T>(closure: &'c Closure, list: impl Fn(&'c Closure) -> &'c L) -> Vec<T>
where
    L: 'c,
    &'c L: IntoIterator<Item = &'c T>,
    T: Clone + Ord + 'c,
{
    let parts = closure.shared.as_deref().into_iter().chain([closure]);
    let mut all: Vec<T> = parts.flat_map(list).cloned().collect();
    all.sort();
    all
}

#[test]
fn a_closure_is_the_same_with_a_shared_part() {
    let analysis = Sources::new(&single(WOVEN)).analysis();
    let roots = roots(&analysis.index.marked, &analysis.markers);
    let of = |least| closures(&analysis, &roots, least);
    let (shared, alone) = (of(2), of(usize::MAX));
    assert!(alone.iter().all(|closure| closure.shared.is_none()));
    assert!(
        shared
            .iter()
            .filter(|closure| closure.shared.is_some())
            .count()
            >= 4
    );
    for ((shared, alone), root) in shared.iter().zip(&alone).zip(&roots) {
        let name = analysis.index.name(root.item);
        assert_eq!(items(shared), items(alone), "{name}");
        assert_eq!(
            shared.items().count(),
            items(shared).len(),
            "{name}: each once"
        );
        let imports = |closure| of_all_parts(closure, |part| &part.own_imports);
        assert_eq!(imports(shared), imports(alone), "{name}");
        let used = |closure| of_all_parts(closure, |part| &part.own_used);
        assert_eq!(used(shared), used(alone), "{name}");
        let late = |closure| of_all_parts(closure, |part| &part.own_late);
        assert_eq!(late(shared), late(alone), "{name}");
        let externals = |closure| of_all_parts(closure, |part| &part.own_externals);
        assert_eq!(externals(shared), externals(alone), "{name}");
        let orders = |closure| of_all_parts(closure, |part| &part.own_macro_order);
        assert_eq!(orders(shared), orders(alone), "{name}");
        assert_eq!(shared.positions, alone.positions, "{name}");
        assert_eq!(shared.foreign, alone.foreign, "{name}");
        assert_eq!(shared.widened.len(), alone.widened.len(), "{name}");
    }
}

#[test]
fn every_way_begins_at_the_function_with_a_shared_part() {
    let analysis = Sources::new(&single(WOVEN)).analysis();
    let roots = roots(&analysis.index.marked, &analysis.markers);
    for (closure, root) in closures(&analysis, &roots, 2).iter().zip(&roots) {
        let reached: Vec<Reached> = closure.items().copied().collect();
        assert_eq!((reached[0].item, reached[0].parent), (root.item, None));
        let parents: BTreeMap<ItemId, Option<ItemId>> = reached
            .iter()
            .map(|reached| (reached.item, reached.parent))
            .collect();
        for start in &reached {
            let way = std::iter::successors(Some(start.item), |item| parents[item]);
            let way: Vec<ItemId> = way.take(reached.len()).collect();
            assert_eq!(
                way.last(),
                Some(&root.item),
                "{}",
                analysis.index.name(start.item)
            );
        }
    }
}
