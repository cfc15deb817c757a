//! The entry envelope: what a store keeps, byte by byte.
//!
//! ```text
//! magic 4 · format 1 · codec 1 · compression 1 · encryption 1 · stored-at 8 · fresh-for 8 · stale-for 8 · cost 8
//! version 16 · path 4+n · key 4+n · tags 2+8n · raw length 4 · payload 4+n · crc32 4       (little endian)
//! ```
//! Times are milliseconds, the cost microseconds. Of tags there are the versions they had before the value was computed,
//! in the order of the function's tags; their names follow from the call. An entry carries its whole key, so that a wrong or colliding one is
//! a miss, and the time it was stored at by the *store's* clock, so that its age never compares two machines.
//!
//! A reader takes any bytes: everything that is not an entry it wrote itself has a named [`Fault`], never a panic.

use std::time::Duration;

use crate::codec::Codec;
use crate::function::FOREVER_MS;
use crate::store::TagVersion;
use crate::version::Version;

#[cfg(any(test, fuzzing))]
mod any;
mod compress;
mod fault;
mod open;
#[cfg(test)]
mod tests;

#[cfg(fuzzing)]
pub(crate) use self::any::open_any;
pub use self::fault::Fault;
pub(crate) use self::open::{Opened, open};

/// The call an entry answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity<'a> {
    pub(crate) version: Version,
    pub(crate) path: &'a str,
    /// The exact encoded key bytes, generics included.
    pub(crate) key: &'a [u8],
}

/// How long an entry may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// `u64::MAX` for ever.
    pub(crate) fresh_ms: u64,
    /// After that; 0 for entries that are never served stale.
    pub(crate) stale_ms: u64,
}

/// An entry that lacks only its time: the store stamps it with its own when it writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The envelope up to the checksum, with an empty stamp.
    bytes: Vec<u8>,
    terms: Terms,
}

impl Draft {
    /// Lays out the entry of `value`, which took `cost` to compute and encodes to `payload`.
    pub(crate) fn new(
        identity: Identity<'_>,
        tags: &[TagVersion],
        terms: Terms,
        cost: Duration,
        codec: Codec,
        payload: &[u8],
    ) -> Self {
        let packed = compress::pack(payload);
        let stored = packed.as_deref().unwrap_or(payload);
        let compression = if packed.is_some() {
            COMPRESSION_LZ4
        } else {
            COMPRESSION_NONE
        };
        let versions = tags.len() * TagVersion::BYTES;
        let variable = identity.path.len() + identity.key.len() + versions + stored.len();
        let mut bytes = Vec::with_capacity(FIXED_BYTES + variable);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&[FORMAT, codec_number(codec), compression, ENCRYPTION_NONE]);
        bytes.extend_from_slice(&[0; 8]);
        bytes.extend_from_slice(&terms.fresh_ms.to_le_bytes());
        bytes.extend_from_slice(&terms.stale_ms.to_le_bytes());
        bytes.extend_from_slice(&microseconds(cost).to_le_bytes());
        bytes.extend_from_slice(&identity.version.to_bits().to_le_bytes());
        put_section(&mut bytes, identity.path.as_bytes());
        put_section(&mut bytes, identity.key);
        bytes.extend_from_slice(&tag_count(tags).to_le_bytes());
        bytes.extend(tags.iter().flat_map(|version| version.to_bytes()));
        bytes.extend_from_slice(&length(payload).to_le_bytes());
        put_section(&mut bytes, stored);
        Self { bytes, terms }
    }

    /// The bytes to store: stamped with `now_ms`, the store's own time in milliseconds, and checksummed.
    #[must_use]
    pub fn seal(mut self, now_ms: u64) -> Vec<u8> {
        self.bytes[STAMP..STAMP + 8].copy_from_slice(&now_ms.to_le_bytes());
        let checksum = crc32fast::hash(&self.bytes);
        self.bytes.extend_from_slice(&checksum.to_le_bytes());
        self.bytes
    }

    /// How long the store should keep the entry; `None` for ever.
    #[must_use]
    pub const fn lifetime(&self) -> Option<Duration> {
        match self.terms.fresh_ms.saturating_add(self.terms.stale_ms) {
            FOREVER_MS => None,
            ms => Some(Duration::from_millis(ms)),
        }
    }

    /// How many bytes [`seal`](Self::seal) will return.
    #[must_use]
    pub const fn sealed_bytes(&self) -> usize {
        self.bytes.len() + CHECKSUM_BYTES
    }
}

/// The time an entry was sealed with, if `bytes` are long enough to have one.
pub(crate) fn stamp(bytes: &[u8]) -> Option<u64> {
    let stamp = bytes.get(STAMP..STAMP + 8)?;
    Some(u64::from_le_bytes(stamp.try_into().ok()?))
}

/// Appends a length and that many bytes.
fn put_section(bytes: &mut Vec<u8>, section: &[u8]) {
    bytes.extend_from_slice(&length(section).to_le_bytes());
    bytes.extend_from_slice(section);
}

/// Keys are capped at 1 MiB and values far below 4 GiB by the builder, so nothing is ever cut here.
fn length(section: &[u8]) -> u32 {
    u32::try_from(section.len()).unwrap_or(u32::MAX)
}

/// A marker has a handful of tags.
fn tag_count(tags: &[TagVersion]) -> u16 {
    u16::try_from(tags.len()).unwrap_or(u16::MAX)
}

fn microseconds(cost: Duration) -> u64 {
    u64::try_from(cost.as_micros()).unwrap_or(u64::MAX)
}

const fn codec_number(codec: Codec) -> u8 {
    match codec {
        Codec::MessagePack => 1,
        Codec::Json => 2,
        Codec::Postcard => 3,
    }
}

const fn codec_of(number: u8) -> Option<Codec> {
    match number {
        1 => Some(Codec::MessagePack),
        2 => Some(Codec::Json),
        3 => Some(Codec::Postcard),
        _ => None,
    }
}

/// "selfsame", short enough to be cheap and odd enough not to begin someone else's value.
const MAGIC: [u8; 4] = *b"\xA7sfs";

/// The number of this layout. Bump it whenever a reader of the old layout would misread the new one; entries of other
/// numbers are misses, so a bump makes every entry cold.
const FORMAT: u8 = 2;

const COMPRESSION_NONE: u8 = 0;
const COMPRESSION_LZ4: u8 = 1;

/// Any other number is reserved for encryption, which this reader does not know.
const ENCRYPTION_NONE: u8 = 0;

/// Where the stamp lies.
const STAMP: usize = 8;

const CHECKSUM_BYTES: usize = 4;

/// Everything but path, key and payload.
const FIXED_BYTES: usize = 8 + 4 * 8 + 16 + 4 + 4 + 2 + 4 + 4 + CHECKSUM_BYTES;

/// No payload decompresses to more than this. A cap of its own, well above the usual limit for values, because
/// processes with different limits read the same entries.
const MAX_RAW_BYTES: usize = 256 << 20;
