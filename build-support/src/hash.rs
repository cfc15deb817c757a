//! Maps and sets with a hash that costs next to nothing.
//!
//! Keys are numbers this crate handed out and names from the sources being built, so nobody can choose them to
//! collide, which is what the standard hash pays for. In a build script, which is not optimised, it pays a lot.

use std::hash::{BuildHasherDefault, Hasher};

pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<FastHasher>>;
pub(crate) type HashSet<T> = std::collections::HashSet<T, BuildHasherDefault<FastHasher>>;

/// One multiplication for each word, both halves of the product folded together (wyhash).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FastHasher(u64);

/// Odd, with bits all over.
const FACTOR: u64 = 0xf135_7aea_2e62_a9c5;

impl FastHasher {
    fn word(&mut self, word: u64) {
        let product = u128::from(self.0.rotate_left(23) ^ word) * u128::from(FACTOR);
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

impl Hasher for FastHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.word(u64::from_le_bytes(word.try_into().expect("8 bytes")));
        }
        let mut last = [0; 8];
        let rest = words.remainder();
        last[..rest.len()].copy_from_slice(rest);
        self.word(u64::from_le_bytes(last) ^ ((rest.len() as u64) << 56));
    }

    fn write_u8(&mut self, number: u8) {
        self.word(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.word(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.word(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.word(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, Hash};

    use super::*;

    fn hash(value: impl Hash) -> u64 {
        BuildHasherDefault::<FastHasher>::default().hash_one(value)
    }

    #[test]
    fn neighbours_fall_into_many_buckets() {
        let buckets = |hashes: Vec<u64>| -> usize {
            hashes
                .iter()
                .map(|hash| hash % 4096)
                .collect::<HashSet<_>>()
                .len()
        };
        // 4096 random numbers fall into 2589 of 4096 buckets on average.
        assert!(buckets((0u32..4096).map(hash).collect()) > 2300);
        assert!(buckets((0u32..4096).map(|n| hash((n / 64, n % 64))).collect()) > 2300);
        assert!(buckets((0u32..4096).map(|n| hash(format!("name_{n}"))).collect()) > 2300);
    }

    #[test]
    fn lengths_and_places_count() {
        let texts = ["", "a", "a\0", "\0a", "aaaaaaaa", "aaaaaaaaa", "aaaaaaaa\0"];
        let hashes: HashSet<u64> = texts.iter().map(hash).collect();
        assert_eq!(hashes.len(), texts.len());
    }
}
