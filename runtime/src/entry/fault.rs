//! [`Fault`]: why bytes in a store are not the entry that was looked for.

use std::fmt;

/// Why bytes in a store are not the entry that was looked for. Each is a miss; the bytes are removed, except for
/// [`Locked`](Self::Locked) ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// It does not begin like an entry: someone else's value.
    Foreign,
    /// An entry of another format number, written by another release.
    Format,
    /// It ends before it is complete.
    Truncated,
    /// Its parts and its length, or its parts among each other, do not fit together.
    Malformed,
    /// The checksum does not match.
    Checksum,
    /// It says that it needs something this release can't do: another codec, compression, encryption.
    Unknown,
    /// It answers another call: a collision, or an entry that was moved.
    Key,
    /// It was stored in what is, for the store, the future.
    Future,
    /// Its payload does not decompress to what it says.
    Compression,
    /// It is encrypted with a secret that this process does not have. It stays until it is replaced, since others may
    /// have the secret.
    Locked,
    /// It is not encrypted, and this process has a secret: anybody may have put it there.
    Plain,
    /// It is not what was encrypted under its name: altered, moved from another name, or made without the secret.
    Forged,
    /// Its payload does not decode to a value of the function's type.
    Undecodable,
}

impl Fault {
    const fn text(self) -> &'static str {
        match self {
            Self::Foreign => "it is not an entry",
            Self::Format => "it has another format number",
            Self::Truncated => "it is truncated",
            Self::Malformed => "its parts do not fit together",
            Self::Checksum => "its checksum does not match",
            Self::Unknown => "it needs something this release can't do",
            Self::Key => "it answers another call",
            Self::Future => "it was stored in the store's future",
            Self::Compression => "its payload does not decompress",
            Self::Locked => "it is encrypted with a secret that this process does not have",
            Self::Plain => "it is not encrypted, and this process has a secret",
            Self::Forged => "it was altered, moved, or made without the secret",
            Self::Undecodable => "its payload does not decode",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
