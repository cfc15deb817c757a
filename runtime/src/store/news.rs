//! What processes tell each other: entries and tags that are no longer what they were.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use event_listener::Event;

/// Who invalidates: one cache of one process, by a random number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin(pub u64);

/// What a listener hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News<'a> {
    /// The entry of this name was removed or replaced.
    Entry {
        /// The whole [`EntryKey`](super::EntryKey).
        name: &'a str,
        /// By whom.
        origin: Origin,
    },
    /// The tag of this name has another version or none.
    Tag {
        /// The whole [`TagKey`](super::TagKey).
        name: &'a str,
    },
    /// Anything may have: the store was emptied, or news were lost.
    Anything,
}

/// Who is told of news. Called from a thread or task of the store's; quick, and never waits.
pub trait Listener: Send + Sync + 'static {
    /// Something was invalidated.
    fn hear(&self, news: News<'_>);

    /// The time to call [`prove`](Self::prove) with later: milliseconds since an arbitrary origin.
    fn now_ms(&self) -> u64;

    /// All that was invalidated before `asked_ms` has been told: the store was asked at that time, over the same link
    /// the news come by, and has answered.
    ///
    /// To be called every second at least. While it is not, the listener takes it that news may be missing, and starts
    /// anew when it is called again.
    fn prove(&self, asked_ms: u64);

    /// The link is lost: news may be missing from now on.
    fn lose(&self);

    /// Whether anybody still listens.
    fn is_wanted(&self) -> bool;
}

/// What a store can say of invalidations by other processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coherence {
    /// It tells, by a link that may be lost: copies in memory are used only while it has
    /// [proved](Listener::prove) that nothing was missed.
    Told,
    /// It tells before an invalidation returns: nothing can be missed.
    Always,
    /// It can't: copies in memory are used to their own end, and versions of tags are read with each entry.
    Untold,
}

/// A wait for a lease to end. Dropped, it is over.
pub struct Watch {
    woken: Arc<Event>,
    is_in_place: bool,
    /// Ends the store's part of it.
    _guard: Box<dyn Any + Send + Sync>,
}

impl Watch {
    /// Is woken whenever `woken` is notified; the store ends its part when `guard` is dropped.
    #[must_use]
    pub fn new(woken: Arc<Event>, guard: impl Any + Send + Sync) -> Self {
        Self {
            woken,
            is_in_place: false,
            _guard: Box::new(guard),
        }
    }

    /// The same from a store that tells of all that ends from now on. Its caller looks once more, and then waits.
    #[must_use]
    pub fn in_place(woken: Arc<Event>, guard: impl Any + Send + Sync) -> Self {
        Self {
            is_in_place: true,
            ..Self::new(woken, guard)
        }
    }

    /// Whether the store tells of all that has ended since this was made.
    #[must_use]
    pub const fn is_in_place(&self) -> bool {
        self.is_in_place
    }

    /// What is notified.
    #[must_use]
    pub fn woken(&self) -> &Arc<Event> {
        &self.woken
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}
