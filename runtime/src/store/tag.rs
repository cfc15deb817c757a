//! Tags: labels of entries, each with a version that a single write replaces.
//!
//! An entry carries the versions its tags had before its value was computed, and is used only while they are the same.
//! Versions are random, not times or counters: no clocks are compared, and one that was lost and made anew never
//! revives an old entry.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use quick_cache::Equivalent;

use crate::hash;

/// The name of a tag in stores: `control:g:…`, where `control` is the namespace of a deployment.
///
/// What follows is `t:` and the label of a user's tag, `f:` and the id of a function, or `n` for the namespace itself:
/// clearing a function or everything is the invalidation of a tag that its entries all have.
#[derive(Clone, PartialEq, Eq)]
pub struct TagKey {
    hash: u64,
    name: Arc<str>,
}

impl TagKey {
    /// The tag of everything in the namespace `control`.
    #[must_use]
    pub fn namespace(control: &str) -> Self {
        Self::from_name(&format!("{control}{MARK}n"))
    }

    /// The tag of all entries of the function with this id.
    #[must_use]
    pub fn function(control: &str, function: u64) -> Self {
        Self::from_name(&format!("{control}{MARK}f:{function:016x}"))
    }

    /// The tag that users call `label`.
    #[must_use]
    pub fn label(control: &str, label: &str) -> Self {
        let mut name = String::new();
        TagRef::begin_label(control, &mut name);
        Self::from_name(&(name + label))
    }

    /// A tag by its whole name, as it came back from a store.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self {
            hash: hash::of_name(name),
            name: name.into(),
        }
    }

    /// What the names of all tags of a namespace begin with.
    #[must_use]
    pub fn prefix(control: &str) -> String {
        format!("{control}{MARK}")
    }

    /// The namespace, which has no colon.
    #[cfg(feature = "redis")]
    pub(crate) fn control(&self) -> Option<&str> {
        let (control, _) = self.name.split_once(MARK)?;
        Some(control)
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The tag, without a name of its own.
    #[inline]
    pub(crate) fn borrowed(&self) -> TagRef<'_> {
        TagRef {
            hash: self.hash,
            name: &self.name,
        }
    }
}

impl Hash for TagKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// A tag whose name is somebody else's: a call only looks up most of its tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TagRef<'a> {
    /// Of the name: made once, for whatever is looked up by it.
    pub(crate) hash: u64,
    pub(crate) name: &'a str,
}

impl TagRef<'_> {
    /// Writes what the names of users' tags begin with; the label follows.
    pub(crate) fn begin_label(control: &str, name: &mut String) {
        let pieces = [control, MARK, "t:"];
        name.reserve(pieces.iter().map(|piece| piece.len()).sum());
        pieces.iter().for_each(|piece| name.push_str(piece));
    }

    pub(crate) fn to_key(self) -> TagKey {
        TagKey {
            hash: self.hash,
            name: self.name.into(),
        }
    }
}

impl Hash for TagRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl Equivalent<TagKey> for TagRef<'_> {
    #[inline]
    fn equivalent(&self, key: &TagKey) -> bool {
        self.hash == key.hash && *self.name == *key.name
    }
}

/// Most calls have no more: lists of tags need no allocation for so many.
pub(crate) const FEW_LABELS: usize = 2;

/// Between the namespace and the kind of a tag.
const MARK: &str = ":g:";

impl fmt::Debug for TagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
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
