//! [`CacheBuilder`]: the settings of a cache, their defaults and their checks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{Cache, Core};
use crate::background::Background;
use crate::clock::{Clock, SystemClock, Time, milliseconds};
use crate::coherence::Coherence;
use crate::errands::Errands;
use crate::error::{Error, ErrorKind};
use crate::event::{Change, Event, Observer, OnChange};
use crate::flight::Flights;
use crate::function::Function;
use crate::gate::Gate;
use crate::l1::L1;
use crate::report::Reporter;
use crate::roll::{self, Purge, Roll};
use crate::secret::Secrets;
#[cfg(feature = "tls")]
use crate::store::redis::Tls;
#[cfg(feature = "sqlite")]
use crate::store::sqlite;
use crate::store::url::{StoreUrl, Surroundings};
use crate::store::{DEADLINE, Store};
use crate::timers::Timers;

pub(super) mod environment;

use self::environment::{Locking, Source};

/// The settings of a [`Cache`].
///
/// # Defaults
///
/// | setting | default |
/// |---|---|
/// | [`url`](Self::url) | the environment variable `SELFSAME_URL`; `memory:` where it is not set |
/// | [`secrets`](Self::secrets) | the environment variable `SELFSAME_SECRET`; none where it is not set |
#[cfg_attr(
    feature = "tls",
    doc = "| [`tls`](Self::tls) | `SELFSAME_TLS_CA`, `SELFSAME_TLS_CERT`, `SELFSAME_TLS_KEY`; the system's roots, and no certificate |"
)]
/// | [`namespace`](Self::namespace) | the name of each function's crate |
/// | [`l1_max_bytes`](Self::l1_max_bytes) | 64 MiB |
/// | [`memory_max_bytes`](Self::memory_max_bytes) | 64 MiB |
#[cfg_attr(
    feature = "sqlite",
    doc = "| [`sqlite_max_bytes`](Self::sqlite_max_bytes) | 1 GiB |"
)]
/// | [`max_value_bytes`](Self::max_value_bytes) | 1 MiB |
/// | [`store_deadline`](Self::store_deadline) | 100 ms |
/// | [`wait_deadline`](Self::wait_deadline) | 10 s |
/// | [`ttl_jitter`](Self::ttl_jitter) | 10 % |
/// | [`background_limit`](Self::background_limit) | 4 |
/// | [`purge`](Self::purge) | [`Purge::AfterGrace`] |
/// | [`grace`](Self::grace) | 15 min |
/// | [`heartbeat`](Self::heartbeat) | 10 s |
/// | [`functions`](Self::functions) | each crate's, with the first call of one of them |
/// | [`clock`](Self::clock) | the system's |
/// | [`on_event`](Self::on_event) | no one is told |
/// | [`on_change`](Self::on_change) | no one is told |
/// | [`on_report`](Self::on_report) | one line on standard error |
#[derive(Debug)]
#[must_use = "settings have an effect once they are built or installed"]
pub struct CacheBuilder {
    store: Source,
    secrets: Locking,
    /// As the environment says where nobody does.
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    namespace: Option<Box<str>>,
    l1_max_bytes: u64,
    memory_max_bytes: u64,
    #[cfg(feature = "sqlite")]
    sqlite_max_bytes: u64,
    max_value_bytes: usize,
    store_deadline: Duration,
    wait_deadline: Duration,
    ttl_jitter: u8,
    background_limit: usize,
    roll: roll::Settings,
    announces: bool,
    time: Time,
    observer: Observer,
    on_change: OnChange,
    reporter: Reporter,
}

impl CacheBuilder {
    pub(super) fn new() -> Self {
        Self {
            store: Source::Environment,
            secrets: Locking::Environment,
            #[cfg(feature = "tls")]
            tls: None,
            namespace: None,
            l1_max_bytes: 64 << 20,
            memory_max_bytes: 64 << 20,
            #[cfg(feature = "sqlite")]
            sqlite_max_bytes: sqlite::MAX_BYTES,
            max_value_bytes: 1 << 20,
            store_deadline: DEADLINE,
            wait_deadline: WAIT_DEADLINE,
            ttl_jitter: TTL_JITTER,
            background_limit: BACKGROUND_LIMIT,
            roll: roll::Settings::default(),
            announces: false,
            time: Time::System(SystemClock::new()),
            observer: Observer::default(),
            on_change: OnChange::default(),
            reporter: Reporter::default(),
        }
    }

