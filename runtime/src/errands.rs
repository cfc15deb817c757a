//! What a cache has to do while nobody calls: renewing leases, giving up those of calls that went away, probing a store
//! that failed, sending invalidations that could not be sent, keeping tags from being forgotten, saying that this process
//! lives and looking after versions that nobody runs any more.
//!
//! One thread for all of it, started with the first errand. It speaks to the store by its blocking face, so it needs no
//! runtime, and a store that is slow slows only it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::clock::{Time, milliseconds};
use crate::coherence::Coherence;
use crate::event::Operation;
use crate::function::Function;
use crate::gate::{Gate, Owed};
use crate::random;
use crate::roll::Roll;
#[cfg(test)]
use crate::simulation::breaks::Break;
use crate::store::{EntryKey, StoreError, Token};
use crate::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Runs the errands of one cache.
#[derive(Debug)]
pub(crate) struct Errands(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    gate: Arc<Gate>,
    coherence: Arc<Coherence>,
    roll: Roll,
    time: Time,
    state: Mutex<State>,
    /// There is something to do earlier than was known, or nothing will come any more.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// By the time they are due, and their number.
    renewals: BTreeMap<(u64, u64), Renewal>,
    /// When each is due.
    due: HashMap<u64, u64>,
    releases: Vec<(EntryKey, Token)>,
    held: u64,
    /// When to ask a suspended store again, and to send what is owed.
    next_try_ms: Option<u64>,
    next_touch_ms: u64,
    /// Until when the thread sleeps, unless it is woken; 0 while it is at work.
    sleeps_ms: u64,
    has_thread: bool,
    is_driven_by_hand: bool,
    is_closed: bool,
}

#[derive(Clone, Debug)]
struct Renewal {
    key: EntryKey,
    token: Token,
    life: Duration,
}

/// A lease that is kept alive as long as this is not dropped.
#[derive(Debug)]
pub(crate) struct Renewing {
    shared: Arc<Shared>,
    id: u64,
}

impl Errands {
    pub(crate) fn new(gate: Arc<Gate>, coherence: Arc<Coherence>, roll: Roll, time: Time) -> Self {
        Self(Arc::new(Shared {
            gate,
            coherence,
            roll,
            time,
            state: Mutex::default(),
            changed: Condvar::new(),
        }))
    }

    /// Keeps a lease alive that was just taken. The first renewal comes after a third of its life, so a short
    /// computation costs none.
    pub(crate) fn renew(&self, key: &EntryKey, token: Token, life: Duration) -> Renewing {
        let due_ms = self.0.time.now_ms().saturating_add(third(life));
        let mut state = self.0.state();
        state.held += 1;
        let id = state.held;
        let renewal = Renewal {
            key: key.clone(),
            token,
            life,
        };
        state.add_renewal(due_ms, id, renewal);
        self.0.wake(state, due_ms);
        Renewing {
            shared: Arc::clone(&self.0),
            id,
        }
    }

    /// Gives up a lease whose computation came to nothing.
    pub(crate) fn release(&self, key: EntryKey, token: Token) {
        let mut state = self.0.state();
        state.releases.push((key, token));
        self.0.wake(state, 0);
    }

    /// There is something to try: the store was suspended, or is owed an invalidation.
    pub(crate) fn try_soon(&self) {
        let mut state = self.0.state();
        if state.next_try_ms.is_none() {
            let at_ms = self.0.time.now_ms().saturating_add(TRY_MS);
            state.next_try_ms = Some(at_ms);
            self.0.wake(state, at_ms);
        }
    }

    /// Has said what this process runs, if that was not said yet.
    #[inline]
    pub(crate) fn attend(&self) {
        if !self.0.roll.is_announced() {
            self.announce();
        }
    }

    #[cold]
    fn announce(&self) {
        self.0.roll.announce();
        self.0.wake(self.0.state(), 0);
    }

    /// Whether an entry that is about to be stored is to be found by its version; its version is listed then.
    pub(crate) fn index(&self, key: &EntryKey, function: &'static Function) -> bool {
        let is_indexed = self.0.roll.indexes(function);
        if is_indexed && self.0.roll.note(key, function) {
            self.0.wake(self.0.state(), 0);
        }
        is_indexed
    }

    /// What is known of versions.
    pub(crate) fn roll(&self) -> &Roll {
        &self.0.roll
    }

    /// Does without a thread: the test calls [`run_due`](Self::run_due).
    #[cfg(test)]
    pub(crate) fn drive_by_hand(&self) {
        self.0.state().is_driven_by_hand = true;
    }

    /// How many leases are kept alive, or are to be given up.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        let state = self.0.state();
        state.renewals.len() + state.releases.len()
    }

    /// Does all that is due.
    #[cfg(test)]
    pub(crate) fn run_due(&self) {
        self.0.run_due();
    }
}

impl Shared {
    /// There is something to do at `due_ms`. A thread that is up by then is left in peace: waking it costs more than a miss.
    fn wake(self: &Arc<Self>, mut state: MutexGuard<'_, State>, due_ms: u64) {
        if !state.has_thread && !state.is_driven_by_hand {
            let shared = Arc::clone(self);
            let thread = thread::Builder::new().name("selfsame-errands".to_owned());
            // Without a thread leases end by themselves, and a suspended store stays so until there is one.
            state.has_thread = thread.spawn(move || shared.run()).is_ok();
        }
        let is_late = due_ms < state.sleeps_ms;
        drop(state);
        if is_late {
            self.changed.notify_one();
        }
    }

