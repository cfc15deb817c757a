//! The check that stores run is itself checked: it lets a sound store pass, and notices each promise that is broken.

use std::collections::HashMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use selfsame::SystemClock;
use selfsame::store::memory::Memory;
use selfsame::store::{
    Claim, Claimed, Coherence, Draft, EntryKey, Fence, Grant, Listener, Looked, News, Origin,
    Roster, Sharing, Store, StoreError, StoreFuture, TagKey, TagVersion, Token, Written,
    conformance, seal_of,
};

mod roster;

/// How a store breaks a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// None.
    Sound,
    /// Entries come back without their last byte.
    CutsEntries,
    /// Removing happens by one face only.
    RemovesByOneFace,
    /// Everybody who asks is given the lease.
    LeasesToAll,
    /// Nobody is given the lease of another's key, also who asks for it by force.
    SeizesNothing,
    /// Sharing is refused.
    SharesNothing,
    /// An entry that was stored since is overlooked.
    OverlooksEntries,
    /// What the caller has seen is answered as if it were new.
    OverlooksWhatWasSeen,
    /// A late holder stores.
    NeedsNoLease,
    /// The lease survives a removal.
    KeepsLeaseOfRemoved,
    /// The lease survives what is stored by it.
    KeepsLeaseOfStored,
    /// The lease survives a replacement.
    KeepsLeaseOfReplaced,
    /// Anybody renews a lease.
    RenewsForAll,
    /// A renewal changes nothing.
    RenewsNothing,
    /// A release changes nothing.
    ReleasesNothing,
    /// A claim gives tags new versions.
    ReplacesVersions,
    /// A claim answers with the versions it brought.
    AnswersClaimedVersions,
    /// An invalidation changes nothing.
    InvalidatesNothing,
    /// A tag is remembered for as long as the last who asked for it needs.
    ForgetsTags,
    /// Versions come in another order.
    ReversesTags,
    /// Listeners are told that they know all, and nothing else.
    TellsNothing,
    /// They are told of entries only.
    TellsNoTags,
    /// They are told too late.
    TellsLate,
    /// Who has been silent for long lives on.
    KeepsTheDead,
    /// Of several builds that live, one is known.
    OverlooksTheLiving,
    /// There is one account for all namespaces.
    MixesAccounts,
    /// Tables are not kept.
    EnrollsNothing,
    /// Everybody has the turn.
    GivesTurnsToAll,
    /// Nobody can keep the turn.
    KeepsNoTurn,
    /// A turn has no end.
    EndsNoTurn,
    /// Of several editions one is listed.
    ListsOne,
    /// What is said of an edition is replaced, whatever it was.
    RevisesBlindly,
    /// Nobody is told that it was taken for dead.
    TellsNoneItWasDead,
    /// A purge finds nothing.
    PurgesNothing,
    /// A purge finds much, and removes nothing.
    PurgesInWord,
    /// A purge removes what is of another version, too.
    PurgesOtherVersions,
}

/// A store in memory that keeps all promises but one.
#[derive(Debug)]
struct Broken {
    sound: Memory,
    fault: Fault,
    /// Who holds which lease, until when it does not matter.
    holders: Mutex<HashMap<EntryKey, Token>>,
    ears: Mutex<Ears>,
}

#[derive(Default)]
struct Ears(Vec<Arc<dyn Listener>>);

impl std::fmt::Debug for Ears {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ears")
    }
}

