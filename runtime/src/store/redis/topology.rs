//! How the servers of a store are arranged, and so whom to ask.

use std::sync::Arc;
use std::time::Instant;

use redis::Value;

use super::cluster::Cluster;
use super::command::Request;
use super::endpoint::Endpoint;
use super::place::Place;
use super::script::Waking;
use super::sentinel::Sentinel;
use super::server::Server;
use crate::store::StoreError;

/// One server, one that others choose, or several that share the keys.
#[derive(Debug)]
pub(super) enum Topology {
    One(Server),
    Sentinel(Sentinel),
    Cluster(Cluster),
}

impl Topology {
    pub(super) fn of(place: Place) -> Result<Self, StoreError> {
        Ok(match place {
            Place::One(endpoint) => Self::One(Server::new(Arc::new(endpoint))),
            Place::Sentinel(sentinels) => Self::Sentinel(Sentinel::new(sentinels)),
            Place::Cluster(seeds) => Self::Cluster(Cluster::new(seeds)?),
        })
    }

    /// The cluster, if it is one: keys may lie apart there.
    pub(super) const fn cluster(&self) -> Option<&Cluster> {
        match self {
            Self::Cluster(cluster) => Some(cluster),
            Self::One(_) | Self::Sentinel(_) => None,
        }
    }

    /// Sends the request that `request` makes of the server's time to the server that has `key`; the reply, and the
    /// server's time.
    pub(super) async fn ask(
        &self,
        key: &str,
        request: impl FnOnce(u64) -> Request + Send,
    ) -> Result<(Value, u64), StoreError> {
        let master;
        let server = match self {
            Self::One(server) => server,
            Self::Sentinel(sentinel) => {
                master = sentinel.master().await?;
                &master
            }
            Self::Cluster(cluster) => return cluster.ask(key, request).await,
        };
        let spoken = server.ask(request).await?;
        Ok((spoken.reply, spoken.now_ms))
    }

    /// [`ask`](Self::ask), blocking the calling thread.
    pub(super) fn ask_blocking(
        &self,
        key: &str,
        request: impl FnOnce(u64) -> Request,
    ) -> Result<(Value, u64), StoreError> {
        let spoken = match self {
            Self::One(server) => server.ask_blocking(server.ends(), request)?,
            Self::Sentinel(sentinel) => {
                let ends = Instant::now() + sentinel.deadline();
                sentinel
                    .master_blocking(ends)?
                    .ask_blocking(ends, request)?
            }
            Self::Cluster(cluster) => return cluster.ask_blocking(key, request),
        };
        Ok((spoken.reply, spoken.now_ms))
    }

    /// Whether it answers, however often it has not before.
    pub(super) fn ping(&self) -> Result<(), StoreError> {
        match self {
            Self::One(server) => server.ping(),
            Self::Sentinel(sentinel) => sentinel.ping(),
            Self::Cluster(cluster) => cluster.ping(),
        }
    }

    /// What an error of one server means for the whole.
    pub(super) fn concerning(&self, error: StoreError) -> StoreError {
        match self {
            Self::One(_) => error,
            Self::Sentinel(sentinel) => {
                sentinel.suspect(&error);
                error
            }
            Self::Cluster(cluster) => cluster.concerning(error),
        }
    }

    /// How those are woken who wait for a lease.
    pub(super) const fn waking(&self) -> Waking {
        match self {
            Self::One(_) | Self::Sentinel(_) => Waking::Everywhere,
            Self::Cluster(_) => Waking::InShard,
        }
    }

    /// The servers that news are told by: all that can be written, as far as they are known.
    pub(super) fn masters(&self) -> Vec<Arc<Endpoint>> {
        match self {
            Self::One(server) => vec![Arc::clone(server.endpoint())],
            Self::Sentinel(sentinel) => sentinel.known().into_iter().collect(),
            Self::Cluster(cluster) => cluster.masters(),
        }
    }

    /// The one of them that has `key`.
    pub(super) fn master_of(&self, key: &str) -> Option<Arc<Endpoint>> {
        match self {
            Self::One(server) => Some(Arc::clone(server.endpoint())),
            Self::Sentinel(sentinel) => sentinel.known(),
            Self::Cluster(cluster) => cluster.master_of(key),
        }
    }

    /// Looks in the background whether they are still the same, if that was not done a moment ago.
    pub(super) fn check(&self) {
        match self {
            Self::One(_) => {}
            Self::Sentinel(sentinel) => sentinel.check(),
            Self::Cluster(cluster) => cluster.check(),
        }
    }
}
