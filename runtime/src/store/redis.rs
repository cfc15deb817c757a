//! `redis://`, `rediss://`, `redis+unix://`, `redis+sentinel://` and `redis+cluster://`: Redis or Valkey, shared by any
//! number of machines.
//!
//! Asynchronous callers speak over one multiplexed connection per tokio runtime, blocking ones over a small pool. No
//! connection is made before the first call, none on the path of a call: a background task or thread makes it, and the
//! call waits for it as long as it would wait for a reply, no longer. Nothing is tried twice. What the server says unasked
//! comes over one more connection, once somebody listens.
//!
//! Of several servers, each has connections of its own; which of them to ask is found out in the background too.

use std::sync::Arc;
use std::time::Duration;

use redis::Value;

use crate::entry::Draft;
use crate::key::EntryKey;
use crate::store::{
    Claim, Claimed, Coherence, DEADLINE, Fence, Listener, Looked, Origin, Roster, Store,
    StoreError, StoreErrorKind, StoreFuture, TagKey, TagVersion, Token, Watch, Written,
};

mod batch;
mod cluster;
mod command;
mod conversation;
mod dial;
mod endpoint;
mod line;
mod link;
mod links;
mod news;
mod operation;
mod place;
mod pool;
mod reply;
mod roster;
mod script;
mod sentinel;
mod server;
mod server_time;
mod socket;
mod survey;
#[cfg(feature = "tls")]
mod tls;
mod together;
mod topology;

use self::cluster::Cluster;
use self::news::Newsroom;
use self::operation::{Answering, Operation, Requesting, Scattered};
use self::place::Place;
#[cfg(feature = "tls")]
pub use self::tls::Tls;
use self::topology::Topology;

/// After this many time-outs in a row a connection is taken for dead; a time-out alone never ends one.
const TIMEOUTS_IN_A_ROW: u32 = 3;

/// A store in Redis or Valkey, 6.2 or newer.
///
/// | URL | is |
/// |---|---|
/// | `redis://[user:password@]host[:port][/db]`, `redis+unix:///path` | one server |
/// | `redis+sentinel://[user:password@]h1[:port],h2,h3/NAME[/db]` | the master that sentinels call `NAME`, whichever server that is |
/// | `redis+cluster://[user:password@]h1[:port],h2,h3` | the cluster that these nodes belong to |
/// | `rediss://`, `rediss+sentinel://`, `rediss+cluster://` | the same over TLS, to sentinels too |
///
/// Behind sentinels and in a cluster, a fail-over is followed while the program runs: meanwhile calls compute, as without
/// a store, and copies in memory are not used. In a cluster that concerns only what lies on the node that has failed; and
/// a slot that is moving is read, but what belongs together in it can be changed only once it has moved. Replicas are never
/// read. The servers' clocks should agree to what a `ttl` may be off by: an entry is as old as the server says that has it.
///
/// # Rights
///
/// An account of its own needs the keys and channels that begin with the namespaces, and `+get +mget +set +unlink +touch
/// +pttl +pexpire +persist +eval +publish +time +ping +select +subscribe +unsubscribe +client|tracking`. Without the
/// last three nothing is told, and copies in memory are not used; without others the store is of no use at all.
///
/// Behind sentinels also `+role`, and with the sentinels, if they have accounts, `+sentinel|get-master-addr-by-name` under
/// the same name and password. In a cluster also `+cluster|slots +cluster|info +asking`, and `+spublish +ssubscribe +sunsubscribe`, all
/// three or none: without them, those who wait for each other's computations are woken by messages to all nodes.
///
/// So that entries of versions nobody runs any more are found and removed: `+zadd +zrange +zrem +zremrangebyscore +hset
/// +hsetnx +hget +hgetall +hdel`. Without them such entries stay until they end. And `+info`, to be warned of settings under
/// which the server gets full.
#[derive(Debug)]
pub struct Redis {
    topology: Arc<Topology>,
    news: Newsroom,
}