impl Broken {
    fn new(fault: Fault) -> Self {
        Self {
            sound: Memory::new(1 << 26, Arc::new(SystemClock::new())),
            fault,
            holders: Mutex::default(),
            ears: Mutex::default(),
        }
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn holder(&self, key: &EntryKey) -> Option<Token> {
        let holders = self.holders.lock().unwrap_or_else(PoisonError::into_inner);
        holders.get(key).copied()
    }

    /// Gives the lease of `key` back to who had it.
    fn restore_lease(&self, key: &EntryKey) -> Result<(), StoreError> {
        let Some(token) = self.holder(key) else {
            return Ok(());
        };
        self.sound.claim_blocking(key, &seizure(token)).map(drop)
    }

    fn tell(&self, news: News<'_>) {
        let ears = self.ears.lock().unwrap_or_else(PoisonError::into_inner);
        let (is_late, is_tag) = (self.is(Fault::TellsLate), matches!(news, News::Tag { .. }));
        if self.is(Fault::TellsNothing) || is_tag && self.is(Fault::TellsNoTags) {
            return;
        }
        for ear in ears.0.iter() {
            if is_late {
                let ear = Arc::clone(ear);
                thread::spawn(move || {
                    // Longer than a busy machine may take to look.
                    thread::sleep(Duration::from_secs(10));
                    ear.hear(News::Anything);
                });
            } else {
                ear.hear(news);
            }
        }
    }

    /// What a claim asks for, when this store passes it on.
    fn distorted(&self, key: &EntryKey, claim: &Claim) -> Result<Claim, StoreError> {
        let mut claim = claim.clone();
        match self.fault {
            Fault::LeasesToAll if claim.sharing == Sharing::Exclusive => {
                let there = self.sound.read_blocking(key, &[])?.entry;
                if there.is_none_or(|found| claim.seen == Some(seal_of(&found.bytes))) {
                    claim.sharing = Sharing::Seized;
                }
            }
            Fault::SeizesNothing | Fault::SharesNothing
                if (claim.sharing == Sharing::Seized) == self.is(Fault::SeizesNothing) =>
            {
                claim.sharing = Sharing::Exclusive;
            }
            Fault::OverlooksEntries => {
                let there = self.sound.read_blocking(key, &[])?.entry;
                claim.seen = there.map(|found| seal_of(&found.bytes));
            }
            Fault::OverlooksWhatWasSeen => claim.seen = None,
            Fault::ReplacesVersions | Fault::ForgetsTags => {
                for (tag, fresh) in &mut claim.tags {
                    let tags = std::slice::from_ref(&*tag);
                    let known = self.sound.read_blocking(key, tags)?.tags[0];
                    if self.is(Fault::ForgetsTags) {
                        *fresh = known.unwrap_or(*fresh);
                    }
                    self.sound
                        .invalidate_blocking(tag, *fresh, claim.tag_life)?;
                }
            }
            _ => {}
        }
        Ok(claim)
    }
}

fn seizure(token: Token) -> Claim {
    Claim {
        token,
        life: Duration::from_secs(3_600),
        sharing: Sharing::Seized,
        seen: None,
        tags: Vec::new(),
        tag_life: None,
    }
}

impl Store for Broken {
    fn read<'a>(&'a self, key: &'a EntryKey, tags: &'a [TagKey]) -> StoreFuture<'a, Looked> {
        Box::pin(async { self.read_blocking(key, tags) })
    }

    fn claim<'a>(&'a self, key: &'a EntryKey, claim: &'a Claim) -> StoreFuture<'a, Claimed> {
        Box::pin(async { self.claim_blocking(key, claim) })
    }

    fn write<'a>(
        &'a self,
        key: &'a EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> StoreFuture<'a, Written> {
        Box::pin(async move { self.write_blocking(key, entry, fence) })
    }

    fn remove<'a>(&'a self, key: &'a EntryKey, origin: Origin) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            if self.is(Fault::RemovesByOneFace) {
                return Ok(());
            }
            self.remove_blocking(key, origin)
        })
    }

    fn invalidate<'a>(
        &'a self,
        tag: &'a TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.invalidate_blocking(tag, version, life) })
    }

    fn read_blocking(&self, key: &EntryKey, tags: &[TagKey]) -> Result<Looked, StoreError> {
        let mut looked = self.sound.read_blocking(key, tags)?;
        match (self.fault, &mut looked.entry) {
            (Fault::CutsEntries, Some(found)) => drop(found.bytes.pop()),
            (Fault::ReversesTags, _) => looked.tags.reverse(),
            _ => {}
        }
        Ok(looked)
    }

    fn claim_blocking(&self, key: &EntryKey, claim: &Claim) -> Result<Claimed, StoreError> {
        let distorted = self.distorted(key, claim)?;
        let mut claimed = self.sound.claim_blocking(key, &distorted)?;
        if let Grant::Leased(token) = claimed.grant {
            let mut holders = self.holders.lock().unwrap_or_else(PoisonError::into_inner);
            holders.insert(key.clone(), token);
        }
        if self.is(Fault::AnswersClaimedVersions) {
            claimed.tags = claim.tags.iter().map(|(_, fresh)| *fresh).collect();
        }
        Ok(claimed)
    }

    fn write_blocking(
        &self,
        key: &EntryKey,
        entry: Draft,
        fence: Fence,
    ) -> Result<Written, StoreError> {
        let passed_on = match fence {
            Fence::Leased(_) if self.is(Fault::NeedsNoLease) => Fence::Replaces(Origin(0)),
            fence => fence,
        };
        let written = self.sound.write_blocking(key, entry, passed_on)?;
        let keeps_lease = match fence {
            Fence::Replaces(_) => Fault::KeepsLeaseOfReplaced,
            Fence::Leased(_) | Fence::LeasedNews(..) => Fault::KeepsLeaseOfStored,
        };
        if self.is(keeps_lease) {
            self.restore_lease(key)?;
        }
        if let (Written::Stored, Some(origin)) = (written, fence.news()) {
            let name = key.as_str();
            self.tell(News::Entry { name, origin });
        }
        Ok(written)
    }

    fn remove_blocking(&self, key: &EntryKey, origin: Origin) -> Result<(), StoreError> {
        self.sound.remove_blocking(key, origin)?;
        if self.is(Fault::KeepsLeaseOfRemoved) {
            self.restore_lease(key)?;
        }
        let name = key.as_str();
        self.tell(News::Entry { name, origin });
        Ok(())
    }

    fn invalidate_blocking(
        &self,
        tag: &TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) -> Result<(), StoreError> {
        if !self.is(Fault::InvalidatesNothing) {
            self.sound.invalidate_blocking(tag, version, life)?;
        }
        let name = tag.as_str();
        self.tell(News::Tag { name });
        Ok(())
    }

    fn renew(&self, key: &EntryKey, token: Token, life: Duration) -> Result<bool, StoreError> {
        match (self.fault, self.holder(key)) {
            (Fault::RenewsForAll, Some(holder)) => self.sound.renew(key, holder, life),
            (Fault::RenewsNothing, Some(holder)) => Ok(holder == token),
            _ => self.sound.renew(key, token, life),
        }
    }

    fn release(&self, key: &EntryKey, token: Token) -> Result<(), StoreError> {
        if self.is(Fault::ReleasesNothing) {
            return Ok(());
        }
        self.sound.release(key, token)
    }

    fn ping(&self) -> Result<(), StoreError> {
        self.sound.ping()
    }

    fn roster(&self) -> Option<&dyn Roster> {
        Some(self)
    }

    /// Tells at once, so that all can be proved at any time.
    fn listen(&self, _: &str, listener: Arc<dyn Listener>) -> Coherence {
        let mut ears = self.ears.lock().unwrap_or_else(PoisonError::into_inner);
        ears.0.push(Arc::clone(&listener));
        thread::spawn(move || {
            while listener.is_wanted() {
                listener.prove(listener.now_ms());
                thread::sleep(Duration::from_millis(1));
            }
        });
        Coherence::Told
    }
}

