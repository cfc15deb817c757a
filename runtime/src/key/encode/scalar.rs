//! The `Serializer` itself: scalars at once, everything with parts handed to a [`Collection`].

use serde::ser::{Serialize, Serializer};

use super::{Collection, EncodeError, Encoder, tag};
use crate::key::KeyBytes;

/// Encodes a number: its tag, then its little-endian bytes, in one append.
macro_rules! number {
    ($method:ident, $number:ty, $tag:ident, $digest:expr) => {
        #[inline]
        fn $method(self, value: $number) -> Result<(), EncodeError> {
            let mut bytes = [tag::$tag; 1 + size_of::<$number>()];
            bytes[1..].copy_from_slice(&value.to_le_bytes());
            let digest: fn($number) -> u64 = $digest;
            self.out
                .append_short(bytes, digest(value) ^ high(tag::$tag));
            Ok(())
        }
    };
}

impl<'a> Serializer for Encoder<'a> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Collection<'a>;
    type SerializeTuple = Collection<'a>;
    type SerializeTupleStruct = Collection<'a>;
    type SerializeTupleVariant = Collection<'a>;
    type SerializeMap = Collection<'a>;
    type SerializeStruct = Collection<'a>;
    type SerializeStructVariant = Collection<'a>;

    number!(serialize_i8, i8, I8, |value| value as u64);
    number!(serialize_i16, i16, I16, |value| value as u64);
    number!(serialize_i32, i32, I32, |value| value as u64);
    number!(serialize_i64, i64, I64, |value| value as u64);
    number!(serialize_i128, i128, I128, |value| (value as u64)
        ^ (value >> 64) as u64);
    number!(serialize_u8, u8, U8, |value| value as u64);
    number!(serialize_u16, u16, U16, |value| value as u64);
    number!(serialize_u32, u32, U32, |value| value as u64);
    number!(serialize_u64, u64, U64, |value| value);
    number!(serialize_u128, u128, U128, |value| (value as u64)
        ^ (value >> 64) as u64);
    // By bits: NaN equals itself, and -0.0 is not 0.0, because the function may tell them apart.
    number!(serialize_f32, f32, F32, |value| value.to_bits().into());
    number!(serialize_f64, f64, F64, f64::to_bits);

    /// Fixed: a type that has two forms (addresses, times) must not change its key with the codec.
    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, value: bool) -> Result<(), EncodeError> {
        mark(if value { tag::TRUE } else { tag::FALSE }, self.out);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), EncodeError> {
        mark(tag::CHAR, self.out);
        self.out.append(&u32::from(value).to_le_bytes());
        Ok(())
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), EncodeError> {
        put_text(tag::STR, value.as_bytes(), self.out);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), EncodeError> {
        put_text(tag::BYTES, value, self.out);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), EncodeError> {
        mark(tag::NONE, self.out);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        mark(tag::SOME, self.out);
        super::value(value, self.out)
    }

    fn serialize_unit(self) -> Result<(), EncodeError> {
        mark(tag::UNIT, self.out);
        Ok(())
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<(), EncodeError> {
        self.named(tag::UNIT_STRUCT, name);
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<(), EncodeError> {
        self.variant(tag::UNIT_VARIANT, name, index, variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        super::value(value, self.named(tag::NEWTYPE_STRUCT, name))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        super::value(
            value,
            self.variant(tag::NEWTYPE_VARIANT, name, index, variant),
        )
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Collection<'a>, EncodeError> {
        Ok(self.collection(tag::SEQ))
    }

    fn serialize_tuple(self, _len: usize) -> Result<Collection<'a>, EncodeError> {
        Ok(self.collection(tag::TUPLE))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _len: usize,
    ) -> Result<Collection<'a>, EncodeError> {
        Ok(Collection::in_order(self.named(tag::TUPLE_STRUCT, name)))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Collection<'a>, EncodeError> {
        let out = self.variant(tag::TUPLE_VARIANT, name, index, variant);
        Ok(Collection::in_order(out))
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Collection<'a>, EncodeError> {
        Ok(self.collection(tag::MAP))
    }

    fn serialize_struct(
        self,
        name: &'static str,
        _len: usize,
    ) -> Result<Collection<'a>, EncodeError> {
        Ok(Collection::in_order(self.named(tag::STRUCT, name)))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Collection<'a>, EncodeError> {
        let out = self.variant(tag::STRUCT_VARIANT, name, index, variant);
        Ok(Collection::in_order(out))
    }
}

/// Appends a tag that stands for itself.
#[inline]
pub(super) fn mark(tag: u8, out: &mut KeyBytes) {
    out.append_short([tag], u64::from(tag));
}

/// Appends a tag, a length and that many bytes.
#[inline]
pub(super) fn put_text(tag: u8, text: &[u8], out: &mut KeyBytes) {
    let digest = text.len() as u64 ^ high(tag);
    // Both at once where the length is a byte: appends are what encoding a key consists of.
    if text.len() < 0x80 {
        out.append_short([tag, text.len() as u8], digest);
    } else {
        out.append_short([tag], digest);
        put_long(text.len(), out);
    }
    out.append(text);
}

/// Appends a length, seven bits a byte, the lowest first.
#[inline]
pub(super) fn put_len(len: usize, out: &mut KeyBytes) {
    if len < 0x80 {
        out.append_short([len as u8], len as u64);
    } else {
        put_long(len, out);
    }
}

#[cold]
fn put_long(mut len: usize, out: &mut KeyBytes) {
    while len >= 0x80 {
        // The mask makes the cast exact.
        out.append(&[(len & 0x7F) as u8 | 0x80]);
        len >>= 7;
    }
    out.append(&[len as u8]);
}

/// Keeps a tag out of the way of the small numbers that are the rule.
#[inline]
const fn high(tag: u8) -> u64 {
    (tag as u64) << 56
}
