//! Waiting for the end of a lease that somebody else holds.

use std::sync::Arc;
use std::time::Duration;

use event_listener::{Event as Signal, EventListener};

use crate::cache::call::Call;
use crate::cache::face::Face;
use crate::clock::milliseconds;
use crate::coherence::BOUND_MS;
use crate::event::Leasing;
use crate::store::Watch;

/// A call that waits for somebody else's lease to end.
#[derive(Debug)]
pub(super) struct Waiting {
    /// Notified by the store, if it can, and by timers.
    woken: Arc<Signal>,
    watch: Option<Watch>,
    /// The watch has been in place for a whole round: no end of the lease can have been missed before it.
    is_in_place: bool,
    /// The lease may have ended between the answer and the watch.
    must_look: bool,
    ends_ms: u64,
}

impl Waiting {
    pub(super) fn begin(call: &Call<'_>) -> Self {
        call.lease_event(Leasing::Busy);
        let watch = call.core.gate.store().watch(&call.entry_key);
        let woken = match &watch {
            Some(watch) => Arc::clone(watch.woken()),
            None => Arc::new(Signal::new()),
        };
        let patience_ms = call.core.wait_deadline_ms;
        let is_in_place = watch.as_ref().is_some_and(Watch::is_in_place);
        Self {
            woken,
            watch,
            is_in_place,
            must_look: is_in_place,
            ends_ms: call.core.time.now_ms().saturating_add(patience_ms),
        }
    }

    /// Is told of the end of the lease, from here on.
    pub(super) fn listen(&self) -> EventListener {
        self.woken.listen()
    }

    /// Waits for a reason to ask again; whether there is one.
    pub(super) async fn until_woken<F: Face>(
        &mut self,
        face: F,
        call: &Call<'_>,
        listener: EventListener,
        left: Duration,
    ) -> bool {
        if std::mem::take(&mut self.must_look) {
            return true;
        }
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
        let left_ms = milliseconds(left);
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

/// The longest time a wake-up that was missed goes unnoticed: as long as a link that is silently dead, by which it would
/// have come. Asking more often is what would load the store when a whole fleet waits.
const LONG_PAUSE_MS: u64 = BOUND_MS;
/// The same where the store wakes nobody, or does so only from some moment on.
const SHORT_PAUSE_MS: u64 = 25;
