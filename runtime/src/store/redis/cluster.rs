//! A cluster: which node to ask, and what to do where that was the wrong one.
//!
//! Not the client library's: that one repeats commands by itself, and connects when a caller needs it. Here a request goes
//! to the node that the map names, and once more to the node that a redirection names, all within the time a caller
//! waits; whatever else goes wrong is an error, and a reason to have the map drawn again in the background.

use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::Value;

use super::command::Request;
use super::conversation::Talk;
use super::endpoint::Endpoint;
use super::link::within;
use super::server::Spoken;
use super::survey::{Found, Survey};
use crate::store::{StoreError, StoreErrorKind};

mod map;
mod node;
mod redirect;
mod scatter;
mod slot;

use self::map::{Drawn, Map};
use self::node::{Node, Nodes};
use self::redirect::{Turned, asked, asking};
pub(super) use self::scatter::Keyed;

/// A cluster, of which more or less is known.
#[derive(Debug)]
pub(super) struct Cluster {
    nodes: Arc<Nodes>,
    survey: Survey<Map>,
    /// How long a caller waits.
    deadline: Duration,
}

/// Where a request goes after a redirection.
struct Onward {
    node: Arc<Node>,
    /// The slot is still moving: the node must be asked for leave.
    asks: bool,
}

impl Cluster {
    /// The cluster that these nodes belong to; one at least.
    pub(super) fn new(seeds: Vec<Arc<Endpoint>>) -> Result<Self, StoreError> {
        let common = seeds.first().ok_or(StoreErrorKind::Address)?;
        let deadline = common.deadline;
        let nodes = Arc::new(Nodes::new(Arc::clone(common)));
        let surveyed = Arc::clone(&nodes);
        Ok(Self {
            survey: Survey::new(deadline, move |known: Option<&Arc<Map>>| {
                survey(&surveyed, &seeds, known)
            }),
            nodes,
            deadline,
        })
    }

    /// Sends the request that `request` makes of the time of the node that serves `key`; the reply, and the node's time.
    pub(super) async fn ask(
        &self,
        key: &str,
        request: impl FnOnce(u64) -> Request + Send,
    ) -> Result<(Value, u64), StoreError> {
        let ends = Instant::now() + self.deadline;
        let map = match self.survey.known() {
            Some(map) => map,
            // Boxed, here and below: what is rare must not make every call larger.
            None => Box::pin(self.survey.found()).await?,
        };
        let node = self.served(map.node(key))?;
        let spoken = self.noted(node.ask(request).await)?;
        match self.onward(node, &spoken) {
            None => Ok((spoken.reply, spoken.now_ms)),
            Some(onward) => {
                let left = ends.saturating_duration_since(Instant::now());
                // In a statement of its own: what is awaited in the same one is kept room for.
                let following = Box::pin(within(left, self.follow(onward, spoken.request))?);
                following.await
            }
        }
    }

    /// [`ask`](Self::ask), blocking the calling thread.
    pub(super) fn ask_blocking(
        &self,
        key: &str,
        request: impl FnOnce(u64) -> Request,
    ) -> Result<(Value, u64), StoreError> {
        let ends = Instant::now() + self.deadline;
        let map = self.survey.found_blocking(ends)?;
        let node = self.served(map.node(key))?;
        let spoken = self.noted(node.ask_blocking(ends, request))?;
        match self.onward(node, &spoken) {
            None => Ok((spoken.reply, spoken.now_ms)),
            Some(onward) => self.follow_blocking(&onward, spoken.request, ends),
        }
    }

    /// Whether any node answers. Those that do are asked again by everybody.
    pub(super) fn ping(&self) -> Result<(), StoreError> {
        self.survey.want();
        let map = self.survey.found_blocking(Instant::now() + self.deadline)?;
        let mut last = Err(StoreErrorKind::Unavailable.into());
        for node in &map.nodes {
            let answers = node.probe();
            if answers.is_ok() || last.is_err() {
                last = answers;
            }
        }
        last
    }

    /// The error as it concerns the whole: where other nodes do well, it says nothing of them.
    pub(super) fn concerning(&self, error: StoreError) -> StoreError {
        let map = self.survey.known();
        let does_well = |map: Arc<Map>| map.nodes.iter().any(|node| !node.is_suspended());
        if map.is_some_and(does_well) {
            if error.is_unreachable() {
                return error.of_a_part();
            }
        } else if error.kind() == StoreErrorKind::Suspended {
            return StoreError::new(StoreErrorKind::Unavailable).with_detail("no node answers");
        }
        error
    }

    /// The masters, as far as they are known.
    pub(super) fn masters(&self) -> Vec<Arc<Endpoint>> {
        let map = self.survey.known();
        map.map_or_else(Vec::new, |map| {
            let endpoints = map.nodes.iter().map(|node| node.endpoint());
            endpoints.map(Arc::clone).collect()
        })
    }

