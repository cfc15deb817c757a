//! The key encoding: pinned bytes, and that different values never meet.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

use serde::Serialize;

use super::*;
use crate::version::Version;

mod generated;
mod typed;

fn key(parts: impl FnOnce(&mut KeyParts)) -> Key {
    Key::build(1, parts)
}

fn part<P: KeyPart + ?Sized>(part: &P) -> Vec<u8> {
    key(|parts| parts.part(part)).bytes().to_vec()
}

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
struct Newtype(u8);

#[derive(Serialize)]
struct Pair(u8, u8);

#[derive(Serialize)]
struct Named {
    id: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<u8>,
    other: Option<u8>,
}

#[derive(Serialize)]
enum Choice {
    Unit,
    Newtype(u8),
    Tuple(u8, u8),
    Struct { id: u8 },
}

/// Changing one of these makes every entry cold: it is a change of the format.
#[test]
fn the_encoding_is_pinned() {
    let cases: &[(Vec<u8>, &str)] = &[
        (part(&true), "02"),
        (part(&-1_i8), "03ff"),
        (part(&-2_i16), "04feff"),
        (part(&1_i32), "0501000000"),
        (part(&1_i64), "060100000000000000"),
        (part(&1_i128), "0701000000000000000000000000000000"),
        (part(&1_u8), "0801"),
        (part(&258_u16), "090201"),
        (part(&1_u32), "0a01000000"),
        (part(&1_u64), "0b0100000000000000"),
        (part(&1_u128), "0c01000000000000000000000000000000"),
        (part(&1_f32), "0d0000803f"),
        (part(&1_f64), "0e000000000000f03f"),
        (part(&'a'), "0f61000000"),
        (part("ab"), "10026162"),
        (part(&None::<u8>), "12"),
        (part(&Some(1_u8)), "130801"),
        (part(&()), "14"),
        (part(&Unit), "1504556e6974"),
        (part(&Choice::Unit), "160643686f6963650000000004556e6974"),
        (part(&Newtype(1)), "17074e6577747970650801"),
        (
            part(&Choice::Newtype(1)),
            "180643686f69636501000000074e6577747970650801",
        ),
        (part(&[1_u8, 2][..]), "190801080200"),
        (part(&(1_u8, 2_u8)), "1a0801080200"),
        (part(&Pair(1, 2)), "1b04506169720801080200"),
        (
            part(&Choice::Tuple(1, 2)),
            "1c0643686f69636502000000055475706c650801080200",
        ),
        (part(&BTreeMap::from([(1_u8, 2_u8)])), "1d0801080200"),
        (
            part(&Named {
                id: 1,
                note: None,
                other: None,
            }),
            "1e054e616d656420026964080120056f746865721200",
        ),
        (
            part(&Choice::Struct { id: 1 }),
            "1f0643686f6963650300000006537472756374200269640801 00",
        ),
    ];
    for (bytes, expected) in cases {
        assert_eq!(hex::encode(bytes), expected.replace(' ', ""));
    }
    let generic = key(|parts| parts.generic::<u8>());
    assert_eq!(hex::encode(generic.bytes()), "21027538");
}

#[test]
fn the_names_of_entries_are_pinned() {
    let named = |key: &Key| {
        let (generics, arguments) = key.bytes().split_at(key.generics());
        let function = function_id("app::users::permissions", generics);
        EntryKey::new(
            "app",
            function,
            Version::from_bits(0xAB),
            argument_digest(arguments),
        )
    };
    let plain = named(&key(|parts| parts.part(&42_u64)));

    assert_eq!(plain.as_str(), PINNED_NAME);
    assert_eq!(plain.to_string(), PINNED_NAME);
    assert_eq!(
        (plain.namespace(), plain.version()),
        ("app", Version::from_bits(0xAB))
    );
    assert_eq!(format!("{:016x}", plain.function()), PINNED_NAME[5..21]);
    assert_eq!(format!("{:03x}", plain.bucket()), PINNED_NAME[55..58]);
    assert_eq!(hex::encode(plain.arguments()), PINNED_NAME[60..]);

    let generic = named(&key(|parts| {
        parts.generic::<u8>();
        parts.part(&42_u64);
    }));
    assert_ne!(
        generic.function(),
        plain.function(),
        "generic arguments belong to the function"
    );
    assert_eq!(generic.arguments(), plain.arguments());
}

const PINNED_NAME: &str =
    "app:{e5545f89cb2b9c41.000000000000000000000000000000ab.1f8}:7e1e14bf0e39fb0928181466cc7a594d";

#[test]
fn buckets_cover_their_range_and_nothing_else() {
    let version = Version::from_bits(0);
    let bucket = |first, second| {
        let mut arguments = [0; 16];
        (arguments[0], arguments[1]) = (first, second);
        EntryKey::new("n", 0, version, arguments).bucket()
    };

    assert_eq!(
        (bucket(0, 0x3F), bucket(0, 0x40), bucket(0xFF, 0xFF)),
        (0, 1, 1023)
    );
}

#[test]
fn neighbouring_parts_do_not_run_together() {
    let two = |left: &str, right: &str| {
        key(|parts| {
            parts.part(left);
            parts.part(right);
        })
        .bytes()
        .to_vec()
    };

    assert_ne!(two("ab", "c"), two("a", "bc"));
    assert_ne!(two("", "a"), two("a", ""));
    assert_ne!(two("a", "b"), part(&("a", "b")));
    assert_ne!(
        part(&[[1_u8, 2], [3, 4]].concat()),
        part(&[vec![1_u8, 2], vec![3, 4]])
    );
}

