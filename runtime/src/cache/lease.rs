//! After a miss: the right to compute, across processes.
//!
//! One step takes the lease and looks for the entry again. Whoever finds the lease taken waits to be woken by its end,
//! with a timer for what a wake-up may miss, and asks again; past a deadline it computes for itself. While a lease is
//! held it is renewed in the background; given up without an entry, it is released there.

use std::sync::Arc;
use std::time::Duration;

use event_listener::{Event as Signal, EventListener};

use super::call::{Call, Hit, Lookup, Stale};
use super::face::Face;
use super::terms::tag_life;
use crate::coherence::Permit;
use crate::errands::Renewing;
use crate::event::{Event, Leasing, Operation};
use crate::random;
use crate::store::{Claim, Grant, Seal, Sharing, StoreErrorKind, TagVersion, Token, Watch};
use crate::stored::Stored;

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
    versions: Vec<TagVersion>,
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
        if Break::SnapshotsLate.is_on()
            && let Ok(looked) = face
                .read(&self.core.gate, &self.entry_key, &self.tags)
                .await
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
            let listener = waiting.as_ref().map(|waiting| waiting.woken.listen());
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
                    let versions: Vec<_> = versions.into_iter().map(Some).collect();
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
                    let listener = listener.unwrap_or_else(|| waiting.woken.listen());
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
        let claim = Claim {
            token: asking.token,
            life: self.lease_life(),
            sharing,
            seen,
            tags: self
                .tags
                .iter()
                .map(|tag| (tag.clone(), random::tag_version()))
                .collect(),
            tag_life: tag_life(self.function()),
        };
        let claimed = face.claim(&self.core.gate, &self.entry_key, &claim).await;
        asking.is_answered = !matches!(&claimed, Err(error) if may_be_granted(error.kind()));
        let claimed = claimed.map_err(|error| {
            self.store_failed(Operation::Claim, &error);
        })?;
        coherence.learn(&self.tags, &claimed.tags, &permit);
        Ok(Answer {
            grant: claimed.grant,
            versions: claimed.tags,
            permit,
        })
    }

    fn hold(&'a self, token: Token, versions: Vec<TagVersion>, permit: Permit) -> Lease<'a> {
        let life = self.lease_life();
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

/// A call that waits for somebody else's lease to end.
#[derive(Debug)]
struct Waiting {
    /// Notified by the store, if it can, and by timers.
    woken: Arc<Signal>,
    watch: Option<Watch>,
    /// The watch has been in place for a whole round: no end of the lease can have been missed before it.
    is_in_place: bool,
    ends_ms: u64,
}

impl Waiting {
    fn begin(call: &Call<'_>) -> Self {
        call.lease_event(Leasing::Busy);
        let watch = call.core.gate.store().watch(&call.entry_key);
        let woken = match &watch {
            Some(watch) => Arc::clone(watch.woken()),
            None => Arc::new(Signal::new()),
        };
        let patience_ms = call.core.wait_deadline_ms;
        Self {
            woken,
            watch,
            is_in_place: false,
            ends_ms: call.core.time.now_ms().saturating_add(patience_ms),
        }
    }

    /// Waits for a reason to ask again; whether there is one.
    async fn until_woken<F: Face>(
        &mut self,
        face: F,
        call: &Call<'_>,
        listener: EventListener,
        left: Duration,
    ) -> bool {
        let now_ms = call.core.time.now_ms();
        if now_ms >= self.ends_ms {
            return false;
        }
        let is_watched = self.watch.is_some() && self.is_in_place;
        self.is_in_place = true;
        let pause_ms = if is_watched {
            LONG_PAUSE_MS
        } else {
            SHORT_PAUSE_MS
        };
        let left_ms = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
        // A millisecond later than the lease ends: clocks round.
        let pause_ms = pause_ms.min(left_ms.saturating_add(1));
        let at_ms = now_ms.saturating_add(pause_ms).min(self.ends_ms);
        if !call.core.timers.notify_at(at_ms, &self.woken) {
            return false;
        }
        face.wait(listener).await;
        true
    }
}

/// How long a lease lives whose function has none of its own.
const DEFAULT_LIFE: Duration = Duration::from_secs(3);
/// The longest time a wake-up that was missed goes unnoticed.
const LONG_PAUSE_MS: u64 = 500;
/// The same where the store wakes nobody, or does so only from some moment on.
const SHORT_PAUSE_MS: u64 = 25;
/// A store that answers one unusable entry after the other must not hold a call for ever.
const MOST_UNUSABLE: u32 = 5;
