//! One connection per live tokio runtime.
//!
//! A connection's tasks live on the runtime that made it and end with it. A process may hold many runtimes, one after
//! another (every `#[tokio::test]` is one), so a connection is looked up by the runtime the caller is on.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::runtime::{Handle, Id};

use super::command::Request;
use super::endpoint::Endpoint;
use super::line::Line;
use super::link::Link;
use super::server::Spoken;
use crate::store::{StoreError, StoreErrorKind};

/// The connections of all runtimes that asked for one.
#[derive(Debug)]
pub(super) struct Links {
    endpoint: Arc<Endpoint>,
    /// Few (mostly one), so a list is quicker than a map.
    links: RwLock<Vec<(Id, Arc<Link>)>>,
}

impl Links {
    pub(super) fn new(endpoint: Arc<Endpoint>) -> Self {
        Self {
            endpoint,
            links: RwLock::new(Vec::new()),
        }
    }

    /// Sends the request that `request` makes of the server's time.
    pub(super) async fn ask(
        &self,
        request: impl FnOnce(u64) -> Request,
    ) -> Result<Spoken, StoreError> {
        let runtime = Handle::try_current().map_err(|_| {
            StoreError::new(StoreErrorKind::Unavailable)
                .with_detail("called outside a tokio runtime")
        })?;
        if let Some(mut line) = self.line(runtime.id()) {
            line.keep_time(&runtime);
            let spoken = line.speak(request).await;
            if line.is_silent() {
                self.link(runtime.id()).discard(&line);
            }
            return spoken;
        }
        let link = self.link(runtime.id());
        if link.is_unusable() {
            return Err(StoreErrorKind::Unavailable.into());
        }
        let connect_and_speak = async {
            let mut line = link.connected(&runtime).await?;
            line.speak(request).await
        };
        // Boxed, here and in what it waits for: it is rare, and would have every call move the room it needs.
        Box::pin(link.bounded(connect_and_speak)).await
    }

    /// Lets all of them connect at once: the server was seen to answer.
    pub(super) fn encourage(&self) {
        let links = self.links.read().unwrap_or_else(PoisonError::into_inner);
        for (_, link) in links.iter() {
            link.encourage();
        }
    }

    /// The connection of a runtime, if there is one now.
    fn line(&self, runtime: Id) -> Option<Line> {
        let links = self.links.read().unwrap_or_else(PoisonError::into_inner);
        let (_, link) = links.iter().find(|(id, _)| *id == runtime)?;
        link.line()
    }

    fn link(&self, runtime: Id) -> Arc<Link> {
        let links = self.links.read().unwrap_or_else(PoisonError::into_inner);
        let known = find(&links, runtime);
        drop(links);
        known.unwrap_or_else(|| self.add(runtime))
    }

    fn add(&self, runtime: Id) -> Arc<Link> {
        let mut links = self.links.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(link) = find(&links, runtime) {
            return link;
        }
        // Those of runtimes that have ended are among the idle ones; forgetting another costs nothing either.
        links.retain(|(_, link)| !link.is_idle());
        let link = Arc::new(Link::new(Arc::clone(&self.endpoint)));
        links.push((runtime, Arc::clone(&link)));
        link
    }
}

impl Drop for Links {
    fn drop(&mut self) {
        let links = self.links.get_mut().unwrap_or_else(PoisonError::into_inner);
        for (_, link) in links {
            link.hang_up();
        }
    }
}

fn find(links: &[(Id, Arc<Link>)], runtime: Id) -> Option<Arc<Link>> {
    links
        .iter()
        .find(|(id, _)| *id == runtime)
        .map(|(_, link)| Arc::clone(link))
}
