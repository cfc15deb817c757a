//! Encrypted entries: pinned bytes, and that nothing else is taken for one.

use std::time::Duration;

use super::super::{Draft, Fault, Opened, Terms, open};
use super::*;
use crate::codec::Codec;
use crate::secret::tests::{ONE, TWO};
use crate::store::TagVersion;
use crate::version::Version;

const IDENTITY: Identity<'_> = Identity {
    name: "ns:{f.v.b}:a",
    version: Version::from_bits(0xAB),
    path: "app::f",
    key: &[8, 42],
};

const TAGS: [TagVersion; 2] = [
    TagVersion::from_bytes([1; 8]),
    TagVersion::from_bytes([2; 8]),
];

const TERMS: Terms = Terms {
    fresh_ms: 5_000,
    stale_ms: 0,
};

const VALUE: &[u8] = b"the value, which is nobody's business";

fn secrets(newest_first: &[&str]) -> Secrets {
    Secrets::read(newest_first).unwrap().unwrap()
}

fn draft(drawn: Drawn) -> Draft {
    let lock = Lock::chosen(&secrets(&[ONE]), drawn);
    let cost = Duration::from_micros(7);
    Draft::locked(lock, IDENTITY, &TAGS, TERMS, cost, Codec::Json, VALUE)
}

fn sealed() -> Vec<u8> {
    draft([9; DRAWN_BYTES]).seal(1_000)
}

fn open_by<'a>(bytes: &'a [u8], newest_first: &[&str]) -> Result<Opened<'a>, Fault> {
    open(bytes, 1_000, &IDENTITY, Some(&secrets(newest_first)))
}

/// With a checksum that fits.
fn checked(mut bytes: Vec<u8>) -> Vec<u8> {
    let covered = bytes.len() - CHECKSUM_BYTES;
    let checksum = crc32fast::hash(&bytes[..covered]);
    bytes[covered..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Changing one of these bytes is a change of the format: bump its number.
#[test]
fn the_envelope_is_pinned() {
    let expected = [
        "a7736673",
        "02",
        "02",
        "00",
        "01",
        "e803000000000000",
        "8813000000000000",
        "0000000000000000",
        "0700000000000000",
        &hex::encode(secrets(&[ONE]).newest().id().to_bytes()),
        "09090909090909090909090909090909",
        "0200",
        "0101010101010101",
        "0202020202020202",
        "25000000",
        "25000000",
    ]
    .concat();
    let bytes = sealed();

    assert!(
        hex::encode(&bytes).starts_with(&expected),
        "{}",
        hex::encode(&bytes)
    );
    assert_eq!(
        bytes.len(),
        expected.len() / 2 + VALUE.len() + MAC_BYTES + CHECKSUM_BYTES
    );
    assert_eq!(draft([9; DRAWN_BYTES]).sealed_bytes(), bytes.len());
    let end = hex::encode(&bytes[bytes.len() - 20..]);
    assert_eq!(
        end, "50ef05d995cd4ebed1a31caea5cfe51e752aac54",
        "mac and checksum"
    );
}

#[test]
fn an_entry_is_read_as_it_was_written() {
    let bytes = sealed();
    let entry = open_by(&bytes, &[ONE]).unwrap();

    assert_eq!((entry.codec, &*entry.payload), (Codec::Json, VALUE));
    assert_eq!((entry.terms, entry.cost), (TERMS, Duration::from_micros(7)));
    assert!(entry.has_tags(&TAGS.map(Some)));
}

#[test]
fn neither_value_nor_call_can_be_read() {
    let lock = || Lock::draw(&secrets(&[ONE])).unwrap();
    let key = b"an argument that is as confidential";
    let identity = Identity { key, ..IDENTITY };
    let text = "again and ".repeat(500);
    let seal = |payload| {
        let cost = Duration::ZERO;
        Draft::locked(lock(), identity, &TAGS, TERMS, cost, Codec::Json, payload).seal(1_000)
    };
    let bytes = seal(VALUE);
    for part in [VALUE, key, &VALUE[..4], &key[..4], b"app::f"] {
        assert!(!contains(&bytes, part));
    }
    let (one, two) = (seal(text.as_bytes()), seal(text.as_bytes()));
    assert!(
        one.len() > text.len(),
        "its length says nothing but its length"
    );
    let ends = |bytes: &[u8]| bytes[bytes.len() - 64..].to_vec();
    assert_ne!(ends(&one), ends(&two), "no two look the same");
}

#[test]
fn sealing_at_another_time_takes_another_nonce() {
    let (early, late) = (draft([9; 16]).seal(1_000), draft([9; 16]).seal(1_001));
    let payload = |bytes: &[u8]| bytes[bytes.len() - 57..bytes.len() - 20].to_vec();
    assert_eq!(payload(&early).len(), VALUE.len());
    let differing = payload(&early)
        .iter()
        .zip(payload(&late))
        .filter(|(a, b)| **a != *b)
        .count();
    assert!(differing > VALUE.len() / 2, "{differing}");
    assert_eq!(early, sealed());
}

#[test]
fn old_secrets_read_and_others_do_not() {
    let bytes = sealed();
    for newest_first in [&[ONE][..], &[ONE, TWO], &[TWO, ONE]] {
        assert!(open_by(&bytes, newest_first).is_ok());
    }
    assert_eq!(open_by(&bytes, &[TWO]).unwrap_err(), Fault::Locked);
    assert_eq!(
        open(&bytes, 1_000, &IDENTITY, None).unwrap_err(),
        Fault::Locked
    );
}

#[test]
fn what_is_in_clear_is_no_entry_where_there_is_a_secret() {
    let plain = Draft::new(IDENTITY, &TAGS, TERMS, Duration::ZERO, Codec::Json, VALUE).seal(1_000);
    assert!(open(&plain, 1_000, &IDENTITY, None).is_ok());
    assert_eq!(open_by(&plain, &[ONE]).unwrap_err(), Fault::Plain);
}

#[test]
fn an_entry_is_that_of_its_call_and_of_no_other() {
    let others = [
        Identity {
            name: "staging:{f.v.b}:a",
            ..IDENTITY
        },
        Identity {
            path: "app::g",
            ..IDENTITY
        },
        Identity {
            key: &[8, 43],
            ..IDENTITY
        },
        // The same bytes, cut in other places.
        Identity {
            path: "app::",
            key: &[b'f', 8, 42],
            ..IDENTITY
        },
    ];
    for other in others {
        let opened = open(&sealed(), 1_000, &other, Some(&secrets(&[ONE]))).map(drop);
        assert_eq!(opened, Err(Fault::Forged), "{other:?}");
    }
}

/// Where the checksum is made to fit, as whoever can write can do.
#[test]
fn no_bit_can_be_changed() {
    let bytes = sealed();
    for index in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[index] ^= 1 << bit;
            assert!(
                open_by(&changed, &[ONE]).is_err(),
                "byte {index}, bit {bit}"
            );
            if index < bytes.len() - CHECKSUM_BYTES {
                let fault = open_by(&checked(changed), &[ONE]).unwrap_err();
                assert!(is_due(fault, index), "byte {index}, bit {bit}: {fault}");
            }
        }
    }
}

