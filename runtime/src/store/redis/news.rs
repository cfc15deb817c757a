//! What processes tell each other, over one connection with a thread of its own.
//!
//! Tags are tracked by the server (RESP3 in broadcast mode, which also tells of tags that were evicted or have expired),
//! entries are told on a channel by those who change them, and the end of a lease on a channel of the lease's own. All of it
//! comes over one connection in the order in which it happened, so a reply to a later `PING` proves that nothing is missing.
//!
//! In a cluster there is one such connection to each master, and nothing is missing as long as all of them answer and are
//! all there are. Tags are told on the channel too: one that is moving may be changed on a node that has no slot yet, and
//! what is said there is passed on by all others.

use std::sync::Arc;
use std::thread;

use super::script::{Telling, wake_channel};
use super::topology::Topology;
use crate::key::EntryKey;
use crate::store::{Listener, Origin, TagKey, Watch};

mod attend;
mod board;
mod wire;
mod wires;

use self::board::Board;

/// Who listens and who watches, and the thread that serves them while anybody does.
#[derive(Debug)]
pub(super) struct Newsroom {
    topology: Arc<Topology>,
    board: Arc<Board>,
}

impl Newsroom {
    pub(super) fn new(topology: Arc<Topology>) -> Self {
        Self {
            topology,
            board: Arc::default(),
        }
    }

    /// Tells `listener` of what happens under `control`. One that names another namespace than the first is never told
    /// anything, nor that nothing was missed.
    pub(super) fn listen(&self, control: &str, listener: Arc<dyn Listener>) {
        if self.board.add_listener(control, listener) {
            self.attend();
        }
    }

    /// Wakes whoever waits for the lease of `key` to end.
    pub(super) fn watch(&self, key: &EntryKey) -> Watch {
        let watch = self.board.watch(wake_channel(key));
        self.attend();
        watch
    }

    /// What a change of `key` by `origin` is told by; empty where there is nothing to tell, or nobody to be told.
    pub(super) fn telling(&self, key: &EntryKey, origin: Option<Origin>) -> Telling {
        let (channel, message) = match (self.board.control(), origin) {
            (Some(control), Some(origin)) => (channel(control), message(origin, key.as_str())),
            _ => Default::default(),
        };
        Telling {
            channel,
            message,
            waking: self.topology.waking(),
        }
    }

    /// What a change of `tag` is told by, where tracking is not enough.
    pub(super) fn telling_of_tag(&self, tag: &TagKey) -> Option<Telling> {
        self.topology.cluster()?;
        Some(Telling {
            channel: channel(tag.control()?),
            // All are to hear it, also who says it.
            message: message(Origin(0), tag.as_str()),
            waking: self.topology.waking(),
        })
    }

    /// Sees to it that those who listen are told: in a forked child, or after a thread could not be made.
    pub(super) fn keep(&self) {
        if self.board.control().is_some() {
            self.attend();
        }
    }

    /// Sees to it that there is a thread. Where none can be made, nobody is told anything, and the next one who wants to
    /// be makes another attempt.
    fn attend(&self) {
        if let Some(attendance) = self.board.claim_attendance() {
            let (topology, board) = (Arc::clone(&self.topology), Arc::clone(&self.board));
            let attendant = thread::Builder::new().name("selfsame-news".to_owned());
            // Where it fails, the attendance is dropped with the closure, and so given back.
            let _ = attendant.spawn(move || attend::attend(&topology, &board, attendance));
        }
    }
}

impl Drop for Newsroom {
    fn drop(&mut self) {
        self.board.close();
    }
}

/// The channel on which it is told what becomes of entries.
fn channel(control: &str) -> String {
    format!("{control}:inv")
}

/// What is said on it of an entry or a tag.
fn message(Origin(origin): Origin, name: &str) -> String {
    format!("{origin:016x}{name}")
}

/// What was said: 16 hexadecimal digits of the origin, then the name.
fn read_message(message: &str) -> Option<(Origin, &str)> {
    let (origin, name) = message.split_at_checked(16)?;
    let origin = u64::from_str_radix(origin, 16).ok()?;
    (!name.is_empty()).then_some((Origin(origin), name))
}

/// What the names of the tags begin with that are tracked.
fn prefix(control: &str) -> String {
    TagKey::prefix(control)
}
