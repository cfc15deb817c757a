//! Making entries unusable on purpose.

use super::Core;
use super::call::{Call, uncached};
use super::face::Face;
use crate::event::Event;
use crate::evicted::Evicted;
use crate::key::Key;
use crate::memo::Memo;

/// Removes the entry of one call everywhere, and keeps what is being computed for it from being stored.
///
/// The order matters: first the flights are told, then what they may have stored before that is removed. A computation
/// looks for the word after it has stored, so one of the two always sees the other.
pub(crate) async fn evict<F: Face>(face: F, core: &Core, memo: &'static Memo, key: Key) -> Evicted {
    if let Some(fault) = key.fault() {
        uncached(core, memo, fault);
        return Evicted::Done;
    }
    let call = Call::new(core, memo, &key);
    core.flights.doom(&call.key);
    core.l1.remove(&call.key);
    let outcome = match call.remove(face, &call.entry_key()).await {
        Ok(()) => Evicted::Done,
        Err(_) => Evicted::Deferred,
    };
    call.emit(Event::Evicted { outcome });
    outcome
}

/// Makes every entry of a function unusable everywhere.
#[expect(clippy::unused_async, reason = "stores are not told yet")]
pub(crate) async fn clear_function<F: Face>(
    _face: F,
    _core: &Core,
    _memo: &'static Memo,
) -> Evicted {
    Evicted::Done
}

/// Makes every entry with a tag unusable everywhere.
#[expect(clippy::unused_async, reason = "stores are not told yet")]
pub(crate) async fn tag<F: Face>(_face: F, _core: &Core, _tag: &str) -> Evicted {
    Evicted::Done
}

/// Makes every entry of the namespace unusable everywhere.
#[expect(clippy::unused_async, reason = "stores are not told yet")]
pub(crate) async fn clear<F: Face>(_face: F, _core: &Core) -> Evicted {
    Evicted::Done
}
