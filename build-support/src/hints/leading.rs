//! Which items lead to sources at all, whatever the function: most lead to none, and need not be looked at again for
//! each function.

use std::collections::BTreeSet;

use super::Impurity;
use super::suspects::Suspects;
use super::ways::Ways;
use crate::graph::{Closure, parts};
use crate::hash::HashMap;
use crate::index::names::Candidate;
use crate::index::{CrateId, Index, ItemId};
use crate::source::tasks;

/// So many items are a task worth handing to a thread.
const TASK: usize = 256;

/// The kinds of sources each item leads to, as bits, by the number of the item.
pub(super) struct Leading(Vec<u8>);

impl Leading {
    /// Goes the ways of all closures backwards, from the sources.
    pub(super) fn of(
        index: &Index,
        ways: &Ways<'_, '_>,
        suspects: &Suspects,
        closures: &[Closure],
    ) -> Self {
        let items = reached(index, closures);
        let tasks: Vec<&[ItemId]> = items.chunks(TASK).collect();
        tasks::map(&tasks, &|items| {
            for item in *items {
                ways.next(*item);
            }
        });
        let mut before = Before::new(index);
        let mut leading = Self(vec![0; index.items.len()]);
        let mut waiting = Vec::new();
        for item in items {
            ways.next(item)
                .iter()
                .for_each(|next| before.add(next, item));
            let named = ways.named(item).sources.iter();
            let named = named.map(|(source, _)| source.kind);
            let kinds: BTreeSet<Impurity> = named.chain(suspects.kinds(item)).collect();
            if !kinds.is_empty() {
                leading.0[item.0 as usize] = kinds_in_bits(&kinds);
                waiting.push(item);
            }
        }
        while let Some(item) = waiting.pop() {
            let bits = leading.0[item.0 as usize];
            leading.spread(bits, &before.item[item.0 as usize], &mut waiting);
            if let Some(krate) = index.defines_anything(item) {
                let known = before.bits.entry(krate).or_default();
                if *known | bits != *known {
                    *known |= bits;
                    leading.spread(bits, before.callers_of(krate), &mut waiting);
                }
            }
        }
        leading
    }

    /// Tells those who lead to an item what it leads to.
    fn spread(&mut self, bits: u8, callers: &[ItemId], waiting: &mut Vec<ItemId>) {
        for caller in callers {
            let known = &mut self.0[caller.0 as usize];
            if *known | bits != *known {
                *known |= bits;
                waiting.push(*caller);
            }
        }
    }

    /// Whether an item may lead to a source of one of these kinds.
    pub(super) fn may_lead(&self, item: ItemId, kinds: u8) -> bool {
        self.0[item.0 as usize] & kinds != 0
    }
}

/// Who leads to what.
struct Before {
    /// By the number of the item.
    item: Vec<Vec<ItemId>>,
    /// To any of the calls of a crate that may define anything.
    anything: HashMap<CrateId, Vec<ItemId>>,
    /// What was told to those.
    bits: HashMap<CrateId, u8>,
}

impl Before {
    fn new(index: &Index) -> Self {
        Self {
            item: vec![Vec::new(); index.items.len()],
            anything: HashMap::default(),
            bits: HashMap::default(),
        }
    }

    fn add(&mut self, next: &Candidate, item: ItemId) {
        match next {
            Candidate::Item(next) => self.item[next.0 as usize].push(item),
            Candidate::Anything(krate) => self.anything.entry(*krate).or_default().push(item),
        }
    }

    fn callers_of(&self, krate: CrateId) -> &[ItemId] {
        self.anything.get(&krate).map_or(&[], Vec::as_slice)
    }
}

/// What any of the closures holds, each item once.
fn reached(index: &Index, closures: &[Closure]) -> Vec<ItemId> {
    let mut seen = vec![false; index.items.len()];
    let parts = parts(closures).into_iter();
    let items = parts.flat_map(|part| &part.own_items);
    let items = items.map(|reached| reached.item);
    items
        .filter(|item| !std::mem::replace(&mut seen[item.0 as usize], true))
        .collect()
}

/// One bit for each kind.
pub(super) fn kinds_in_bits(kinds: &BTreeSet<Impurity>) -> u8 {
    kinds.iter().fold(0, |bits, kind| bits | 1 << *kind as u8)
}
