//! Values with parts: sequences, tuples, maps and structs, up to their end mark.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use super::scalar::{mark, put_text};
use super::{EncodeError, tag, value};
use crate::key::{KeyBytes, MAX_KEY_BYTES};

/// A value with parts that is being encoded.
pub(super) struct Collection<'a> {
    out: &'a mut KeyBytes,
    elements: Elements,
}

/// What becomes of the order of elements.
pub(super) enum Elements {
    /// It is part of the value.
    InOrder,
    /// It is chance: the elements are sorted by their bytes. Each begins at one of these offsets.
    Sorted(Vec<usize>),
}

impl Elements {
    pub(super) const fn sorted() -> Self {
        Self::Sorted(Vec::new())
    }
}

impl<'a> Collection<'a> {
    pub(super) const fn new(out: &'a mut KeyBytes, elements: Elements) -> Self {
        Self { out, elements }
    }

    pub(super) const fn in_order(out: &'a mut KeyBytes) -> Self {
        Self::new(out, Elements::InOrder)
    }

    /// One element of a sequence, or one key of a map. Stops a key that is too large while it grows, not after.
    fn element<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), EncodeError> {
        if self.out.len() > MAX_KEY_BYTES {
            return Err(EncodeError::TooLarge);
        }
        if let Elements::Sorted(starts) = &mut self.elements {
            starts.push(self.out.len());
        }
        value(element, self.out)
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, field: &T) -> Result<(), EncodeError> {
        put_text(tag::FIELD, name.as_bytes(), self.out);
        value(field, self.out)
    }

    fn finish(self) {
        if let Elements::Sorted(starts) = self.elements {
            sort(self.out, &starts);
        }
        mark(tag::END, self.out);
    }
}

/// Sorts the elements that begin at `starts` and reach to the end of `out`.
fn sort(out: &mut KeyBytes, starts: &[usize]) {
    let Some(&first) = starts.first() else { return };
    let ends = starts[1..].iter().copied().chain([out.len()]);
    let mut elements: Vec<&[u8]> = starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| &out.as_slice()[start..end])
        .collect();
    elements.sort_unstable();
    let sorted = elements.concat();
    out.reorder(first, &sorted);
}

/// Implements the traits that differ in the name of their one method.
macro_rules! elements {
    ($($method:ident of $collection:ident),+) => {$(
        impl $collection for Collection<'_> {
            type Ok = ();
            type Error = EncodeError;

            fn $method<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), EncodeError> {
                self.element(element)
            }

            fn end(self) -> Result<(), EncodeError> {
                self.finish();
                Ok(())
            }
        }
    )+};
}

elements!(
    serialize_element of SerializeSeq,
    serialize_element of SerializeTuple,
    serialize_field of SerializeTupleStruct,
    serialize_field of SerializeTupleVariant
);

impl SerializeMap for Collection<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        self.element(key)
    }

    /// Joins its key: a pair is sorted as one.
    fn serialize_value<T: Serialize + ?Sized>(&mut self, element: &T) -> Result<(), EncodeError> {
        value(element, self.out)
    }

    fn end(self) -> Result<(), EncodeError> {
        self.finish();
        Ok(())
    }
}

/// A skipped field leaves nothing behind: the names of the others tell which one it was.
macro_rules! fields {
    ($($collection:ident),+) => {$(
        impl $collection for Collection<'_> {
            type Ok = ();
            type Error = EncodeError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                field: &T,
            ) -> Result<(), EncodeError> {
                self.field(name, field)
            }

            fn end(self) -> Result<(), EncodeError> {
                self.finish();
                Ok(())
            }
        }
    )+};
}

fields!(SerializeStruct, SerializeStructVariant);
