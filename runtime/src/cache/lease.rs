//! After a miss: the right to compute, across processes.
//!
//! One step takes the lease and looks for the entry again. Whoever finds the lease taken waits to be woken by its end,
//! with a timer for what a wake-up may miss, and asks again; past a deadline it computes for itself. While a lease is
//! held it is renewed in the background; given up without an entry, it is released there.

use std::time::Duration;

use super::call::{Call, Hit, Lookup, Stale};
use super::face::Face;
use super::snapshot::Snapshot;
use super::terms::{entry_ms, tag_life};
use crate::clock::milliseconds;
use crate::coherence::{Permit, TagVersions};
use crate::errands::Renewing;
use crate::event::{Event, Leasing, Operation};
use crate::random;
use crate::store::{Claim, Grant, Seal, Sharing, StoreErrorKind, TagVersion, Token};
use crate::stored::Stored;

mod waiting;

use self::waiting::Waiting;

/// What asking for the lease came to.
#[derive(Debug)]
pub(super) enum Leave<'a, V> {
    /// The call computes, by this right.
    Compute(Right<'a, V>),
    /// There is an entry meanwhile.
    Hit(Hit<V>),
    /// Somebody else computes, and there is a stale value to go on with.
    Stale(Stale<V>),
}

/// By what right a call computes, and what it may do with its value.
#[derive(Debug)]
pub(super) struct Right<'a, V> {
    /// What it may store by; without one it may not.
    pub(super) lease: Option<Lease<'a>>,
    /// What may be served if computing fails.
    pub(super) stale: Option<Stale<V>>,
}

impl<V> Right<'_, V> {
    /// The right to compute for oneself.
    pub(super) const fn without_lease(stale: Option<Stale<V>>) -> Self {
        Self { lease: None, stale }
    }
}

/// A lease that is held. Dropped before anything was stored by it, it is given up.
#[derive(Debug)]
pub(super) struct Lease<'a> {
    call: &'a Call<'a>,
    token: Token,
    /// The versions of the entry's tags, from before the computation.
    versions: Vec<TagVersion>,
    /// What the value depends on, as it was before the lease was asked for.
    permit: Permit,
    /// The store has had the last word on it.
    is_spent: bool,
    _renewing: Renewing,
}

impl Lease<'_> {
    pub(super) const fn token(&self) -> Token {
        self.token
    }

    pub(super) fn versions(&self) -> &[TagVersion] {
        &self.versions
    }

    pub(super) const fn permit(&self) -> &Permit {
        &self.permit
    }

    /// The store has the last word on it: there is nothing to give up any more.
    pub(super) const fn spend(&mut self) {
        self.is_spent = true;
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if !self.is_spent {
            let key = self.call.entry_key.clone();
            self.call.core.errands.release(key, self.token);
        }
    }
}

/// What a claim was answered.
struct Answer {
    grant: Grant,
    /// The versions of the entry's tags.
    versions: TagVersions,
    /// The state of all the entry depends on, before the store was asked.
    permit: Permit,
}

/// A claim that is under way. It may have been granted without anybody hearing of it: then it is given up, or everyone
/// would wait for its end.
struct Asking<'a, 'b> {
    call: &'a Call<'b>,
    token: Token,
    is_answered: bool,
}

impl Drop for Asking<'_, '_> {
    fn drop(&mut self) {
        if !self.is_answered {
            let key = self.call.entry_key.clone();
            self.call.core.errands.release(key, self.token);
        }
    }
}

/// Whether a store that failed like this may have done what it was asked to.
const fn may_be_granted(kind: StoreErrorKind) -> bool {
    matches!(kind, StoreErrorKind::Timeout | StoreErrorKind::Unavailable)
}

#[cfg(test)]
impl Call<'_> {
    /// What must not be done: takes the versions of the tags as they are once the value is there.
    pub(super) async fn snapshot_late<F: Face>(&self, face: F, lease: &mut Lease<'_>) {
        use crate::simulation::breaks::Break;
        let tags: Vec<_> = self.tags.iter().map(|tag| tag.to_key()).collect();
        if Break::SnapshotsLate.is_on()
            && let Ok(looked) = face.read(&self.core.gate, &self.entry_key, &tags).await
        {
            lease.versions = looked.tags.into_iter().flatten().collect();
        }
    }
}

