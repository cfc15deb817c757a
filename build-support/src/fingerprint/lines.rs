//! Sorted texts that many functions share, ready to be digested together with the few that one of them adds.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::Hasher;
use crate::index::Digest;
use crate::index::collect::truncate;

/// Sorted texts, and the digest of each: of what many functions share each text is read once, not once for each of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Lines {
    texts: Vec<Arc<str>>,
    digests: Vec<Digest>,
}

impl Lines {
    /// Of sorted texts.
    pub(super) fn of(texts: Vec<Arc<str>>) -> Self {
        let digests = texts.iter().map(|text| digest(text)).collect();
        Self { texts, digests }
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
            hasher.bytes(self.digests[from..to].as_flattened());
            hasher.bytes(&digest(text));
            from = to;
        }
        hasher.bytes(self.digests[from..].as_flattened());
    }
}

fn digest(text: &str) -> Digest {
    truncate(Sha256::new_with_prefix(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<Arc<str>> {
        texts.iter().map(|text| Arc::from(*text)).collect()
    }

    fn whole(shared: &[&str], further: &[&str]) -> u128 {
        let mut hasher = Hasher::new("test");
        Lines::of(texts(shared)).digest_with(&texts(further), &mut hasher);
        hasher.finish()
    }

    #[test]
    fn a_list_is_the_same_however_much_of_it_is_shared() {
        let all = whole(&["a", "ab", "b", "b", "c"], &[]);
        for (shared, further) in [
            (&["a", "ab", "b", "b", "c"][..], &[][..]),
            (&[][..], &["a", "ab", "b", "b", "c"][..]),
            (&["ab", "b"][..], &["a", "b", "c"][..]),
            (&["a", "c"][..], &["ab", "b", "b"][..]),
        ] {
            assert_eq!(whole(shared, further), all);
        }
        assert_ne!(whole(&["a", "ab", "b", "c"], &[]), all);
    }
}
