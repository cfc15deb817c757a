//! [`Cache`]: everything that cached functions share in a process.

use std::sync::{Arc, OnceLock};

use crate::clock::Time;
use crate::error::{Error, ErrorKind};
use crate::event::{Event, Layer, Observer};
use crate::flight::Flights;
use crate::function::Function;
use crate::l1::L1;
use crate::memo::Memo;
use crate::report::{Reporter, Topic};
use crate::store::Store;

mod builder;
mod call;
pub(crate) mod face;
pub(crate) mod fetch;
pub(crate) mod invalidate;
pub(crate) mod refresh;
mod seat;
#[cfg(test)]
mod tests;
mod write;

pub use self::builder::CacheBuilder;

/// The cache behind all cached functions of a process: memory, store, clock and settings. Cheap to clone.
///
/// Nothing has to be built: the first call of a cached function makes a cache from the environment variable
/// `SELFSAME_URL`. An application that wants its own settings [installs](Cache::install) one before that.
#[derive(Clone, Debug)]
pub struct Cache {
    core: Arc<Core>,
}

/// What a cache is made of.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) l1: L1,
    pub(crate) flights: Flights,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) time: Time,
    /// What separates deployments in one store; the name of each function's crate where it is not set.
    namespace: Option<Box<str>>,
    /// Longer payloads are not stored.
    pub(crate) max_value_bytes: usize,
    observer: Observer,
    reporter: Reporter,
}

/// The cache of this process, from its installation or the first call on.
static CURRENT: OnceLock<Cache> = OnceLock::new();

impl Cache {
    /// Begins a cache with the default settings.
    pub fn builder() -> CacheBuilder {
        CacheBuilder::new()
    }

    /// Makes this the cache of all cached functions of the process.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyInstalled`] if there is one: another was installed, or a cached function was called.
    pub fn install(&self) -> Result<(), Error> {
        CURRENT
            .set(self.clone())
            .map_err(|_| ErrorKind::AlreadyInstalled.into())
    }

    /// The cache of this process, made from the environment if there is none yet.
    #[inline]
    pub(crate) fn current() -> &'static Self {
        match CURRENT.get() {
            Some(cache) => cache,
            None => Self::from_environment(),
        }
    }

    #[inline]
    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    #[cold]
    fn from_environment() -> &'static Self {
        CURRENT.get_or_init(|| builder::from_url(std::env::var(URL_VARIABLE)))
    }
}

impl Core {
    /// Tells of an event.
    pub(crate) fn emit(&self, memo: &'static Memo, event: Event) {
        memo.count(&event);
        self.observer.tell(memo.function(), &event);
    }

    /// Tells of a hit in memory, at no more than it must cost.
    #[inline]
    pub(crate) fn emit_memory_hit(&self, memo: &'static Memo, saved_us: u64) {
        memo.count_memory_hit();
        if self.observer.is_present() {
            let saved = std::time::Duration::from_micros(saved_us);
            let event = Event::Hit {
                layer: Layer::Memory,
                saved,
            };
            self.observer.tell(memo.function(), &event);
        }
    }

    /// Says a line, unless the function has spoken on the topic before.
    pub(crate) fn say(&self, memo: &'static Memo, topic: Topic, what: std::fmt::Arguments<'_>) {
        if memo.is_first_word(topic) {
            let path = memo.function().path();
            self.reporter
                .say(format_args!("{path}: {what} (said once)"));
        }
    }

    /// What separates the entries of this function from those of other deployments.
    pub(crate) fn namespace_of(&self, function: &Function) -> &str {
        let own = || function.path().split("::").next().unwrap_or_default();
        self.namespace.as_deref().unwrap_or_else(own)
    }
}

/// The environment variable that says where entries live.
const URL_VARIABLE: &str = "SELFSAME_URL";
