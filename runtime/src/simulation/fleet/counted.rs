//! A store in memory that counts what it is asked.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::entry::Draft;
use crate::key::EntryKey;
use crate::store::memory::Memory;
use crate::store::{
    Attended, Build, Claim, Claimed, Coherence, Edition, Fence, Listed, Listener, Living, Looked,
    News, Origin, Presence, PurgeStep, Revision, Roster, Store, StoreError, StoreFuture, TagKey,
    TagVersion, Token, Watch, Written,
};

#[derive(Debug, Default)]
pub(super) struct Counts {
    reads: AtomicU64,
    tags: AtomicU64,
    claims: AtomicU64,
    writes: AtomicU64,
    renewals: AtomicU64,
    invalidations: AtomicU64,
    told: AtomicU64,
    computed: AtomicU64,
    heartbeats: AtomicU64,
    account: AtomicU64,
}

/// What was counted up to some moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub(super) reads: u64,
    /// Versions of tags, with reads and claims.
    pub(super) tags: u64,
    pub(super) claims: u64,
    pub(super) writes: u64,
    pub(super) renewals: u64,
    pub(super) invalidations: u64,
    /// To how many listeners.
    pub(super) told: u64,
    pub(super) computed: u64,
    pub(super) heartbeats: u64,
    /// All else that is asked about instances and versions.
    pub(super) account: u64,
}

impl Counts {
    pub(super) fn computed(&self) {
        add(&self.computed, 1);
    }

    pub(super) fn read(&self) -> Count {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Count {
            reads: get(&self.reads),
            tags: get(&self.tags),
            claims: get(&self.claims),
            writes: get(&self.writes),
            renewals: get(&self.renewals),
            invalidations: get(&self.invalidations),
            told: get(&self.told),
            computed: get(&self.computed),
            heartbeats: get(&self.heartbeats),
            account: get(&self.account),
        }
    }
}

fn add(counter: &AtomicU64, count: usize) {
    counter.fetch_add(count as u64, Ordering::Relaxed);
}

/// One instance's way to the store that all share.
#[derive(Debug)]
pub(super) struct Counted {
    memory: Arc<Memory>,
    counts: Arc<Counts>,
}

impl Counted {
    pub(super) fn new(memory: &Arc<Memory>, counts: &Arc<Counts>) -> Self {
        Self {
            memory: Arc::clone(memory),
            counts: Arc::clone(counts),
        }
    }
}

impl Store for Counted {
    fn read<'a>(&'a self, key: &'a EntryKey, tags: &'a [TagKey]) -> StoreFuture<'a, Looked> {
        Box::pin(ready(self.read_blocking(key, tags)))
    }

    fn claim<'a>(&'a self, key: &'a EntryKey, claim: &'a Claim) -> StoreFuture<'a, Claimed> {
        Box::pin(ready(self.claim_blocking(key, claim)))
    }

    fn write<'a>(
        &'a self,
        key: &'a EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> StoreFuture<'a, Written> {
        Box::pin(ready(self.write_blocking(key, entry, fence)))
    }

    fn remove<'a>(&'a self, key: &'a EntryKey, origin: Origin) -> StoreFuture<'a, ()> {
        Box::pin(ready(self.remove_blocking(key, origin)))
    }

    fn invalidate<'a>(
        &'a self,
        tag: &'a TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(ready(self.invalidate_blocking(tag, version, life)))
    }

    fn read_blocking(&self, key: &EntryKey, tags: &[TagKey]) -> Result<Looked, StoreError> {
        add(&self.counts.reads, 1);
        add(&self.counts.tags, tags.len());
        self.memory.read_blocking(key, tags)
    }

    fn claim_blocking(&self, key: &EntryKey, claim: &Claim) -> Result<Claimed, StoreError> {
        add(&self.counts.claims, 1);
        add(&self.counts.tags, claim.tags.len());
        self.memory.claim_blocking(key, claim)
    }

    fn write_blocking(
        &self,
        key: &EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> Result<Written, StoreError> {
        add(&self.counts.writes, 1);
        self.memory.write_blocking(key, entry, fence)
    }

    fn remove_blocking(&self, key: &EntryKey, origin: Origin) -> Result<(), StoreError> {
        self.memory.remove_blocking(key, origin)
    }

    fn invalidate_blocking(
        &self,
        tag: &TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> Result<(), StoreError> {
        add(&self.counts.invalidations, 1);
        self.memory.invalidate_blocking(tag, version, life)
    }

    fn renew(&self, key: &EntryKey, token: Token, life: Duration) -> Result<bool, StoreError> {
        add(&self.counts.renewals, 1);
        self.memory.renew(key, token, life)
    }

    fn release(&self, key: &EntryKey, token: Token) -> Result<(), StoreError> {
        self.memory.release(key, token)
    }

    fn ping(&self) -> Result<(), StoreError> {
        self.memory.ping()
    }

    fn watch(&self, key: &EntryKey) -> Option<Watch> {
        self.memory.watch(key)
    }

    fn listen(&self, control: &str, listener: Arc<dyn Listener>) -> Coherence {
        let counts = Arc::clone(&self.counts);
        self.memory
            .listen(control, Arc::new(CountedEar { listener, counts }))
    }

    fn roster(&self) -> Option<&dyn Roster> {
        Some(self)
    }
}

impl Counted {
    /// The store's account, which is asked one more time.
    fn account(&self) -> &Memory {
        add(&self.counts.account, 1);
        &self.memory
    }
}

impl Roster for Counted {
    fn attend(&self, control: &str, presence: &Presence) -> Result<Attended, StoreError> {
        add(&self.counts.heartbeats, 1);
        self.memory.attend(control, presence)
    }

    fn enroll(
        &self,
        control: &str,
        build: Build,
        table: &[u8],
        kept: Duration,
    ) -> Result<(), StoreError> {
        self.account().enroll(control, build, table, kept)
    }

    fn list(&self, control: &str, editions: &[(Edition, &str)]) -> Result<(), StoreError> {
        self.account().list(control, editions)
    }

    fn living(&self, control: &str) -> Result<Living, StoreError> {
        self.account().living(control)
    }

    fn table(&self, control: &str, build: Build) -> Result<Option<Vec<u8>>, StoreError> {
        self.account().table(control, build)
    }

    fn listed(&self, control: &str) -> Result<Vec<Listed>, StoreError> {
        self.account().listed(control)
    }

    fn revise(&self, control: &str, revisions: &[(Listed, Revision)]) -> Result<(), StoreError> {
        self.account().revise(control, revisions)
    }

    fn purge(&self, edition: &Edition, from: u16) -> Result<PurgeStep, StoreError> {
        self.account().purge(edition, from)
    }
}

struct CountedEar {
    listener: Arc<dyn Listener>,
    counts: Arc<Counts>,
}

impl Listener for CountedEar {
    fn hear(&self, news: News<'_>) {
        add(&self.counts.told, 1);
        self.listener.hear(news);
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
