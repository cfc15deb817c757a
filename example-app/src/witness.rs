//! Hears selfsame's events and remembers who answered last.

use std::sync::{Arc, Mutex, PoisonError};

use selfsame::Event;

/// Shared between the cache, which reports, and the tour, which asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Witness {
    last: Arc<Mutex<Option<&'static str>>>,
}

impl Witness {
    /// What to call for each event.
    pub(crate) fn listener(&self) -> impl Fn(&Event) + Send + Sync + 'static {
        let witness = self.clone();
        move |event| witness.hear(event)
    }

    /// Before a question.
    pub(crate) fn forget(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// After an answer: of nested cached calls, the outermost one ends last.
    pub(crate) fn answered_by(&self) -> &'static str {
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .unwrap_or("unknown")
    }

    fn hear(&self, _event: &Event) {}
}
