//! Who wants to be told what: shared by callers, the thread that holds the connection and the connection itself.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use event_listener::{Event, EventListener};

use crate::store::{Listener, News, Watch};

/// Listeners and watches. Never locked while anybody else's code runs.
#[derive(Default)]
pub(super) struct Board {
    /// The namespace of the listeners; empty while there was none.
    control: OnceLock<Box<str>>,
    state: Mutex<State>,
    /// A watch has come or gone, or the store was dropped.
    changed: Event,
}

#[derive(Default)]
struct State {
    listeners: Vec<Arc<dyn Listener>>,
    /// By channel.
    watches: HashMap<String, Watched>,
    /// Channels whose watches have come or gone since the connection was last told; only while there is one.
    changes: Vec<String>,
    /// Whether there is a connection.
    is_linked: bool,
    /// Whether there is a thread, and in which process: a forked child has its parent's memory and not its threads.
    attended_in: Option<u32>,
    /// The store was dropped.
    is_closed: bool,
}

struct Watched {
    woken: Arc<Event>,
    watchers: usize,
}

impl Board {
    /// Whether the listener will be told.
    pub(super) fn add_listener(&self, control: &str, listener: Arc<dyn Listener>) -> bool {
        let known = self.control.get_or_init(|| control.into());
        let is_ours = **known == *control;
        if is_ours {
            self.state().listeners.push(listener);
        }
        is_ours
    }

    /// The namespace of the listeners.
    pub(super) fn control(&self) -> Option<&str> {
        self.control.get().map(AsRef::as_ref)
    }

    /// Those who still listen.
    pub(super) fn listeners(&self) -> Vec<Arc<dyn Listener>> {
        let listeners = self.state().listeners.clone();
        listeners
            .into_iter()
            .filter(|listener| listener.is_wanted())
            .collect()
    }

    pub(super) fn tell(&self, news: News<'_>) {
        for listener in self.listeners() {
            listener.hear(news);
        }
    }

    pub(super) fn watch(self: &Arc<Self>, channel: String) -> Watch {
        let mut state = self.state();
        let watched = state.watches.entry(channel.clone()).or_insert_with(|| {
            let woken = Arc::default();
            Watched { woken, watchers: 0 }
        });
        watched.watchers += 1;
        let woken = Arc::clone(&watched.woken);
        state.note_change(channel.clone());
        drop(state);
        self.changed.notify(usize::MAX);
        let board = Arc::clone(self);
        Watch::new(woken, Watching { board, channel })
    }

    /// Wakes those who watch `channel`.
    pub(super) fn wake(&self, channel: &str) {
        let state = self.state();
        let woken = state
            .watches
            .get(channel)
            .map(|watched| Arc::clone(&watched.woken));
        drop(state);
        if let Some(woken) = woken {
            woken.notify(usize::MAX);
        }
    }

    pub(super) fn is_watched(&self, channel: &str) -> bool {
        self.state().watches.contains_key(channel)
    }

    /// There is a connection, which has not been told of any watch: all are changes.
    pub(super) fn link(&self) {
        let mut state = self.state();
        state.is_linked = true;
        state.changes = state.watches.keys().cloned().collect();
    }

    /// There is none any more.
    pub(super) fn unlink(&self) {
        self.state().unlink();
    }

    /// The channels whose watches have come or gone since the last time.
    pub(super) fn take_changes(&self) -> Vec<String> {
        std::mem::take(&mut self.state().changes)
    }

    /// Is notified of changes from now on.
    pub(super) fn changed(&self) -> EventListener {
        self.changed.listen()
    }

    /// The right to be the thread, if there is none.
    pub(super) fn claim_attendance(self: &Arc<Self>) -> Option<Attendance> {
        let process = std::process::id();
        let mut state = self.state();
        if state.attended_in == Some(process) {
            return None;
        }
        state.attended_in = Some(process);
        Some(Attendance {
            board: Arc::clone(self),
            has_ended: false,
        })
    }

    /// Nobody needs the store any more.
    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.changed.notify(usize::MAX);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn note_change(&mut self, channel: String) {
        if self.is_linked {
            self.changes.push(channel);
        }
    }

    fn unlink(&mut self) {
        self.is_linked = false;
        self.changes = Vec::new();
    }
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board")
            .field("control", &self.control)
            .finish_non_exhaustive()
    }
}

/// One watch of a channel; dropped, it is over.
struct Watching {
    board: Arc<Board>,
    channel: String,
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut state = self.board.state();
        let Some(watched) = state.watches.get_mut(&self.channel) else {
            return;
        };
        watched.watchers -= 1;
        if watched.watchers == 0 {
            state.watches.remove(&self.channel);
            state.note_change(std::mem::take(&mut self.channel));
            drop(state);
            self.board.changed.notify(usize::MAX);
        }
    }
}

/// The right to be the thread that holds the connection; dropped, another may be.
#[derive(Debug)]
pub(super) struct Attendance {
    board: Arc<Board>,
    has_ended: bool,
}

impl Attendance {
    /// Ends if nobody is to be told anything any more. One step: whoever comes later finds that there is no thread.
    pub(super) fn ends(&mut self) -> bool {
        if self.has_ended {
            return true;
        }
        let listeners = self.board.state().listeners.clone();
        let (_, unwanted): (Vec<_>, Vec<_>) = listeners
            .into_iter()
            .partition(|listener| listener.is_wanted());
        let mut state = self.board.state();
        state
            .listeners
            .retain(|known| !unwanted.iter().any(|unwanted| Arc::ptr_eq(unwanted, known)));
        self.has_ended =
            state.is_closed || (state.listeners.is_empty() && state.watches.is_empty());
        if self.has_ended {
            state.attended_in = None;
            state.unlink();
        }
        // Before `unwanted`, which may be the last to hold somebody else's memory.
        drop(state);
        self.has_ended
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        if !self.has_ended {
            self.board.state().attended_in = None;
        }
    }
}