impl Redis {
    /// The server or servers at `url`; connects when it is first used. Callers wait 100 ms at most.
    ///
    /// # Errors
    ///
    /// [`Address`](crate::store::StoreErrorKind::Address) if `url` makes no sense or needs a feature that is not
    /// compiled in.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        Self::with_deadline(url, DEADLINE)
    }

    /// As [`new`](Self::new), with callers who wait for `deadline` at most; connecting, in the background, may take
    /// twice as long.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new).
    pub fn with_deadline(url: &str, deadline: Duration) -> Result<Self, StoreError> {
        Self::at(Place::parse(url, deadline)?)
    }

    /// As [`with_deadline`](Self::with_deadline), over TLS as `tls` says.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new); the same kind if the URL is not one of TLS, or a file of `tls` can't be used.
    #[cfg(feature = "tls")]
    pub fn with_tls(url: &str, deadline: Duration, tls: &Tls) -> Result<Self, StoreError> {
        let place = Place::parse(url, deadline)?;
        if !place.is_secure() {
            return Err(StoreError::new(StoreErrorKind::Address).with_detail(Tls::UNUSED));
        }
        Self::at(place.trusting(&Arc::new(tls.trust()?)))
    }

    fn at(place: Place) -> Result<Self, StoreError> {
        let topology = Arc::new(Topology::of(place)?);
        Ok(Self {
            news: Newsroom::new(Arc::clone(&topology)),
            topology,
        })
    }

    async fn ask<T>(
        &self,
        operation: Operation<'_, impl Requesting, impl Answering<T>>,
    ) -> Result<T, StoreError> {
        let asked = self.topology.ask(operation.key, operation.request).await;
        self.judge(asked, operation.answer)
    }

    fn ask_blocking<T>(
        &self,
        operation: Operation<'_, impl Requesting, impl Answering<T>>,
    ) -> Result<T, StoreError> {
        let asked = self.topology.ask_blocking(operation.key, operation.request);
        self.judge(asked, operation.answer)
    }

    async fn ask_each<T>(
        &self,
        cluster: &Cluster,
        operation: Scattered<impl Answering<T>>,
    ) -> Result<T, StoreError> {
        let asked = cluster.ask_each(operation.commands, operation.last).await;
        self.judge(asked, operation.answer)
    }

    fn ask_each_blocking<T>(
        &self,
        cluster: &Cluster,
        operation: Scattered<impl Answering<T>>,
    ) -> Result<T, StoreError> {
        let asked = cluster.ask_each_blocking(operation.commands, operation.last);
        self.judge(asked, operation.answer)
    }

    fn judge<T>(
        &self,
        asked: Result<(Value, u64), StoreError>,
        answer: impl Answering<T>,
    ) -> Result<T, StoreError> {
        asked
            .and_then(|(reply, now_ms)| answer(reply, now_ms))
            .map_err(|error| self.topology.concerning(error))
    }

    /// The cluster, if there is one and `tags` are to be asked for in it: they may lie apart.
    fn apart<T>(&self, tags: &[T]) -> Option<&Cluster> {
        self.topology.cluster().filter(|_| !tags.is_empty())
    }
}

