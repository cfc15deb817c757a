//! Sorted texts that many functions share, ready to be digested together with the few that one of them adds.

use std::ops::Range;
use std::sync::Arc;

use super::Hasher;

/// Sorted texts, and what a hasher is given of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Lines {
    texts: Vec<Arc<str>>,
    /// Each with its length first, one after the other.
    encoded: Vec<u8>,
    /// Where each ends there.
    ends: Vec<usize>,
}

impl Lines {
    /// Of sorted texts.
    pub(super) fn of(texts: Vec<Arc<str>>) -> Self {
        let mut lines = Self::default();
        for text in &texts {
            let length = (text.len() as u64).to_le_bytes();
            lines.encoded.extend(length);
            lines.encoded.extend(text.as_bytes());
            lines.ends.push(lines.encoded.len());
        }
        lines.texts = texts;
        lines
    }

    pub(crate) fn texts(&self) -> &[Arc<str>] {
        &self.texts
    }

    pub(super) fn has(&self, text: &Arc<str>) -> bool {
        self.texts.binary_search(text).is_ok()
    }

    /// Digests the list that these and some further ones make, which are sorted too.
    pub(super) fn digest_with(&self, further: &[Arc<str>], hasher: &mut Hasher) {
        hasher.number(self.texts.len() + further.len());
        let mut from = 0;
        for text in further {
            let to = from + self.texts[from..].partition_point(|known| known < text);
            hasher.bytes(self.encoded(from..to));
            hasher.part(&**text);
            from = to;
        }
        hasher.bytes(self.encoded(from..self.texts.len()));
    }

    fn encoded(&self, texts: Range<usize>) -> &[u8] {
        let end_of = |count: usize| count.checked_sub(1).map_or(0, |last| self.ends[last]);
        &self.encoded[end_of(texts.start)..end_of(texts.end)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<Arc<str>> {
        texts.iter().map(|text| Arc::from(*text)).collect()
    }

    fn digest(shared: &[&str], further: &[&str]) -> u128 {
        let mut hasher = Hasher::new("test");
        Lines::of(texts(shared)).digest_with(&texts(further), &mut hasher);
        hasher.finish()
    }

    #[test]
    fn a_list_is_the_same_however_much_of_it_is_shared() {
        let whole = digest(&["a", "ab", "b", "b", "c"], &[]);
        for (shared, further) in [
            (&["a", "ab", "b", "b", "c"][..], &[][..]),
            (&[][..], &["a", "ab", "b", "b", "c"][..]),
            (&["ab", "b"][..], &["a", "b", "c"][..]),
            (&["a", "c"][..], &["ab", "b", "b"][..]),
        ] {
            assert_eq!(digest(shared, further), whole);
        }
        assert_ne!(digest(&["a", "ab", "b", "c"], &[]), whole);
    }
}
