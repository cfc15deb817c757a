//! A memory store that can be made to fail, to answer nonsense, to take its time and to lose its links.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use crate::clock::{Clock, ManualClock};
use crate::memo::Memo;
use crate::store::memory::Memory;
use crate::store::{
    Claim, Claimed, Coherence, Draft, EntryKey, Fence, Found, Grant, Listener, Looked, News,
    Origin, Sharing, Store, StoreError, StoreErrorKind, StoreFuture, TagKey, TagVersion, Token,
    Watch, Written, seal_of,
};

/// What a store can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Ask {
    Read,
    Claim,
    Write,
    Remove,
    Invalidate,
    Renew,
    Release,
    Ping,
    Touch,
}

/// What several processes share.
#[derive(Debug)]
pub(super) struct Trouble {
    memory: Memory,
    clock: ManualClock,
    fails: Mutex<Fails>,
    /// Answers every read, in place of what is stored.
    answer: Mutex<Option<Vec<u8>>>,
    /// How often each asynchronous operation has to be polled before it does anything, and then before it says so.
    delays: AtomicUsize,
    /// The operations it was asked for, in their order.
    asked: Mutex<Vec<Ask>>,
    /// The tags that were read with entries, and those that were claimed.
    asked_tags: AtomicUsize,
    claimed_tags: AtomicUsize,
    /// Answers every claim, in place of what is stored.
    claim_answer: Mutex<Option<Vec<u8>>>,
    has_no_tags: AtomicBool,
    /// Whether nobody is woken when a lease ends.
    is_mute: AtomicBool,
    /// Whether leases end just before somebody begins to watch for that.
    ends_unwatched: AtomicBool,
    /// What it says of invalidations to caches that begin to listen.
    telling: Mutex<Coherence>,
    /// The links to those who listen, in the order in which they began to.
    links: Mutex<Vec<Arc<Link>>>,
}

#[derive(Debug, Default)]
struct Fails {
    all: Option<StoreErrorKind>,
    some: HashMap<Ask, StoreErrorKind>,
}

/// By which one process hears of what others invalidate.
pub(super) struct Link {
    listener: Arc<dyn Listener>,
    /// Silently dead: nothing comes through, and nobody says so.
    is_dead: AtomicBool,
}

impl Trouble {
    pub(super) fn new(clock: &ManualClock) -> Self {
        Self {
            memory: Memory::new(1 << 20, Arc::new(clock.clone())),
            clock: clock.clone(),
            fails: Mutex::default(),
            answer: Mutex::default(),
            delays: AtomicUsize::new(0),
            asked: Mutex::default(),
            asked_tags: AtomicUsize::new(0),
            claimed_tags: AtomicUsize::new(0),
            claim_answer: Mutex::default(),
            has_no_tags: AtomicBool::new(false),
            is_mute: AtomicBool::new(false),
            ends_unwatched: AtomicBool::new(false),
            telling: Mutex::new(Coherence::Always),
            links: Mutex::default(),
        }
    }

    /// Lets every operation fail; `None` ends all failing.
    pub(super) fn fail(&self, kind: impl Into<Option<StoreErrorKind>>) {
        *self.fails.lock().unwrap() = Fails {
            all: kind.into(),
            some: HashMap::new(),
        };
    }

    /// Lets one kind of operation fail.
    pub(super) fn fail_at(&self, ask: Ask, kind: StoreErrorKind) {
        self.fails.lock().unwrap().some.insert(ask, kind);
    }

    pub(super) fn answer(&self, bytes: impl Into<Option<Vec<u8>>>) {
        *self.answer.lock().unwrap() = bytes.into();
    }

    pub(super) fn answer_claims(&self, bytes: Vec<u8>) {
        *self.claim_answer.lock().unwrap() = Some(bytes);
    }

    pub(super) fn delay(&self, polls: usize) {
        self.delays.store(polls, Ordering::SeqCst);
    }

    /// Lets nobody be woken when a lease ends.
    pub(super) fn mute(&self) {
        self.is_mute.store(true, Ordering::SeqCst);
    }

    /// Lets a lease end just before somebody begins to watch for that.
    pub(super) fn end_leases_unwatched(&self) {
        self.ends_unwatched.store(true, Ordering::SeqCst);
    }

