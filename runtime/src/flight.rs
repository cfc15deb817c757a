//! One computation per key and process.
//!
//! The first caller of a key leads its flight; callers that come while it computes follow, and wait. How a leader's
//! computation can end has a name each ([`Fate`]), and none leaves anyone waiting: a value is shared, an error or a
//! panic sends all followers off to compute for themselves (each on its own: in a row they would wait longer than
//! without any cache), and a leader that is dropped hands over to one follower.
//!
//! Three callers never wait: one that the leader itself is waiting for, however indirectly (see [`stack`]); one that
//! would block its thread for a leader that is a future, since that future may need this very thread to go on; and
//! one that comes after the key was evicted, for the value that is being computed is then too old for it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use event_listener::Event as Signal;

use crate::event::{AloneReason, Fate};
use crate::l1::{AsIs, CallKey, Slot};

mod follower;
mod lead;
mod stack;
#[cfg(test)]
mod tests;

pub(crate) use self::follower::{Follower, Turn};
pub(crate) use self::lead::Lead;
pub(crate) use self::stack::Scope;
use self::stack::Waits;

/// All flights of a cache.
#[derive(Debug)]
pub(crate) struct Flights {
    shards: Box<[Mutex<Shard>]>,
    /// How often keys were evicted or replaced, each counter shared by the keys of one hash: what computations outside
    /// a flight look at. Sharing only ever means that a value is not stored.
    evictions: Box<[AtomicU64]>,
    waits: Waits,
}

type Shard = HashMap<CallKey, Arc<Flight>, AsIs>;

/// How a caller waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// It blocks its thread.
    Blocking,
    /// It is a future.
    Suspended,
}

/// What a caller is to a flight.
#[derive(Debug)]
pub(crate) enum Joined<'a> {
    /// It computes for all.
    Lead(Lead<'a>),
    /// It waits.
    Follow(Follower<'a>),
    /// It computes for itself.
    Alone(AloneReason),
}

#[derive(Debug)]
struct Flight {
    key: CallKey,
    state: Mutex<State>,
    changed: Signal,
    /// Set when the key was evicted or replaced: the value goes to those who wait, and nowhere else.
    doomed: AtomicBool,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// Those who wait, or are about to.
    followers: usize,
}

#[derive(Clone, Debug)]
enum Phase {
    /// Someone computes, and waits like this itself.
    Running(Wait),
    /// The leader was dropped: the next caller or follower that looks takes over.
    Vacant,
    /// There is a value; it is being stored.
    Done(Slot),
    /// There is none and there will be none.
    Ended(Fate),
}

impl Flights {
    pub(crate) fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            evictions: (0..EVICTION_COUNTERS).map(|_| AtomicU64::new(0)).collect(),
            waits: Waits::default(),
        }
    }

    /// Joins the flight of `key`, or starts it.
    pub(crate) fn join(&self, key: &CallKey, wait: Wait) -> Joined<'_> {
        let mut shard = self.shard(key);
        let Some(flight) = shard.get(key) else {
            return Joined::Lead(self.start(&mut shard, key, wait));
        };
        let flight = Arc::clone(flight);
        let mut state = flight.state();
        if let Phase::Vacant = state.phase {
            state.phase = Phase::Running(wait);
            drop(state);
            return Joined::Lead(Lead::new(self, flight));
        }
        if let Some(reason) = must_not_wait(&flight, &state, wait) {
            return Joined::Alone(reason);
        }
        // Before the waiting is recorded, so that a leader that is dropped now finds its heir.
        state.followers += 1;
        drop(state);
        drop(shard);
        let follower = Follower::new(self, flight, wait);
        match self.waits.begin(follower.flight_id()) {
            Ok(waiting) => Joined::Follow(follower.waiting(waiting)),
            Err(reason) => Joined::Alone(reason),
        }
    }

    /// Starts a flight for `key` in place of one that may be under way, whose value would be older.
    pub(crate) fn supersede(&self, key: &CallKey, wait: Wait) -> Lead<'_> {
        self.doom(key);
        let mut shard = self.shard(key);
        // Another may have started since: it is as old as this one, and loses its seat the same way.
        if let Some(other) = shard.get(key) {
            other.doomed.store(true, Ordering::SeqCst);
        }
        self.start(&mut shard, key, wait)
    }

    /// Makes sure that no value that is being computed now will be stored.
    pub(crate) fn doom(&self, key: &CallKey) {
        self.evictions_of(key).fetch_add(1, Ordering::SeqCst);
        if let Some(flight) = self.shard(key).remove(key) {
            flight.doomed.store(true, Ordering::SeqCst);
        }
    }

    /// Leave to store a value of `key` that is computed from now on, outside a flight.
    pub(crate) fn permit(&self, key: &CallKey) -> Permit<'_> {
        let evictions = self.evictions_of(key);
        Permit {
            seen: evictions.load(Ordering::SeqCst),
            evictions,
        }
    }

    /// How many flights there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    fn start(&self, shard: &mut Shard, key: &CallKey, wait: Wait) -> Lead<'_> {
        let flight = Arc::new(Flight {
            key: key.clone(),
            state: Mutex::new(State {
                phase: Phase::Running(wait),
                followers: 0,
            }),
            changed: Signal::new(),
            doomed: AtomicBool::new(false),
        });
        shard.insert(key.clone(), Arc::clone(&flight));
        Lead::new(self, flight)
    }

    /// Takes a flight off the table, if it is still the one that is there.
    fn close(shard: &mut Shard, flight: &Arc<Flight>) {
        if shard
            .get(&flight.key)
            .is_some_and(|there| Arc::ptr_eq(there, flight))
        {
            shard.remove(&flight.key);
        }
    }

    /// Locks the part of the table that has `key`. Lock order: shard, then state.
    fn shard(&self, key: &CallKey) -> MutexGuard<'_, Shard> {
        lock(&self.shards[index(key, self.shards.len())])
    }

    fn evictions_of(&self, key: &CallKey) -> &AtomicU64 {
        &self.evictions[index(key, self.evictions.len())]
    }
}

impl Flight {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// What flights are called among waits: unique while anyone holds the flight.
    fn id(self: &Arc<Self>) -> usize {
        Arc::as_ptr(self).addr()
    }
}

/// Leave to store a value, as long as its key is not evicted or replaced.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    evictions: &'a AtomicU64,
    seen: u64,
}

impl Permit<'_> {
    pub(crate) fn is_void(&self) -> bool {
        self.evictions.load(Ordering::SeqCst) != self.seen
    }
}

fn must_not_wait(flight: &Arc<Flight>, state: &State, wait: Wait) -> Option<AloneReason> {
    let Phase::Running(leader) = state.phase else {
        return None;
    };
    if stack::contains(flight.id()) {
        return Some(AloneReason::Reentrant);
    }
    blocks_on_future(leader, wait).then_some(AloneReason::WouldBlock)
}

/// Whether a caller would block its thread until a future has finished.
fn blocks_on_future(leader: Wait, caller: Wait) -> bool {
    caller == Wait::Blocking && leader == Wait::Suspended
}

/// Nothing here can panic while it holds a lock, and a caller's panic must not spread to others: poison is ignored.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Taken from the middle of the hash: L1's own table uses the ends.
const fn index(key: &CallKey, count: usize) -> usize {
    (key.hash() >> 20) as usize % count
}

/// Enough that threads rarely meet; a shard is locked for a look-up only.
const SHARDS: usize = 64;

/// 8 KiB; the more, the less often an eviction keeps the value of another key from being stored.
const EVICTION_COUNTERS: usize = 1024;
