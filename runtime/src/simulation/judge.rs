//! Who may have which value: sees every step, and says when a rule is broken.
//!
//! Time is counted in *ticks*, one for each thing that happens anywhere. A value is born at the tick at which its
//! computation read the database, a value that was `put` when the store has it. An invalidation begins at one tick (its
//! database write is before that) and is done at a later one. A value that was born before the one is too old for every
//! call that began after the other.

use std::collections::BTreeMap;

use super::domain::{Scope, Target};
use super::hub::INSTANCES;
use crate::coherence::BOUND_MS;
use crate::event::{Event, Layer, Leasing, MissReason, NotStored, Operation};

mod invalidation;
mod leases;

use self::invalidation::Invalidation;
pub(super) use self::leases::Leases;

#[derive(Debug, Default)]
pub(super) struct Judge {
    pub(super) tick: u64,
    values: Vec<Born>,
    records: BTreeMap<u64, Record>,
    invalidations: Vec<Invalidation>,
    pub(super) leases: Leases,
    /// Until when each instance may rely on its link.
    until_ms: [u64; INSTANCES],
    pub(super) violation: Option<Violation>,
    pub(super) excused: Excused,
}

/// A broken rule.
#[derive(Clone, Debug)]
pub(super) struct Violation {
    pub(super) what: String,
    pub(super) about: Option<Target>,
}

/// How often a value that was too old was within the documented bound, by the way it came.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Excused {
    pub(super) memory: u64,
    pub(super) flight: u64,
    pub(super) store: u64,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug)]
struct Born {
    target: Target,
    /// `u64::MAX` for one that the store does not have yet.
    tick: u64,
}

/// A call under way.
#[derive(Clone, Debug)]
struct Record {
    slot: usize,
    life: u64,
    /// Set with its first poll.
    begin: u64,
    begin_ms: u64,
    may_compute: bool,
    is_stored: bool,
    /// What it invalidates.
    invalidation: Option<usize>,
    /// The value it puts.
    put: Option<u64>,
    way: Way,
}

#[derive(Clone, Copy, Debug, Default)]
struct Way {
    memory: bool,
    joined: bool,
}

/// What kind of call it is, as far as rules go.
#[derive(Clone, Copy, Debug)]
pub(super) enum Duty {
    Reads,
    /// Computes by a right that no event tells of.
    Renews,
    Replaces(Target),
    Puts(Target, u64),
    Invalidates(Scope),
}

impl Judge {
    pub(super) fn tick(&mut self) -> u64 {
        self.tick += 1;
        self.tick
    }

    pub(super) fn accuse(&mut self, about: Option<Target>, what: String) {
        self.violation.get_or_insert(Violation { what, about });
    }

    pub(super) fn value(&mut self, target: Target, tick: u64) -> u64 {
        self.values.push(Born { target, tick });
        self.values.len() as u64 - 1
    }

    /// A call is polled for the first time.
    pub(super) fn begin(&mut self, call: u64, slot: usize, life: u64, clock_ms: u64, duty: Duty) {
        let begin = self.tick();
        let scope = match duty {
            Duty::Reads | Duty::Renews => None,
            Duty::Replaces(target) | Duty::Puts(target, _) => Some(Scope::Entry(target)),
            Duty::Invalidates(scope) => Some(scope),
        };
        let invalidation = scope.map(|scope| {
            self.invalidations
                .push(Invalidation::new(scope, life, begin));
            self.invalidations.len() - 1
        });
        let put = match duty {
            Duty::Puts(_, value) => Some(value),
            _ => None,
        };
        let record = Record {
            slot,
            life,
            begin,
            begin_ms: clock_ms,
            may_compute: matches!(duty, Duty::Renews | Duty::Replaces(_)),
            is_stored: false,
            invalidation,
            put,
            way: Way::default(),
        };
        self.records.insert(call, record);
    }

    pub(super) fn hear(&mut self, call: u64, event: &Event) {
        let Some(record) = self.records.get_mut(&call) else {
            return;
        };
        match event {
            Event::Lease {
                outcome: Leasing::Taken | Leasing::GivenUp | Leasing::Failed,
            }
            | Event::Alone { .. }
            | Event::Miss {
                layer: Layer::Store,
                reason: MissReason::Owed,
            }
            | Event::StoreFailed {
                operation: Operation::Read,
                ..
            } => record.may_compute = true,
            Event::Waited { fate } => {
                use crate::event::Fate::{Failed, Panicked};
                record.may_compute |= matches!(fate, Failed | Panicked);
            }
            Event::Hit {
                layer: Layer::Memory,
                ..
            } => record.way.memory = true,
            Event::Joined => record.way.joined = true,
            Event::Stored { .. } => record.is_stored = true,
            Event::NotStored {
                reason: NotStored::Unsurviving | NotStored::Unencodable,
            } => {
                self.accuse(None, "a number could not be stored".to_owned());
            }
            Event::Miss {
                reason: MissReason::Rejected(fault),
                ..
            } => {
                let what = format!("an entry was taken for damaged: {fault:?}");
                self.accuse(None, what);
            }
            _ => {}
        }
    }

