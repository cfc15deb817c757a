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

/// Writes the name. By hand and on the stack: `format!` took four times as long, on every read of a store.
fn text(namespace: &str, function: u64, version: Version, arguments: &[u8; 16]) -> String {
    let mut tail = *b":{0123456789abcdef.0123456789abcdef0123456789abcdef.bbb}:0123456789abcdef0123456789abcdef";
    put_hex(&function.to_be_bytes(), &mut tail[2..18]);
    put_hex(&version.to_bits().to_be_bytes(), &mut tail[19..51]);
    let bucket = bucket(arguments);
    tail[52] = HEX[usize::from(bucket >> 8)];
    tail[53] = HEX[usize::from(bucket >> 4 & 0xF)];
    tail[54] = HEX[usize::from(bucket & 0xF)];
    put_hex(arguments, &mut tail[57..89]);
    let mut text = String::with_capacity(namespace.len() + tail.len());
    text.push_str(namespace);
    text.extend(tail.iter().map(|&byte| char::from(byte)));
    text
}

fn put_hex(bytes: &[u8], digits: &mut [u8]) {
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        pair[0] = HEX[usize::from(byte >> 4)];
        pair[1] = HEX[usize::from(byte & 0xF)];
    }
}

/// The first ten bits: arguments are a digest, so any ten would do.
const fn bucket(arguments: &[u8; 16]) -> u16 {
    u16::from_be_bytes([arguments[0], arguments[1]]) >> 6
}

/// What of an entry's name is the same for all calls of a function: its namespace, and its id without generics.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FunctionId<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) path: &'a str,
    pub(crate) version: Version,
}

impl FunctionId<'_> {
    /// The name of the entry of a call with these encoded key bytes, the first `generics` of which name generic
    /// arguments.
    pub(crate) fn entry_key(self, bytes: &[u8], generics: usize) -> EntryKey {
        let (generics, arguments) = bytes.split_at(generics);
        let function = digest(&[self.path.as_bytes(), generics]);
        let arguments = digest(&[arguments]);
        EntryKey::new(
            self.namespace,
            u64::from_be_bytes(first(&function)),
            self.version,
            first(&arguments),
        )
    }
}

/// SHA-256 over length-prefixed parts.
fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

fn first<const N: usize>(digest: &[u8; 32]) -> [u8; N] {
    std::array::from_fn(|index| digest[index])
}

const HEX: &[u8; 16] = b"0123456789abcdef";
