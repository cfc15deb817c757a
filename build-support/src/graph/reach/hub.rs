//! What one item leads to, kept so that whatever leads to the item need not follow it all again.
//!
//! A closure only ever grows, and what it grows by depends on nothing but what it has: so to go on from the end of
//! the hub's closure gives the same set as to begin at the root.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::{Context, Reach};
use crate::graph::callers::Led;
use crate::graph::links::Linker;
use crate::graph::{Closure, Reached, Root};
use crate::hash::{HashMap, HashSet};
use crate::index::symbol::Symbol;
use crate::index::{CrateId, ItemId, ModuleId};

/// The sets of a [`Reach`] that has come to its end.
pub(in crate::graph) struct Hub {
    pub(in crate::graph) closure: Arc<Closure>,
    reached: Vec<bool>,
    imported: Vec<bool>,
    read: HashSet<(ItemId, ModuleId)>,
    mentioned: HashSet<ItemId>,
    dyn_traits: HashSet<ItemId>,
    modules: HashSet<ModuleId>,
    literals: BTreeSet<(Symbol, ItemId, CrateId)>,
    spelled: HashSet<(CrateId, ModuleId)>,
    whole: BTreeSet<CrateId>,
    names: HashSet<Symbol>,
    foreign_names: HashSet<Symbol>,
    members: HashSet<(ItemId, Symbol)>,
    asked: HashMap<Symbol, ItemId>,
    led: Led,
}

impl Hub {
    /// Whether an item is among what the hub leads to.
    pub(in crate::graph) fn holds(&self, item: ItemId) -> bool {
        self.reached[item.0 as usize]
    }
}

impl<'r, 'i> Reach<'r, 'i> {
    pub(super) fn into_hub(self) -> Hub {
        Hub {
            closure: Arc::new(self.closure),
            reached: self.reached,
            imported: self.imported,
            read: self.read,
            mentioned: self.mentioned,
            dyn_traits: self.dyn_traits,
            modules: self.modules,
            literals: self.literals,
            spelled: self.spelled,
            whole: self.whole,
            names: self.names,
            foreign_names: self.foreign_names,
            members: self.members,
            asked: self.asked,
            led: self.led,
        }
    }

    /// Goes on where a hub has come to its end.
    pub(super) fn resumed(
        context: Context<'r, 'i>,
        linker: &'r mut Linker<'i>,
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
            reached: hub.reached.clone(),
            imported: hub.imported.clone(),
            read: hub.read.clone(),
            mentioned: hub.mentioned.clone(),
            dyn_traits: hub.dyn_traits.clone(),
            modules: hub.modules.clone(),
            literals: hub.literals.clone(),
            spelled: hub.spelled.clone(),
            whole: hub.whole.clone(),
            names: hub.names.clone(),
            foreign_names: hub.foreign_names.clone(),
            members: hub.members.clone(),
            tasks: VecDeque::new(),
            asked: hub.asked.clone(),
            led: hub.led.clone(),
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
    /// The beginning of a closure that has all of this one. Its items and imports, which are many, are not repeated.
    fn shared_by_another(self: &Arc<Self>) -> Self {
        Self {
            shared: Some(Arc::clone(self)),
            overridden: BTreeSet::new(),
            own_items: Vec::new(),
            own_imports: BTreeSet::new(),
            macro_order: self.macro_order.clone(),
            externals: self.externals.clone(),
            used: self.used.clone(),
            late: self.late.clone(),
            files: self.files.clone(),
            unknown_files: self.unknown_files.clone(),
            positions: self.positions,
            foreign: self.foreign.clone(),
            widened: self.widened.clone(),
        }
    }
}
