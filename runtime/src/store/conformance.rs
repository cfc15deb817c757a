//! What every store must do, as a check that every store can run: ours do, and one that you write should.
//!
//! [`check`] panics with the promise that was broken. It is given a way to make handles on one and the same store, and
//! makes several: what is done by one handle and looked at by another is done by two processes, as far as a store
//! can tell. Where a store is one object, as in memory, all handles are that object:
//!
//! ```
//! use std::sync::Arc;
//! use selfsame::store::{conformance, memory::Memory};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let store = Arc::new(Memory::new(1 << 26, Arc::new(selfsame::SystemClock::new())));
//! conformance::check(|| Arc::clone(&store), "conformance").await;
//! # });
//! ```
//!
//! Where it is elsewhere, each handle is made anew, as each process would make it:
//!
//! ```
//! # #[cfg(feature = "sqlite")] {
//! # use std::sync::Arc;
//! # use std::time::Duration;
//! # use selfsame::{SystemClock, store::{conformance, sqlite::Sqlite}};
//! # let folder = std::env::temp_dir().join(format!("selfsame-conformance-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder).unwrap();
//! # let path = folder.join("entries.db");
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! // Longer than callers of a cache would wait: what is checked is what a store does, not how fast this machine is.
//! let deadline = Duration::from_secs(5);
//! let open = || Arc::new(Sqlite::with_deadline(&path, Arc::new(SystemClock::new()), deadline));
//! conformance::check(open, "conformance").await;
//! # });
//! # std::fs::remove_dir_all(&folder).unwrap();
//! # }
//! ```
//!
//! # What it needs
//!
//! - A namespace nobody else uses, and room for some megabytes.
//! - A runtime the store can work on, if it needs one: for one that is built on tokio, tokio's, with its timers and
//!   sockets enabled. The check itself needs none, and a current-thread runtime will do: it waits without holding
//!   the thread, except in the blocking operations it checks.
//! - Stores that answer: every error is a failure, also one that says the machine was busy. Give them deadlines
//!   that are kept where the check is run.
//!
//! It asserts what happens, never how long that takes. It takes a few seconds, since leases have to end.

use std::sync::Arc;
use std::time::Duration;

use crate::codec::Codec;
use crate::entry::{Draft, Identity, Terms};
use crate::function::FOREVER_MS;
use crate::key::EntryKey;
use crate::store::Store;
use crate::version::Version;

mod dropped;
mod entries;
mod face;
mod fences;
mod leases;
mod news;
mod patience;
mod roster;
mod tags;
mod trial;
mod watches;

use self::news::Ears;
use self::trial::Trial;

/// Checks the store that `make` makes handles on, by both faces, with what is kept under `namespace`.
///
/// # Panics
///
/// If the store breaks a promise of [`Store`], or answers with an error.
pub async fn check<S: Store>(make: impl Fn() -> Arc<S>, namespace: &str) {
    let (here, there) = (make(), make());
    // Before anything else is asked of them, as a cache does.
    let ears = Ears::at(&*here, &*there, namespace);
    for blocks in [false, true] {
        let trial = Trial::new(&*here, &*there, namespace, blocks);
        entries::check(&trial).await;
        leases::check(&trial).await;
        fences::check(&trial).await;
        tags::check(&trial).await;
        watches::check(&trial).await;
        roster::check(&trial).await;
        news::check(&trial, &ears).await;
        dropped::check(&trial).await;
    }
}

/// An entry to try a store out with: `payload` for `lifetime`, the answer to no call.
///
/// # Panics
///
/// If `lifetime` has more than 2^64 milliseconds.
#[must_use]
pub fn draft(payload: &[u8], lifetime: Option<Duration>) -> Draft {
    let identity = Identity {
        name: "",
        version: Version::from_bits(0),
        path: "conformance",
        key: &[],
    };
    let fresh_ms = lifetime.map_or(FOREVER_MS, |lifetime| {
        u64::try_from(lifetime.as_millis()).expect("a lifetime of less than 2^64 ms")
    });
    let terms = Terms {
        fresh_ms,
        stale_ms: 0,
    };
    Draft::new(
        identity,
        &[],
        terms,
        Duration::ZERO,
        Codec::Postcard,
        payload,
    )
}

/// A key in `namespace`; another one for each `number`.
#[must_use]
pub fn key(namespace: &str, number: u64) -> EntryKey {
    let mut arguments = [0xA5; 16];
    arguments[..8].copy_from_slice(&number.to_le_bytes());
    EntryKey::new(namespace, 1, Version::from_bits(1), arguments)
}

/// Outlives the check.
const LONG: Duration = Duration::from_secs(3_600);
/// Over as soon as it is waited for.
const SHORT: Duration = Duration::from_millis(20);
