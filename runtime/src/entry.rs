//! The entry envelope: what a store keeps, byte by byte.
//!
//! ```text
//! magic 4 · format 1 · codec 1 · compression 1 · encryption 1 · stored-at 8 · fresh-for 8 · stale-for 8 · cost 8
//! version 16 · path 4+n · key 4+n · tags 2+8n · raw length 4 · payload 4+n · crc32 4       (little endian)
//! ```
//! Where a secret is set, the payload is encrypted, and the call is not named; what stands before the payload is
//! authenticated with it, and so is the call (see [`lock`]):
//! ```text
//! … cost 8 · secret's id 8 · nonce 16 · tags 2+8n · raw length 4 · payload 4+n · mac 16 · crc32 4
//! ```
//! Times are milliseconds, the cost microseconds. Of tags there are the versions they had before the value was computed,
//! in the order of the function's tags; their names follow from the call. An entry carries its whole key, so that a wrong or
//! colliding one is a miss, and the time it was stored at by the *store's* clock, so that its age never compares two
//! machines.
//!
//! A reader takes any bytes: everything that is not an entry it wrote itself has a named [`Fault`], never a panic.

use std::fmt;
use std::time::Duration;

use self::lock::Closing;
use crate::codec::Codec;
use crate::function::FOREVER_MS;
use crate::secret::{MAC_BYTES, SecretId};
use crate::store::TagVersion;
use crate::version::Version;

#[cfg(any(test, fuzzing))]
mod any;
mod compress;
mod fault;
mod lock;
mod open;
#[cfg(test)]
mod tests;

#[cfg(fuzzing)]
pub(crate) use self::any::open_any;
pub use self::fault::Fault;
pub(crate) use self::lock::Lock;
pub(crate) use self::open::{Opened, open};

/// The call an entry answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity<'a> {
    /// What the entry is called in its store, namespace included. Only what is encrypted is bound to it.
    pub(crate) name: &'a str,
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
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// The envelope up to the checksum, with an empty stamp. What is to be encrypted is still in clear, and last.
    bytes: Vec<u8>,
    terms: Terms,
    /// What it is encrypted with, if it is to be.
    closing: Option<Closing>,
    is_indexed: bool,
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
        let variable = identity.path.len() + identity.key.len() + tag_bytes(tags) + stored.len();
        let mut bytes = Vec::with_capacity(FIXED_BYTES + variable);
        put_head(
            &mut bytes,
            [compression, ENCRYPTION_NONE],
            terms,
            cost,
            codec,
        );
        bytes.extend_from_slice(&identity.version.to_bits().to_le_bytes());
        put_section(&mut bytes, identity.path.as_bytes());
        put_section(&mut bytes, identity.key);
        put_tags(&mut bytes, tags);
        bytes.extend_from_slice(&length(payload).to_le_bytes());
        put_section(&mut bytes, stored);
        Self {
            bytes,
            terms,
            closing: None,
            is_indexed: false,
        }
    }

    /// An entry that can be found by its version, to be purged when nobody runs that any more.
    #[must_use]
    pub fn indexed(self) -> Self {
        Self {
            is_indexed: true,
            ..self
        }
    }

    /// Whether the entry can be found by its version. One that ends soon need not be.
    #[must_use]
    pub const fn is_indexed(&self) -> bool {
        self.is_indexed
    }

    /// Lays out the same entry for [`seal`](Self::seal) to encrypt.
    ///
    /// Never compressed: how well a value compresses tells about it, to whoever can have part of it be what they like
    /// (as CRIME and BREACH did with TLS).
    pub(crate) fn locked(
        lock: Lock,
        identity: Identity<'_>,
        tags: &[TagVersion],
        terms: Terms,
        cost: Duration,
        codec: Codec,
        payload: &[u8],
    ) -> Self {
        let mut bytes = Vec::with_capacity(FIXED_LOCKED_BYTES + tag_bytes(tags) + payload.len());
        let flags = [COMPRESSION_NONE, ENCRYPTION_XCHACHA20_POLY1305];
        put_head(&mut bytes, flags, terms, cost, codec);
        bytes.extend_from_slice(&lock.secret().to_bytes());
        bytes.extend_from_slice(lock.drawn());
        put_tags(&mut bytes, tags);
        bytes.extend_from_slice(&length(payload).to_le_bytes());
        bytes.extend_from_slice(&length(payload).to_le_bytes());
        let closing = Closing::new(lock, identity, bytes.len());
        bytes.extend_from_slice(payload);
        Self {
            bytes,
            terms,
            closing: Some(closing),
            is_indexed: false,
        }
    }

    /// The bytes to store: stamped with `now_ms`, the store's own time in milliseconds, encrypted if a secret is set, and
    /// checksummed.
    #[must_use]
    pub fn seal(mut self, now_ms: u64) -> Vec<u8> {
        self.bytes[STAMP..STAMP + 8].copy_from_slice(&now_ms.to_le_bytes());
        if let Some(closing) = self.closing {
            closing.close(&mut self.bytes, now_ms);
        }
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
        let mac_bytes = if self.closing.is_some() { MAC_BYTES } else { 0 };
        self.bytes.len() + mac_bytes + CHECKSUM_BYTES
    }
}

/// Without the value, which may not be for everybody's eyes.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("sealed_bytes", &self.sealed_bytes())
            .field("lifetime", &self.lifetime())
            .finish_non_exhaustive()
    }
}

/// The time an entry was sealed with, if `bytes` are long enough to have one.
pub(crate) fn stamp(bytes: &[u8]) -> Option<u64> {
    let stamp = bytes.get(STAMP..STAMP + 8)?;
    Some(u64::from_le_bytes(stamp.try_into().ok()?))
}

/// Appends what every entry begins with. The flags are those of compression and encryption.
fn put_head(bytes: &mut Vec<u8>, flags: [u8; 2], terms: Terms, cost: Duration, codec: Codec) {
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&[FORMAT, codec_number(codec)]);
    bytes.extend_from_slice(&flags);
    bytes.extend_from_slice(&[0; 8]);
    bytes.extend_from_slice(&terms.fresh_ms.to_le_bytes());
    bytes.extend_from_slice(&terms.stale_ms.to_le_bytes());
    bytes.extend_from_slice(&microseconds(cost).to_le_bytes());
}

/// Appends the number of tags, and their versions.
fn put_tags(bytes: &mut Vec<u8>, tags: &[TagVersion]) {
    bytes.extend_from_slice(&tag_count(tags).to_le_bytes());
    bytes.extend(tags.iter().flat_map(|version| version.to_bytes()));
}

const fn tag_bytes(tags: &[TagVersion]) -> usize {
    tags.len() * TagVersion::BYTES
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

const ENCRYPTION_NONE: u8 = 0;
const ENCRYPTION_XCHACHA20_POLY1305: u8 = 1;

/// Where the stamp lies.
const STAMP: usize = 8;

const CHECKSUM_BYTES: usize = 4;

/// Everything but path, key and payload.
const FIXED_BYTES: usize = 8 + 4 * 8 + 16 + 4 + 4 + 2 + 4 + 4 + CHECKSUM_BYTES;

/// Everything but tags and payload, where the payload is encrypted.
const FIXED_LOCKED_BYTES: usize =
    8 + 4 * 8 + SecretId::BYTES + lock::DRAWN_BYTES + 2 + 4 + 4 + MAC_BYTES + CHECKSUM_BYTES;

/// No payload decompresses to more than this. A cap of its own, well above the usual limit for values, because
/// processes with different limits read the same entries.
const MAX_RAW_BYTES: usize = 256 << 20;
