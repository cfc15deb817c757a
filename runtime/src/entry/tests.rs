//! The envelope: pinned bytes, and that any bytes can be read.

use super::*;

const IDENTITY: Identity<'_> = Identity {
    name: "app:f",
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

fn draft(payload: &[u8]) -> Draft {
    Draft::new(
        IDENTITY,
        &TAGS,
        TERMS,
        Duration::from_micros(7),
        Codec::Json,
        payload,
    )
}

fn sealed() -> Vec<u8> {
    draft(b"[1]").seal(1_000)
}

/// Where the tags and the length of the payload begin.
const TAG_COUNT: usize = 56 + 4 + IDENTITY.path.len() + 4 + IDENTITY.key.len();
const RAW_LENGTH: usize = TAG_COUNT + 2 + 2 * TagVersion::BYTES;

/// The same entry after a change that its checksum covers.
fn resealed(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = sealed();
    bytes.truncate(bytes.len() - CHECKSUM_BYTES);
    change(&mut bytes);
    let checksum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

fn fault(bytes: &[u8]) -> Fault {
    open(bytes, 1_000, &IDENTITY, None).unwrap_err()
}

/// Changing one of these bytes is a change of the format: bump its number.
#[test]
fn the_envelope_is_pinned() {
    let expected = [
        "a7736673",
        "02",
        "02",
        "00",
        "00", // magic, format, codec, compression, encryption
        "e803000000000000",
        "8813000000000000",
        "0000000000000000",
        "0700000000000000",                 // times
        "ab000000000000000000000000000000", // version
        "06000000",
        "6170703a3a66", // path
        "02000000",
        "082a", // key
        "0200",
        "0101010101010101",
        "0202020202020202", // versions of tags
        "03000000",
        "03000000",
        "5b315d", // raw length, payload
    ]
    .concat();
    let bytes = sealed();
    let (body, checksum) = bytes.split_at(bytes.len() - CHECKSUM_BYTES);

    assert_eq!(hex::encode(body), expected);
    assert_eq!(checksum, crc32fast::hash(body).to_le_bytes());
}

#[test]
fn an_entry_is_read_as_it_was_written() {
    let bytes = sealed();
    let entry = open(&bytes, 3_500, &IDENTITY, None).unwrap();

    assert_eq!((entry.codec, &*entry.payload), (Codec::Json, &b"[1]"[..]));
    assert_eq!((entry.age_ms, entry.left_ms()), (2_500, 2_500));
    assert_eq!((entry.terms, entry.cost), (TERMS, Duration::from_micros(7)));
    assert_eq!(draft(b"[1]").sealed_bytes(), bytes.len());
}

#[test]
fn what_is_left_ends_at_nothing() {
    let bytes = sealed();
    let left = |now_ms| open(&bytes, now_ms, &IDENTITY, None).unwrap().left_ms();

    assert_eq!((left(5_999), left(6_000), left(u64::MAX)), (1, 0, 0));
    let terms = Terms {
        fresh_ms: u64::MAX,
        stale_ms: 0,
    };
    let forever = Draft::new(IDENTITY, &[], terms, Duration::ZERO, Codec::Json, b"1");
    assert_eq!(forever.lifetime(), None);
    let bytes = forever.seal(0);
    assert_eq!(
        open(&bytes, u64::MAX, &IDENTITY, None).unwrap().left_ms(),
        u64::MAX
    );
}

#[test]
fn a_lifetime_is_all_the_time_an_entry_may_be_served() {
    let terms = Terms {
        fresh_ms: 5_000,
        stale_ms: 2_000,
    };
    let draft = Draft::new(IDENTITY, &[], terms, Duration::ZERO, Codec::Json, b"1");

    assert_eq!(draft.lifetime(), Some(Duration::from_secs(7)));
}

#[test]
fn a_clock_that_lags_a_little_makes_no_difference() {
    let bytes = draft(b"1").seal(20_000);

    assert_eq!(open(&bytes, 10_000, &IDENTITY, None).unwrap().age_ms, 0);
    assert_eq!(
        open(&bytes, 9_999, &IDENTITY, None).unwrap_err(),
        Fault::Future
    );
}

#[test]
fn every_part_of_the_identity_counts() {
    let others = [
        Identity {
            version: Version::from_bits(0xAC),
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
    ];
    for other in others {
        assert_eq!(
            open(&sealed(), 1_000, &other, None).unwrap_err(),
            Fault::Key
        );
    }
}

#[test]
fn what_this_release_cannot_do_is_no_entry() {
    assert_eq!(fault(&resealed(|bytes| bytes[4] = 1)), Fault::Format);
    assert_eq!(
        fault(&resealed(|bytes| bytes[5] = 9)),
        Fault::Unknown,
        "codec"
    );
    assert_eq!(
        fault(&resealed(|bytes| bytes[6] = 9)),
        Fault::Unknown,
        "compression"
    );
    assert_eq!(
        fault(&resealed(|bytes| bytes[7] = 9)),
        Fault::Unknown,
        "encryption"
    );
}

#[test]
fn an_entry_has_the_tags_it_was_written_with_in_their_order_and_no_others() {
    let bytes = sealed();
    let entry = open(&bytes, 1_000, &IDENTITY, None).unwrap();
    let has = |versions: &[TagVersion]| {
        let versions: Vec<_> = versions.iter().copied().map(Some).collect();
        entry.has_tags(&versions)
    };
    let [one, two] = TAGS;

    assert!(has(&[one, two]));
    for others in [&[two, one][..], &[one], &[one, two, two], &[one, one], &[]] {
        assert!(!has(others), "{others:?}");
    }
    assert!(
        !entry.has_tags(&[Some(one), None]),
        "a version that is lost"
    );
}

#[test]
fn tags_that_lie_are_found_out() {
    let with = |count| fault(&resealed(|bytes| bytes[TAG_COUNT] = count));

    assert_eq!(with(0xFF), Fault::Truncated);
    for count in [0, 1, 3] {
        assert!(matches!(with(count), Fault::Truncated | Fault::Malformed));
    }
}

#[test]
fn lengths_that_lie_are_found_out() {
    let raw = RAW_LENGTH;
    assert_eq!(fault(&resealed(|bytes| bytes[raw] = 4)), Fault::Malformed);
    assert_eq!(fault(&resealed(|bytes| bytes.push(0))), Fault::Malformed);
    assert_eq!(fault(&resealed(|bytes| bytes[59] = 0xFF)), Fault::Truncated);
}

#[test]
fn decompression_is_bounded() {
    let text = "again and ".repeat(500);
    let bytes = draft(text.as_bytes()).seal(1_000);
    assert!(bytes.len() < text.len() / 2);
    assert_eq!(
        *open(&bytes, 1_000, &IDENTITY, None).unwrap().payload,
        *text.as_bytes()
    );

    let raw = RAW_LENGTH;
    for length in [0_u32, 4_999, 5_001, u32::MAX] {
        let mut lying = bytes[..bytes.len() - CHECKSUM_BYTES].to_vec();
        lying[raw..raw + 4].copy_from_slice(&length.to_le_bytes());
        let checksum = crc32fast::hash(&lying);
        lying.extend_from_slice(&checksum.to_le_bytes());
        assert_eq!(fault(&lying), Fault::Compression, "{length}");
    }
}

#[test]
fn only_what_gains_is_compressed() {
    let compressed = |payload: &[u8]| draft(payload).seal(0)[6] == COMPRESSION_LZ4;
    let mut seed = 1_u32;
    let noise: Vec<u8> = (0..5_000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        })
        .collect();

    assert!(compressed(&[b'x'; 1_024]));
    assert!(!compressed(&[b'x'; 1_023]));
    assert!(!compressed(&noise));
}

#[test]
fn every_damage_is_a_fault_and_never_a_panic() {
    let bytes = sealed();
    for end in 0..bytes.len() {
        assert!(open(&bytes[..end], 1_000, &IDENTITY, None).is_err());
    }
    for index in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[index] ^= 1 << bit;
            assert!(
                open(&damaged, 1_000, &IDENTITY, None).is_err(),
                "byte {index}, bit {bit}"
            );
        }
    }
}

#[test]
fn any_bytes_after_a_true_beginning_are_read_without_a_panic() {
    let mut seed = 7_u64;
    for _ in 0..20_000 {
        let mut bytes = sealed();
        for _ in 0..4 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let index = 5 + (seed >> 33) as usize % (bytes.len() - 9);
            bytes[index] = (seed >> 24) as u8;
        }
        let body = bytes.len() - CHECKSUM_BYTES;
        let checksum = crc32fast::hash(&bytes[..body]);
        bytes[body..].copy_from_slice(&checksum.to_le_bytes());
        let _ = open(&bytes, 1_000, &IDENTITY, None);
    }
}
