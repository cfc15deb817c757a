//! The canonical encoding of key parts: a serde serialiser that never lets two different values meet.
//!
//! Each value begins with a byte that says what it is; numbers have the width of their type, text and bytes carry their
//! length, sequences and maps an end mark that no value can begin with, names are part of it. So a value's encoding is
//! never a prefix of another's, and neighbouring parts can't run together. Floats are encoded by their bits.
//! Standard hash maps and sets are sorted by the encoded bytes of their elements; everything else keeps its order.
//!
//! These bytes name entries in stores: a change here makes every entry cold. Golden vectors pin them.

use std::fmt::{self, Display};

use serde::ser::Serialize;

use super::KeyBytes;
use super::unordered::is_unordered;

mod collection;
mod scalar;

use self::collection::{Collection, Elements};
use self::scalar::put_len;

/// Appends the encoding of `value`.
#[inline]
pub(crate) fn value<T: Serialize + ?Sized>(
    value: &T,
    out: &mut KeyBytes,
) -> Result<(), EncodeError> {
    value.serialize(Encoder {
        unordered: is_unordered::<T>(),
        out,
    })
}

/// The encoding of `value` alone.
pub(crate) fn to_bytes<T: Serialize + ?Sized>(part: &T) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = KeyBytes::default();
    value(part, &mut bytes)?;
    Ok(bytes.into_bytes())
}

/// Appends the name of a generic argument.
pub(crate) fn generic(name: &str, out: &mut KeyBytes) {
    scalar::put_text(tag::GENERIC, name.as_bytes(), out);
}

/// Encodes one value.
struct Encoder<'a> {
    out: &'a mut KeyBytes,
    /// Whether the value is a hash map or set, and its order chance.
    unordered: bool,
}

impl<'a> Encoder<'a> {
    fn named(self, tag: u8, name: &str) -> &'a mut KeyBytes {
        scalar::put_text(tag, name.as_bytes(), self.out);
        self.out
    }

    fn variant(self, tag: u8, name: &str, index: u32, variant: &str) -> &'a mut KeyBytes {
        scalar::put_text(tag, name.as_bytes(), self.out);
        self.out.append(&index.to_le_bytes());
        put_len(variant.len(), self.out);
        self.out.append(variant.as_bytes());
        self.out
    }

    fn collection(self, tag: u8) -> Collection<'a> {
        scalar::mark(tag, self.out);
        let elements = if self.unordered {
            Elements::sorted()
        } else {
            Elements::InOrder
        };
        Collection::new(self.out, elements)
    }
}

/// What begins a value, or ends a collection. Values are part of the format: never renumber.
mod tag {
    pub(super) const END: u8 = 0x00;
    pub(super) const FALSE: u8 = 0x01;
    pub(super) const TRUE: u8 = 0x02;
    pub(super) const I8: u8 = 0x03;
    pub(super) const I16: u8 = 0x04;
    pub(super) const I32: u8 = 0x05;
    pub(super) const I64: u8 = 0x06;
    pub(super) const I128: u8 = 0x07;
    pub(super) const U8: u8 = 0x08;
    pub(super) const U16: u8 = 0x09;
    pub(super) const U32: u8 = 0x0A;
    pub(super) const U64: u8 = 0x0B;
    pub(super) const U128: u8 = 0x0C;
    pub(super) const F32: u8 = 0x0D;
    pub(super) const F64: u8 = 0x0E;
    pub(super) const CHAR: u8 = 0x0F;
    pub(super) const STR: u8 = 0x10;
    pub(super) const BYTES: u8 = 0x11;
    pub(super) const NONE: u8 = 0x12;
    pub(super) const SOME: u8 = 0x13;
    pub(super) const UNIT: u8 = 0x14;
    pub(super) const UNIT_STRUCT: u8 = 0x15;
    pub(super) const UNIT_VARIANT: u8 = 0x16;
    pub(super) const NEWTYPE_STRUCT: u8 = 0x17;
    pub(super) const NEWTYPE_VARIANT: u8 = 0x18;
    pub(super) const SEQ: u8 = 0x19;
    pub(super) const TUPLE: u8 = 0x1A;
    pub(super) const TUPLE_STRUCT: u8 = 0x1B;
    pub(super) const TUPLE_VARIANT: u8 = 0x1C;
    pub(super) const MAP: u8 = 0x1D;
    pub(super) const STRUCT: u8 = 0x1E;
    pub(super) const STRUCT_VARIANT: u8 = 0x1F;
    pub(super) const FIELD: u8 = 0x20;
    pub(super) const GENERIC: u8 = 0x21;
}

/// Why a value could not be encoded.
#[derive(Debug)]
pub(crate) enum EncodeError {
    /// The type's own words.
    Failed(String),
    TooLarge,
}

impl Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(reason) => f.write_str(reason),
            Self::TooLarge => f.write_str("larger than a key may be"),
        }
    }
}

impl std::error::Error for EncodeError {}

impl serde::ser::Error for EncodeError {
    fn custom<T: Display>(message: T) -> Self {
        Self::Failed(message.to_string())
    }
}