impl Store for Redis {
    fn read<'a>(&'a self, key: &'a EntryKey, tags: &'a [TagKey]) -> StoreFuture<'a, Looked> {
        match self.apart(tags) {
            None => Box::pin(self.ask(operation::read(key, tags))),
            Some(cluster) => Box::pin(self.ask_each(cluster, operation::read_scattered(key, tags))),
        }
    }

    fn claim<'a>(&'a self, key: &'a EntryKey, claim: &'a Claim) -> StoreFuture<'a, Claimed> {
        self.news.keep();
        match self.apart(&claim.tags) {
            None => Box::pin(self.ask(operation::claim(key, claim))),
            Some(cluster) => {
                Box::pin(self.ask_each(cluster, operation::claim_scattered(key, claim)))
            }
        }
    }

    fn write<'a>(
        &'a self,
        key: &'a EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> StoreFuture<'a, Written> {
        let telling = self.news.telling(key, fence.news());
        Box::pin(self.ask(operation::write(key, entry, fence, telling)))
    }

    fn remove<'a>(&'a self, key: &'a EntryKey, origin: Origin) -> StoreFuture<'a, ()> {
        let telling = self.news.telling(key, Some(origin));
        Box::pin(self.ask(operation::remove(key, telling)))
    }

    fn invalidate<'a>(
        &'a self,
        tag: &'a TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let telling = self.news.telling_of_tag(tag);
            let set = operation::set_tag(tag, version, life, telling.clone());
            match self.ask(set).await {
                Err(error) if is_full(&error) => {
                    self.ask(operation::forget_tag(tag, telling)).await
                }
                result => result,
            }
        })
    }

    fn read_blocking(&self, key: &EntryKey, tags: &[TagKey]) -> Result<Looked, StoreError> {
        match self.apart(tags) {
            None => self.ask_blocking(operation::read(key, tags)),
            Some(cluster) => self.ask_each_blocking(cluster, operation::read_scattered(key, tags)),
        }
    }

    fn claim_blocking(&self, key: &EntryKey, claim: &Claim) -> Result<Claimed, StoreError> {
        self.news.keep();
        match self.apart(&claim.tags) {
            None => self.ask_blocking(operation::claim(key, claim)),
            Some(cluster) => {
                self.ask_each_blocking(cluster, operation::claim_scattered(key, claim))
            }
        }
    }

    fn write_blocking(
        &self,
        key: &EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> Result<Written, StoreError> {
        let telling = self.news.telling(key, fence.news());
        self.ask_blocking(operation::write(key, entry, fence, telling))
    }

    fn remove_blocking(&self, key: &EntryKey, origin: Origin) -> Result<(), StoreError> {
        let telling = self.news.telling(key, Some(origin));
        self.ask_blocking(operation::remove(key, telling))
    }

    fn invalidate_blocking(
        &self,
        tag: &TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> Result<(), StoreError> {
        let telling = self.news.telling_of_tag(tag);
        let set = operation::set_tag(tag, version, life, telling.clone());
        match self.ask_blocking(set) {
            Err(error) if is_full(&error) => self.ask_blocking(operation::forget_tag(tag, telling)),
            result => result,
        }
    }

    fn renew(&self, key: &EntryKey, token: Token, life: Duration) -> Result<bool, StoreError> {
        self.ask_blocking(operation::renew(key, token, life))
    }

    fn release(&self, key: &EntryKey, token: Token) -> Result<(), StoreError> {
        self.ask_blocking(operation::release(key, token, self.topology.waking()))
    }

    fn ping(&self) -> Result<(), StoreError> {
        let answers = self.topology.ping();
        answers.map_err(|error| self.topology.concerning(error))
    }

    fn touch(&self, tags: &[TagKey]) -> Result<(), StoreError> {
        if tags.is_empty() {
            return Ok(());
        }
        match self.topology.cluster() {
            None => self.ask_blocking(operation::touch(tags)),
            Some(cluster) => self.ask_each_blocking(cluster, operation::touch_scattered(tags)),
        }
    }

    fn watch(&self, key: &EntryKey) -> Option<Watch> {
        Some(self.news.watch(key))
    }

    fn listen(&self, control: &str, listener: Arc<dyn Listener>) -> Coherence {
        self.news.listen(control, listener);
        Coherence::Told
    }

    fn roster(&self) -> Option<&dyn Roster> {
        Some(self)
    }

    fn advice(&self) -> Option<String> {
        roster::advice(self)
    }
}

/// A full server refuses what may need memory, not what frees some.
fn is_full(error: &StoreError) -> bool {
    error.kind() == StoreErrorKind::Full
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A future has room for all that it may wait for, and is moved as a whole when it is made: what is rare is boxed.
    #[test]
    fn a_request_is_not_large() {
        let store = Redis::new("redis://localhost").unwrap();
        let key = EntryKey::new("space", 1, crate::Version::from_bits(1), [0; 16]);
        let asking = store.ask(operation::read(&key, &[]));
        let bytes = size_of_val(&asking);
        assert!(bytes <= 3_072, "{bytes}");
    }
}
