//! Properties over generated arguments of ordinary types, as functions have them: keys are equal exactly where the
//! arguments are.

use std::collections::{BTreeMap, HashMap};

use fastrand::Rng;
use serde::Serialize;

use super::key;

/// What an argument can look like.
#[derive(Clone, Debug, Serialize)]
enum Argument {
    Nothing,
    Float(f64),
    Small(f32),
    Text(String),
    Letter(char),
    Pair(i16, Option<Option<String>>),
    Filter { limit: Option<u32>, any: Vec<Self> },
    Named(BTreeMap<String, Self>),
    Unordered(HashMap<u8, Self>),
    Nested(Box<Self>),
    Perhaps(Option<Box<Self>>),
    Both((u8, ()), (u8, [bool; 2])),
}

/// Few values, so that many are nearly equal: empty, one, and what looks like a length or a tag.
fn argument(dice: &mut Rng, depth: u32) -> Argument {
    let kinds = if depth == 0 { 6 } else { 12 };
    match dice.u32(..kinds) {
        0 => Argument::Nothing,
        1 => Argument::Float(float(dice)),
        2 => Argument::Small(float(dice) as f32),
        3 => Argument::Text(text(dice)),
        4 => Argument::Letter(*dice.choice(&['a', '\0', '\u{10}', 'ä']).unwrap()),
        5 => Argument::Pair(
            dice.i16(-1..2),
            [None, Some(None), Some(Some(text(dice)))][dice.usize(..3)].clone(),
        ),
        6 => Argument::Filter {
            limit: dice.bool().then(|| dice.u32(..2)),
            any: (0..dice.u32(..3))
                .map(|_| argument(dice, depth - 1))
                .collect(),
        },
        7 => Argument::Named(
            (0..dice.u32(..3))
                .map(|_| (text(dice), argument(dice, depth - 1)))
                .collect(),
        ),
        8 => Argument::Unordered(
            (0..dice.u32(..3))
                .map(|_| (dice.u8(..3), argument(dice, depth - 1)))
                .collect(),
        ),
        9 => Argument::Nested(Box::new(argument(dice, depth - 1))),
        10 => Argument::Perhaps(dice.bool().then(|| Box::new(argument(dice, depth - 1)))),
        _ => Argument::Both(
            (dice.u8(..2), ()),
            (dice.u8(..2), [dice.bool(), dice.bool()]),
        ),
    }
}

fn float(dice: &mut Rng) -> f64 {
    *dice
        .choice(&[0.0, -0.0, 1.0, f64::NAN, f64::INFINITY])
        .unwrap()
}

fn text(dice: &mut Rng) -> String {
    (0..dice.u32(..3))
        .map(|_| *dice.choice(&['a', '\0', '\u{1}']).unwrap())
        .collect()
}

/// What says all of an argument and does not depend on the order of hash maps.
fn image(argument: &Argument) -> String {
    match argument {
        Argument::Float(float) => format!("f64 {:x}", float.to_bits()),
        Argument::Small(float) => format!("f32 {:x}", float.to_bits()),
        Argument::Filter { limit, any } => {
            let any: Vec<String> = any.iter().map(image).collect();
            format!("filter {limit:?} {any:?}")
        }
        Argument::Named(map) => {
            let map: Vec<_> = map
                .iter()
                .map(|(name, value)| (name, image(value)))
                .collect();
            format!("named {map:?}")
        }
        Argument::Unordered(map) => {
            let map: BTreeMap<_, _> = map
                .iter()
                .map(|(name, value)| (name, image(value)))
                .collect();
            format!("unordered {map:?}")
        }
        Argument::Nested(inner) => format!("nested {:?}", image(inner)),
        Argument::Perhaps(inner) => format!("perhaps {:?}", inner.as_deref().map(image)),
        plain => format!("{plain:?}"),
    }
}

#[test]
fn calls_have_the_same_key_exactly_if_their_arguments_are_the_same() {
    let mut dice = Rng::with_seed(0x5E1F_5A3E);
    let mut keys: HashMap<Vec<u8>, String> = HashMap::new();
    let mut images: HashMap<String, Vec<u8>> = HashMap::new();
    for _ in 0..20_000 {
        // As many arguments as the function of this number takes.
        let arguments: Vec<Argument> = (0..dice.u32(1..4))
            .map(|_| argument(&mut dice, 2))
            .collect();
        let image = arguments.iter().map(image).collect::<Vec<_>>().join("; ");
        let bytes = key(|parts| arguments.iter().for_each(|argument| parts.part(argument)));
        let bytes = bytes.bytes().to_vec();
        let same_key = keys.entry(bytes.clone()).or_insert_with(|| image.clone());
        assert_eq!(*same_key, image);
        let same_call = images.entry(image).or_insert_with(|| bytes.clone());
        assert_eq!(*same_call, bytes);
    }
    assert!(keys.len() > 5_000, "{} keys", keys.len());
}
