//! Keeping a copy in memory: for how long, and as long as what it depends on holds.

use std::sync::Arc;
use std::time::Duration;

use super::call::{Call, Stale};
use super::terms::refresh_ms;
use crate::coherence::Permit;
use crate::l1::{Keeping, Kept};
use crate::stored::Stored;

/// What is known of a value besides itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Payload {
    /// What computing it took.
    pub(super) cost: Duration,
    pub(super) bytes: usize,
}

/// The time a value may be answered with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    from_ms: u64,
    left_ms: u64,
    /// When it is to be computed anew; `u64::MAX` for not before it ends.
    refresh_ms: u64,
    is_stale: bool,
}

impl Span {
    /// Whether it is time to compute the value anew.
    pub(super) const fn is_due(self, now_ms: u64) -> bool {
        self.refresh_ms <= now_ms
    }
}

impl Call<'_> {
    /// The time of a value that is fresh for `left_ms` from `from_ms` on. Throws the dice of `refresh = "ahead"`.
    pub(super) fn fresh(&self, payload: Payload, from_ms: u64, left_ms: u64) -> Span {
        Span {
            from_ms,
            left_ms,
            refresh_ms: refresh_ms(self.function(), payload.cost, from_ms, left_ms),
            is_stale: false,
        }
    }

    /// Puts a copy into memory, for as long as the function allows and no longer than its time. `value` is asked for only
    /// if there is any such time.
    pub(super) fn keep<'v, V: Stored>(
        &self,
        value: impl FnOnce() -> &'v Arc<Kept<V>>,
        payload: Payload,
        span: Span,
        permit: &Permit,
    ) {
        #[cfg(test)]
        let permit = &self.permit_of_copy(permit);
        let copy_ms = self.function().l1_ms().min(span.left_ms);
        // One that is void already would only take the place of a newer one.
        if copy_ms == 0 || !self.core.coherence.holds(permit) {
            return;
        }
        let keeping = Keeping {
            // "For ever" saturates to the same number.
            deadline_ms: span.from_ms.saturating_add(copy_ms),
            refresh_ms: span.refresh_ms,
            is_stale: span.is_stale,
            cost_us: u64::try_from(payload.cost.as_micros()).unwrap_or(u64::MAX),
            payload_bytes: payload.bytes,
            permit: permit.clone(),
        };
        let slot = Arc::<Kept<V>>::clone(value());
        self.core.l1.insert(self.key.clone(), slot, keeping);
    }

    /// Keeps a stale value in memory for a while, so that what has failed is not tried by every call.
    pub(super) fn keep_stale<V: Stored>(&self, stale: &Stale<V>) {
        let span = Span {
            from_ms: self.core.time.now_ms(),
            left_ms: stale.left_ms.min(RETRY_MS),
            refresh_ms: u64::MAX,
            is_stale: true,
        };
        self.keep(|| stale.owned.shared(), stale.payload, span, &self.permit);
    }
}

#[cfg(test)]
impl Call<'_> {
    /// The permit itself; or, what must not be done, one from when the value was there already.
    fn permit_of_copy(&self, permit: &Permit) -> Permit {
        use crate::simulation::breaks::Break;
        if Break::PermitsLate.is_on() {
            let coherence = &self.core.coherence;
            coherence.permit(self.entry_key.as_str(), &self.tags)
        } else {
            permit.clone()
        }
    }
}

/// How long a stale value is served before what has failed is tried again.
const RETRY_MS: u64 = 10_000;
