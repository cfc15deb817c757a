//! Tags: labels of entries, each with a version that a single write replaces.
//!
//! An entry carries the versions its tags had before its value was computed, and is used only while they are the same.
//! Versions are random, not times or counters: no clocks are compared, and one that was lost and made anew never
//! revives an old entry.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

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
        Self::from_name(&pieces(control, label).concat())
    }

    /// The tags that users call `labels`. Their names are put together in the same room, one after the other: with
    /// `format!` this took longer than all else that a tag costs a hit.
    pub(crate) fn labels<'a>(
        control: &str,
        labels: impl Iterator<Item = &'a str>,
    ) -> impl Iterator<Item = Self> {
        let mut name = String::new();
        labels.map(move |label| {
            let pieces = pieces(control, label);
            name.clear();
            name.reserve(pieces.iter().map(|piece| piece.len()).sum());
            pieces.iter().for_each(|piece| name.push_str(piece));
            Self::from_name(&name)
        })
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

    /// The hash of the name: made once, for whatever is looked up by it.
    #[inline]
    pub(crate) const fn hash(&self) -> u64 {
        self.hash
    }
}

impl Hash for TagKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// What the name of a user's tag is made of.
const fn pieces<'a>(control: &'a str, label: &'a str) -> [&'a str; 4] {
    [control, MARK, "t:", label]
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_make_the_same_tags_together_as_one_by_one() {
        let labels = ["user:1", "", "a longer one than the first"];
        let one_by_one = labels.map(|label| TagKey::label("c", label));

        assert!(TagKey::labels("c", labels.into_iter()).eq(one_by_one.clone()));
        assert_eq!(one_by_one[0].as_str(), "c:g:t:user:1");
        assert_eq!(one_by_one[0], TagKey::from_name("c:g:t:user:1"));
    }
}
