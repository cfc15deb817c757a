//! [`Tags`]: the labels of one call, by which its entry can be invalidated together with others.

use std::fmt::{self, Write};
use std::{iter, mem};

use super::{Key, KeyFault};

/// Collects the tags of a call, in the order of the marker. A tag that is there already is not added again.
#[derive(Debug, Default)]
pub struct Tags {
    labels: Labels,
    has_failed: bool,
}

impl Tags {
    /// Adds a tag.
    pub fn tag(&mut self, text: fmt::Arguments<'_>) {
        // What fails is the `Display` of an argument.
        self.has_failed |= self.labels.add(text).is_err();
    }
}

/// Labels, one behind the other: in room that the thread lends, so that they cost no allocation each.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    text: String,
    /// Where each of them ends.
    ends: Vec<usize>,
}

impl Labels {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| &self.text[start..*end])
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Of the room, in bytes of labels.
    pub(super) fn capacity(&self) -> usize {
        self.text.capacity()
    }

    /// Forgets all of them, but keeps the room.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// Adds one, if it is not there already; as far as it can be written.
    fn add(&mut self, label: fmt::Arguments<'_>) -> fmt::Result {
        let start = self.text.len();
        let written = self.text.write_fmt(label);
        if self.iter().any(|known| known == &self.text[start..]) {
            self.text.truncate(start);
        } else {
            self.ends.push(self.text.len());
        }
        written
    }
}

impl Key {
    /// Adds the tags of the call.
    #[inline]
    pub(crate) fn with_tags(mut self, tags: impl FnOnce(&mut Tags)) -> Self {
        let parts = self.parts_mut();
        let mut collected = Tags {
            labels: mem::take(&mut parts.labels),
            has_failed: false,
        };
        tags(&mut collected);
        parts.labels = collected.labels;
        if collected.has_failed {
            parts.fail(KeyFault::Unencodable(
                "a tag made of it can't be written".into(),
            ));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_kept_in_order_and_once() {
        let key = Key::build(1, |_| {}).with_tags(|tags| {
            tags.tag(format_args!("user:{}", 1));
            tags.tag(format_args!("order:{}", 2));
            tags.tag(format_args!("user:{}", 1));
        });

        assert!(key.labels().iter().eq(["user:1", "order:2"]));
        assert!(key.fault().is_none());
    }

    #[test]
    fn a_call_whose_tag_fails_to_be_written_has_no_key() {
        struct Failing;
        impl fmt::Display for Failing {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                Err(fmt::Error)
            }
        }
        let key = Key::build(1, |_| {}).with_tags(|tags| tags.tag(format_args!("{Failing}")));

        assert!(key.fault().is_some());
    }
}
