//! Hears selfsame's events and remembers who answered last.

use std::sync::{Arc, Mutex, PoisonError};

use selfsame::{Event, Function, Layer};

/// Shared between the cache, which tells, and the tour, which asks.
#[derive(Clone, Debug)]
pub(crate) struct Witness {
    /// What to call the store that lies beyond memory.
    store: &'static str,
    last: Arc<Mutex<Option<&'static str>>>,
}

impl Witness {
    /// One that has heard nothing yet, for the store behind a URL.
    pub(crate) fn new(url: &str) -> Self {
        let store = match url.split_once(':').map_or(url, |(scheme, _)| scheme) {
            "sqlite" => "file",
            "memory" => "store",
            _ => "Redis",
        };
        Self {
            store,
            last: Arc::default(),
        }
    }

    /// What to call for each event.
    pub(crate) fn listener(&self) -> impl Fn(&'static Function, &Event) + Send + Sync + 'static {
        let witness = self.clone();
        move |_, event| witness.hear(event)
    }

    /// Before a question.
    pub(crate) fn forget(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// After an answer. Where cached calls are nested, the outermost is the last to be told of.
    pub(crate) fn answered_by(&self) -> &'static str {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.unwrap_or("no one")
    }

    fn hear(&self, event: &Event) {
        let answered_by = match event {
            Event::Hit {
                layer: Layer::Memory,
                ..
            } => "memory",
            Event::Hit {
                layer: Layer::Store,
                ..
            } => self.store,
            Event::Computed { .. } => "computed",
            _ => return,
        };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(answered_by);
    }
}
