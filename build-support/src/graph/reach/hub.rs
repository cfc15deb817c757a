//! What one item leads to, kept so that whatever leads to the item need not follow it all again.
//!
//! A closure only ever grows, and what it grows by depends on nothing but what it has: so to go on from the end of
//! the hub's closure gives the same set as to begin at the root.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Context, Reach, Sets};
use crate::graph::linker::Linker;
use crate::graph::{Closure, Reached, Root};
use crate::index::ItemId;

/// The sets of a [`Reach`] that has come to its end.
pub(in crate::graph) struct Hub {
    pub(in crate::graph) closure: Arc<Closure>,
    sets: Sets,
}

impl Hub {
    /// Whether an item is among what the hub leads to.
    pub(in crate::graph) fn holds(&self, item: ItemId) -> bool {
        self.sets.reached[item.0 as usize]
    }
}

impl<'r, 'i> Reach<'r, 'i> {
    pub(super) fn into_hub(self) -> Hub {
        Hub {
            closure: Arc::new(self.closure),
            sets: self.sets,
        }
    }

    /// Goes on where a hub has come to its end.
    pub(super) fn resumed(
        context: Context<'r, 'i>,
        linker: &'r Linker<'i>,
        root: &'r Root,
        hub: &Hub,
    ) -> Self {
        Self {
            context,
            index: context.index,
            impls: context.impls,
            linker,
            root,
            closure: hub.closure.shared_by_another(),
            sets: hub.sets.clone(),
            tasks: VecDeque::new(),
        }
    }

    /// Takes in an item on the way from the root to the hub. Where the hub leads to it too, the way counts.
    pub(super) fn step(&mut self, step: &Reached) {
        if self.is_reached(step.item) {
            self.closure.overridden.insert(step.item);
            self.closure.own_items.push(*step);
        } else {
            self.item(step.item, step.parent, step.rule, step.token);
        }
    }
}

impl Closure {
    /// The beginning of a closure that has all of this one. What there is much of is not repeated.
    fn shared_by_another(self: &Arc<Self>) -> Self {
        Self {
            shared: Some(Arc::clone(self)),
            files: self.files.clone(),
            asked_of_disk: self.asked_of_disk,
            unknown_files: self.unknown_files.clone(),
            positions: self.positions,
            foreign: self.foreign.clone(),
            widened: self.widened.clone(),
            ..Self::default()
        }
    }
}
