//! Values to payloads and back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::*;

const ALL: [Codec; 3] = [Codec::MessagePack, Codec::Json, Codec::Postcard];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    id: u64,
    name: String,
    tags: Vec<String>,
    scores: BTreeMap<String, f64>,
    next: Option<Box<Self>>,
}

fn record() -> Record {
    let inner = Record {
        id: 1,
        name: "inner".into(),
        tags: Vec::new(),
        scores: BTreeMap::new(),
        next: None,
    };
    Record {
        id: u64::MAX,
        name: "größer".into(),
        tags: vec!["a".into(), String::new()],
        scores: BTreeMap::from([("third".into(), 1.0 / 3.0)]),
        next: Some(Box::new(inner)),
    }
}

#[test]
fn every_codec_brings_a_value_back() {
    for codec in ALL {
        let payload = codec.encode(&record(), usize::MAX).unwrap();
        assert_eq!(codec.decode::<Record>(&payload), Ok(record()), "{codec:?}");
        assert_eq!(survives(codec, &record(), &payload), Ok(()));
    }
}

#[test]
fn a_value_is_given_up_at_the_limit() {
    for codec in ALL {
        let bytes = codec.encode(&record(), usize::MAX).unwrap().len();
        assert!(codec.encode(&record(), bytes).is_ok());
        assert_eq!(
            codec.encode(&record(), bytes - 1),
            Err(EncodeError::TooLarge),
            "{codec:?}"
        );
    }
}

#[test]
fn damaged_payloads_are_errors_and_never_panics() {
    for codec in ALL {
        let payload = codec.encode(&record(), usize::MAX).unwrap();
        for end in 0..payload.len() {
            assert!(
                codec.decode::<Record>(&payload[..end]).is_err(),
                "{codec:?}, {end} bytes"
            );
        }
        for index in 0..payload.len() {
            let mut damaged = payload.clone();
            damaged[index] ^= 0xFF;
            // Some damage is another value; none is a panic.
            let _ = codec.decode::<Record>(&damaged);
        }
    }
}

#[test]
fn floats_survive_every_codec_to_the_last_bit() {
    let mut seed = 1_u64;
    for _ in 0..2_000 {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let value = f64::from_bits(seed);
        if !value.is_finite() {
            continue;
        }
        for codec in ALL {
            let payload = codec.encode(&value, usize::MAX).unwrap();
            let decoded: f64 = codec.decode(&payload).unwrap();
            assert_eq!(decoded.to_bits(), value.to_bits(), "{codec:?} {value:e}");
        }
    }
}

#[test]
fn what_does_not_survive_is_found_out() {
    let lost = |codec: Codec, value: &Option<Option<f64>>| {
        let payload = codec.encode(value, usize::MAX).unwrap();
        survives(codec, value, &payload).is_err()
    };

    assert!(lost(Codec::MessagePack, &Some(None)));
    assert!(lost(Codec::Json, &Some(None)));
    assert!(lost(Codec::Json, &Some(Some(f64::NAN))));
    assert!(!lost(Codec::Postcard, &Some(None)));
}

#[test]
fn a_map_that_iterates_differently_each_time_survives() {
    let map: std::collections::HashMap<u32, u32> =
        (0..200).map(|number| (number, number)).collect();
    for codec in ALL {
        let payload = codec.encode(&map, usize::MAX).unwrap();
        assert_eq!(survives(codec, &map, &payload), Ok(()));
    }
}
