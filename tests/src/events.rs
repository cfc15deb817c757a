//! Events as short texts, for assertions: without durations and byte counts, which no test is about.

use selfsame::{Event, Layer, MissReason};

/// Such as `hit store`, `miss memory`, `rejected Corrupt`, `lease Taken`, `computed`, `store failed Read Unavailable`.
#[must_use]
pub fn text(event: &Event) -> String {
    match event {
        Event::Hit { layer, .. } => format!("hit {}", name(*layer)),
        Event::Miss {
            reason: MissReason::Rejected(fault),
            ..
        } => format!("rejected {fault:?}"),
        Event::Miss {
            layer,
            reason: MissReason::Cold,
        } => format!("miss {}", name(*layer)),
        Event::Miss { layer, reason } => format!("miss {} {reason:?}", name(*layer)),
        Event::Stale { layer, reason } => format!("stale {} {reason:?}", name(*layer)),
        Event::Lease { outcome } => format!("lease {outcome:?}"),
        Event::Refresh { outcome } => format!("refresh {outcome:?}"),
        Event::Waited { fate } => format!("waited {fate:?}"),
        Event::Alone { reason } => format!("alone {reason:?}"),
        Event::Computed { .. } => "computed".to_owned(),
        Event::Failed { .. } => "failed".to_owned(),
        Event::Stored { .. } => "stored".to_owned(),
        Event::NotStored { reason } => format!("not stored {reason:?}"),
        Event::Uncached { reason } => format!("uncached {reason:?}"),
        Event::StoreFailed { operation, kind } => format!("store failed {operation:?} {kind:?}"),
        Event::Evicted { outcome } => format!("evicted {outcome:?}"),
        other => format!("{other:?}").to_lowercase(),
    }
}

const fn name(layer: Layer) -> &'static str {
    match layer {
        Layer::Memory => "memory",
        Layer::Store => "store",
    }
}
