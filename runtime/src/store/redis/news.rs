//! What processes tell each other: who listens, and what they hear.

use super::script::Telling;
use crate::key::EntryKey;
use crate::store::Origin;

/// The channel on which it is told what becomes of entries.
pub(super) fn channel(control: &str) -> String {
    format!("{control}:inv")
}

/// That `key` was removed or replaced by `origin`: 16 hexadecimal digits, then the name.
pub(super) fn telling(control: &str, key: &EntryKey, Origin(origin): Origin) -> Telling {
    Telling {
        channel: channel(control),
        message: format!("{origin:016x}{key}"),
    }
}
