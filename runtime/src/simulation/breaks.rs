//! What can be broken on purpose, to see that the simulation notices.

use std::cell::Cell;

/// One rule of the protocol that is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// The versions of tags are taken after the computation.
    SnapshotsLate,
    /// The store takes entries whose lease is gone.
    StoresUnfenced,
    /// Whoever asks for the lease gets it without another look for the entry.
    LeasesBlindly,
    /// The store forgets who holds a lease.
    LeasesTwice,
    /// An eviction leaves the lease of what is being computed.
    EvictsEntryOnly,
    /// A lost link does not keep copies in memory from being used.
    KeepsMemory,
    /// Copies in memory are used however long ago the last proof is.
    TrustsSilence,
    /// What was read while an invalidation was under way is kept.
    VoidsOnce,
    /// A flight is joined whatever was invalidated since it began.
    JoinsAnyFlight,
    /// A flight is joined however long ago it began and the link was lost.
    JoinsUnheard,
    /// What could not be sent is forgotten when the store is back.
    ForgetsOwed,
    /// The store is read although it was not told yet.
    ReadsOwed,
    /// A permit is taken when the answer is there, not before the question.
    PermitsLate,
    /// Waiters are not woken when a computation was given up.
    HandsNothingOver,
}

impl Break {
    pub(super) const ALL: [Self; 14] = [
        Self::SnapshotsLate,
        Self::StoresUnfenced,
        Self::LeasesBlindly,
        Self::LeasesTwice,
        Self::EvictsEntryOnly,
        Self::KeepsMemory,
        Self::TrustsSilence,
        Self::VoidsOnce,
        Self::JoinsAnyFlight,
        Self::JoinsUnheard,
        Self::ForgetsOwed,
        Self::ReadsOwed,
        Self::PermitsLate,
        Self::HandsNothingOver,
    ];

    /// Whether this is what is broken on the calling thread.
    pub(crate) fn is_on(self) -> bool {
        BROKEN.get() == Some(self)
    }
}

thread_local! {
    static BROKEN: Cell<Option<Break>> = const { Cell::new(None) };
}

/// Breaks a rule on the calling thread until it is dropped.
#[derive(Debug)]
pub(crate) struct Broken(());

impl Broken {
    pub(crate) fn by(what: Option<Break>) -> Self {
        BROKEN.set(what);
        Self(())
    }
}

impl Drop for Broken {
    fn drop(&mut self) {
        BROKEN.set(None);
    }
}