/// What the check says of a store with this fault.
fn verdict(fault: Fault) -> Result<(), String> {
    let check = AssertUnwindSafe(|| {
        let store = Arc::new(Broken::new(fault));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(conformance::check(|| Arc::clone(&store), "broken"));
    });
    panic::catch_unwind(check).map_err(|told| match told.downcast::<String>() {
        Ok(told) => *told,
        Err(told) => told.downcast_ref::<&str>().unwrap_or(&"").to_string(),
    })
}

#[test]
fn memory_conforms() {
    let store = Arc::new(Memory::new(1 << 26, Arc::new(SystemClock::new())));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(conformance::check(|| Arc::clone(&store), "memory"));
}

#[test]
fn every_broken_promise_is_noticed() {
    use Fault::*;
    let faults = [
        (CutsEntries, "comes back byte by byte"),
        (RemovesByOneFace, "it was removed"),
        (LeasesToAll, "a lease that somebody else holds is theirs"),
        (SeizesNothing, "is the claimer's"),
        (SharesNothing, "who shares a lease gets its token"),
        (
            OverlooksEntries,
            "an entry that was stored since is answered",
        ),
        (OverlooksWhatWasSeen, "or that was seen, is the claimer's"),
        (NeedsNoLease, "the lease ended with the entry"),
        (KeepsLeaseOfRemoved, "the entry was removed"),
        (KeepsLeaseOfStored, "the lease ended with the entry"),
        (KeepsLeaseOfReplaced, "the entry was replaced"),
        (RenewsForAll, "a lease that has ended is not renewed"),
        (RenewsNothing, "a renewed lease lives on"),
        (ReleasesNothing, "a released lease is not renewed"),
        (ReplacesVersions, "a tag keeps its version"),
        (AnswersClaimedVersions, "a tag keeps its version"),
        (InvalidatesNothing, "an invalidation replaces the version"),
        (ForgetsTags, "are remembered for the longer time"),
        (ReversesTags, "are remembered for the longer time"),
        (TellsNothing, "not told of an entry (Remove)"),
        (TellsNoTags, "not told of a tag"),
        (TellsLate, "not told of an entry (Remove)"),
        (KeepsTheDead, "an instance outlives its life"),
        (OverlooksTheLiving, "an instance that attends again lives"),
        (MixesAccounts, "none of another"),
        (EnrollsNothing, "whose table was enrolled is known"),
        (GivesTurnsToAll, "one instance has the turn at a time"),
        (KeepsNoTurn, "keeps it on request"),
        (EndsNoTurn, "a turn outlives its length"),
        (ListsOne, "what was listed is"),
        (RevisesBlindly, "only if it is as it was read"),
        (TellsNoneItWasDead, "taken for dead has to list"),
        (PurgesNothing, "were found by their version"),
        (PurgesInWord, "its version was purged"),
        (PurgesOtherVersions, "what was written is there"),
    ];
    assert_eq!(verdict(Sound), Ok(()), "the fixture itself is sound");
    thread::scope(|scope| {
        let verdicts =
            faults.map(|(fault, said)| (fault, said, scope.spawn(move || verdict(fault))));
        for (fault, said, verdict) in verdicts {
            let told = verdict.join().unwrap().expect_err("it is noticed");
            assert!(told.contains(said), "{fault:?} was taken for this: {told}");
        }
    });
}
