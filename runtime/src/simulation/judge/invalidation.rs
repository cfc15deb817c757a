//! What was invalidated, by whom, and who can know.

use super::super::domain::Scope;
use super::super::hub::INSTANCES;
use crate::coherence::BOUND_MS;

#[derive(Clone, Debug)]
pub(super) struct Invalidation {
    pub(super) scope: Scope,
    name: String,
    /// The life of the instance that made it.
    maker: u64,
    pub(super) begin: u64,
    /// From when on it binds everybody; never as long as it is `u64::MAX`.
    pub(super) done: u64,
    /// From when on it binds its maker only.
    pub(super) deferred: u64,
    /// For each instance, once the store has it.
    known: Option<[Knowledge; INSTANCES]>,
}

/// What an instance could know of it.
#[derive(Clone, Copy, Debug)]
struct Knowledge {
    life: u64,
    /// What its clock showed when the store had it.
    at_ms: u64,
    /// When it heard of it, or forgot all it concerns.
    heard: u64,
}

impl Invalidation {
    pub(super) fn new(scope: Scope, maker: u64, begin: u64) -> Self {
        Self {
            scope,
            name: scope.name(),
            maker,
            begin,
            done: u64::MAX,
            deferred: u64::MAX,
            known: None,
        }
    }

    /// The store has it. The first time counts.
    pub(super) fn execute(&mut self, clocks_ms: [u64; INSTANCES], lives: [u64; INSTANCES]) {
        self.known.get_or_insert_with(|| {
            std::array::from_fn(|slot| Knowledge {
                life: lives[slot],
                at_ms: clocks_ms[slot],
                heard: u64::MAX,
            })
        });
    }

    pub(super) fn hear(&mut self, slot: usize, tick: u64) {
        if let Some(known) = &mut self.known {
            known[slot].heard = known[slot].heard.min(tick);
        }
    }

    /// Whether its maker still owes it to the store.
    pub(super) fn is_owed(&self, life: u64, name: &str) -> bool {
        self.maker == life
            && self.deferred != u64::MAX
            && self.done == u64::MAX
            && self.name == name
    }

    /// Whether a call that began then has to respect it.
    pub(super) const fn binds(&self, life: u64, begin: u64) -> bool {
        self.done < begin || (self.maker == life && self.deferred < begin)
    }

    /// Whether a call may have missed it all the same: its instance had no news of it when the call began, and by its own
    /// clock that was less than the documented bound after the store had it. Never the instance that made it.
    pub(super) fn excuses(&self, slot: usize, life: u64, begin: u64, begin_ms: u64) -> bool {
        let Some(known) = self.known.map(|known| known[slot]) else {
            return false;
        };
        self.maker != life
            && known.life == life
            && known.heard > begin
            && begin_ms - known.at_ms < BOUND_MS
    }
}
