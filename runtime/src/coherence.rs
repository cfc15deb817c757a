//! Whether what this process knows still holds: copies in memory, versions of tags, computations under way.
//!
//! Everything that can be invalidated (an entry, a tag, a function) has a *mark*: one of a fixed number of counters,
//! chosen by the hash of its name. Whoever invalidates it counts the mark up; whoever wants to rely on something notes
//! the marks of all it depends on *before* looking, in a [`Permit`], and compares later. Names that share a mark only
//! ever cost a computation. The whole of it has a generation too, which moves when anything may have changed. And all
//! changes are counted together: as long as that number stays, what held before holds still, at the price of one look.
//!
//! Other processes' invalidations come by a link that the store keeps up. Between two proofs that nothing was missed,
//! copies in memory are used for [`BOUND_MS`] at most; once a proof is late or the link is lost, they are not used at
//! all, and when the link is back, none of the old ones is.

use std::fmt;
use std::sync::{Arc, Weak};

use crate::clock::Time;
use crate::hash;
#[cfg(test)]
use crate::simulation::breaks::Break;
use crate::store::{Coherence as Telling, Listener, News, Origin, Store, TagKey, TagRef};
use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering};

mod permit;
#[cfg(test)]
mod tests;
mod versions;

pub(crate) use self::permit::{Checked, Permit, Stamp};
pub(crate) use self::versions::TagVersions;
use self::versions::Versions;

/// How long copies in memory are used without a new proof that no news was missed. The bound on how long a process may
/// go on answering from memory what was invalidated while its link was silently dead.
pub(crate) const BOUND_MS: u64 = 2_000;

/// What can be relied on.
pub(crate) struct Coherence {
    own: Origin,
    control: Box<str>,
    /// The tag of everything, whose change is a new generation.
    namespace: TagKey,
    time: Time,
    /// Until when copies in memory may be used; `u64::MAX` where no news can be missed or none are to be had.
    until_ms: AtomicU64,
    generation: AtomicU64,
    /// How often anything was invalidated. Counted up behind the mark or the generation: who sees the number sees these.
    changes: AtomicU64,
    marks: Box<[AtomicU32]>,
    versions: Versions,
    /// Is told when the link comes up (`true`) or is lost.
    changed: Box<dyn Fn(bool) + Send + Sync>,
}

impl Coherence {
    /// Begins to listen to `store`.
    pub(crate) fn start(
        store: &dyn Store,
        control: &str,
        time: Time,
        changed: impl Fn(bool) + Send + Sync + 'static,
    ) -> Arc<Self> {
        let coherence = Arc::new(Self {
            own: crate::random::origin(),
            control: control.into(),
            namespace: TagKey::namespace(control),
            time,
            until_ms: AtomicU64::new(0),
            generation: AtomicU64::new(0),
            changes: AtomicU64::new(0),
            marks: (0..MARKS).map(|_| AtomicU32::new(0)).collect(),
            versions: Versions::new(),
            changed: Box::new(changed),
        });
        let ear = Ear(Arc::downgrade(&coherence));
        match store.listen(control, Arc::new(ear)) {
            Telling::Told => {}
            Telling::Always => coherence.until_ms.store(u64::MAX, Ordering::Release),
            Telling::Untold => {
                coherence.versions.distrust();
                coherence.until_ms.store(u64::MAX, Ordering::Release);
            }
        }
        coherence
    }

    /// Who this process is to those it tells.
    pub(crate) const fn own(&self) -> Origin {
        self.own
    }

    /// The namespace of tags and news.
    pub(crate) fn control(&self) -> &str {
        &self.control
    }

    /// The tag of everything.
    pub(crate) const fn namespace(&self) -> &TagKey {
        &self.namespace
    }

    /// Whether copies in memory may be used at all.
    #[inline]
    pub(crate) fn is_usable(&self, now_ms: u64) -> bool {
        // Acquire: what was heard before a proof is seen with it.
        #[cfg(test)]
        if Break::TrustsSilence.is_on() {
            return self.until_ms.load(Ordering::Acquire) != 0;
        }
        now_ms < self.until_ms.load(Ordering::Acquire)
    }

    /// Whether what was begun at `began_ms` is still to be relied on, as far as news can have been missed since: copies
    /// in memory may be used, or it is not older than they may get.
    pub(crate) fn knows_since(&self, began_ms: u64) -> bool {
        #[cfg(test)]
        if Break::JoinsUnheard.is_on() {
            return true;
        }
        let now_ms = self.now_ms();
        self.is_usable(now_ms) || now_ms < began_ms.saturating_add(BOUND_MS)
    }

    /// The time of the process.
    pub(crate) fn now_ms(&self) -> u64 {
        self.time.now_ms()
    }