    /// The master that serves a key or a channel of shards.
    pub(super) fn master_of(&self, key: &str) -> Option<Arc<Endpoint>> {
        let map = self.survey.known()?;
        let node = map.node(key).ok()?;
        Some(Arc::clone(node.endpoint()))
    }

    /// Has the map drawn again if it is not quite new.
    pub(super) fn check(&self) {
        self.survey.check();
    }

    async fn follow(&self, onward: Onward, request: Request) -> Result<(Value, u64), StoreError> {
        if !onward.asks {
            let spoken = self.noted(onward.node.ask(|_| request).await)?;
            return Ok((spoken.reply, spoken.now_ms));
        }
        let spoken = self.noted(onward.node.ask(|_| asking(&request)).await)?;
        Ok((asked(&request, spoken.reply), spoken.now_ms))
    }

    fn follow_blocking(
        &self,
        onward: &Onward,
        request: Request,
        ends: Instant,
    ) -> Result<(Value, u64), StoreError> {
        let node = &onward.node;
        if !onward.asks {
            let spoken = self.noted(node.ask_blocking(ends, |_| request))?;
            return Ok((spoken.reply, spoken.now_ms));
        }
        let spoken = self.noted(node.ask_blocking(ends, |_| asking(&request)))?;
        Ok((asked(&request, spoken.reply), spoken.now_ms))
    }

    /// Where a request has to go instead; `None` if this was the answer.
    fn onward(&self, node: &Node, spoken: &Spoken) -> Option<Onward> {
        let (place, asks) = match Turned::by(&spoken.reply)? {
            Turned::Ask(place) => (place, true),
            Turned::Moved(place) => {
                self.survey.want();
                (place, false)
            }
            Turned::Down => {
                self.survey.want();
                return None;
            }
        };
        let host = place.host.as_deref();
        let node = self
            .nodes
            .at(host.unwrap_or_else(|| node.endpoint().host()), place.port);
        Some(Onward { node, asks })
    }

    fn served<'a>(
        &self,
        node: Result<&'a Arc<Node>, StoreError>,
    ) -> Result<&'a Arc<Node>, StoreError> {
        node.inspect_err(|_| self.survey.want())
    }

    /// A node that gives no answer may have been replaced.
    fn noted(&self, outcome: Result<Spoken, StoreError>) -> Result<Spoken, StoreError> {
        outcome.inspect_err(|error| {
            if error.is_unreachable() {
                self.survey.want();
            }
        })
    }
}

/// Draws the map, and sees whether the nodes that were left alone are back.
fn survey(
    nodes: &Nodes,
    seeds: &[Arc<Endpoint>],
    known: Option<&Arc<Map>>,
) -> Result<Found<Map>, StoreError> {
    let map = Arc::new(draw(nodes, seeds, known)?);
    let map = match known {
        Some(known) if known.is_like(&map) => Arc::clone(known),
        _ => map,
    };
    nodes.keep_only(&map.nodes);
    let suspended = map.nodes.iter().filter(|node| node.is_suspended());
    let still = suspended.filter(|node| node.probe().is_err()).count();
    Ok(Found {
        value: map,
        is_settled: still == 0,
    })
}

/// The map as the first node tells that is in touch with the others; where none is, as any node tells.
fn draw(
    nodes: &Nodes,
    seeds: &[Arc<Endpoint>],
    known: Option<&Arc<Map>>,
) -> Result<Map, StoreError> {
    let mut known: Vec<&Arc<Node>> = known.iter().flat_map(|map| &map.nodes).collect();
    // Those that are left alone last: each may cost a time-out.
    known.sort_by_key(|node| node.is_suspended());
    let known = known.into_iter().map(|node| {
        let reply = node.inquire(map::request())?;
        Drawn::read(reply, node.endpoint().host(), nodes)
    });
    let seeds = seeds.iter().map(|seed| {
        let reply = inquire(seed)?;
        Drawn::read(reply, seed.host(), nodes)
    });
    let mut fallback = Err(StoreErrorKind::Unavailable.into());
    for drawn in known.chain(seeds) {
        match drawn {
            Ok(drawn) if drawn.is_in_touch => return Ok(drawn.map),
            Ok(drawn) => fallback = Ok(drawn.map),
            Err(error) if fallback.is_err() => fallback = Err(error),
            Err(_) => {}
        }
    }
    fallback
}

/// Asks over a connection of its own: a seed may be anything but a master.
fn inquire(seed: &Endpoint) -> Result<Value, StoreError> {
    let (mut talk, ends) = Talk::open(seed, &seed.login)?;
    let request = map::request();
    talk.send(&request, ends)?;
    talk.receive(&request, ends)
}
