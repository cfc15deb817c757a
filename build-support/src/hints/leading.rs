//! Which items lead to sources at all, whatever the function: most lead to none, and need not be looked at again for
//! each function.

use std::collections::BTreeSet;

use super::Impurity;
use super::suspects::Suspects;
use super::ways::Ways;
use crate::graph::Closure;
use crate::hash::HashMap;
use crate::index::ItemId;

/// The kinds of sources each item leads to, as bits.
pub(super) struct Leading(HashMap<ItemId, u8>);

impl Leading {
    /// Goes the ways of all closures backwards, from the sources.
    pub(super) fn of(ways: &Ways<'_, '_>, suspects: &Suspects, closures: &[Closure]) -> Self {
        let reached = closures.iter().flat_map(Closure::items);
        let items: BTreeSet<ItemId> = reached.map(|reached| reached.item).collect();
        let mut before: HashMap<ItemId, Vec<ItemId>> = HashMap::default();
        let mut leading = Self(HashMap::default());
        let mut waiting = Vec::new();
        for item in items {
            for next in ways.next(item).iter() {
                before.entry(*next).or_default().push(item);
            }
            let named = ways.named(item);
            let named = named.sources.iter().map(|(source, _)| source.kind);
            let kinds: BTreeSet<Impurity> = named.chain(suspects.kinds(item)).collect();
            if !kinds.is_empty() {
                leading.0.insert(item, kinds_in_bits(&kinds));
                waiting.push(item);
            }
        }
        while let Some(item) = waiting.pop() {
            let bits = leading.0.get(&item).copied().unwrap_or_default();
            for caller in before.get(&item).into_iter().flatten() {
                let known = leading.0.entry(*caller).or_default();
                if *known | bits != *known {
                    *known |= bits;
                    waiting.push(*caller);
                }
            }
        }
        leading
    }

    /// Whether an item may lead to a source of one of these kinds.
    pub(super) fn may_lead(&self, item: ItemId, kinds: u8) -> bool {
        self.0.get(&item).is_some_and(|known| known & kinds != 0)
    }
}

/// One bit for each kind.
pub(super) fn kinds_in_bits(kinds: &BTreeSet<Impurity>) -> u8 {
    kinds.iter().fold(0, |bits, kind| bits | 1 << *kind as u8)
}
