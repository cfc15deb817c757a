//! [`Tags`]: the labels of one call, by which its entry can be invalidated together with others.

use std::fmt::{self, Write};

use super::{Key, KeyFault};

/// Collects the tags of a call, in the order of the marker. A tag that is there already is not added again.
#[derive(Debug, Default)]
pub struct Tags {
    labels: Vec<String>,
    has_failed: bool,
}

impl Tags {
    /// Adds a tag.
    pub fn tag(&mut self, text: fmt::Arguments<'_>) {
        let mut label = String::with_capacity(USUAL_BYTES);
        // A `String` takes everything: what fails is the `Display` of an argument.
        self.has_failed |= label.write_fmt(text).is_err();
        if !self.labels.contains(&label) {
            self.labels.push(label);
        }
    }
}

/// Most tags are shorter, and written without asking for more room.
const USUAL_BYTES: usize = 32;

impl Key {
    /// Adds the tags of the call.
    #[inline]
    pub(crate) fn with_tags(mut self, tags: impl FnOnce(&mut Tags)) -> Self {
        let mut collected = Tags::default();
        tags(&mut collected);
        let parts = self.parts_mut();
        parts.tags = collected.labels;
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

        assert_eq!(key.tags(), ["user:1", "order:2"]);
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
