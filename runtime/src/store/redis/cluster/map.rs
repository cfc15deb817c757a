//! Which node serves which slot, as some node has told.

use std::sync::Arc;

use redis::{Pipeline, Value};

use super::super::command::Request;
use super::super::reply;
use super::node::{Node, Nodes};
use super::slot::{SLOTS, slot};
use crate::store::{StoreError, StoreErrorKind};

/// The masters of a cluster and their slots.
#[derive(Debug)]
pub(super) struct Map {
    /// In the order of their addresses. None is left out that serves a slot.
    pub(super) nodes: Vec<Arc<Node>>,
    /// For each slot the place of its node in `nodes`; past their end where nobody serves it.
    slots: Box<[u16]>,
}

/// Asks a node for its map, by a command that all versions know, and whether it is in touch with the others.
pub(super) fn request() -> Request {
    let mut commands = Pipeline::with_capacity(2);
    commands.cmd("CLUSTER").arg("SLOTS");
    commands.cmd("CLUSTER").arg("INFO");
    Request::Several(commands)
}

/// What a node has said.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) map: Map,
    /// It serves its slots, so it is in touch with most others: one that was cut off goes on telling an old map.
    pub(super) is_in_touch: bool,
}

impl Drawn {
    /// From the answers of the node at `host`.
    pub(super) fn read(reply: Value, host: &str, nodes: &Nodes) -> Result<Self, StoreError> {
        let mut replies = reply::array(reply, 2)?;
        let state = replies.pop();
        let map = Map::read(replies.pop().unwrap_or(Value::Nil), host, nodes)?;
        Ok(Self {
            map,
            is_in_touch: !matches!(state, Some(Value::BulkString(text)) if is_cut_off(&text)),
        })
    }
}

fn is_cut_off(state: &[u8]) -> bool {
    String::from_utf8_lossy(state).contains("cluster_state:fail")
}

/// A range of slots and the address of its master.
struct Range {
    first: usize,
    last: usize,
    host: String,
    port: u16,
}

impl Map {
    /// From the answer of the node at `host`.
    fn read(reply: Value, host: &str, nodes: &Nodes) -> Result<Self, StoreError> {
        let ranges = match reply {
            Value::Array(ranges) if !ranges.is_empty() => ranges,
            Value::ServerError(error) => return Err(refused(error.code())),
            // A node that has not met the others yet.
            Value::Array(_) => return Err(StoreErrorKind::Unavailable.into()),
            _ => return Err(protocol()),
        };
        let ranges: Option<Vec<Range>> = ranges
            .iter()
            .map(|range| Range::read(range, host))
            .collect();
        Ok(Self::of(&ranges.ok_or_else(protocol)?, nodes))
    }

    fn of(ranges: &[Range], nodes: &Nodes) -> Self {
        let mut addresses: Vec<(&str, u16)> = ranges
            .iter()
            .map(|range| (range.host.as_str(), range.port))
            .collect();
        addresses.sort_unstable();
        addresses.dedup();
        let mut slots = vec![u16::MAX; SLOTS].into_boxed_slice();
        for range in ranges {
            let place = addresses.binary_search(&(range.host.as_str(), range.port));
            let place = place.ok().and_then(|place| u16::try_from(place).ok());
            slots[range.first..=range.last].fill(place.unwrap_or(u16::MAX));
        }
        let nodes = addresses
            .into_iter()
            .map(|(host, port)| nodes.at(host, port))
            .collect();
        Self { nodes, slots }
    }

    /// The node that serves a key.
    pub(super) fn node(&self, key: &str) -> Result<&Arc<Node>, StoreError> {
        let place = usize::from(self.slots[usize::from(slot(key))]);
        self.nodes.get(place).ok_or_else(|| {
            StoreError::new(StoreErrorKind::Unavailable).with_detail("no node serves the slot")
        })
    }

    /// Whether both say the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let pairs = self.nodes.iter().zip(&other.nodes);
        self.slots == other.slots
            && self.nodes.len() == other.nodes.len()
            && pairs.into_iter().all(|(one, other)| one.is(other))
    }
}