/// Whether this is the fault that a change of the byte at `index` leads to. Some are found out before anything is
/// decrypted.
fn is_due(fault: Fault, index: usize) -> bool {
    match index {
        0..4 => fault == Fault::Foreign,
        4 => fault == Fault::Format,
        // The flag that says how it is encrypted, and lengths.
        7 | 64..66 | 86..90 => {
            matches!(fault, Fault::Unknown | Fault::Truncated | Fault::Malformed)
        }
        // Which secret.
        40..48 => fault == Fault::Locked,
        _ => fault == Fault::Forged,
    }
}

/// The parts of two genuine entries of one call, exchanged.
#[test]
fn no_part_of_another_entry_fits() {
    let lock = Lock::draw(&secrets(&[ONE])).unwrap();
    let (tags, terms) = (
        TAGS.map(|_| TagVersion::from_bytes([3; 8])),
        Terms {
            fresh_ms: u64::MAX,
            ..TERMS
        },
    );
    let cost = Duration::from_micros(8);
    let other =
        Draft::locked(lock, IDENTITY, &tags, terms, cost, Codec::Postcard, VALUE).seal(1_001);
    let bytes = sealed();
    assert_eq!(bytes.len(), other.len());
    // Codec, stamp, fresh-for, cost, nonce, tags, payload, mac.
    for (from, to) in [
        (5, 6),
        (8, 16),
        (16, 24),
        (32, 40),
        (48, 64),
        (66, 82),
        (90, 127),
        (127, 143),
    ] {
        let mut mixed = bytes.clone();
        mixed[from..to].copy_from_slice(&other[from..to]);
        assert_ne!(mixed, bytes, "{from}");
        assert_eq!(
            open_by(&checked(mixed), &[ONE]).map(drop),
            Err(Fault::Forged),
            "{from}"
        );
    }
}

/// Bytes changed, added, taken away and put elsewhere, at random places.
#[test]
fn nothing_but_what_was_sealed_is_accepted() {
    let (genuine, secrets) = (sealed(), secrets(&[ONE]));
    let mut dice = fastrand::Rng::with_seed(0x10C4ED);
    for _ in 0..10_000 {
        let mut bytes = genuine.clone();
        for _ in 0..dice.usize(1..4) {
            let from = dice.usize(..bytes.len() - CHECKSUM_BYTES);
            let to = dice
                .usize(from..=bytes.len() - CHECKSUM_BYTES)
                .min(from + 8);
            let cut: Vec<u8> = match dice.u8(..4) {
                0 => Vec::new(),
                1 => (from..to).map(|_| dice.u8(..)).collect(),
                2 => bytes[from..to].repeat(2),
                _ => bytes[from..to].iter().rev().copied().collect(),
            };
            drop(bytes.splice(from..to, cut));
            if bytes.len() <= 2 * CHECKSUM_BYTES {
                break;
            }
        }
        let bytes = checked(bytes);
        let is_accepted = open(&bytes, 1_000, &IDENTITY, Some(&secrets)).is_ok();
        assert_eq!(is_accepted, bytes == genuine);
    }
}