    /// Whether nothing of what a permit depends on was invalidated since it was given.
    #[inline]
    pub(crate) fn holds(&self, permit: &Permit) -> bool {
        self.generation.load(Ordering::Acquire) == permit.generation
            && permit.stamps().all(|stamp| self.is_current(stamp))
    }

    /// The same for a permit that was asked about before: compares its marks only if anything was invalidated since.
    #[inline]
    pub(crate) fn holds_still(&self, permit: &Permit, checked: &Checked) -> bool {
        // Read before the marks: what is invalidated while they are compared counts as not yet seen.
        let changes = self.changes.load(Ordering::Acquire);
        checked.is_at(changes) || self.holds_anew(permit, checked, changes)
    }

    #[cold]
    fn holds_anew(&self, permit: &Permit, checked: &Checked, changes: u64) -> bool {
        let holds = self.holds(permit);
        if holds {
            checked.set(changes);
        }
        holds
    }

    /// Notes the state of an entry and of its tags, to be compared with later.
    pub(crate) fn permit(&self, entry: &str, tags: &[TagRef<'_>]) -> Permit {
        // First: whatever is invalidated from here on makes the permit void.
        let generation = self.generation.load(Ordering::Acquire);
        let mut permit = Permit::new(generation, self.stamp(mark(hash::of_name(entry))));
        tags.iter()
            .for_each(|tag| permit.add(self.stamp(mark(tag.hash))));
        permit
    }

    /// Counts the mark of a name up, so that all permits that depend on it are void. The new stamp.
    pub(crate) fn invalidate(&self, name: &str) -> Stamp {
        let mark = mark(hash::of_name(name));
        let count = self.marks[mark as usize].fetch_add(1, Ordering::AcqRel);
        self.changes.fetch_add(1, Ordering::AcqRel);
        let count = count.wrapping_add(1);
        Stamp { mark, count }
    }

    /// Makes all permits void.
    pub(crate) fn invalidate_all(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.changes.fetch_add(1, Ordering::AcqRel);
    }

    /// What this process knows of the versions of tags.
    pub(crate) const fn versions(&self) -> &Versions {
        &self.versions
    }

    fn stamp(&self, mark: u32) -> Stamp {
        let count = self.marks[mark as usize].load(Ordering::Acquire);
        Stamp { mark, count }
    }

    #[inline]
    fn is_current(&self, stamp: Stamp) -> bool {
        self.marks[stamp.mark as usize].load(Ordering::Acquire) == stamp.count
    }

    fn hear(&self, news: News<'_>) {
        match news {
            News::Entry { origin, .. } if origin == self.own => {}
            News::Entry { name, .. } => {
                self.invalidate(name);
            }
            News::Tag { name } if name == self.namespace.as_str() => self.invalidate_all(),
            News::Tag { name } => {
                self.invalidate(name);
            }
            News::Anything => self.invalidate_all(),
        }
    }

    fn prove(&self, asked_ms: u64) {
        let until_ms = self.until_ms.load(Ordering::Acquire);
        if asked_ms >= until_ms {
            // There was a time without proof: what was learnt before it is not relied on.
            self.invalidate_all();
        }
        self.until_ms
            .store(asked_ms.saturating_add(BOUND_MS), Ordering::Release);
        if until_ms == 0 {
            (self.changed)(true);
        }
    }

    fn lose(&self) {
        #[cfg(test)]
        if Break::KeepsMemory.is_on() {
            return;
        }
        let was_proven = self.until_ms.swap(0, Ordering::AcqRel) != 0;
        self.invalidate_all();
        if was_proven {
            (self.changed)(false);
        }
    }
}

impl fmt::Debug for Coherence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coherence")
            .field("control", &self.control)
            .field("until_ms", &self.until_ms)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// What the store tells; as long as anybody is interested.
struct Ear(Weak<Coherence>);

impl Listener for Ear {
    fn hear(&self, news: News<'_>) {
        if let Some(coherence) = self.0.upgrade() {
            coherence.hear(news);
        }
    }

    fn now_ms(&self) -> u64 {
        self.0
            .upgrade()
            .map_or(0, |coherence| coherence.time.now_ms())
    }

    fn prove(&self, asked_ms: u64) {
        if let Some(coherence) = self.0.upgrade() {
            coherence.prove(asked_ms);
        }
    }

    fn lose(&self) {
        if let Some(coherence) = self.0.upgrade() {
            coherence.lose();
        }
    }

    fn is_wanted(&self) -> bool {
        self.0.strong_count() > 0
    }
}

/// The mark of a name with this hash.
const fn mark(hash: u64) -> u32 {
    // The low bits of 64 fit into 32.
    (hash % MARKS as u64) as u32
}

/// 256 KiB. With ten thousand invalidations a second, a copy in memory still lasts for some seconds.
const MARKS: usize = if cfg!(selfsame_model) {
    1 << 6
} else {
    1 << 16
};
