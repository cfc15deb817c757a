//! [`Tags`]: the labels of one call, by which its entry can be invalidated together with others.

use std::fmt;

use super::Key;

/// Collects the tags of a call, in the order of the marker. A tag that is there already is not added again.
#[derive(Debug, Default)]
pub struct Tags(Vec<Box<str>>);

impl Tags {
    /// Adds a tag.
    pub fn tag(&mut self, text: fmt::Arguments<'_>) {
        let text = text.to_string().into_boxed_str();
        if !self.0.contains(&text) {
            self.0.push(text);
        }
    }
}

impl Key {
    /// Adds the tags of the call.
    #[inline]
    pub(crate) fn with_tags(mut self, tags: impl FnOnce(&mut Tags)) -> Self {
        let mut collected = Tags::default();
        tags(&mut collected);
        self.parts_mut().tags = collected.0.into_boxed_slice();
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

        let tags: Vec<&str> = key.tags().iter().map(|tag| &**tag).collect();
        assert_eq!(tags, ["user:1", "order:2"]);
    }
}
