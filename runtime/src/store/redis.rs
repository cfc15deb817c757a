//! `redis://`, `rediss://` and `redis+unix://`: one Redis or Valkey server, shared by any number of machines.
//!
//! Asynchronous callers speak over one multiplexed connection per tokio runtime, blocking ones over a small pool. No
//! connection is made before the first call, none on the path of a call: a background task or thread makes it, and the
//! call waits for it as long as it would wait for a reply, no longer. Nothing is tried twice.

use std::sync::Arc;
use std::time::Duration;

use crate::entry::Draft;
use crate::key::EntryKey;
use crate::store::{Found, Store, StoreError, StoreFuture};

mod batch;
mod command;
mod conversation;
mod dial;
mod endpoint;
mod line;
mod link;
mod links;
mod pool;
mod reply;
mod server_time;
mod socket;
#[cfg(feature = "tls")]
mod tls;

use self::endpoint::Endpoint;
use self::links::Links;
use self::pool::Pool;

/// After this many time-outs in a row a connection is taken for dead; a time-out alone never ends one.
const TIMEOUTS_IN_A_ROW: u32 = 3;

/// A store in one Redis or Valkey server.
#[derive(Debug)]
pub struct Redis {
    links: Links,
    pool: Pool,
}

impl Redis {
    /// The server at `url`; connects when it is first used. Callers wait 100 ms at most.
    ///
    /// # Errors
    ///
    /// [`Address`](crate::store::StoreErrorKind::Address) if `url` makes no sense or needs a feature that is not
    /// compiled in.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        Ok(Self::of(Endpoint::parse(url)?))
    }

    /// As [`new`](Self::new), with callers who wait for `deadline` at most; connecting, in the background, may take
    /// twice as long.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new).
    pub fn with_deadline(url: &str, deadline: Duration) -> Result<Self, StoreError> {
        let endpoint = Endpoint::parse(url)?;
        Ok(Self::of(Endpoint {
            deadline,
            ..endpoint
        }))
    }

    fn of(endpoint: Endpoint) -> Self {
        let endpoint = Arc::new(endpoint);
        Self {
            links: Links::new(Arc::clone(&endpoint)),
            pool: Pool::new(endpoint),
        }
    }
}

impl Store for Redis {
    fn read<'a>(&'a self, key: &'a EntryKey) -> StoreFuture<'a, Option<Found>> {
        Box::pin(async move {
            let (reply, now_ms) = self.links.ask(|_| command::get(key.as_str())).await?;
            Ok(found(reply::bytes(reply)?, now_ms))
        })
    }

    fn write<'a>(&'a self, key: &'a EntryKey, entry: Draft) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let command = |now_ms| seal(key, entry, now_ms);
            let (reply, _) = self.links.ask(|line| command(line.now_ms())).await?;
            reply::done(reply)
        })
    }

    fn remove<'a>(&'a self, key: &'a EntryKey) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let (reply, _) = self.links.ask(|_| command::unlink(key.as_str())).await?;
            reply::count(reply)
        })
    }

    fn read_blocking(&self, key: &EntryKey) -> Result<Option<Found>, StoreError> {
        let (reply, now_ms) = self.pool.ask(|_| command::get(key.as_str()))?;
        Ok(found(reply::bytes(reply)?, now_ms))
    }

    fn write_blocking(&self, key: &EntryKey, entry: Draft) -> Result<(), StoreError> {
        let (reply, _) = self.pool.ask(|lent| seal(key, entry, lent.now_ms()))?;
        reply::done(reply)
    }

    fn remove_blocking(&self, key: &EntryKey) -> Result<(), StoreError> {
        let (reply, _) = self.pool.ask(|_| command::unlink(key.as_str()))?;
        reply::count(reply)
    }
}

fn found(bytes: Option<Vec<u8>>, now_ms: u64) -> Option<Found> {
    bytes.map(|bytes| Found::new(bytes, now_ms))
}

fn seal(key: &EntryKey, entry: Draft, now_ms: u64) -> redis::Cmd {
    let lifetime = entry.lifetime();
    command::set(key.as_str(), &entry.seal(now_ms), lifetime)
}