#[test]
fn nothing_has_many_forms_and_all_differ() {
    let forms = [
        part(&None::<&str>),
        part(&Some("")),
        part(""),
        part(&()),
        part(&Unit),
        part::<[u8]>(&[]),
        part(&Some(None::<u8>)),
        part(&BTreeMap::<u8, u8>::new()),
        key(|_| {}).bytes().to_vec(),
    ];
    assert_eq!(forms.iter().collect::<HashSet<_>>().len(), forms.len());
}

#[test]
fn floats_are_their_bits() {
    assert_eq!(part(&f64::NAN), part(&f64::NAN));
    assert_ne!(part(&f64::NAN), part(&-f64::NAN));
    assert_ne!(part(&0.0_f64), part(&-0.0_f64));
    assert_ne!(part(&1.0_f32), part(&1.0_f64));
}

#[test]
fn numbers_of_different_types_differ() {
    let ones = [
        part(&1_i8),
        part(&1_i16),
        part(&1_i32),
        part(&1_i64),
        part(&1_i128),
        part(&1_u8),
        part(&1_u16),
        part(&1_u32),
        part(&1_u64),
        part(&1_u128),
        part(&true),
        part(&'\u{1}'),
    ];
    assert_eq!(ones.iter().collect::<HashSet<_>>().len(), ones.len());
}

#[test]
fn types_with_two_forms_use_the_compact_one() {
    let address: IpAddr = "1.2.3.4".parse().unwrap();

    assert!(part(&address).len() > 4 && !part(&address).ends_with(b"1.2.3.4"));
}

#[test]
fn hash_maps_and_sets_have_no_order_at_any_depth() {
    #[derive(Serialize)]
    struct Deep {
        maps: Vec<Option<HashMap<String, HashSet<u32>>>>,
        shared: std::cell::RefCell<HashMap<u8, Newtype>>,
    }
    let deep = || {
        let set = || (0..50).collect::<HashSet<u32>>();
        let map = || {
            (0..20)
                .map(|number| (format!("{number}"), set()))
                .collect::<HashMap<_, _>>()
        };
        Deep {
            maps: vec![Some(map()), None, Some(map())],
            shared: std::cell::RefCell::new(
                (0..50).map(|number| (number, Newtype(number))).collect(),
            ),
        }
    };
    let (one, other) = (deep(), deep());

    assert_eq!(part(&one), part(&other));
    let hash = |deep: &Deep| key(|parts| parts.part(deep)).hash();
    assert_eq!(hash(&one), hash(&other), "also in process");
    assert_ne!(
        part(&HashMap::from([(1, 2)])),
        part(&HashMap::from([(2, 1)]))
    );
    assert_ne!(part(&HashSet::from([1, 2])), part(&HashSet::from([1])));
}

#[test]
fn everything_else_keeps_its_order() {
    assert_ne!(part(&[1, 2]), part(&[2, 1]));
    assert_ne!(part(&("a", "b")), part(&("b", "a")));
}

#[test]
fn a_reference_is_what_it_points_to() {
    assert_eq!(part(&&"a"), part("a"));
    assert_eq!(part(&Box::new(1_u8)), part(&1_u8));
    assert_eq!(part(&vec![1_u8]), part::<[u8]>(&[1]));
}

#[test]
fn generic_arguments_are_part_of_the_key() {
    fn of<T>() -> Vec<u8> {
        key(|parts| {
            parts.generic::<T>();
            parts.part(&1_u8);
        })
        .bytes()
        .to_vec()
    }

    assert_ne!(of::<u8>(), of::<u16>());
    assert_ne!(of::<u8>(), part(&1_u8));
}

#[test]
fn long_texts_carry_long_lengths() {
    let text = "x".repeat(300);

    assert_eq!(part(&*text)[..4], [0x10, 0xAC, 0x02, b'x']);
    assert_eq!(part(&*text).len(), 303);
}

/// Takes all the room that the thread has.
fn clear_out() -> usize {
    std::iter::from_fn(|| SPARE.take().map(|mut first| SPARE.set(first.next.take()))).count()
}

#[test]
fn a_thread_lends_its_room_to_one_key_at_a_time() {
    clear_out();
    let long = "a".repeat(64);
    drop(key(|parts| parts.part(&*long)));
    let (first, second) = (lend(), lend());

    assert!(first.bytes.capacity() >= 64);
    assert_eq!((first.bytes.len(), second.bytes.capacity()), (0, 0));
    drop(key(|parts| parts.part(&*"a".repeat(2 * MAX_SPARE_BYTES))));
    assert_eq!(lend().bytes.capacity(), 0);
}

#[test]
fn a_thread_keeps_room_for_as_many_keys_as_it_had_at_once() {
    clear_out();
    let keys = |count: u64| -> Vec<Key> {
        (0..count)
            .map(|number| key(|parts| parts.part(&number)))
            .collect()
    };
    drop(keys(3));
    assert_eq!(clear_out(), 3);

    drop(keys(3));
    drop(keys(2));
    assert_eq!(clear_out(), 3, "they had the room of others");

    drop(keys(2 * MAX_SPARES as u64));
    assert_eq!(clear_out(), MAX_SPARES);
}

#[test]
fn a_key_has_nothing_of_the_one_before() {
    let fault = key(|parts| parts.fail(KeyFault::TooLarge))
        .with_tags("c", |tags| tags.tag(format_args!("a")));
    assert!(fault.fault().is_some());
    drop(fault);
    let next = key(|parts| parts.part(&1_u8));

    assert_eq!(
        (next.fault(), next.labels().iter().count(), next.generics()),
        (None, 0, 0)
    );
    assert_eq!(next.hash(), key(|parts| parts.part(&1_u8)).hash());
}
