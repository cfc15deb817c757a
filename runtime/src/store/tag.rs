//! Tags: labels of entries, each with a version that a single write replaces.
//!
//! An entry carries the versions its tags had before its value was computed, and is used only while they are the same.
//! Versions are random, not times or counters: no clocks are compared, and one that was lost and made anew never
//! revives an old entry.

use std::fmt;
use std::sync::Arc;

/// The name of a tag in stores: `control:g:…`, where `control` is the namespace of a deployment.
///
/// What follows is `t:` and the label of a user's tag, `f:` and the id of a function, or `n` for the namespace itself:
/// clearing a function or everything is the invalidation of a tag that its entries all have.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TagKey(Arc<str>);

impl TagKey {
    /// The tag of everything in the namespace `control`.
    #[must_use]
    pub fn namespace(control: &str) -> Self {
        Self(format!("{control}{MARK}n").into())
    }

    /// The tag of all entries of the function with this id.
    #[must_use]
    pub fn function(control: &str, function: u64) -> Self {
        Self(format!("{control}{MARK}f:{function:016x}").into())
    }

    /// The tag that users call `label`.
    #[must_use]
    pub fn label(control: &str, label: &str) -> Self {
        // One piece behind the other: with `format!` this took longer than all else that a tag costs a hit.
        Self([control, MARK, "t:", label].concat().into())
    }

    /// A tag by its whole name, as it came back from a store.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self(name.into())
    }

    /// What the names of all tags of a namespace begin with.
    #[must_use]
    pub fn prefix(control: &str) -> String {
        format!("{control}{MARK}")
    }

    /// The namespace, which has no colon.
    #[cfg(feature = "redis")]
    pub(crate) fn control(&self) -> Option<&str> {
        let (control, _) = self.0.split_once(MARK)?;
        Some(control)
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Between the namespace and the kind of a tag.
const MARK: &str = ":g:";

impl fmt::Debug for TagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The version of a tag: random, and as good as unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TagVersion([u8; Self::BYTES]);

impl TagVersion {
    /// How many bytes a version has.
    pub const BYTES: usize = 8;

    /// A version of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The version in `bytes`, if they are one.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; Self::BYTES] {
        self.0
    }
}