    /// What it says of invalidations to caches that are built from now on.
    pub(super) fn tells(&self, telling: Coherence) {
        *self.telling.lock().unwrap() = telling;
    }

    /// The link of the cache that was built first, second, …
    pub(super) fn link(&self, number: usize) -> Arc<Link> {
        Arc::clone(&self.links.lock().unwrap()[number])
    }

    /// What it was asked for since this was last called.
    pub(super) fn asked(&self) -> Vec<Ask> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// How many versions of tags were claimed since this was last called.
    pub(super) fn claimed_tags(&self) -> usize {
        self.claimed_tags.swap(0, Ordering::SeqCst)
    }

    /// How many versions of tags were read since this was last called.
    pub(super) fn asked_tags(&self) -> usize {
        self.asked_tags.swap(0, Ordering::SeqCst)
    }

    /// The entry of the number whose key is 1, as it lies in the store.
    pub(super) fn entry(&self, memo: &'static Memo) -> Vec<u8> {
        self.find(memo).expect("there is an entry").bytes
    }

    pub(super) fn has_entry(&self, memo: &'static Memo) -> bool {
        self.find(memo).is_some()
    }

    fn find(&self, memo: &'static Memo) -> Option<Found> {
        let key = super::entry_key(memo);
        self.memory.read_blocking(&key, &[]).unwrap().entry
    }

    /// Whether somebody holds the lease of the number whose key is 1.
    pub(super) fn is_leased(&self, memo: &'static Memo) -> bool {
        // Asked with a life of nothing, which is over when it is granted.
        let claim = Claim {
            token: crate::random::token(),
            life: Duration::ZERO,
            sharing: Sharing::Exclusive,
            seen: self.find(memo).map(|found| seal_of(&found.bytes)),
            tags: Vec::new(),
            tag_life: None,
        };
        let claimed = self.memory.claim_blocking(&super::entry_key(memo), &claim);
        matches!(claimed.unwrap().grant, Grant::Busy { .. })
    }

    /// Forgets the versions of all tags, as a server that was full.
    pub(super) fn forget_tags(&self) {
        self.has_no_tags.store(true, Ordering::SeqCst);
    }

    fn check(&self, ask: Ask) -> Result<(), StoreError> {
        self.asked.lock().unwrap().push(ask);
        let fails = self.fails.lock().unwrap();
        let kind = fails.some.get(&ask).copied().or(fails.all);
        kind.map_or(Ok(()), |kind| Err(kind.into()))
    }

    async fn take_time(&self) {
        Yield(self.delays.load(Ordering::SeqCst)).await;
    }
}

/// One process's way to the store.
#[derive(Debug)]
pub(super) struct Handle(pub(super) Arc<Trouble>);

impl Handle {
    /// Does what `operation` does, with a pause before it and one before its outcome is known.
    fn slowly<'a, T: Send + 'a>(
        &'a self,
        operation: impl FnOnce() -> Result<T, StoreError> + Send + 'a,
    ) -> StoreFuture<'a, T> {
        Box::pin(async move {
            self.0.take_time().await;
            let outcome = operation();
            self.0.take_time().await;
            outcome
        })
    }
}

