//! Properties over generated values: encodings are equal only where values are, and none is a prefix of another.

use serde::ser::{SerializeMap, SerializeSeq, SerializeTuple};
use serde::{Serialize, Serializer};

use super::part;

/// A value of the serde data model, compared by structure.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Value {
    Bool(bool),
    U8(u8),
    I64(i64),
    Text(String),
    Bytes(Vec<u8>),
    Nothing,
    Something(Box<Self>),
    Unit,
    Sequence(Vec<Self>),
    Tuple(Vec<Self>),
    Map(Vec<(Self, Self)>),
    Variant(u32, Box<Self>),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::U8(value) => serializer.serialize_u8(*value),
            Self::I64(value) => serializer.serialize_i64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Bytes(value) => serializer.serialize_bytes(value),
            Self::Nothing => serializer.serialize_none(),
            Self::Something(value) => serializer.serialize_some(&**value),
            Self::Unit => serializer.serialize_unit(),
            Self::Sequence(values) => {
                let mut sequence = serializer.serialize_seq(None)?;
                values
                    .iter()
                    .try_for_each(|value| sequence.serialize_element(value))?;
                sequence.end()
            }
            Self::Tuple(values) => {
                let mut tuple = serializer.serialize_tuple(values.len())?;
                values
                    .iter()
                    .try_for_each(|value| tuple.serialize_element(value))?;
                tuple.end()
            }
            Self::Map(pairs) => {
                let mut map = serializer.serialize_map(None)?;
                pairs
                    .iter()
                    .try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
            Self::Variant(index, value) => {
                serializer.serialize_newtype_variant("Value", *index, "Variant", &**value)
            }
        }
    }
}

/// Numbers that look random and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    /// Few letters and short texts: so that much is nearly equal, and bytes look like tags and lengths.
    fn bytes(&mut self) -> Vec<u8> {
        (0..self.below(4)).map(|_| self.below(3) as u8).collect()
    }

    fn values(&mut self, depth: u32) -> Vec<Value> {
        (0..self.below(4)).map(|_| self.value(depth)).collect()
    }

    fn value(&mut self, depth: u32) -> Value {
        let kinds = if depth == 0 { 7 } else { 12 };
        match self.below(kinds) {
            0 => Value::Bool(self.below(2) == 0),
            1 => Value::U8(self.below(33) as u8),
            2 => Value::I64(self.below(3) as i64 - 1),
            3 => Value::Text(String::from_utf8(self.bytes()).unwrap()),
            4 => Value::Bytes(self.bytes()),
            5 => Value::Nothing,
            6 => Value::Unit,
            7 => Value::Something(Box::new(self.value(depth - 1))),
            8 => Value::Sequence(self.values(depth - 1)),
            9 => Value::Tuple(self.values(depth - 1)),
            10 => Value::Map(
                (0..self.below(3))
                    .map(|_| (self.value(depth - 1), self.value(depth - 1)))
                    .collect(),
            ),
            _ => Value::Variant(self.below(2) as u32, Box::new(self.value(depth - 1))),
        }
    }
}

#[test]
fn different_values_never_meet_and_none_begins_another() {
    let mut numbers = Numbers(0x5E1F_5A3E);
    let mut encoded: Vec<(Vec<u8>, Value)> = (0..30_000)
        .map(|_| {
            let value = numbers.value(4);
            (part(&value), value)
        })
        .collect();
    encoded.sort();
    encoded.dedup();

    assert!(encoded.len() > 5_000, "{} values", encoded.len());
    // Sorted, so a prefix is followed by what it begins.
    for pair in encoded.windows(2) {
        let ((shorter, left), (longer, right)) = (&pair[0], &pair[1]);
        assert!(!longer.starts_with(shorter), "{left:?} begins {right:?}");
    }
}