    /// Says where entries live: `memory:`, `sqlite:PATH`, `redis://…`, `rediss://…`, `redis+unix://…`,
    /// `redis+sentinel://…` or `redis+cluster://…`. What is wrong with it is found when the cache is built; a server that
    /// is down is not wrong.
    pub fn url(mut self, url: &str) -> Self {
        self.store = Source::Url(StoreUrl::parse(url));
        self
    }

    /// Keeps entries in a store of your own.
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Source::Given(Arc::new(store));
        self
    }

    /// Encrypts and authenticates entries with the first of these secrets, and reads what any of them has encrypted. No
    /// other entry is used then. None at all: entries are in clear, whatever the environment says.
    ///
    /// A secret is 32 random bytes as 64 hexadecimal digits; `openssl rand -hex 32` makes one. `SELFSAME_SECRET` takes
    /// the same, the newest first, with commas between them. Needs the feature `encryption`. What is wrong with them is
    /// found when the cache is built.
    ///
    /// To bring in a new one without going cold: have all processes read it first (`old,new`), then have them write it
    /// (`new,old`), and leave the old one out when its entries have ended.
    pub fn secrets<S: AsRef<str>>(mut self, newest_first: impl IntoIterator<Item = S>) -> Self {
        self.secrets = Locking::Given(Secrets::read(newest_first));
        self
    }

    /// Says whom a store at `rediss://` is to trust, and as whom to come. With any other address of a server this is an
    /// error: nothing would be encrypted.
    ///
    /// `SELFSAME_TLS_CA`, `SELFSAME_TLS_CERT` and `SELFSAME_TLS_KEY` name the same files. They are read when the cache is
    /// built.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Separates entries from those of other deployments in the same store: staging and production must differ.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into().into());
        self
    }

    /// Bounds the values kept in memory, for all functions together. 0 switches the layer off.
    ///
    /// Values are weighed by the length of their payload, which is a guess at what they take.
    pub const fn l1_max_bytes(mut self, bytes: u64) -> Self {
        self.l1_max_bytes = bytes;
        self
    }

    /// Bounds the entries that the store `memory:` keeps.
    pub const fn memory_max_bytes(mut self, bytes: u64) -> Self {
        self.memory_max_bytes = bytes;
        self
    }

    /// Bounds the file of the store `sqlite:`: entries make room for new ones, those that end soonest first and those that
    /// never end last.
    #[cfg(feature = "sqlite")]
    pub const fn sqlite_max_bytes(mut self, bytes: u64) -> Self {
        self.sqlite_max_bytes = bytes;
        self
    }

    /// Bounds the payload of one value, before compression; at most 256 MiB. Larger values are computed each time.
    pub const fn max_value_bytes(mut self, bytes: usize) -> Self {
        self.max_value_bytes = bytes;
        self
    }

    /// Bounds how long a call waits for the store, once to read and once to write; connecting, in the background, may
    /// take twice as long. At least a millisecond. A store given by [`store`](Self::store) has its own bound.
    pub const fn store_deadline(mut self, deadline: Duration) -> Self {
        self.store_deadline = deadline;
        self
    }

    /// Bounds how long a call waits for another process that computes the same; past it, it computes for itself, and
    /// does not store. Calls of one process wait for each other without a bound.
    pub const fn wait_deadline(mut self, deadline: Duration) -> Self {
        self.wait_deadline = deadline;
        self
    }

    /// Lets entries end up to so many hundredths of their time to live early, each by its key, so that those written
    /// together do not end together. At most 50; 0 switches it off.
    pub const fn ttl_jitter(mut self, percent: u8) -> Self {
        self.ttl_jitter = percent;
        self
    }

    /// Bounds how many values are computed anew in the background at a time, by hits on functions with `refresh`. What is
    /// due beyond that is dropped, and due again with a later hit.
    pub const fn background_limit(mut self, limit: usize) -> Self {
        self.background_limit = limit;
        self
    }

    /// Says when entries of versions that nobody runs any more are removed from the store.
    pub const fn purge(mut self, purge: Purge) -> Self {
        self.roll.purge = purge;
        self
    }

    /// How long no process may have run a version before its entries are removed: as long as a roll-back should find them
    /// warm. Entries of functions whose `ttl` and `stale` are over by then need not be removed, and cost nothing for the sake
    /// of that. All processes of a deployment should agree.
    pub const fn grace(mut self, grace: Duration) -> Self {
        self.roll.grace = grace;
        self
    }

    /// How often this process says that it lives; it is taken for dead when it has not for three times as long. At least 10
    /// ms, and less than the grace time.
    pub const fn heartbeat(mut self, heartbeat: Duration) -> Self {
        self.roll.heartbeat = heartbeat;
        self
    }

    /// Says which functions this process has, `cached::FUNCTIONS`, once for each crate that has any. Without it a crate's
    /// are known from the first call of any of them on; with it this process runs their versions from its start, also those
    /// of a crate it will not call for long.
    pub fn functions(mut self, functions: &'static [Function]) -> Self {
        roll::table::register(functions);
        self.announces = true;
        self
    }

    /// Replaces the clock, for tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.time = Time::Given(Arc::new(clock));
        self
    }

    /// Tells `observe` of every event, on the thread where it happens. It must be quick; a panic of it is ignored.
    pub fn on_event(
        mut self,
        observe: impl Fn(&'static Function, &Event) + Send + Sync + 'static,
    ) -> Self {
        self.observer = Observer::new(observe);
        self
    }

    /// Tells `observe` when the store is suspended or resumed, when the link by which other processes' invalidations come is
    /// lost or back, and when this process has purged something, on the thread where it happens. It must be quick; a panic
    /// of it is ignored.
    pub fn on_change(mut self, observe: impl Fn(Change) + Send + Sync + 'static) -> Self {
        self.on_change = OnChange::new(observe);
        self
    }

    /// Hands what would be said on standard error, a line without its end, to `say`. Each function says each thing
    /// once.
    pub fn on_report(mut self, say: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.reporter = Reporter::new(say);
        self
    }

    /// Builds the cache. Does no I/O itself, but for files of certificates; a store that tells of invalidations begins to
    /// listen in the background.
    ///
    /// # Errors
    ///
    /// A URL that makes no sense or needs a feature that is switched off, a namespace that can't be part of a key, an
    /// option out of its range. Each is a mistake in the settings: fix them.
    pub fn build(self) -> Result<Cache, Error> {
        self.check()?;
        let surroundings = Surroundings {
            clock: self.time.shared(),
            memory_bytes: self.memory_max_bytes,
            #[cfg(feature = "sqlite")]
            sqlite_bytes: self.sqlite_max_bytes,
            deadline: self.store_deadline,
            #[cfg(feature = "tls")]
            tls: match self.tls {
                Some(tls) => Some(tls),
                None => environment::tls_from_environment()?,
            },
        };
        let secrets = self.secrets.read()?;
        let store = self.store.open(&surroundings)?;
        let herald = Herald {
            reporter: self.reporter.clone(),
            on_change: self.on_change,
        };
        let (told, purged) = (herald.clone(), herald.clone());
        let gate = Arc::new(Gate::new(
            Arc::clone(&store),
            self.time.clone(),
            move |change| told.proclaim(change),
        ));
        let control = self.namespace.as_deref().unwrap_or(DEFAULT_CONTROL);
        let coherence = Coherence::start(&*store, control, self.time.clone(), herald.of_link());
        let roll = Roll::new(
            control,
            coherence.own(),
            self.roll,
            Arc::clone(&gate),
            self.time.clone(),
            self.reporter.clone(),
            move |change| purged.proclaim(change),
        );
        let errands = Errands::new(
            Arc::clone(&gate),
            Arc::clone(&coherence),
            roll,
            self.time.clone(),
        );
        if self.announces {
            errands.attend();
        }
        Ok(Cache {
            core: Arc::new(Core {
                l1: L1::new(self.l1_max_bytes, self.max_value_bytes),
                flights: Flights::new(Arc::clone(&coherence)),
                coherence,
                gate,
                timers: Timers::new(self.time.clone()),
                errands,
                background: Background::new(self.background_limit),
                time: self.time,
                namespace: self.namespace,
                secrets,
                max_value_bytes: self.max_value_bytes,
                ttl_jitter: self.ttl_jitter,
                wait_deadline_ms: milliseconds(self.wait_deadline),
                observer: self.observer,
                reporter: self.reporter,
            }),
        })
    }

    /// Whether each option is in its range, whatever the others are.
    fn check(&self) -> Result<(), Error> {
        check_namespace(self.namespace.as_deref())?;
        let heartbeat = self.roll.heartbeat;
        let demands = [
            (
                self.max_value_bytes <= MAX_VALUE_BYTES,
                "`max_value_bytes` can be 256 MiB at most",
            ),
            (
                self.store_deadline >= Duration::from_millis(1),
                "`store_deadline` is a millisecond at least",
            ),
            (
                self.ttl_jitter <= MAX_TTL_JITTER,
                "`ttl_jitter` can be 50 % at most",
            ),
            (
                heartbeat >= Duration::from_millis(10) && heartbeat < self.roll.grace,
                "`heartbeat` is 10 ms at least, and less than `grace`",
            ),
        ];
        match demands.into_iter().find(|(is_met, _)| !is_met) {
            Some((_, demand)) => Err(ErrorKind::InvalidOption(demand).into()),
            None => Ok(()),
        }
    }

    /// Builds the cache and makes it the one of this process.
    ///
    /// # Errors
    ///
    /// Those of [`build`](Self::build) and of [`Cache::install`].
    pub fn install(self) -> Result<Cache, Error> {
        let cache = self.build()?;
        cache.install()?;
        Ok(cache)
    }
}