impl Store for Handle {
    fn read<'a>(&'a self, key: &'a EntryKey, tags: &'a [TagKey]) -> StoreFuture<'a, Looked> {
        self.slowly(|| self.read_blocking(key, tags))
    }

    fn claim<'a>(&'a self, key: &'a EntryKey, claim: &'a Claim) -> StoreFuture<'a, Claimed> {
        self.slowly(|| self.claim_blocking(key, claim))
    }

    fn write<'a>(
        &'a self,
        key: &'a EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> StoreFuture<'a, Written> {
        self.slowly(move || self.write_blocking(key, entry, fence))
    }

    fn remove<'a>(&'a self, key: &'a EntryKey, origin: Origin) -> StoreFuture<'a, ()> {
        self.slowly(move || self.remove_blocking(key, origin))
    }

    fn invalidate<'a>(
        &'a self,
        tag: &'a TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        self.slowly(move || self.invalidate_blocking(tag, version, life))
    }

    fn read_blocking(&self, key: &EntryKey, tags: &[TagKey]) -> Result<Looked, StoreError> {
        self.0.asked_tags.fetch_add(tags.len(), Ordering::SeqCst);
        self.0.check(Ask::Read)?;
        let mut looked = self.0.memory.read_blocking(key, tags)?;
        if self.0.has_no_tags.load(Ordering::SeqCst) {
            looked.tags.fill(None);
        }
        Ok(match self.0.answer.lock().unwrap().clone() {
            Some(bytes) => Looked::new(Some(Found::new(bytes, self.0.clock.now_ms())), looked.tags),
            None => looked,
        })
    }

    fn claim_blocking(&self, key: &EntryKey, claim: &Claim) -> Result<Claimed, StoreError> {
        self.0.check(Ask::Claim)?;
        let tags = claim.tags.len();
        self.0.claimed_tags.fetch_add(tags, Ordering::SeqCst);
        let mut claimed = self.0.memory.claim_blocking(key, claim)?;
        if let Some(bytes) = self.0.claim_answer.lock().unwrap().clone() {
            claimed.grant = Grant::Stored(Found::new(bytes, self.0.clock.now_ms()));
        }
        Ok(claimed)
    }

    fn write_blocking(
        &self,
        key: &EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> Result<Written, StoreError> {
        self.0.check(Ask::Write)?;
        self.0.memory.write_blocking(key, entry, fence)
    }

    fn remove_blocking(&self, key: &EntryKey, origin: Origin) -> Result<(), StoreError> {
        self.0.check(Ask::Remove)?;
        self.0.memory.remove_blocking(key, origin)
    }

    fn invalidate_blocking(
        &self,
        tag: &TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> Result<(), StoreError> {
        self.0.check(Ask::Invalidate)?;
        self.0.memory.invalidate_blocking(tag, version, life)
    }

    fn renew(&self, key: &EntryKey, token: Token, life: Duration) -> Result<bool, StoreError> {
        self.0.check(Ask::Renew)?;
        self.0.memory.renew(key, token, life)
    }

    fn release(&self, key: &EntryKey, token: Token) -> Result<(), StoreError> {
        self.0.check(Ask::Release)?;
        self.0.memory.release(key, token)
    }

    fn ping(&self) -> Result<(), StoreError> {
        self.0.check(Ask::Ping)
    }

    fn touch(&self, _: &[TagKey]) -> Result<(), StoreError> {
        self.0.check(Ask::Touch)
    }

    fn watch(&self, key: &EntryKey) -> Option<Watch> {
        if self.0.ends_unwatched.load(Ordering::SeqCst) {
            let removed = self.0.memory.remove_blocking(key, crate::random::origin());
            removed.expect("a store in memory does not fail");
        }
        let is_mute = self.0.is_mute.load(Ordering::SeqCst);
        (!is_mute).then(|| self.0.memory.watch(key)).flatten()
    }

    fn listen(&self, control: &str, listener: Arc<dyn Listener>) -> Coherence {
        let link = Arc::new(Link {
            listener,
            is_dead: AtomicBool::new(false),
        });
        self.0.links.lock().unwrap().push(Arc::clone(&link));
        let telling = *self.0.telling.lock().unwrap();
        if telling != Coherence::Untold {
            self.0.memory.listen(control, link);
        }
        telling
    }
}

impl Link {
    /// Proves that nothing was missed up to now.
    pub(super) fn prove(&self) {
        self.listener.prove(self.listener.now_ms());
    }

    /// Is lost, and known to be.
    pub(super) fn lose(&self) {
        self.die();
        self.listener.lose();
    }

    /// Says nothing any more.
    pub(super) fn die(&self) {
        self.is_dead.store(true, Ordering::SeqCst);
    }

    /// Is there again.
    pub(super) fn revive(&self) {
        self.is_dead.store(false, Ordering::SeqCst);
        self.prove();
    }
}

impl Listener for Link {
    fn hear(&self, news: News<'_>) {
        if !self.is_dead.load(Ordering::SeqCst) {
            self.listener.hear(news);
        }
    }

    fn now_ms(&self) -> u64 {
        self.listener.now_ms()
    }

    fn prove(&self, asked_ms: u64) {
        self.listener.prove(asked_ms);
    }

    fn lose(&self) {
        self.listener.lose();
    }

    fn is_wanted(&self) -> bool {
        self.listener.is_wanted()
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link")
    }
}

/// Pending that many times, each time asking to be polled again.
pub(super) struct Yield(pub(super) usize);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