    /// The user's function reads the database.
    pub(super) fn compute(&mut self, call: u64, target: Target) -> u64 {
        let tick = self.tick();
        if !self
            .records
            .get(&call)
            .is_some_and(|record| record.may_compute)
        {
            self.accuse(
                Some(target),
                format!("call {call} computes without any right to"),
            );
        }
        self.value(target, tick)
    }

    /// The store has done what a call asked it to.
    pub(super) fn executed(
        &mut self,
        call: u64,
        is_write: bool,
        clocks_ms: [u64; INSTANCES],
        lives: [u64; INSTANCES],
    ) {
        let tick = self.tick();
        let Some(record) = self.records.get(&call) else {
            return;
        };
        if let Some(value) = record.put.filter(|_| is_write) {
            self.values[value as usize].tick = tick;
        }
        if let Some(invalidation) = record.invalidation {
            self.invalidations[invalidation].execute(clocks_ms, lives);
        }
    }

    /// What the news of this call's operation make known.
    pub(super) fn told_by(&self, call: u64) -> Option<usize> {
        self.records.get(&call)?.invalidation
    }

    /// A call has got a value.
    pub(super) fn receive(&mut self, call: u64, target: Target, value: u64) {
        let Some(record) = self.records.get(&call).cloned() else {
            return;
        };
        let Some(born) = self.values.get(value as usize).copied() else {
            return self.accuse(
                Some(target),
                format!("call {call} got a value from nowhere"),
            );
        };
        if born.target != target {
            return self.accuse(
                Some(target),
                format!("call {call} got a value of {:?}", born.target),
            );
        }
        let too_old = self.invalidations.iter().filter(|invalidation| {
            invalidation.scope.covers(target)
                && invalidation.begin > born.tick
                && invalidation.binds(record.life, record.begin)
        });
        let mut excuse = false;
        for invalidation in too_old {
            if !invalidation.excuses(record.slot, record.life, record.begin, record.begin_ms) {
                let what = format!(
                    "call {call} of instance {}, begun at {} ({} by its clock), got a value of tick {}: {invalidation:?}",
                    record.slot, record.begin, record.begin_ms, born.tick
                );
                return self.accuse(Some(target), what);
            }
            excuse = true;
        }
        if excuse {
            self.excused.count(record.way);
        }
    }

    /// A call that invalidates has returned.
    pub(super) fn invalidated(&mut self, call: u64, is_done: bool) {
        let tick = self.tick();
        if let Some(invalidation) = self.told_by(call) {
            let invalidation = &mut self.invalidations[invalidation];
            if is_done {
                invalidation.done = tick;
            } else {
                invalidation.deferred = tick;
            }
        }
    }

    /// A call has ended, in whatever way: returned or dropped.
    pub(super) fn end(&mut self, call: u64, has_returned: bool) {
        let tick = self.tick();
        if let Some(record) = self.records.remove(&call)
            && let Some(invalidation) = record.invalidation
            && has_returned
            && record.is_stored
        {
            self.invalidations[invalidation].done = tick;
        }
    }

    /// The store was told what could not be sent before.
    pub(super) fn replayed(
        &mut self,
        life: u64,
        name: &str,
        clocks_ms: [u64; INSTANCES],
        lives: [u64; INSTANCES],
    ) -> Vec<usize> {
        let is_it =
            |(_, invalidation): &(usize, &mut Invalidation)| invalidation.is_owed(life, name);
        self.invalidations
            .iter_mut()
            .enumerate()
            .filter(is_it)
            .map(|(index, invalidation)| {
                invalidation.execute(clocks_ms, lives);
                index
            })
            .collect()
    }

    /// Nothing is owed under this name any more.
    pub(super) fn settled(&mut self, life: u64, name: &str) {
        let tick = self.tick();
        for invalidation in &mut self.invalidations {
            if invalidation.is_owed(life, name) {
                invalidation.done = tick;
            }
        }
    }

    pub(super) fn heard(&mut self, slot: usize, invalidation: usize) {
        let tick = self.tick();
        self.invalidations[invalidation].hear(slot, tick);
    }

    /// An instance has no more use for what it knew: its link is lost, or it begins anew.
    pub(super) fn forgets(&mut self, slot: usize) {
        self.until_ms[slot] = 0;
        self.forgets_but_link(slot);
    }

    /// An instance hears that anything may have changed.
    pub(super) fn forgets_but_link(&mut self, slot: usize) {
        let tick = self.tick();
        for invalidation in &mut self.invalidations {
            invalidation.hear(slot, tick);
        }
    }

    pub(super) fn proven(&mut self, slot: usize, asked_ms: u64) {
        if asked_ms >= self.until_ms[slot] {
            self.forgets(slot);
        }
        self.until_ms[slot] = asked_ms + BOUND_MS;
    }
}

impl Excused {
    const fn count(&mut self, way: Way) {
        match (way.memory, way.joined) {
            (true, _) => self.memory += 1,
            (false, true) => self.flight += 1,
            (false, false) => self.store += 1,
        }
    }

    pub(super) const fn add(&mut self, other: Self) {
        self.memory += other.memory;
        self.flight += other.flight;
        self.store += other.store;
    }
}