impl Range {
    /// From `[first, last, [host, port, …], replicas…]`, as the node at `host` says it.
    fn read(range: &Value, asked: &str) -> Option<Self> {
        let Value::Array(parts) = range else {
            return None;
        };
        let [
            Value::Int(first),
            Value::Int(last),
            Value::Array(master),
            ..,
        ] = parts.as_slice()
        else {
            return None;
        };
        let [host, Value::Int(port), ..] = master.as_slice() else {
            return None;
        };
        let (first, last) = (usize::try_from(*first).ok()?, usize::try_from(*last).ok()?);
        (first <= last && last < SLOTS).then_some(())?;
        Some(Self {
            first,
            last,
            host: read_host(host, asked)?,
            port: u16::try_from(*port).ok()?,
        })
    }
}

/// A host; the one that was asked, where the node does not know its own.
fn read_host(host: &Value, asked: &str) -> Option<String> {
    match host {
        Value::Nil => Some(asked.to_owned()),
        Value::BulkString(host) => match std::str::from_utf8(host).ok()? {
            "" | "?" => Some(asked.to_owned()),
            host => Some(host.to_owned()),
        },
        _ => None,
    }
}

fn refused(code: &str) -> StoreError {
    match code {
        "ERR" => StoreError::new(StoreErrorKind::Refused)
            .with_detail("the server is no node of a cluster: `redis://` is its scheme"),
        code => StoreError::new(reply::kind_of_code(code)).with_detail(code),
    }
}

fn protocol() -> StoreError {
    StoreError::new(StoreErrorKind::Protocol).with_detail("no map of a cluster")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::redis::endpoint::Endpoint;

    fn nodes() -> Nodes {
        Nodes::new(Arc::new(Endpoint::parse("redis://seed").unwrap()))
    }

    fn range(first: i64, last: i64, host: &str, port: i64) -> Value {
        let master = vec![
            Value::BulkString(host.into()),
            Value::Int(port),
            Value::BulkString("id".into()),
        ];
        let parts = vec![Value::Int(first), Value::Int(last), Value::Array(master)];
        Value::Array(parts)
    }

    #[test]
    fn a_key_is_served_by_the_master_of_its_slot() {
        let nodes = nodes();
        let reply = Value::Array(vec![
            range(10_000, 16_383, "b", 1),
            range(0, 5_061, "a", 2),
            range(5_062, 5_062, "", 3),
        ]);
        let map = Map::read(reply.clone(), "asked", &nodes).unwrap();

        assert!(map.node("foo").unwrap().endpoint().is_at("b", 1));
        assert!(map.node("bar").unwrap().endpoint().is_at("a", 2));
        let addresses: Vec<_> = map
            .nodes
            .iter()
            .map(|node| node.endpoint().host())
            .collect();
        assert_eq!(addresses, ["a", "asked", "b"]);
        let unserved = (0..)
            .map(|n| n.to_string())
            .find(|key| (6_000..9_000).contains(&slot(key)));
        let error = map.node(&unserved.unwrap()).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);

        let again = Map::read(reply, "asked", &nodes).unwrap();
        assert!(map.is_like(&again), "the nodes are taken over");
    }

    #[test]
    fn a_node_that_is_cut_off_says_so() {
        let drawn = |state: &str| {
            let map = Value::Array(vec![range(0, 16_383, "a", 1)]);
            let replies = vec![map, Value::BulkString(state.into())];
            Drawn::read(Value::Array(replies), "asked", &nodes()).unwrap()
        };
        assert!(drawn("cluster_state:ok\r\ncluster_slots_ok:1").is_in_touch);
        assert!(!drawn("cluster_state:fail\r\n").is_in_touch);
        assert!(drawn("it may not say").is_in_touch);
    }

    #[test]
    fn what_is_no_map_is_an_error() {
        for reply in [
            Value::Nil,
            Value::Array(vec![]),
            Value::Array(vec![Value::Nil]),
            Value::Array(vec![range(5, 4, "a", 1)]),
            Value::Array(vec![range(0, 16_384, "a", 1)]),
            Value::Array(vec![range(0, 1, "a", 70_000)]),
            Value::Array(vec![range(-1, 1, "a", 7)]),
        ] {
            assert!(
                Map::read(reply.clone(), "asked", &nodes()).is_err(),
                "{reply:?}"
            );
        }
    }
}