    fn run(&self) {
        loop {
            self.run_due();
            let mut state = self.state();
            if state.is_closed {
                return;
            }
            // What came while the errands were run is seen here, under the lock.
            let touch_ms = self.time.now_ms().saturating_add(TOUCH_MS);
            let next_ms = self.next_ms(&state).min(touch_ms);
            state.sleeps_ms = next_ms;
            let woken = self
                .changed
                .wait_timeout(state, self.time.pause_until(next_ms));
            woken.unwrap_or_else(PoisonError::into_inner).0.sleeps_ms = 0;
        }
    }

    fn next_ms(&self, state: &State) -> u64 {
        if !state.releases.is_empty() && !self.gate.is_suspended() {
            return 0;
        }
        let renewal = state
            .renewals
            .first_key_value()
            .map(|((due_ms, _), _)| *due_ms);
        let next_ms = renewal.into_iter().chain(state.next_try_ms).min();
        next_ms.unwrap_or(u64::MAX).min(self.roll.next_ms())
    }

    fn run_due(&self) {
        self.try_again();
        self.give_up_leases();
        self.renew_leases();
        self.touch_tags();
        self.roll.run_due();
    }

    /// Probes a suspended store; what it missed is sent before anybody uses it again.
    fn try_again(&self) {
        let now_ms = self.time.now_ms();
        let is_due = self
            .state()
            .next_try_ms
            .is_some_and(|at_ms| at_ms <= now_ms);
        if !is_due {
            return;
        }
        let answers = !self.gate.is_suspended() || self.gate.store().ping().is_ok();
        if answers && self.pay().is_ok() {
            self.gate.resume();
        }
        // Under the lock: whoever owes something from here on finds that nothing is planned, and plans it.
        let mut state = self.state();
        let is_done = !self.gate.is_suspended() && !self.gate.deferred().is_any();
        state.next_try_ms = (!is_done).then(|| self.time.now_ms().saturating_add(TRY_MS));
    }

    /// Sends the invalidations that could not be sent. Those for a part of the store that gives no answer are left for
    /// the next time, and keep nobody from the rest.
    fn pay(&self) -> Result<(), StoreError> {
        let store = self.gate.store();
        let deferred = self.gate.deferred();
        for (owed, time) in deferred.list() {
            #[cfg(test)]
            if Break::ForgetsOwed.is_on() {
                deferred.settle(&owed, time);
                continue;
            }
            let paid = match &owed {
                Owed::Entry(key) => store.remove_blocking(key, self.coherence.own()),
                Owed::Tag(tag) => {
                    store.invalidate_blocking(tag, random::tag_version(), Some(TAG_LIFE))
                }
            };
            match paid {
                Ok(()) => deferred.settle(&owed, time),
                Err(error) if error.is_of_a_part() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn give_up_leases(&self) {
        let releases = std::mem::take(&mut self.state().releases);
        for (key, token) in releases {
            // If that fails, the lease ends by itself.
            if let Ok(store) = self.gate.admit() {
                let _ = store.release(&key, token);
            }
        }
    }

    fn renew_leases(&self) {
        let now_ms = self.time.now_ms();
        loop {
            // A statement of its own: in the head of a loop it would keep the lock while the store is asked.
            let due = self.state().due(now_ms);
            let Some((id, renewal)) = due else {
                return;
            };
            let renewed = self.gate.admit().and_then(|store| {
                let renewed = store.renew(&renewal.key, renewal.token, renewal.life);
                self.gate.note(Operation::Renew, renewed)
            });
            // One that is lost is not renewed; its computation finds out when it stores.
            if renewed == Ok(false) {
                self.state().drop_renewal(id);
            }
        }
    }

    fn touch_tags(&self) {
        let now_ms = self.time.now_ms();
        {
            let mut state = self.state();
            if now_ms < state.next_touch_ms {
                return;
            }
            state.next_touch_ms = now_ms.saturating_add(TOUCH_MS);
        }
        let tags = self.coherence.versions().tags(TOUCHED_AT_ONCE);
        if let (Ok(store), false) = (self.gate.admit(), tags.is_empty()) {
            let _ = store.touch(&tags);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The next renewal that is due, with the one after it already noted.
    fn due(&mut self, now_ms: u64) -> Option<(u64, Renewal)> {
        let entry = self.renewals.first_entry()?;
        let (due_ms, id) = *entry.key();
        if due_ms > now_ms {
            return None;
        }
        let renewal = entry.remove();
        let next_ms = now_ms.saturating_add(third(renewal.life));
        self.add_renewal(next_ms, id, renewal.clone());
        Some((id, renewal))
    }

    fn add_renewal(&mut self, due_ms: u64, id: u64, renewal: Renewal) {
        self.renewals.insert((due_ms, id), renewal);
        self.due.insert(id, due_ms);
    }

    fn drop_renewal(&mut self, id: u64) {
        if let Some(due_ms) = self.due.remove(&id) {
            self.renewals.remove(&(due_ms, id));
        }
    }
}

fn third(life: Duration) -> u64 {
    (milliseconds(life) / 3).max(1)
}

impl Drop for Renewing {
    fn drop(&mut self) {
        self.shared.state().drop_renewal(self.id);
    }
}

impl Drop for Errands {
    fn drop(&mut self) {
        self.0.state().is_closed = true;
        self.0.changed.notify_one();
    }
}

/// Between two probes of a suspended store: service is back well within a second.
const TRY_MS: u64 = 250;
/// Between two times that tags in use are touched, so that a server that forgets what was not used for long keeps them.
const TOUCH_MS: u64 = 10_000;
const TOUCHED_AT_ONCE: usize = 1_000;
/// How long the version of an invalidated tag is remembered at least. A version that is forgotten costs computations.
pub(crate) const TAG_LIFE: Duration = Duration::from_secs(24 * 3_600);