/// Tells of changes: the application, and aloud.
#[derive(Clone, Debug)]
struct Herald {
    reporter: Reporter,
    on_change: OnChange,
}

impl Herald {
    fn proclaim(&self, change: Change) {
        self.reporter.say(format_args!("{change}"));
        self.on_change.tell(change);
    }

    /// Is told when the link to the news comes up (`true`) or is lost.
    fn of_link(self) -> impl Fn(bool) + Send + Sync {
        let was_down = AtomicBool::new(false);
        move |is_up| {
            if !is_up {
                was_down.store(true, Ordering::Relaxed);
                self.proclaim(Change::LinkDown);
            } else if was_down.load(Ordering::Relaxed) {
                self.proclaim(Change::LinkUp);
            } else {
                // That all is well from the start is nothing to say aloud.
                self.on_change.tell(Change::LinkUp);
            }
        }
    }
}

fn check_namespace(namespace: Option<&str>) -> Result<(), Error> {
    // Braces would move the cluster hash tag, a colon would let two namespaces meet.
    let breaks_keys = |c: char| "{}:".contains(c) || c.is_whitespace() || c.is_control();
    match namespace {
        Some(name) if name.is_empty() || name.contains(breaks_keys) => {
            Err(ErrorKind::InvalidNamespace(name.into()).into())
        }
        _ => Ok(()),
    }
}

