//! The store as one instance sees it.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use event_listener::Event as Signal;

use super::hub::Hub;
use super::message::{Reply, Request};
use crate::entry::Draft;
use crate::event::Operation;
use crate::key::EntryKey;
use crate::store::{
    Claim, Claimed, Coherence, Fence, Listener, Looked, Origin, Store, StoreError, StoreErrorKind,
    StoreFuture, TagKey, TagVersion, Token, Watch, Written,
};

#[derive(Debug)]
pub(super) struct Port {
    pub(super) hub: Hub,
    pub(super) slot: usize,
}

/// A wait for an answer. The request stays on its way when this is dropped.
struct Answer<'a> {
    hub: &'a Hub,
    id: u64,
}

impl Answer<'_> {
    async fn wait(&self) -> Result<Reply, StoreError> {
        poll_fn(|context| {
            let mut state = self.hub.state();
            let Some(mailbox) = state.mailboxes.get_mut(&self.id) else {
                return Poll::Ready(Err(StoreErrorKind::Unavailable.into()));
            };
            match mailbox.answer.take() {
                Some(answer) => Poll::Ready(answer),
                None => {
                    mailbox.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }
}

impl Drop for Answer<'_> {
    fn drop(&mut self) {
        self.hub.state().mailboxes.remove(&self.id);
    }
}

impl Port {
    async fn ask(&self, request: Request) -> Result<Reply, StoreError> {
        let id = self.hub.state().send(self.slot, request);
        let answer = Answer { hub: &self.hub, id };
        answer.wait().await
    }

    /// Asks and has the answer at once, or none.
    fn ask_now(&self, request: &Request) -> Result<Reply, StoreError> {
        let mut state = self.hub.state();
        if state.is_down {
            return Err(StoreErrorKind::Unavailable.into());
        }
        let lost = state.is_cut[self.slot] || (state.is_lossy && state.dice.u32(..10) == 0);
        let arrives = !lost || state.dice.u32(..4) == 0;
        let reply = arrives.then(|| state.execute_own(self.slot, request));
        reply
            .filter(|_| !lost)
            .ok_or_else(|| StoreErrorKind::Timeout.into())
    }
}

fn looked(reply: Reply) -> Looked {
    match reply {
        Reply::Looked(looked) => looked,
        other => other.unexpected(Operation::Read),
    }
}

fn claimed(reply: Reply) -> Claimed {
    match reply {
        Reply::Claimed(claimed) => claimed,
        other => other.unexpected(Operation::Claim),
    }
}

fn written(reply: Reply) -> Written {
    match reply {
        Reply::Written(written) => written,
        other => other.unexpected(Operation::Write),
    }
}

impl Store for Port {
    fn read<'a>(&'a self, key: &'a EntryKey, tags: &'a [TagKey]) -> StoreFuture<'a, Looked> {
        let request = Request::Read(key.clone(), tags.to_vec());
        Box::pin(async { self.ask(request).await.map(looked) })
    }

    fn claim<'a>(&'a self, key: &'a EntryKey, claim: &'a Claim) -> StoreFuture<'a, Claimed> {
        let request = Request::Claim(key.clone(), claim.clone());
        Box::pin(async { self.ask(request).await.map(claimed) })
    }

    fn write<'a>(
        &'a self,
        key: &'a EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> StoreFuture<'a, Written> {
        let request = Request::Write(key.clone(), entry, fence);
        Box::pin(async { self.ask(request).await.map(written) })
    }

    fn remove<'a>(&'a self, key: &'a EntryKey, origin: Origin) -> StoreFuture<'a, ()> {
        let request = Request::Remove(key.clone(), origin);
        Box::pin(async { self.ask(request).await.map(drop) })
    }

    fn invalidate<'a>(
        &'a self,
        tag: &'a TagKey,
        version: TagVersion,
        _: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        let request = Request::Invalidate(tag.clone(), version);
        Box::pin(async { self.ask(request).await.map(drop) })
    }

    fn read_blocking(&self, key: &EntryKey, tags: &[TagKey]) -> Result<Looked, StoreError> {
        self.ask_now(&Request::Read(key.clone(), tags.to_vec()))
            .map(looked)
    }

    fn claim_blocking(&self, key: &EntryKey, claim: &Claim) -> Result<Claimed, StoreError> {
        self.ask_now(&Request::Claim(key.clone(), claim.clone()))
            .map(claimed)
    }

    fn write_blocking(
        &self,
        key: &EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> Result<Written, StoreError> {
        self.ask_now(&Request::Write(key.clone(), entry, fence))
            .map(written)
    }

    fn remove_blocking(&self, key: &EntryKey, origin: Origin) -> Result<(), StoreError> {
        self.ask_now(&Request::Remove(key.clone(), origin))
            .map(drop)
    }

    fn invalidate_blocking(
        &self,
        tag: &TagKey,
        version: TagVersion,
        _: Option<Duration>,
    ) -> Result<(), StoreError> {
        self.ask_now(&Request::Invalidate(tag.clone(), version))
            .map(drop)
    }

    fn renew(&self, key: &EntryKey, token: Token, life: Duration) -> Result<bool, StoreError> {
        let reply = self.ask_now(&Request::Renew(key.clone(), token, life))?;
        Ok(matches!(reply, Reply::Renewed(true)))
    }

    fn release(&self, key: &EntryKey, token: Token) -> Result<(), StoreError> {
        self.ask_now(&Request::Release(key.clone(), token))
            .map(drop)
    }

    fn ping(&self) -> Result<(), StoreError> {
        self.ask_now(&Request::Ping).map(drop)
    }

    fn watch(&self, key: &EntryKey) -> Option<Watch> {
        let signal = Arc::new(Signal::new());
        let watched = (self.slot, key.as_str().to_owned(), Arc::downgrade(&signal));
        self.hub.state().watches.push(watched);
        Some(Watch::new(signal, ()))
    }

    fn listen(&self, _: &str, listener: Arc<dyn Listener>) -> Coherence {
        self.hub.state().links[self.slot].listener = Some(listener);
        Coherence::Told
    }
}