impl<'a> Call<'a> {
    /// Asks for the lease until there is an answer, an entry or no patience left.
    pub(super) async fn acquire<F: Face, V: Stored>(
        &'a self,
        face: F,
        mut seen: Option<Seal>,
        mut stale: Option<Stale<V>>,
    ) -> Leave<'a, V> {
        let mut waiting: Option<Waiting> = None;
        let mut unusable = 0;
        while unusable < MOST_UNUSABLE {
            // Before asking: what happens between the answer and the waiting must not be missed.
            let listener = waiting.as_ref().map(Waiting::listen);
            let asked_ms = self.core.time.now_ms();
            let Ok(answer) = self.claim(face, seen, self.sharing()).await else {
                return self.go_alone(Leasing::Failed, stale);
            };
            let Answer {
                grant,
                versions,
                permit,
            } = answer;
            match grant {
                Grant::Leased(token) => {
                    self.lease_event(Leasing::Taken);
                    let lease = Some(self.hold(token, versions, permit));
                    return Leave::Compute(Right { lease, stale });
                }
                Grant::Stored(found) => {
                    let unpacked = self.unpack(face, &found, &versions, asked_ms, &permit);
                    match unpacked.await {
                        Lookup::Hit(hit) => {
                            self.lease_event(Leasing::Answered);
                            return Leave::Hit(hit);
                        }
                        Lookup::Miss {
                            seen: now,
                            stale: found,
                        } => {
                            seen = now;
                            stale = found.or(stale);
                            unusable += 1;
                        }
                        Lookup::Unreachable => return self.go_alone(Leasing::Failed, stale),
                    }
                }
                Grant::Busy { left } => {
                    if let Some(stale) = stale {
                        return Leave::Stale(stale);
                    }
                    let waiting = waiting.get_or_insert_with(|| Waiting::begin(self));
                    let listener = listener.unwrap_or_else(|| waiting.listen());
                    if !waiting.until_woken(face, self, listener, left).await {
                        return self.go_alone(Leasing::GivenUp, stale);
                    }
                }
            }
        }
        self.go_alone(Leasing::GivenUp, stale)
    }

    /// Takes the lease at once or not at all: there is nothing to wait for. Seized, it is taken from whoever has it, since
    /// what they compute is older than what this call will; else it must be free, with no entry but the one `seen`.
    pub(super) async fn take<F: Face>(
        &'a self,
        face: F,
        seen: Option<Seal>,
        sharing: Sharing,
    ) -> Option<Lease<'a>> {
        let answer = self.claim(face, seen, sharing).await.ok()?;
        match answer.grant {
            Grant::Leased(token) => Some(self.hold(token, answer.versions, answer.permit)),
            Grant::Stored(_) | Grant::Busy { .. } => None,
        }
    }

    async fn claim<F: Face>(
        &self,
        face: F,
        seen: Option<Seal>,
        sharing: Sharing,
    ) -> Result<Answer, ()> {
        // A call may have waited for long: what was invalidated meanwhile does not concern what is computed from here on.
        let coherence = &self.core.coherence;
        let permit = coherence.permit(self.entry_key.as_str(), &self.tags);
        let mut asking = Asking {
            call: self,
            token: random::token(),
            is_answered: false,
        };
        let now_ms = self.core.time.now_ms();
        let until_ms = now_ms.saturating_add(entry_ms(self.function()));
        let snapshot = Snapshot::new(self, now_ms, until_ms);
        let tag_life = tag_life(self.function());
        let claim = Claim {
            token: asking.token,
            life: self.lease_life(),
            sharing,
            seen,
            tags: snapshot
                .unknown()
                .map(|tag| (tag.to_key(), random::tag_version()))
                .collect(),
            tag_life,
        };
        let claimed = face.claim(&self.core.gate, &self.entry_key, &claim).await;
        asking.is_answered = !matches!(&claimed, Err(error) if may_be_granted(error.kind()));
        let claimed = claimed.map_err(|error| {
            self.store_failed(Operation::Claim, &error);
        })?;
        // Counted from before the store was asked, and so before its own time begins.
        let lasts_ms = now_ms.saturating_add(tag_life.map_or(u64::MAX, milliseconds));
        let told = claimed.tags.into_iter().map(Some);
        let versions = snapshot.complete(told, &permit, Some(lasts_ms));
        Ok(Answer {
            grant: claimed.grant,
            versions,
            permit,
        })
    }

    fn hold(&'a self, token: Token, versions: TagVersions, permit: Permit) -> Lease<'a> {
        let life = self.lease_life();
        // With a version too few, what is stored is accepted by no one.
        let versions = versions.into_iter().map_while(|version| version).collect();
        Lease {
            call: self,
            token,
            versions,
            permit,
            is_spent: false,
            _renewing: self.core.errands.renew(&self.entry_key, token, life),
        }
    }

    fn go_alone<V>(&self, outcome: Leasing, stale: Option<Stale<V>>) -> Leave<'a, V> {
        self.lease_event(outcome);
        Leave::Compute(Right::without_lease(stale))
    }

    fn lease_event(&self, outcome: Leasing) {
        self.emit(Event::Lease { outcome });
    }

    /// Without a lease of its own, a function's computations share one: it only keeps what was invalidated meanwhile
    /// from being stored.
    const fn sharing(&self) -> Sharing {
        if self.function().lease_ms() == 0 {
            Sharing::Shared
        } else {
            Sharing::Exclusive
        }
    }

    fn lease_life(&self) -> Duration {
        match self.function().lease_ms() {
            0 => DEFAULT_LIFE,
            ms => Duration::from_millis(ms),
        }
    }
}

/// How long a lease lives whose function has none of its own.
const DEFAULT_LIFE: Duration = Duration::from_secs(3);
/// A store that answers one unusable entry after the other must not hold a call for ever.
const MOST_UNUSABLE: u32 = 5;
