//! [`Cache`]: everything that cached functions share in a process.

use std::sync::{Arc, OnceLock};

use crate::background::Background;
use crate::clock::Time;
use crate::coherence::Coherence;
use crate::errands::Errands;
use crate::error::{Error, ErrorKind};
use crate::event::{Event, Layer, MissReason, Observer, Operation};
use crate::flight::Flights;
use crate::function::{Function, crate_of};
use crate::gate::{Gate, Owed};
use crate::key::Key;
use crate::l1::{CallRef, L1, Note, Slot, Usable};
use crate::memo::Memo;
use crate::report::{Reporter, Topic};
use crate::roll::Purged;
use crate::secret::Secrets;
use crate::store::{StoreError, StoreErrorKind, TagKey, TagRef};
use crate::timers::Timers;

mod builder;
mod call;
pub(crate) mod face;
pub(crate) mod fetch;
pub(crate) mod invalidate;
mod keep;
mod lease;
mod limits;
pub(crate) mod owned;
pub(crate) mod refresh;
pub(crate) mod renew;
mod seat;
mod snapshot;
mod terms;
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
    pub(crate) coherence: Arc<Coherence>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) timers: Timers,
    pub(crate) errands: Errands,
    pub(crate) background: Background,
    pub(crate) time: Time,
    /// What separates deployments in one store; the name of each function's crate where it is not set.
    namespace: Option<Box<str>>,
    /// What entries are encrypted with, if they are.
    pub(crate) secrets: Option<Secrets>,
    /// Longer payloads are not stored.
    pub(crate) max_value_bytes: usize,
    /// How much shorter than promised an entry may live, in hundredths.
    pub(crate) ttl_jitter: u8,
    /// How long a call waits for another process's computation.
    pub(crate) wait_deadline_ms: u64,
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

    /// Removes at once what is stored of versions that no living process runs, without waiting for the grace time to be
    /// over. Blocks until it is done, in small steps between which the store is left alone.
    ///
    /// Only entries of functions whose `ttl` and `stale` are longer than the grace time can be found.
    ///
    /// # Errors
    ///
    /// What the store could not do. What is left is removed by the next purge.
    pub fn purge(&self) -> Result<Purged, StoreError> {
        self.core.errands.roll().purge_now()
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
        CURRENT.get_or_init(builder::environment::from_environment)
    }
}

impl Core {
    /// What memory has for a call, of whatever type.
    #[inline]
    pub(crate) fn find_in_memory(
        &self,
        memo: &'static Memo,
        key: &Key,
    ) -> Result<Usable, MissReason> {
        let call = CallRef::new(memo.id(), key);
        self.l1.find(&call, self.time.now_ms(), &self.coherence)
    }

    /// What `copy` makes of it where it lies; see there.
    #[inline]
    pub(crate) fn find_in_memory_in_place<T>(
        &self,
        memo: &'static Memo,
        key: &Key,
        copy: impl Fn(&Slot) -> T,
    ) -> Result<(T, Option<Note>), MissReason> {
        let call = CallRef::new(memo.id(), key);
        let now_ms = self.time.now_ms();
        self.l1.find_in_place(&call, now_ms, &self.coherence, copy)
    }

    /// What computing a value had taken, in microseconds, if anyone is told.
    #[inline]
    pub(crate) fn cost_of(&self, slot: &Slot) -> u64 {
        if self.observer.is_present() {
            slot.cost_us()
        } else {
            0
        }
    }

    /// Tells of an event.
    pub(crate) fn emit(&self, memo: &'static Memo, event: Event) {
        memo.count(&event);
        self.observer.tell(memo.function(), &event);
    }

    /// Tells of a hit in memory, at no more than it must cost.
    #[inline]
    pub(crate) fn emit_memory_hit(&self, memo: &'static Memo, cost_us: u64) {
        memo.count_memory_hit();
        if self.observer.is_present() {
            let event = Event::Hit {
                layer: Layer::Memory,
                saved: std::time::Duration::from_micros(cost_us),
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

    /// What the entries of a call can be invalidated by: everything, the function, then its own labels. Lent: to count
    /// in and out who holds them would have all threads write to the same place.
    pub(crate) fn tags_of<'a>(&'a self, memo: &'static Memo, key: &'a Key) -> Vec<TagRef<'a>> {
        let mut tags = Vec::with_capacity(2 + key.labels().len());
        tags.push(self.coherence.namespace().borrowed());
        tags.push(self.function_tag(memo).borrowed());
        key.labels().iter().for_each(|label| tags.push(label));
        tags
    }

    /// The tag of all entries of a function, whatever its generic arguments.
    pub(crate) fn function_tag(&self, memo: &'static Memo) -> &'static TagKey {
        memo.tag(self.coherence.control())
    }

    /// Makes void what this process has and computes under a tag.
    pub(crate) fn void(&self, tag: &TagKey) {
        if tag == self.coherence.namespace() {
            self.coherence.invalidate_all();
        } else {
            self.coherence.invalidate(tag.as_str());
        }
    }

    /// Notes what the store could not be told, to be told later.
    pub(crate) fn owe(&self, owed: Owed, instead: &TagKey) {
        self.gate.deferred().add(owed, instead);
        self.errands.try_soon();
    }

    /// Tells of an operation that the store could not do.
    pub(crate) fn store_failed(
        &self,
        memo: &'static Memo,
        operation: Operation,
        error: &StoreError,
    ) -> StoreErrorKind {
        let kind = error.kind();
        self.emit(memo, Event::StoreFailed { operation, kind });
        if self.gate.is_suspended() {
            // Somebody has to ask it whether it is back, also where nobody calls any more.
            self.errands.try_soon();
        }
        if kind == StoreErrorKind::Suspended {
            // Said already, for all functions together.
            return kind;
        }
        let consequence = match operation {
            Operation::Read => "answered by computing",
            Operation::Claim | Operation::Renew => "computed without the lease, and not stored",
            Operation::Write => "the result is not stored there",
            Operation::Remove | Operation::Invalidate => {
                "what was invalidated may still be there, until the store can be told"
            }
        };
        let what = format_args!("{error}; {consequence}");
        self.say(memo, Topic::Store(kind), what);
        kind
    }

    /// What separates the entries of this function from those of other deployments.
    pub(crate) fn namespace_of(&self, function: &Function) -> &str {
        self.namespace
            .as_deref()
            .unwrap_or_else(|| crate_of(function.path()))
    }
}

/// The environment variable that says where entries live.
const URL_VARIABLE: &str = "SELFSAME_URL";

/// The environment variable that says what entries are encrypted with.
const SECRET_VARIABLE: &str = "SELFSAME_SECRET";

/// The environment variables that name files for TLS: authorities, our own certificate, its private key.
#[cfg(feature = "tls")]
const TLS_VARIABLES: [&str; 3] = ["SELFSAME_TLS_CA", "SELFSAME_TLS_CERT", "SELFSAME_TLS_KEY"];
