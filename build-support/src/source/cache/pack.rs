//! All facts of a package's files in one: to make and open hundreds of small files takes longer than to fill them.

use std::ops::Range;

use crate::hash::{HashMap, HashSet};
use crate::index::Digest;

/// Before each entry: its digest and how many bytes it has.
const HEADER: usize = size_of::<Digest>() + size_of::<u32>();

/// Entries by digest, one after the other.
#[derive(Debug, Default)]
pub(super) struct Pack {
    bytes: Vec<u8>,
    places: HashMap<Digest, Range<usize>>,
}

impl Pack {
    /// Reads a table of what bytes hold, up to where they make no sense.
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        let mut places = HashMap::default();
        let mut at = 0;
        while let Some((digest, place)) = entry(&bytes, at) {
            at = place.end;
            places.insert(digest, place);
        }
        Self { bytes, places }
    }

    pub(super) fn get(&self, digest: Digest) -> Option<&[u8]> {
        self.bytes.get(self.places.get(&digest)?.clone())
    }

    /// The bytes of a pack with what was used of this one and what is new. What was not used may be other targets',
    /// or older than an edit: as much of it is kept as of all else together.
    pub(super) fn with(&self, used: &HashSet<Digest>, added: &[(Digest, Vec<u8>)]) -> Vec<u8> {
        let new: HashSet<Digest> = added.iter().map(|(digest, _)| *digest).collect();
        let mut known: Vec<(&Digest, &Range<usize>)> = self.places.iter().collect();
        known.retain(|(digest, _)| !new.contains(*digest));
        known.sort_by_key(|(digest, place)| (!used.contains(*digest), place.start));
        let is_used = known.partition_point(|(digest, _)| used.contains(*digest));
        let (known, unused) = known.split_at(is_used);
        let mut bytes = Vec::new();
        for (digest, place) in known {
            append(&mut bytes, digest, &self.bytes[(*place).clone()]);
        }
        for (digest, content) in added {
            append(&mut bytes, digest, content);
        }
        let most = bytes.len() * 2;
        for (digest, place) in unused {
            if bytes.len() + HEADER + place.len() > most {
                break;
            }
            append(&mut bytes, digest, &self.bytes[(*place).clone()]);
        }
        bytes
    }
}

/// The entry that begins at `at`.
fn entry(bytes: &[u8], at: usize) -> Option<(Digest, Range<usize>)> {
    let (digest, rest) = bytes.get(at..)?.split_first_chunk()?;
    let (length, content) = rest.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    content.get(..length)?;
    Some((*digest, at + HEADER..at + HEADER + length))
}

fn append(bytes: &mut Vec<u8>, digest: &Digest, content: &[u8]) {
    // What is longer than that is found out anew each time.
    if let Ok(length) = u32::try_from(content.len()) {
        bytes.extend_from_slice(digest);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(content);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(entries: &[(u8, &str)]) -> Pack {
        let added = entries
            .iter()
            .map(|(number, text)| ([*number; 16], text.as_bytes().to_vec()));
        Pack::of(Pack::default().with(&HashSet::default(), &added.collect::<Vec<_>>()))
    }

    fn text(pack: &Pack, number: u8) -> Option<&str> {
        pack.get([number; 16])
            .map(|bytes| std::str::from_utf8(bytes).unwrap())
    }

    #[test]
    fn what_was_put_in_is_found() {
        let pack = pack(&[(1, "one"), (2, ""), (3, "three")]);
        let found = [1, 2, 3, 4].map(|number| text(&pack, number));
        assert_eq!(found, [Some("one"), Some(""), Some("three"), None]);
    }

    #[test]
    fn what_is_new_takes_the_place_of_what_was_there() {
        let old = pack(&[(1, "old"), (2, "two")]);
        let used = [[1; 16], [2; 16]].into_iter().collect();
        let new = Pack::of(old.with(&used, &[([1; 16], b"new".to_vec())]));
        assert_eq!(
            [1, 2].map(|number| text(&new, number)),
            [Some("new"), Some("two")]
        );
    }

    #[test]
    fn what_nobody_used_goes_before_it_is_more_than_the_rest() {
        let long = "x".repeat(50);
        let old = pack(&[(1, "used"), (2, "short"), (3, &long)]);
        let used = [[1; 16]].into_iter().collect();
        let new = Pack::of(old.with(&used, &[([4; 16], b"new".to_vec())]));
        let found = [1, 2, 3, 4].map(|number| text(&new, number));
        assert_eq!(found, [Some("used"), Some("short"), None, Some("new")]);
    }

    #[test]
    fn bytes_that_are_no_pack_hold_what_comes_before_they_break() {
        let whole = pack(&[(1, "one"), (2, "two")]);
        for length in 0..whole.bytes.len() {
            let cut = Pack::of(whole.bytes[..length].to_vec());
            let is_first_there = length >= HEADER + 3;
            assert_eq!(text(&cut, 1), is_first_there.then_some("one"), "{length}");
            assert_eq!(text(&cut, 2), None, "{length}");
        }
        assert_eq!(Pack::of(vec![0xff; 40]).places.len(), 0);
    }
}
