//! Wake-ups at a time of the clock, for both faces and every kind of runtime: one thread that only ever sleeps.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use event_listener::Event;

use crate::clock::Time;

/// Notifies events when their time has come. Its thread starts with the first of them.
#[derive(Debug)]
pub(crate) struct Timers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    time: Time,
    state: Mutex<State>,
    /// There is an earlier time to wake up at, or nothing will come any more.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The earliest first; equal times in the order they came.
    due: BinaryHeap<Reverse<(u64, u64, Sleeper)>>,
    count: u64,
    has_thread: bool,
    #[cfg(test)]
    is_driven_by_hand: bool,
    is_closed: bool,
}

/// Who sleeps; gone if nobody waits any more. Compared by nothing, since times and counts differ.
#[derive(Debug)]
struct Sleeper(Weak<Event>);

impl Timers {
    pub(crate) fn new(time: Time) -> Self {
        Self(Arc::new(Shared {
            time,
            state: Mutex::default(),
            changed: Condvar::new(),
        }))
    }

    /// Notifies all who listen to `woken` once the clock shows `at_ms`, unless nobody holds it any more. Whether there
    /// is a thread to do it: without one, waiting would be for ever.
    pub(crate) fn notify_at(&self, at_ms: u64, woken: &Arc<Event>) -> bool {
        let mut state = self.0.state();
        state.count += 1;
        let sleeper = Sleeper(Arc::downgrade(woken));
        let is_first = state
            .due
            .peek()
            .is_none_or(|Reverse((first_ms, ..))| at_ms < *first_ms);
        let count = state.count;
        state.due.push(Reverse((at_ms, count, sleeper)));
        if !state.is_attended() {
            let shared = Arc::clone(&self.0);
            let thread = thread::Builder::new().name("selfsame-timers".to_owned());
            state.has_thread = thread.spawn(move || shared.run()).is_ok();
        }
        let is_attended = state.is_attended();
        drop(state);
        if is_first {
            self.0.changed.notify_one();
        }
        is_attended
    }

    /// Does without a thread: the test calls [`fire`](Self::fire).
    #[cfg(test)]
    pub(crate) fn drive_by_hand(&self) {
        self.0.state().is_driven_by_hand = true;
    }

    /// Notifies all whose time has come: what the thread does, for tests that go without it.
    #[cfg(test)]
    pub(crate) fn fire(&self) {
        self.0.fire();
    }
}

impl Shared {
    fn run(&self) {
        while let Some(next_ms) = self.fire() {
            let state = self.state();
            if state.is_closed {
                return;
            }
            self.sleep(state, next_ms);
        }
    }

    /// Notifies all whose time has come, and says when the next comes; `u64::MAX` if none does, `None` if none will.
    fn fire(&self) -> Option<u64> {
        loop {
            let mut state = self.state();
            if state.is_closed {
                return None;
            }
            let Some(Reverse((at_ms, ..))) = state.due.peek() else {
                return Some(u64::MAX);
            };
            if *at_ms > self.time.now_ms() {
                return Some(*at_ms);
            }
            let woken = state
                .due
                .pop()
                .and_then(|Reverse((.., sleeper))| sleeper.0.upgrade());
            // Outside the lock: it runs the wakers of others.
            drop(state);
            if let Some(woken) = woken {
                woken.notify(usize::MAX);
            }
        }
    }

    fn sleep(&self, state: MutexGuard<'_, State>, next_ms: u64) {
        // Told apart from what was due when it was looked: a timer that came since has notified nobody yet.
        let next_ms = state
            .due
            .peek()
            .map_or(next_ms, |Reverse((at_ms, ..))| *at_ms);
        if next_ms == u64::MAX {
            drop(self.changed.wait(state));
            return;
        }
        let pause = self.time.pause_until(next_ms);
        drop(self.changed.wait_timeout(state, pause));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether somebody looks at the clock.
    const fn is_attended(&self) -> bool {
        #[cfg(test)]
        if self.is_driven_by_hand {
            return true;
        }
        self.has_thread
    }
}

impl Drop for Timers {
    fn drop(&mut self) {
        self.0.state().is_closed = true;
        self.0.changed.notify_one();
    }
}

impl PartialEq for Sleeper {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Sleeper {}

impl PartialOrd for Sleeper {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Sleeper {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("due", &self.due.len())
            .finish_non_exhaustive()
    }
}

/// How long a thread sleeps at most while the clock is one that is moved by hand: nobody tells when that happens.
pub(crate) const GLANCE: Duration = Duration::from_millis(2);

#[cfg(test)]
mod tests {
    use event_listener::Listener;

    use super::*;
    use crate::clock::{Clock, ManualClock};

    #[test]
    fn sleepers_wake_in_the_order_of_their_times() {
        let clock = ManualClock::new();
        let timers = Timers::new(Time::Given(Arc::new(clock.clone())));
        let now_ms = clock.now_ms();
        let (early, late) = (Arc::new(Event::new()), Arc::new(Event::new()));
        let (first, second) = (early.listen(), late.listen());
        assert!(timers.notify_at(now_ms + 20, &late));
        assert!(timers.notify_at(now_ms + 10, &early));

        clock.advance(Duration::from_millis(10));
        first.wait();
        clock.advance(Duration::from_millis(10));
        second.wait();
    }

    #[test]
    fn whoever_is_gone_is_not_woken() {
        let clock = ManualClock::new();
        let timers = Timers::new(Time::Given(Arc::new(clock.clone())));
        timers.notify_at(clock.now_ms(), &Arc::new(Event::new()));
        timers.fire();

        assert_eq!(timers.0.fire(), Some(u64::MAX));
    }
}
