//! Names that need no import.

/// Crates that every crate can name.
pub(super) const CRATES: &[&str] = &["alloc", "core", "proc_macro", "std", "test"];

/// The primitive types.
pub(super) const PRIMITIVES: &[&str] = &[
    "bool", "char", "f16", "f32", "f64", "f128", "i8", "i16", "i32", "i64", "i128", "isize", "str",
    "u8", "u16", "u32", "u64", "u128", "usize",
];

/// std's preludes up to edition 2024: types, traits, variants and functions.
pub(super) const NAMES: &[&str] = &[
    "AsMut",
    "AsRef",
    "AsyncFn",
    "AsyncFnMut",
    "AsyncFnOnce",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Hash",
    "Future",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
    "drop",
    "size_of",
    "size_of_val",
    "align_of",
    "align_of_val",
];

/// Whether a name that nothing binds is a type or trait of std's.
pub(super) fn is_type(name: &str) -> bool {
    PRIMITIVES.contains(&name) || NAMES.contains(&name)
}
