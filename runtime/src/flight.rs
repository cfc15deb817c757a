//! One computation per key and process.
//!
//! The first caller of a key leads its flight; callers that come while it computes follow, and wait. How a leader's
//! computation can end has a name each ([`Fate`]), and none leaves anyone waiting: a value is shared, an error or a
//! panic sends all followers off to compute for themselves (each on its own: in a row they would wait longer than
//! without any cache), and a leader that is dropped hands over to one follower.
//!
//! Three callers never wait: one that the leader itself is waiting for, however indirectly (see [`stack`]); one that
//! would block its thread for a leader that is a future, since that future may need this very thread to go on; and
//! one that comes after something the value depends on was invalidated, or may have been for longer than
//! [`BOUND_MS`](crate::coherence::BOUND_MS), for what is being computed is then too old for it.

use std::sync::Arc;

use event_listener::Event as Signal;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::coherence::{Coherence, Permit};
use crate::event::{AloneReason, Fate};
use crate::l1::{CallKey, Slot};
#[cfg(test)]
use crate::simulation::breaks::Break;
use crate::sync::{Mutex, MutexGuard, PoisonError};

mod follower;
mod lead;
mod stack;
#[cfg(test)]
mod tests;

pub(crate) use self::follower::{Follower, Turn};
pub(crate) use self::lead::Lead;
use self::stack::Waits;
pub(crate) use self::stack::{Inherited, Scope};

/// All flights of a cache.
#[derive(Debug)]
pub(crate) struct Flights {
    shards: Box<[Mutex<Shard>]>,
    coherence: Arc<Coherence>,
    waits: Waits,
}

/// By their keys.
type Shard = HashTable<Arc<Flight>>;

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
    /// What its value depends on, as it was when it began. Once that has changed, nobody joins any more; the value goes
    /// to those who wait already.
    permit: Permit,
    /// When that was, by the clock of coherence.
    began_ms: u64,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// Those who wait, or are about to.
    followers: usize,
    /// What callers get meanwhile, who need not wait then.
    stale: Option<Slot>,
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
    pub(crate) fn new(coherence: Arc<Coherence>) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            coherence,
            waits: Waits::default(),
        }
    }

    /// Joins the flight of `key`, or starts it for those who come under `permit`.
    pub(crate) fn join(&self, key: &CallKey, wait: Wait, permit: &Permit) -> Joined<'_> {
        let mut shard = self.shard(key);
        let there = shard.find(key.hash(), |flight| flight.key == *key);
        let current = there.filter(|flight| self.is_current(flight));
        let Some(flight) = current else {
            return Joined::Lead(self.start(&mut shard, key, wait, permit));
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
    pub(crate) fn supersede(&self, key: &CallKey, wait: Wait, permit: &Permit) -> Lead<'_> {
        let mut shard = self.shard(key);
        self.start(&mut shard, key, wait, permit)
    }

    /// How many flights there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    fn start(&self, shard: &mut Shard, key: &CallKey, wait: Wait, permit: &Permit) -> Lead<'_> {
        let flight = Arc::new(Flight {
            key: key.clone(),
            state: Mutex::new(State {
                phase: Phase::Running(wait),
                followers: 0,
                stale: None,
            }),
            changed: Signal::new(),
            permit: permit.clone(),
            began_ms: self.coherence.now_ms(),
        });
        let place = shard.entry(key.hash(), |there| there.key == *key, hash);
        match place {
            Entry::Occupied(mut there) => *there.get_mut() = Arc::clone(&flight),
            Entry::Vacant(place) => drop(place.insert(Arc::clone(&flight))),
        }
        Lead::new(self, flight)
    }

    /// Whether the value of a flight is not too old for those who come now: nothing was invalidated since it began, as
    /// far as this process can know.
    fn is_current(&self, flight: &Flight) -> bool {
        #[cfg(test)]
        if Break::JoinsAnyFlight.is_on() {
            return true;
        }
        self.coherence.holds(&flight.permit) && self.coherence.knows_since(flight.began_ms)
    }

    /// Takes a flight off the table, if it is still the one that is there.
    fn close(shard: &mut Shard, flight: &Arc<Flight>) {
        if let Ok(there) = shard.find_entry(hash(flight), |there| Arc::ptr_eq(there, flight)) {
            there.remove();
        }
    }

    /// Locks the part of the table that has `key`. Lock order: shard, then state.
    fn shard(&self, key: &CallKey) -> MutexGuard<'_, Shard> {
        lock(&self.shards[index(key, self.shards.len())])
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

fn must_not_wait(flight: &Arc<Flight>, state: &State, wait: Wait) -> Option<AloneReason> {
    let (Phase::Running(leader), None) = (&state.phase, &state.stale) else {
        return None;
    };
    if stack::contains(flight.id()) {
        return Some(AloneReason::Reentrant);
    }
    blocks_on_future(*leader, wait).then_some(AloneReason::WouldBlock)
}

/// Whether a caller would block its thread until a future has finished.
fn blocks_on_future(leader: Wait, caller: Wait) -> bool {
    caller == Wait::Blocking && leader == Wait::Suspended
}

fn hash(flight: &Arc<Flight>) -> u64 {
    flight.key.hash()
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
