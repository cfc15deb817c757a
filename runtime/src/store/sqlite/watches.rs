//! Who waits for which lease to end, in this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use event_listener::Event;

use crate::key::EntryKey;
use crate::store::Watch;

/// The watches there are. One place for each key, however many wait.
#[derive(Debug, Default)]
pub(super) struct Watches(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    woken: HashMap<EntryKey, Weak<Event>>,
    /// One was added since they were last looked at.
    has_new: bool,
}

impl Watches {
    pub(super) fn watch(&self, key: &EntryKey) -> Watch {
        let mut state = self.state();
        state.has_new = true;
        let known = state.woken.get(key).and_then(Weak::upgrade);
        let woken = known.unwrap_or_else(|| {
            let woken = Arc::new(Event::new());
            state.woken.insert(key.clone(), Arc::downgrade(&woken));
            woken
        });
        Watch::new(woken, ())
    }

    /// Those whose lease may have ended, given whether the file has changed.
    pub(super) fn due(&self, has_changed: bool) -> Vec<(EntryKey, Arc<Event>)> {
        let mut state = self.state();
        // What ended before a watch was there is no change after it.
        let has_new = std::mem::take(&mut state.has_new);
        if !has_changed && !has_new {
            return Vec::new();
        }
        state.woken.retain(|_, woken| woken.strong_count() > 0);
        let woken = state.woken.iter();
        woken
            .filter_map(|(key, woken)| Some((key.clone(), woken.upgrade()?)))
            .collect()
    }

    /// Wakes all, to look for themselves.
    pub(super) fn wake_all(&self) {
        for (_, woken) in self.due(true) {
            woken.notify(usize::MAX);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
