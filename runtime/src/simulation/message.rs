//! What is on its way to the store and back.

use std::task::Waker;
use std::time::Duration;

use crate::entry::Draft;
use crate::event::Operation;
use crate::key::EntryKey;
use crate::store::{
    Claim, Claimed, Fence, Looked, Origin, StoreError, TagKey, TagVersion, Token, Written,
};

/// What the store is asked to do.
#[derive(Clone, Debug)]
pub(super) enum Request {
    Read(EntryKey, Vec<TagKey>),
    Claim(EntryKey, Claim),
    Write(EntryKey, Draft, Fence),
    Remove(EntryKey, Origin),
    Invalidate(TagKey, TagVersion),
    Renew(EntryKey, Token, Duration),
    Release(EntryKey, Token),
    Ping,
}

/// What it says.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    Looked(Looked),
    Claimed(Claimed),
    Written(Written),
    Renewed(bool),
    Done,
}

/// A request that somebody may wait for.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) id: u64,
    pub(super) slot: usize,
    pub(super) call: u64,
    pub(super) sent_ms: u64,
    pub(super) request: Request,
    /// What was answered, once it has been executed.
    pub(super) reply: Option<Reply>,
}

/// Where an answer is waited for.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    pub(super) answer: Option<Result<Reply, StoreError>>,
    pub(super) waker: Option<Waker>,
}

impl Mailbox {
    pub(super) fn post(&mut self, answer: Result<Reply, StoreError>) -> Option<Waker> {
        if self.answer.is_none() {
            self.answer = Some(answer);
        }
        self.waker.take()
    }
}

impl Request {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Read(..) => "read",
            Self::Claim(..) => "claim",
            Self::Write(..) => "write",
            Self::Remove(..) => "remove",
            Self::Invalidate(..) => "invalidate",
            Self::Renew(..) => "renew",
            Self::Release(..) => "release",
            Self::Ping => "ping",
        }
    }
}

impl Reply {
    /// What this is an answer to decides its kind.
    pub(super) fn unexpected(&self, to: Operation) -> ! {
        unreachable!("{self:?} is no answer to {to:?}")
    }
}
