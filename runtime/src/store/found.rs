//! What a read of a store finds.

use super::tag::TagVersion;

/// A sealed entry as it was read, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// The bytes [`Draft::seal`](super::Draft::seal) made; possibly damaged, possibly not an entry at all.
    pub bytes: Vec<u8>,
    /// When they were read, in milliseconds of the store's own time, the time entries are sealed with.
    pub now_ms: u64,
}

impl Found {
    /// An entry read at `now_ms` of the store's time.
    #[must_use]
    pub const fn new(bytes: Vec<u8>, now_ms: u64) -> Self {
        Self { bytes, now_ms }
    }
}

/// What one round trip brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Looked {
    /// The entry, if there is one.
    pub entry: Option<Found>,
    /// The versions of the tags, in the order in which they were asked for; `None` for one that has none.
    pub tags: Vec<Option<TagVersion>>,
}

impl Looked {
    /// An entry, and the versions of the tags that were asked for.
    #[must_use]
    pub const fn new(entry: Option<Found>, tags: Vec<Option<TagVersion>>) -> Self {
        Self { entry, tags }
    }
}
