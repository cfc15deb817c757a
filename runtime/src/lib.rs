//! Memoization that knows when the code changed: results of marked functions are remembered in this process, in an
//! SQLite file or in Redis, under a fingerprint of the function and of everything it reaches. This is the run-time
//! half; `selfsame-build`, called from the build script, makes the fingerprints and the wrappers.
//!
//! ```ignore
//! // build.rs
//! fn main() -> Result<(), selfsame_build::Error> {
//!     selfsame_build::generate()
//! }
//! ```
//! ```ignore
//! // src/lib.rs, at the crate root
//! selfsame::include_generated!(); // declares `pub mod cached`
//!
//! // src/users.rs
//! /// Permissions of one user, straight from the database.
//! ///
//! /// @cache(ttl = "5m", skip(db))
//! pub async fn permissions(db: &Db, user_id: u64) -> Result<Vec<String>, DbError> { /* a query */ }
//!
//! // anywhere
//! let permissions = crate::cached::users::cached_permissions(&db, 42).await?;
//! ```
//!
//! Nothing else is needed: the environment variable `SELFSAME_URL` says where entries live, and without it they live in
//! this process. An application that wants its own settings installs them before the first call:
//!
//! ```
//! use selfsame::{Cache, Event};
//!
//! let cache = Cache::builder()
//!     .url("memory:")
//!     .namespace("staging")
//!     .l1_max_bytes(16 << 20)
//!     .on_event(|function, event| {
//!         if let Event::StoreFailed { kind, .. } = event {
//!             eprintln!("{}: {kind}", function.path());
//!         }
//!     })
//!     .install()?;
//!
//! // … and sees what happened.
//! for function in selfsame::stats().functions {
//!     println!("{}: {} hits in memory", function.function.path(), function.memory_hits);
//! }
//! # drop(cache);
//! # Ok::<(), selfsame::Error>(())
//! ```
//!
//! # When things fail
//!
//! The caller gets the function's own result. A store that is down, slow or full, an entry that is damaged, an argument
//! that does not serialise, a value that is too large or does not survive its encoding: each costs a computation, is
//! counted ([`stats()`], [`CacheBuilder::on_event`]) and said once per function. Waiting for a store is bounded. Errors
//! and panics of the function itself go through and are never stored.
//!
//! # What holds
//!
//! - Entries of one version of a function are never read by another.
//! - Arguments that differ never share an entry: the exact encoded arguments are compared, in memory and in stores.
//! - One computation per key, however many callers there are: in a process by a *flight*, across processes by a *lease*
//!   in the store. A caller never waits for a computation that waits for it, a blocking caller never for a future, which
//!   may need its thread, and nobody longer than [`CacheBuilder::wait_deadline`] for another process.
//! - What was evicted, put, cleared or tagged and invalidated is not answered from the cache once that call has
//!   returned [`Evicted::Done`], also not by a computation that was under way: its value goes to those who wait for it
//!   already, and is not accepted later. In other processes the same holds when they hear of it, usually within a
//!   millisecond; a process whose link is silently dead goes on answering from its memory, and by the tags it knows, for
//!   2 s at most. An eviction of what is not kept in memory holds everywhere at once.
//! - A copy in memory ends no later than its entry.
//! - No clock of one machine is compared with another's: entries are aged by the store's time, tags and leases have
//!   random versions and tokens.
//! - Futures may be dropped at any await. They are `Send` where the function's own are.
//!
//! # What does not
//!
//! - An invalidation that could not be sent ([`Evicted::Deferred`]) holds in this process, and elsewhere once the store
//!   could be told; a process that ends before that takes it along.
//! - A store in which entries outlive a power cut or a fail-over that the invalidation did not survive has them back
//!   until they end: give them a `ttl` you can live with.
//! - A computation that spawns a task or a thread, and waits for it to make the same call, waits for ever: across tasks,
//!   who waits for whom can't be seen.
//! - A wrapper's future that was polled and is then neither polled nor dropped keeps those who follow it waiting.
//! - A machine that was asleep does not count that time against copies in memory.
//!
//! # Versions in service
//!
//! Each process says every ten seconds which functions it has, in which versions. When no living process has run a version
//! for the grace time ([`CacheBuilder::grace`]), one process at a time removes its entries from the store, step by step.
//! Before that, two versions live side by side, and a roll-back finds its entries. See [`Purge`] for other ways.
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `redis` | the stores `redis://`, `redis+unix://`, `redis+sentinel://` and `redis+cluster://` |
//! | `tls` | `rediss://`, with the system's authorities or given ones |
//! | `sqlite` | the store `sqlite:PATH` |
//! | `encryption` | encrypted entries, where a secret is set: [`CacheBuilder::secrets`] |
//!
//! None is on by default, and none changes what the others do.
//!
//! # How a call goes
//!
//! key → L1 → flight → L2 → lease → compute → store. The *key* is the exact encoding of the arguments. *L1* holds typed
//! values in this process: a hit costs two to three look-ups in a bare concurrent map. The *flight* is what simultaneous
//! callers share. *L2* is the [`store`], asked in one round trip. After a miss one more takes the *lease* and looks for
//! the entry again; whoever finds the lease taken is woken when it ends. What is computed is encoded, wrapped with its
//! whole key, the versions of its tags and a checksum, and stored as long as the lease still holds: an invalidation ends
//! it.

mod background;
mod cache;
mod clock;
mod codec;
mod coherence;
mod entry;
mod errands;
mod error;
mod event;
mod evicted;
mod flight;
mod function;
mod gate;
mod hash;
mod include;
mod key;
mod l1;
mod memo;
#[cfg(all(test, selfsame_model))]
mod model;
mod own;
mod private;
mod random;
mod report;
mod roll;
mod secret;
mod shape;
mod shards;
#[cfg(test)]
mod simulation;
mod stats;
pub mod store;
mod stored;
mod sync;
mod tag;
mod timed_out;
mod timers;
mod version;

/// What generated code names. Changes with the generator, and is no part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::private::*;
}

/// For fuzz targets only.
#[cfg(fuzzing)]
#[doc(hidden)]
pub fn open_any_entry(bytes: &[u8]) {
    entry::open_any(bytes);
}

pub use self::cache::{Cache, CacheBuilder};
pub use self::clock::{Clock, ManualClock, SystemClock};
pub use self::codec::Codec;
pub use self::entry::Fault;
pub use self::error::{Error, ErrorKind};
pub use self::event::{
    AloneReason, Change, Event, Fate, Layer, Leasing, MissReason, NoKey, NotStored, Operation,
    Refreshing, StaleReason,
};
pub use self::evicted::Evicted;
pub use self::function::{Function, Refresh};
pub use self::key::KeyPart;
pub use self::roll::{Purge, Purged};
pub use self::stats::{FunctionStats, Stats, stats};
pub use self::stored::Stored;
pub use self::tag::{Tag, clear, clear_async, invalidate_tag, invalidate_tag_async};
pub use self::timed_out::TimedOut;
pub use self::version::Version;
