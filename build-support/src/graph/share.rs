//! Hubs: items that many marked functions reach, and whose closures are a great part of theirs.
//!
//! Where code is densely woven, every function reaches nearly all of it. Following that once for each function costs
//! most of the time of a run and most of its memory; so what the items lead to that are named most is followed once,
//! and each function that surely leads to one of them goes on from there.

use std::cmp::Reverse;
use std::collections::VecDeque;

use super::linker::Linker;
use super::reach::{self, Context, Hub};
use super::{Closure, Reached, Root, Rule};
use crate::hash::{HashMap, HashSet};
use crate::index::names::Candidate;
use crate::index::{CrateId, Index, ItemId};

/// Fewer items are followed again in no time.
pub(super) const LEAST_ITEMS: usize = 500;

/// How many of the items that are named most are tried.
const CANDIDATES: usize = 3;

/// One part in so many of a closure must be what a hub leads to, or it is none.
const LEAST_PART: usize = 4;

/// Further hubs are looked for as long as functions are left, but not for ever.
const MOST_HUBS: usize = 8;

/// Fewer functions cost less than to look for a hub.
const LEAST_ROOTS: usize = 3;

/// The hubs of a run.
#[derive(Default)]
pub(super) struct Hubs {
    hubs: Vec<(ItemId, bool, Hub)>,
    /// The hub of each root, by the root's item.
    ways: HashMap<(ItemId, bool), (usize, Vec<Reached>)>,
}

impl Hubs {
    /// Looks for hubs in closures of at least so many items.
    pub(super) fn of<'i>(
        context: Context<'_, 'i>,
        linker: &Linker<'i>,
        roots: &[Root],
        least_items: usize,
    ) -> Self {
        let mut hubs = Self::default();
        for allows_widening in [false, true] {
            let alike = roots.iter();
            let mut left: Vec<&Root> = alike
                .filter(|root| root.allows_widening == allows_widening)
                .collect();
            while left.len() >= LEAST_ROOTS && hubs.hubs.len() < MOST_HUBS {
                let first = left.remove(0);
                let closure = reach::closure(context, linker, first);
                let items = closure.own_items.iter().map(|reached| reached.item);
                let items: Vec<ItemId> = items.collect();
                let is_large = items.len() >= least_items;
                let best = is_large.then(|| best(context, linker, first, &items));
                // A function that reaches little says nothing of the others.
                let Some((item, hub)) = best.flatten() else {
                    continue;
                };
                hubs.hubs.push((item, allows_widening, hub));
                left.push(first);
                left.retain(|root| !hubs.note(context.index, linker, root));
                left.retain(|root| root.item != first.item);
            }
        }
        hubs
    }

    /// The closure of one root.
    pub(super) fn closure<'i>(
        &self,
        context: Context<'_, 'i>,
        linker: &Linker<'i>,
        root: &Root,
    ) -> Closure {
        match self.ways.get(&(root.item, root.allows_widening)) {
            Some((hub, way)) => {
                reach::closure_by_way_of(context, linker, root, &self.hubs[*hub].2, way)
            }
            None => reach::closure(context, linker, root),
        }
    }

    /// Looks for a way to the newest hub.
    fn note(&mut self, index: &Index, linker: &Linker<'_>, root: &Root) -> bool {
        let number = self.hubs.len() - 1;
        let way = way(index, linker, root.item, self.hubs[number].0);
        let found = way.is_some();
        if let Some(way) = way {
            let key = (root.item, root.allows_widening);
            self.ways.insert(key, (number, way));
        }
        found
    }
}

/// Of the items that are named most in a closure, the one that leads to most of it.
fn best<'i>(
    context: Context<'_, 'i>,
    linker: &Linker<'i>,
    root: &Root,
    closure: &[ItemId],
) -> Option<(ItemId, Hub)> {
    let mut best: Option<(ItemId, Hub)> = None;
    for item in named_most(context.index, linker, root.item, closure) {
        if best.as_ref().is_some_and(|(_, best)| best.holds(item)) {
            // What it leads to is in there already.
            continue;
        }
        let start = Root {
            item,
            expressions: Vec::new(),
            allows_widening: root.allows_widening,
        };
        let hub = reach::hub(context, linker, &start);
        let size = |hub: &Hub| hub.closure.own_items.len();
        let is_larger = best
            .as_ref()
            .is_none_or(|(_, best)| size(&hub) > size(best));
        if is_larger && size(&hub) * LEAST_PART >= closure.len() {
            best = Some((item, hub));
        }
    }
    best
}

/// By how many items of a closure each of them is named: the first few, most named first.
fn named_most(index: &Index, linker: &Linker<'_>, root: ItemId, closure: &[ItemId]) -> Vec<ItemId> {
    let mut named = vec![0u32; index.items.len()];
    let mut anything: HashMap<CrateId, u32> = HashMap::default();
    for item in closure {
        let links = linker.links(*item, index.item(*item).scope);
        for (target, _) in &links.items {
            match target {
                Candidate::Item(target) => named[target.0 as usize] += 1,
                Candidate::Anything(krate) => *anything.entry(*krate).or_default() += 1,
            }
        }
    }
    for (krate, times) in anything {
        for call in index.expansions.anything(krate) {
            named[call.0 as usize] += times;
        }
    }
    let mut items: Vec<ItemId> = closure
        .iter()
        .copied()
        .filter(|item| *item != root && !index.item(*item).left_out)
        .collect();
    items.sort_by_key(|item| (Reverse(named[item.0 as usize]), *item));
    items.truncate(CANDIDATES);
    items
}

/// A shortest way from one item to another along names that surely lead on, both included.
fn way(index: &Index, linker: &Linker<'_>, from: ItemId, to: ItemId) -> Option<Vec<Reached>> {
    let start = Reached {
        item: from,
        parent: None,
        rule: Rule::Own,
        token: None,
    };
    let mut steps: HashMap<ItemId, Reached> = HashMap::default();
    steps.insert(from, start);
    let mut waiting = VecDeque::from([from]);
    let mut followed: HashSet<CrateId> = HashSet::default();
    while let Some(item) = waiting.pop_front() {
        if item == to {
            return Some(back(&steps, to));
        }
        let links = linker.links(item, index.item(item).scope);
        for (candidate, token) in &links.items {
            if let Candidate::Anything(krate) = candidate
                && !followed.insert(*krate)
            {
                continue;
            }
            for target in candidate.items(index) {
                steps.entry(*target).or_insert_with(|| {
                    waiting.push_back(*target);
                    Reached {
                        item: *target,
                        parent: Some(item),
                        rule: reach::rule_of(index, *target),
                        token: Some(*token),
                    }
                });
            }
        }
    }
    None
}

/// The steps to an item, the first one first.
fn back(steps: &HashMap<ItemId, Reached>, to: ItemId) -> Vec<Reached> {
    let last = steps.get(&to).copied();
    let before = |step: &Reached| steps.get(&step.parent?).copied();
    let mut way: Vec<Reached> = std::iter::successors(last, before).collect();
    way.reverse();
    way
}
