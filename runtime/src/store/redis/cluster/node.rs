//! A node of a cluster: a server, and whether it is left alone for now.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use redis::Value;

use super::super::command::Request;
use super::super::endpoint::Endpoint;
use super::super::pool::Pending;
use super::super::server::{Server, Spoken};
use super::super::server_time::process_ms;
use super::redirect::Turned;
use crate::gate::Breaker;
use crate::store::{StoreError, StoreErrorKind};

/// A node with a breaker of its own: one that fails is left alone, without a word about the others.
#[derive(Debug)]
pub(super) struct Node {
    server: Server,
    breaker: Breaker,
}

impl Node {
    fn new(endpoint: Endpoint) -> Self {
        Self {
            server: Server::new(Arc::new(endpoint)),
            breaker: Breaker::default(),
        }
    }

    pub(super) const fn endpoint(&self) -> &Arc<Endpoint> {
        self.server.endpoint()
    }

    /// Whether both are the same.
    pub(super) fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }

    /// Whether it is left alone.
    pub(super) fn is_suspended(&self) -> bool {
        !self.breaker.is_closed()
    }

    pub(super) async fn ask(
        &self,
        request: impl FnOnce(u64) -> Request,
    ) -> Result<Spoken, StoreError> {
        self.admit()?;
        self.note(self.server.ask(request).await)
    }

    pub(super) fn ask_blocking(
        &self,
        ends: Instant,
        request: impl FnOnce(u64) -> Request,
    ) -> Result<Spoken, StoreError> {
        self.admit()?;
        self.note(self.server.ask_blocking(ends, request))
    }

    /// Sends a request, whose answer is waited for by [`finish`](Self::finish).
    pub(super) fn begin(
        &self,
        ends: Instant,
        request: impl FnOnce(u64) -> Request,
    ) -> Result<Pending<'_>, StoreError> {
        self.admit()?;
        self.server
            .begin(ends, request)
            .inspect_err(|error| self.count(error))
    }

    pub(super) fn finish(&self, pending: Pending<'_>) -> Result<Spoken, StoreError> {
        self.note(pending.finish())
    }

    /// Asks for what only this node can say, whether it is left alone or not.
    pub(super) fn inquire(&self, command: Request) -> Result<Value, StoreError> {
        let spoken = self.server.ask_blocking(self.server.ends(), |_| command)?;
        Ok(spoken.reply)
    }

    /// Whether it answers; if so, it is not left alone any more.
    pub(super) fn probe(&self) -> Result<(), StoreError> {
        self.server.ping()?;
        self.breaker.close();
        Ok(())
    }

    fn admit(&self) -> Result<(), StoreError> {
        if self.is_suspended() {
            return Err(StoreErrorKind::Suspended.into());
        }
        Ok(())
    }

    fn note(&self, outcome: Result<Spoken, StoreError>) -> Result<Spoken, StoreError> {
        match &outcome {
            Err(error) => self.count(error),
            Ok(spoken) if Turned::by(&spoken.reply) == Some(Turned::Down) => {
                self.breaker.fail(process_ms());
            }
            Ok(_) => self.breaker.succeed(process_ms()),
        }
        outcome
    }

    fn count(&self, error: &StoreError) {
        if error.is_unreachable() {
            self.breaker.fail(process_ms());
        }
    }
}

/// The nodes that are known, each with its connections: a new map takes over those of the old one.
#[derive(Debug)]
pub(super) struct Nodes {
    /// What all have in common: credentials, TLS, patience.
    common: Arc<Endpoint>,
    nodes: Mutex<Vec<Arc<Node>>>,
}

impl Nodes {
    pub(super) fn new(common: Arc<Endpoint>) -> Self {
        Self {
            common,
            nodes: Mutex::default(),
        }
    }

    /// The node at an address.
    pub(super) fn at(&self, host: &str, port: u16) -> Arc<Node> {
        let mut nodes = self.nodes();
        let known = nodes.iter().find(|node| node.endpoint().is_at(host, port));
        if let Some(node) = known {
            return Arc::clone(node);
        }
        let node = Arc::new(Node::new(self.common.at(host, port)));
        nodes.push(Arc::clone(&node));
        node
    }

    /// Forgets all but these.
    pub(super) fn keep_only(&self, kept: &[Arc<Node>]) {
        self.nodes()
            .retain(|node| kept.iter().any(|kept| kept.is(node)));
    }

    fn nodes(&self) -> MutexGuard<'_, Vec<Arc<Node>>> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
