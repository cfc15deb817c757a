//! One server, as both faces speak with it.

use std::sync::Arc;
use std::time::Instant;

use redis::Value;

use super::command::Request;
use super::endpoint::Endpoint;
use super::links::Links;
use super::pool::{Pending, Pool};
use crate::store::StoreError;

/// A server and all connections for requests to it.
#[derive(Debug)]
pub(super) struct Server {
    endpoint: Arc<Endpoint>,
    links: Links,
    pool: Pool,
}

/// A request that was answered.
#[derive(Debug)]
pub(super) struct Spoken {
    /// As it was sent; to be sent elsewhere, if the answer says so.
    pub(super) request: Request,
    pub(super) reply: Value,
    /// The server's time when the answer was in.
    pub(super) now_ms: u64,
}

impl Server {
    pub(super) fn new(endpoint: Arc<Endpoint>) -> Self {
        Self {
            links: Links::new(Arc::clone(&endpoint)),
            pool: Pool::new(Arc::clone(&endpoint)),
            endpoint,
        }
    }

    pub(super) const fn endpoint(&self) -> &Arc<Endpoint> {
        &self.endpoint
    }

    /// Sends the request that `request` makes of the server's time.
    pub(super) async fn ask(
        &self,
        request: impl FnOnce(u64) -> Request,
    ) -> Result<Spoken, StoreError> {
        self.links.ask(request).await
    }

    /// [`ask`](Self::ask), blocking the calling thread until `ends` at most.
    pub(super) fn ask_blocking(
        &self,
        ends: Instant,
        request: impl FnOnce(u64) -> Request,
    ) -> Result<Spoken, StoreError> {
        self.pool.begin(ends, request)?.finish()
    }

    /// Sends a request, whose answer is waited for later.
    pub(super) fn begin(
        &self,
        ends: Instant,
        request: impl FnOnce(u64) -> Request,
    ) -> Result<Pending<'_>, StoreError> {
        self.pool.begin(ends, request)
    }

    /// Whether it answers, however often it has not before.
    pub(super) fn ping(&self) -> Result<(), StoreError> {
        self.pool.ping()?;
        // The asynchronous callers would find out by themselves, but up to two seconds later.
        self.links.encourage();
        Ok(())
    }

    /// Until when a caller waits who begins now.
    pub(super) fn ends(&self) -> Instant {
        Instant::now() + self.endpoint.deadline
    }
}
