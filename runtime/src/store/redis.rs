//! `redis://`, `rediss://` and `redis+unix://`: one Redis or Valkey server, shared by any number of machines.
//!
//! Asynchronous callers speak over one multiplexed connection per tokio runtime, blocking ones over a small pool. No
//! connection is made before the first call, none on the path of a call: a background task or thread makes it, and the
//! call waits for it as long as it would wait for a reply, no longer. Nothing is tried twice. What the server says unasked
//! comes over one more connection, once somebody listens.

use std::sync::Arc;
use std::time::Duration;

use crate::entry::Draft;
use crate::key::EntryKey;
use crate::store::{
    Claim, Claimed, Coherence, Fence, Listener, Looked, Origin, Store, StoreError, StoreErrorKind,
    StoreFuture, TagKey, TagVersion, Token, Watch, Written,
};

mod batch;
mod command;
mod conversation;
mod dial;
mod endpoint;
mod line;
mod link;
mod links;
mod news;
mod operation;
mod pool;
mod reply;
mod script;
mod server_time;
mod socket;
#[cfg(feature = "tls")]
mod tls;

use self::endpoint::Endpoint;
use self::links::Links;
use self::news::Newsroom;
use self::operation::{Answering, Operation, Requesting};
use self::pool::Pool;
#[cfg(feature = "tls")]
pub use self::tls::Tls;

/// After this many time-outs in a row a connection is taken for dead; a time-out alone never ends one.
const TIMEOUTS_IN_A_ROW: u32 = 3;

/// A store in one Redis or Valkey server, 6.2 or newer.
///
/// # Rights
///
/// An account of its own needs the keys and channels that begin with the namespaces, and `+get +mget +set +unlink +touch
/// +pttl +pexpire +persist +eval +publish +time +ping +select +subscribe +unsubscribe +client|tracking`. Without the
/// last three nothing is told, and copies in memory are not used; without others the store is of no use at all.
#[derive(Debug)]
pub struct Redis {
    links: Links,
    pool: Pool,
    news: Newsroom,
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

    /// As [`with_deadline`](Self::with_deadline), over TLS as `tls` says.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new); the same kind if the URL is not `rediss://`, or a file of `tls` can't be used.
    #[cfg(feature = "tls")]
    pub fn with_tls(url: &str, deadline: Duration, tls: &Tls) -> Result<Self, StoreError> {
        let endpoint = Endpoint::parse(url)?;
        if !endpoint.is_secure() {
            return Err(StoreError::new(StoreErrorKind::Address).with_detail(Tls::UNUSED));
        }
        Ok(Self::of(Endpoint {
            deadline,
            trust: Arc::new(tls.trust()?),
            ..endpoint
        }))
    }

    fn of(endpoint: Endpoint) -> Self {
        let endpoint = Arc::new(endpoint);
        Self {
            links: Links::new(Arc::clone(&endpoint)),
            pool: Pool::new(Arc::clone(&endpoint)),
            news: Newsroom::new(endpoint),
        }
    }
}

impl Redis {
    async fn ask<T>(
        &self,
        operation: Operation<impl Requesting, impl Answering<T>>,
    ) -> Result<T, StoreError> {
        let (reply, now_ms) = self.links.ask(operation.request).await?;
        (operation.answer)(reply, now_ms)
    }

    fn ask_blocking<T>(
        &self,
        operation: Operation<impl Requesting, impl Answering<T>>,
    ) -> Result<T, StoreError> {
        let (reply, now_ms) = self.pool.ask(operation.request)?;
        (operation.answer)(reply, now_ms)
    }
}

impl Store for Redis {
    fn read<'a>(&'a self, key: &'a EntryKey, tags: &'a [TagKey]) -> StoreFuture<'a, Looked> {
        Box::pin(self.ask(operation::read(key, tags)))
    }

    fn claim<'a>(&'a self, key: &'a EntryKey, claim: &'a Claim) -> StoreFuture<'a, Claimed> {
        self.news.keep();
        Box::pin(self.ask(operation::claim(key, claim)))
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
            match self.ask(operation::set_tag(tag, version, life)).await {
                Err(error) if is_full(&error) => self.ask(operation::forget_tag(tag)).await,
                result => result,
            }
        })
    }

    fn read_blocking(&self, key: &EntryKey, tags: &[TagKey]) -> Result<Looked, StoreError> {
        self.ask_blocking(operation::read(key, tags))
    }

    fn claim_blocking(&self, key: &EntryKey, claim: &Claim) -> Result<Claimed, StoreError> {
        self.news.keep();
        self.ask_blocking(operation::claim(key, claim))
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
        match self.ask_blocking(operation::set_tag(tag, version, life)) {
            Err(error) if is_full(&error) => self.ask_blocking(operation::forget_tag(tag)),
            result => result,
        }
    }

    fn renew(&self, key: &EntryKey, token: Token, life: Duration) -> Result<bool, StoreError> {
        self.ask_blocking(operation::renew(key, token, life))
    }

    fn release(&self, key: &EntryKey, token: Token) -> Result<(), StoreError> {
        self.ask_blocking(operation::release(key, token))
    }

    fn ping(&self) -> Result<(), StoreError> {
        self.pool.ping()?;
        // The asynchronous callers would find out by themselves, but up to two seconds later.
        self.links.encourage();
        Ok(())
    }

    fn touch(&self, tags: &[TagKey]) -> Result<(), StoreError> {
        if tags.is_empty() {
            return Ok(());
        }
        self.ask_blocking(operation::touch(tags))
    }

    fn watch(&self, key: &EntryKey) -> Option<Watch> {
        Some(self.news.watch(key))
    }

    fn listen(&self, control: &str, listener: Arc<dyn Listener>) -> Coherence {
        self.news.listen(control, listener);
        Coherence::Told
    }
}

/// A full server refuses what may need memory, not what frees some.
fn is_full(error: &StoreError) -> bool {
    error.kind() == StoreErrorKind::Full
}