/// The namespace of tags and news where none is set: they hold for all crates of a process.
pub(super) const DEFAULT_CONTROL: &str = "selfsame";

const WAIT_DEADLINE: Duration = Duration::from_secs(10);

const TTL_JITTER: u8 = 10;

const MAX_TTL_JITTER: u8 = 50;

const BACKGROUND_LIMIT: usize = 4;

/// Readers refuse to decompress more.
const MAX_VALUE_BYTES: usize = 256 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn kind(builder: CacheBuilder) -> ErrorKind {
        builder.build().unwrap_err().kind().clone()
    }

    #[test]
    fn bad_settings_are_errors_when_the_cache_is_built() {
        let url = |url| kind(Cache::builder().url(url));

        assert!(matches!(
            url("mysql://h"),
            ErrorKind::UnknownScheme(Some(_))
        ));
        assert!(matches!(url("sqlite:"), ErrorKind::InvalidUrl(_)));
        for namespace in ["", "a:b", "{a}", "a b", "a\n"] {
            let kind = kind(Cache::builder().url("memory:").namespace(namespace));
            assert_eq!(kind, ErrorKind::InvalidNamespace(namespace.into()));
        }
        let oversize = Cache::builder().url("memory:").max_value_bytes(usize::MAX);
        assert!(matches!(kind(oversize), ErrorKind::InvalidOption(_)));
        let restless = Cache::builder().url("memory:").heartbeat(Duration::ZERO);
        assert!(matches!(kind(restless), ErrorKind::InvalidOption(_)));
        let hasty = Cache::builder()
            .url("memory:")
            .store_deadline(Duration::ZERO);
        assert!(matches!(kind(hasty), ErrorKind::InvalidOption(_)));
    }

    #[test]
    fn the_namespace_is_the_crate_unless_it_is_set() {
        let function = Function::new("app::users::f", crate::Version::from_bits(1));
        let namespace = |builder: CacheBuilder| {
            let cache = builder.url("memory:").build().unwrap();
            cache.core().namespace_of(&function).to_owned()
        };

        assert_eq!(namespace(Cache::builder()), "app");
        assert_eq!(namespace(Cache::builder().namespace("staging")), "staging");
    }
}
