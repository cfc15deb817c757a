//! What processes tell each other, over one connection with a thread of its own.
//!
//! Tags are tracked by the server (RESP3 in broadcast mode, which also tells of tags that were evicted or have expired),
//! entries are told on a channel by those who change them, and the end of a lease on a channel of the lease's own. All of it
//! comes over one connection in the order in which it happened, so a reply to a later `PING` proves that nothing is missing.

use std::sync::Arc;
use std::thread;

use super::endpoint::Endpoint;
use super::script::{Telling, wake_channel};
use crate::key::EntryKey;
use crate::store::{Listener, Origin, TagKey, Watch};

mod attend;
mod board;
mod wire;

use self::board::Board;

/// Who listens and who watches, and the thread that serves them while anybody does.
#[derive(Debug)]
pub(super) struct Newsroom {
    endpoint: Arc<Endpoint>,
    board: Arc<Board>,
}

impl Newsroom {
    pub(super) fn new(endpoint: Arc<Endpoint>) -> Self {
        Self {
            endpoint,
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
        match (self.board.control(), origin) {
            (Some(control), Some(Origin(origin))) => Telling {
                channel: channel(control),
                message: format!("{origin:016x}{key}"),
            },
            _ => Telling::default(),
        }
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
            let (endpoint, board) = (Arc::clone(&self.endpoint), Arc::clone(&self.board));
            let attendant = thread::Builder::new().name("selfsame-news".to_owned());
            // Where it fails, the attendance is dropped with the closure, and so given back.
            let _ = attendant.spawn(move || attend::attend(&endpoint, &board, attendance));
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

/// What is said on it: 16 hexadecimal digits of the origin, then the name of the entry.
fn read_message(message: &str) -> Option<(Origin, &str)> {
    let (origin, name) = message.split_at_checked(16)?;
    let origin = u64::from_str_radix(origin, 16).ok()?;
    (!name.is_empty()).then_some((Origin(origin), name))
}

/// What the names of the tags begin with that are tracked.
fn prefix(control: &str) -> String {
    TagKey::prefix(control)
}
