//! [`Tags`]: the labels of one call, by which its entry can be invalidated together with others.

use std::fmt::{self, Write};
use std::{iter, mem};

use super::{Key, KeyFault};
use crate::hash;
use crate::store::TagRef;

/// Collects the tags of a call, in the order of the marker. A tag that is there already is not added again.
#[derive(Debug)]
pub struct Tags<'a> {
    control: &'a str,
    labels: Labels,
    has_failed: bool,
}

impl Tags<'_> {
    /// Adds a tag.
    pub fn tag(&mut self, text: fmt::Arguments<'_>) {
        // What fails is the `Display` of an argument.
        self.has_failed |= self.labels.add(self.control, text).is_err();
    }
}

/// The names of the labels' tags, one behind the other: in room that the thread lends, so that they cost no allocation.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    names: String,
    tags: Vec<Label>,
}

#[derive(Debug)]
struct Label {
    hash: u64,
    /// Where the name ends.
    end: usize,
}

impl Labels {
    pub(crate) fn iter(&self) -> impl Iterator<Item = TagRef<'_>> {
        let starts = iter::once(0).chain(self.tags.iter().map(|label| label.end));
        starts.zip(&self.tags).map(|(start, label)| TagRef {
            hash: label.hash,
            name: &self.names[start..label.end],
        })
    }

    pub(crate) const fn len(&self) -> usize {
        self.tags.len()
    }

    /// Of the room, in bytes of names.
    pub(super) fn capacity(&self) -> usize {
        self.names.capacity()
    }

    /// Forgets all of them, but keeps the room.
    pub(super) fn clear(&mut self) {
        self.names.clear();
        self.tags.clear();
    }

    /// Adds one, if it is not there already; as far as it can be written.
    fn add(&mut self, control: &str, label: fmt::Arguments<'_>) -> fmt::Result {
        let start = self.names.len();
        TagRef::begin_label(control, &mut self.names);
        let written = self.names.write_fmt(label);
        let name = &self.names[start..];
        let hash = hash::of_name(name);
        if self.iter().any(|known| known == TagRef { hash, name }) {
            self.names.truncate(start);
        } else {
            let end = self.names.len();
            self.tags.push(Label { hash, end });
        }
        written
    }
}

impl Key {
    /// Adds the tags of the call, under the namespace `control`.
    #[inline]
    pub(crate) fn with_tags(mut self, control: &str, tags: impl FnOnce(&mut Tags<'_>)) -> Self {
        let parts = self.parts_mut();
        let mut collected = Tags {
            control,
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
    use crate::store::TagKey;

    #[test]
    fn tags_are_kept_in_order_and_once() {
        let key = Key::build(1, |_| {}).with_tags("c", |tags| {
            tags.tag(format_args!("user:{}", 1));
            tags.tag(format_args!("order:{}", 2));
            tags.tag(format_args!("user:{}", 1));
            tags.tag(format_args!(""));
        });

        let one_by_one = ["user:1", "order:2", ""].map(|label| TagKey::label("c", label));
        assert!(
            key.labels()
                .iter()
                .eq(one_by_one.iter().map(TagKey::borrowed))
        );
        assert_eq!(one_by_one[0].as_str(), "c:g:t:user:1");
        assert_eq!(one_by_one[0], TagKey::from_name("c:g:t:user:1"));
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
        let key = Key::build(1, |_| {}).with_tags("c", |tags| tags.tag(format_args!("{Failing}")));

        assert!(key.fault().is_some());
    }
}
