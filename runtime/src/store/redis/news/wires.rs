//! The connections that news come over: one to each server that can be written.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use event_listener::EventListener;
use tokio::time::Instant;

use super::board::Board;
use super::wire::Wire;
use crate::store::redis::together::together;
use crate::store::redis::topology::Topology;
use crate::store::{StoreError, StoreErrorKind};

/// All connections. Where one is missing, the others are not enough.
pub(super) struct Wires {
    topology: Arc<Topology>,
    board: Arc<Board>,
    wires: Vec<Wire>,
}

/// What a wait has ended by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// What is watched has changed, or the store was dropped.
    Changed,
    /// It is time to ask again.
    Due,
    /// A connection has ended.
    Lost,
}

impl Wires {
    /// Connects to all servers there are, as far as is known.
    pub(super) async fn dial(
        topology: &Arc<Topology>,
        board: &Arc<Board>,
    ) -> Result<Self, StoreError> {
        topology.check();
        let masters = topology.masters();
        if masters.is_empty() {
            return Err(StoreErrorKind::Unavailable.into());
        }
        let waking = topology.waking();
        let wires = masters
            .into_iter()
            .map(|master| Wire::dial(master, waking, board));
        let wires: Result<_, _> = together(wires).await.into_iter().collect();
        Ok(Self {
            topology: Arc::clone(topology),
            board: Arc::clone(board),
            wires: wires?,
        })
    }

    /// Asks all to tell whatever the listeners want to hear; whether they do.
    pub(super) async fn arm(&mut self) -> Result<bool, StoreError> {
        self.verify()?;
        let armed = together(self.wires.iter_mut().map(Wire::arm)).await;
        let armed: Vec<bool> = armed.into_iter().collect::<Result<_, _>>()?;
        Ok(armed.into_iter().all(|is_armed| is_armed))
    }

    /// Asks all for any reply. All they had to tell before is heard when this returns.
    pub(super) async fn ping(&mut self) -> Result<(), StoreError> {
        let pinged = together(self.wires.iter_mut().map(Wire::ping)).await;
        pinged.into_iter().collect()
    }

    /// Follows what is watched.
    pub(super) async fn follow(&mut self) -> Result<(), StoreError> {
        let mut shares: Vec<Vec<String>> = self.wires.iter().map(|_| Vec::new()).collect();
        for channel in self.board.take_changes() {
            // One that nobody has now is left to the timers of those who watch.
            if let Some(place) = self.place_of(&channel) {
                shares[place].push(channel);
            }
        }
        let shares = self.wires.iter_mut().zip(shares);
        let busy = shares.filter(|(_, share)| !share.is_empty());
        let followed = together(busy.map(|(wire, share)| wire.follow(share))).await;
        followed.into_iter().collect()
    }

    /// Waits until there is something to do.
    pub(super) async fn wait(&mut self, changed: EventListener, due: Instant) -> Turn {
        let mut lost: Vec<_> = self
            .wires
            .iter_mut()
            .map(|wire| Box::pin(wire.lost()))
            .collect();
        let mut changed = pin!(changed);
        let mut due = pin!(tokio::time::sleep_until(due));
        poll_fn(|context| {
            if lost
                .iter_mut()
                .any(|lost| lost.as_mut().poll(context).is_ready())
            {
                Poll::Ready(Turn::Lost)
            } else if changed.as_mut().poll(context).is_ready() {
                Poll::Ready(Turn::Changed)
            } else {
                due.as_mut().poll(context).map(|()| Turn::Due)
            }
        })
        .await
    }

    /// An error if there are other servers now than there is a connection to.
    fn verify(&self) -> Result<(), StoreError> {
        self.topology.check();
        let masters = self.topology.masters();
        let is_linked = |(wire, master)| Arc::ptr_eq(Wire::endpoint(wire), master);
        if masters.len() == self.wires.len() && self.wires.iter().zip(&masters).all(is_linked) {
            Ok(())
        } else {
            Err(StoreErrorKind::Unavailable.into())
        }
    }

    fn place_of(&self, channel: &str) -> Option<usize> {
        let master = self.topology.master_of(channel)?;
        let is_there = |wire: &Wire| Arc::ptr_eq(wire.endpoint(), &master);
        self.wires.iter().position(is_there)
    }
}
