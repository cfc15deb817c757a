//! Envelopes of bytes that nobody has chosen.

use std::time::Duration;

use super::{CHECKSUM_BYTES, Draft, Fault, Identity, MAX_RAW_BYTES, Terms, open};
use crate::codec::Codec;
use crate::secret::Secrets;
use crate::store::TagVersion;
use crate::version::Version;

const IDENTITY: Identity<'_> = Identity {
    name: "app:f",
    version: Version::from_bits(0xAB),
    path: "app::f",
    key: &[8, 42],
};

/// Takes any bytes for an entry: as they are, and with the checksum that would fit them. Whatever they are, there is an
/// entry or a fault.
pub(crate) fn open_any(bytes: &[u8]) {
    check(bytes);
    if let Some(covered) = bytes.len().checked_sub(CHECKSUM_BYTES) {
        let mut bytes = bytes[..covered].to_vec();
        bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
        let fault = check(&bytes);
        assert_ne!(fault, Some(Fault::Checksum));
    }
}

/// By a reader without a secret and, where there is encryption, by one with a secret.
fn check(bytes: &[u8]) -> Option<Fault> {
    #[cfg(feature = "encryption")]
    if let Some(secrets) = locked::secrets() {
        let fault = check_as(bytes, Some(&secrets));
        if fault != Some(Fault::Plain) {
            return fault;
        }
    }
    check_as(bytes, None)
}

fn check_as(bytes: &[u8], secrets: Option<&Secrets>) -> Option<Fault> {
    match open(bytes, NOW_MS, &IDENTITY, secrets) {
        Err(fault) => Some(fault),
        Ok(entry) => {
            assert!(entry.payload.len() <= MAX_RAW_BYTES);
            assert!(
                entry.left_ms() <= entry.terms.fresh_ms && entry.left_ms() <= entry.usable_ms()
            );
            assert!(!entry.has_tags(&[None]));
            None
        }
    }
}

/// An entry that [`open_any`] can open.
pub(crate) fn sample(payload: &[u8], tags: &[TagVersion]) -> Vec<u8> {
    let cost = Duration::from_micros(7);
    Draft::new(IDENTITY, tags, TERMS, cost, Codec::Json, payload).seal(NOW_MS)
}

/// The same with a secret that everybody knows.
#[cfg(feature = "encryption")]
pub(crate) mod locked {
    use super::*;
    use crate::entry::Lock;

    pub(crate) fn secrets() -> Option<Secrets> {
        let known = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        Secrets::read([known]).ok().flatten()
    }

    /// An entry that [`open_any`] can open.
    pub(crate) fn sample(payload: &[u8], tags: &[TagVersion]) -> Option<Vec<u8>> {
        let lock = Lock::chosen(&secrets()?, [9; 16]);
        let (terms, cost) = (TERMS, Duration::from_micros(7));
        let draft = Draft::locked(lock, IDENTITY, tags, terms, cost, Codec::Json, payload);
        Some(draft.seal(NOW_MS))
    }
}

const TERMS: Terms = Terms {
    fresh_ms: 5_000,
    stale_ms: 1_000,
};

const NOW_MS: u64 = 1_000;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn samples() -> Vec<(&'static str, Vec<u8>)> {
        let tags = [
            TagVersion::from_bytes([7; 8]),
            TagVersion::from_bytes([8; 8]),
        ];
        vec![
            ("plain", sample(b"[1]", &[])),
            ("empty", sample(b"", &tags[..1])),
            ("tagged", sample(b"{\"a\":1}", &tags)),
            ("compressed", sample(&[b'x'; 2_000], &tags)),
            #[cfg(feature = "encryption")]
            ("locked", locked::sample(b"{\"a\":1}", &tags).unwrap()),
        ]
    }

    #[test]
    fn the_corpus_is_of_the_present_format() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus/envelope");
        for (name, bytes) in samples() {
            if std::env::var_os("UPDATE_CORPUS").is_some() {
                std::fs::write(folder.join(name), &bytes).unwrap();
            }
            assert_eq!(std::fs::read(folder.join(name)).unwrap(), bytes, "{name}");
            assert_eq!(check(&bytes), None);
        }
    }

    /// The fuzz target for this has no place in CI; some thousand of its steps have.
    #[test]
    fn any_bytes_are_an_entry_or_a_fault() {
        let (samples, mut dice) = (samples(), fastrand::Rng::with_seed(0x5E1F));
        for _ in 0..20_000 {
            let (_, mut bytes) = dice.choice(&samples).unwrap().clone();
            for _ in 0..dice.usize(1..4) {
                change(&mut bytes, &mut dice);
            }
            open_any(&bytes);
        }
    }

    /// Changes, adds or takes away some bytes. Lengths are near the front and small or huge.
    fn change(bytes: &mut Vec<u8>, dice: &mut fastrand::Rng) {
        let at = dice.usize(..=bytes.len());
        let until = dice.usize(at..=bytes.len()).min(at + 8);
        match dice.u8(..4) {
            0 => drop(bytes.drain(at..until)),
            1 => drop(bytes.splice(at..until, [0xFF; 4])),
            2 => bytes.truncate(at),
            _ => drop(bytes.splice(at..until, [dice.u8(..)])),
        }
    }
}
