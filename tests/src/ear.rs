//! A listener that remembers what it is told.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use selfsame::store::{Listener, News, Origin};

/// How long something that must be told may take on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Listens for as long as it is wanted.
#[derive(Debug)]
pub struct Ear {
    origin: Instant,
    told: Mutex<Told>,
    changed: Condvar,
    is_wanted: AtomicBool,
}

#[derive(Debug, Default)]
struct Told {
    heard: Vec<Heard>,
    /// The latest time before which nothing was missed.
    proved_ms: Option<u64>,
}

/// What it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// An entry is not what it was, by whom.
    Entry(String, Origin),
    /// A tag is not what it was.
    Tag(String),
    /// Anything may not be what it was.
    Anything,
    /// The link is lost.
    Loss,
}

impl Ear {
    /// One that has heard nothing.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            origin: Instant::now(),
            told: Mutex::default(),
            changed: Condvar::new(),
            is_wanted: AtomicBool::new(true),
        })
    }

    /// Everything it was told since it was made or has forgotten.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.told().heard.clone()
    }

    /// Whether it was told this.
    #[must_use]
    pub fn has_heard(&self, what: &Heard) -> bool {
        self.told().heard.contains(what)
    }

    /// Whether it was ever told that nothing was missed.
    #[must_use]
    pub fn was_proved(&self) -> bool {
        self.told().proved_ms.is_some()
    }

    /// Forgets what it was told.
    pub fn forget(&self) {
        self.told().heard.clear();
    }

    /// Stops listening.
    pub fn turn_away(&self) {
        self.is_wanted.store(false, Ordering::SeqCst);
    }

    /// Waits until it was told that nothing was missed that has happened before now.
    ///
    /// # Panics
    ///
    /// If it is not told for long.
    pub fn catch_up(&self) {
        let now_ms = self.now_ms();
        // Later than now, since a time is a whole millisecond.
        self.wait("proof that nothing was missed", |told| {
            told.proved_ms.is_some_and(|proved| proved > now_ms)
        });
    }

    /// Waits until it is told this.
    ///
    /// # Panics
    ///
    /// If it is not told for long.
    pub fn wait_for(&self, what: &Heard) {
        self.wait(&format!("{what:?}"), |told| told.heard.contains(what));
    }

    fn wait(&self, what: &str, is_told: impl Fn(&Told) -> bool) {
        let told = self.told();
        let (told, waited) = self
            .changed
            .wait_timeout_while(told, PATIENCE, |told| !is_told(told))
            .unwrap_or_else(PoisonError::into_inner);
        assert!(
            !waited.timed_out(),
            "waited for {what}, and was told {told:?}"
        );
    }

    fn note(&self, heard: Heard) {
        self.told().heard.push(heard);
        self.changed.notify_all();
    }

    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Ear {
    fn hear(&self, news: News<'_>) {
        self.note(match news {
            News::Entry { name, origin } => Heard::Entry(name.to_owned(), origin),
            News::Tag { name } => Heard::Tag(name.to_owned()),
            News::Anything => Heard::Anything,
        });
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn prove(&self, asked_ms: u64) {
        let mut told = self.told();
        told.proved_ms = told.proved_ms.max(Some(asked_ms));
        drop(told);
        self.changed.notify_all();
    }

    fn lose(&self) {
        self.note(Heard::Loss);
    }

    fn is_wanted(&self) -> bool {
        self.is_wanted.load(Ordering::SeqCst)
    }
}
