//! [`EntryKey`]: the name of an entry in stores.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::version::Version;

/// The name of one entry: `ns:{f.v.bbb}:a`.
///
/// `ns` is the namespace, `f` the function's id (16 hexadecimal digits), `v` its [`Version`] (32), `bbb` one of 1024
/// buckets (3) and `a` the digest of the arguments (32). The part in braces is a Redis cluster hash tag: whatever one
/// script must touch lies in one slot.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EntryKey {
    text: String,
    namespace_bytes: usize,
    function: u64,
    version: Version,
    arguments: [u8; 16],
}

impl EntryKey {
    /// The name of the entry of one call.
    #[must_use]
    pub fn new(namespace: &str, function: u64, version: Version, arguments: [u8; 16]) -> Self {
        Self {
            text: text(namespace, function, version, &arguments),
            namespace_bytes: namespace.len(),
            function,
            version,
            arguments,
        }
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The namespace: deployments that share a server but not their data differ in it.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.text[..self.namespace_bytes]
    }

    /// The function's id: digest of its path and generic arguments.
    #[must_use]
    pub const fn function(&self) -> u64 {
        self.function
    }

    /// The function's version.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The bucket, below 1024.
    #[must_use]
    pub const fn bucket(&self) -> u16 {
        bucket(&self.arguments)
    }

    /// The name of the index of the bucket: `ns:{f.v.bbb}:i`.
    #[must_use]
    pub fn index(&self) -> String {
        let end = self.text.len() - 2 * self.arguments.len();
        format!("{}i", &self.text[..end])
    }

    /// The digest of the arguments.
    #[must_use]
    pub const fn arguments(&self) -> [u8; 16] {
        self.arguments
    }
}

impl fmt::Display for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Writes the name. Digits are made without branches or tables and copied in a few pieces: with `format!` the name took
/// longer than everything else that a read of a store costs here.
fn text(namespace: &str, function: u64, version: Version, arguments: &[u8; 16]) -> String {
    let mut tail = *TEMPLATE;
    tail[2..18].copy_from_slice(digits(&function.to_be_bytes()).as_flattened());
    tail[19..51].copy_from_slice(digits(&version.to_bits().to_be_bytes()).as_flattened());
    let bucket = digits(&bucket(arguments).to_be_bytes());
    // A bucket has ten bits, three digits.
    tail[52..55].copy_from_slice(&bucket.as_flattened()[1..]);
    tail[57..].copy_from_slice(digits(arguments).as_flattened());
    let mut text = String::with_capacity(namespace.len() + tail.len());
    text.push_str(namespace);
    text.push_str(std::str::from_utf8(&tail).unwrap_or_default());
    text
}

/// What follows the namespace, with a letter for each digit.
const TEMPLATE: &[u8; 89] =
    b":{ffffffffffffffff.vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv.bbb}:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn digits<const N: usize>(bytes: &[u8; N]) -> [[u8; 2]; N] {
    bytes.map(|byte| [digit(byte >> 4), digit(byte & 0xF)])
}

const fn digit(nibble: u8) -> u8 {
    // The letters begin 39 places after the last digit.
    nibble + b'0' + (nibble > 9) as u8 * 39
}

/// The first ten bits: arguments are a digest, so any ten would do.
const fn bucket(arguments: &[u8; 16]) -> u16 {
    u16::from_be_bytes([arguments[0], arguments[1]]) >> 6
}

/// The id of a function in stores: digest of its path and of the names of its generic arguments.
pub(crate) fn function_id(path: &str, generics: &[u8]) -> u64 {
    let mut hash = Sha256::new();
    hash.update((path.len() as u64).to_le_bytes());
    hash.update(path);
    hash.update(generics);
    u64::from_be_bytes(first(&hash.finalize().into()))
}

/// The digest of encoded arguments.
pub(crate) fn argument_digest(encoded: &[u8]) -> [u8; 16] {
    first(&Sha256::digest(encoded).into())
}

/// The digest of encoded arguments where entries are encrypted: another one, so that processes with a secret and without
/// one, while it is brought in, have entries of their own and do not take turns at replacing each other's.
pub(crate) fn locked_argument_digest(encoded: &[u8]) -> [u8; 16] {
    let hash = Sha256::new().chain_update(b"locked").chain_update(encoded);
    first(&hash.finalize().into())
}

fn first<const N: usize>(digest: &[u8; 32]) -> [u8; N] {
    std::array::from_fn(|index| digest[index])
}
