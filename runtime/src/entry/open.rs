//! Reading an envelope: every malformed input is a named [`Fault`].

use std::borrow::Cow;
use std::time::Duration;

use super::lock::Locked;
use super::{
    CHECKSUM_BYTES, COMPRESSION_LZ4, COMPRESSION_NONE, ENCRYPTION_NONE,
    ENCRYPTION_XCHACHA20_POLY1305, FORMAT, Fault, Identity, MAGIC, Terms, codec_of, compress,
};
use crate::codec::Codec;
use crate::function::FOREVER_MS;
use crate::secret::{SecretId, Secrets};
use crate::store::TagVersion;
use crate::version::Version;

/// An entry that is whole and answers the call it was looked up for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opened<'a> {
    pub(crate) codec: Codec,
    pub(crate) payload: Cow<'a, [u8]>,
    /// How old the entry is, in the store's time.
    pub(crate) age_ms: u64,
    pub(crate) terms: Terms,
    /// What computing the value took.
    pub(crate) cost: Duration,
    /// The versions of its tags before the value was computed.
    tags: &'a [u8],
}

impl Opened<'_> {
    /// For how many milliseconds the entry is still fresh: 0 if it is not, `u64::MAX` for ever.
    pub(crate) const fn left_ms(&self) -> u64 {
        match self.terms.fresh_ms {
            FOREVER_MS => FOREVER_MS,
            fresh_ms => fresh_ms.saturating_sub(self.age_ms),
        }
    }

    /// For how many milliseconds the entry may still be served, fresh or stale; `u64::MAX` for ever.
    pub(crate) const fn usable_ms(&self) -> u64 {
        match self.terms.fresh_ms {
            FOREVER_MS => FOREVER_MS,
            fresh_ms => fresh_ms
                .saturating_add(self.terms.stale_ms)
                .saturating_sub(self.age_ms),
        }
    }

    /// Whether less than half of the time it is fresh for has gone by.
    pub(crate) const fn is_young(&self) -> bool {
        self.age_ms < self.terms.fresh_ms / 2
    }

    /// Whether its tags still have these versions.
    pub(crate) fn has_tags(&self, versions: &[Option<TagVersion>]) -> bool {
        let (own, rest) = self.tags.as_chunks::<{ TagVersion::BYTES }>();
        let own = own.iter().map(|bytes| Some(TagVersion::from_bytes(*bytes)));
        rest.is_empty() && own.eq(versions.iter().copied())
    }
}

/// Reads the entry in `bytes`, which were read at `now_ms` of the store's time, looking for the answer to `wanted`. With
/// `secrets`, only an entry that was encrypted with one of them is one.
pub(crate) fn open<'a>(
    bytes: &'a [u8],
    now_ms: u64,
    wanted: &Identity<'_>,
    secrets: Option<&Secrets>,
) -> Result<Opened<'a>, Fault> {
    let layout = Layout::read(bytes)?;
    let covered = bytes.len() - CHECKSUM_BYTES;
    // Of what is encrypted, too: damage is not to be taken for a forgery.
    if crc32fast::hash(&bytes[..covered]) != layout.checksum {
        return Err(Fault::Checksum);
    }
    let stored = match (&layout.body, secrets) {
        (Body::Locked(locked), _) => locked.open(bytes, wanted, secrets)?,
        (Body::Plain { .. }, Some(_)) => return Err(Fault::Plain),
        (Body::Plain { identity, payload }, None) => {
            if *identity != (wanted.version, wanted.path.as_bytes(), wanted.key) {
                return Err(Fault::Key);
            }
            Cow::Borrowed(*payload)
        }
    };
    Ok(Opened {
        codec: codec_of(layout.codec).ok_or(Fault::Unknown)?,
        payload: layout.unpacked(stored)?,
        age_ms: age(layout.stored_ms, now_ms)?,
        terms: layout.terms,
        cost: Duration::from_micros(layout.cost_us),
        tags: layout.tags,
    })
}

/// A store's time may be known by an offset that was measured: a reading may be early by the error of that, no more.
fn age(stored_ms: u64, now_ms: u64) -> Result<u64, Fault> {
    if stored_ms > now_ms.saturating_add(EARLY_MS) {
        return Err(Fault::Future);
    }
    Ok(now_ms.saturating_sub(stored_ms))
}

/// The parts of an envelope, as they stand there.
struct Layout<'a> {
    codec: u8,
    compression: u8,
    stored_ms: u64,
    terms: Terms,
    cost_us: u64,
    tags: &'a [u8],
    raw_bytes: u32,
    body: Body<'a>,
    checksum: u32,
}

/// What differs with encryption.
enum Body<'a> {
    Plain {
        /// Version, path and key.
        identity: (Version, &'a [u8], &'a [u8]),
        payload: &'a [u8],
    },
    Locked(Locked<'a>),
}

impl<'a> Layout<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Fault> {
        let mut rest = Reader(bytes);
        let magic = rest.array().map_err(|_| Fault::Foreign)?;
        if magic != MAGIC {
            return Err(Fault::Foreign);
        }
        let [format] = rest.array()?;
        if format != FORMAT {
            return Err(Fault::Format);
        }
        let [codec, compression, encryption] = rest.array()?;
        let stored_ms = u64::from_le_bytes(rest.array()?);
        let terms = Terms {
            fresh_ms: u64::from_le_bytes(rest.array()?),
            stale_ms: u64::from_le_bytes(rest.array()?),
        };
        let cost_us = u64::from_le_bytes(rest.array()?);
        let (tags, raw_bytes, body) = match encryption {
            ENCRYPTION_NONE => rest.plain()?,
            ENCRYPTION_XCHACHA20_POLY1305 => rest.locked(stored_ms)?,
            _ => return Err(Fault::Unknown),
        };
        let layout = Self {
            codec,
            compression,
            stored_ms,
            terms,
            cost_us,
            tags,
            raw_bytes,
            body,
            checksum: u32::from_le_bytes(rest.array()?),
        };
        if rest.0.is_empty() {
            Ok(layout)
        } else {
            Err(Fault::Malformed)
        }
    }

    /// The payload, of what is stored of it.
    fn unpacked(&self, stored: Cow<'a, [u8]>) -> Result<Cow<'a, [u8]>, Fault> {
        let raw_bytes = usize::try_from(self.raw_bytes).map_err(|_| Fault::Malformed)?;
        match self.compression {
            COMPRESSION_NONE if stored.len() == raw_bytes => Ok(stored),
            COMPRESSION_NONE => Err(Fault::Malformed),
            COMPRESSION_LZ4 => compress::unpack(&stored, raw_bytes).map(Cow::Owned),
            _ => Err(Fault::Unknown),
        }
    }
}

/// Takes parts off the front; a part that is not all there is a [`Fault::Truncated`].
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (array, rest) = self.0.split_first_chunk().ok_or(Fault::Truncated)?;
        self.0 = rest;
        Ok(*array)
    }

    fn section(&mut self) -> Result<&'a [u8], Fault> {
        let length = u32::from_le_bytes(self.array()?);
        let length = usize::try_from(length).map_err(|_| Fault::Truncated)?;
        let (section, rest) = self.0.split_at_checked(length).ok_or(Fault::Truncated)?;
        self.0 = rest;
        Ok(section)
    }

    /// What follows the head of an entry in clear: tags, the payload's length when unpacked, and the rest.
    fn plain(&mut self) -> Result<(&'a [u8], u32, Body<'a>), Fault> {
        let version = Version::from_bits(u128::from_le_bytes(self.array()?));
        let identity = (version, self.section()?, self.section()?);
        let (tags, raw_bytes) = (self.tags()?, u32::from_le_bytes(self.array()?));
        let payload = self.section()?;
        Ok((tags, raw_bytes, Body::Plain { identity, payload }))
    }

    /// The same of an encrypted one.
    fn locked(&mut self, stored_ms: u64) -> Result<(&'a [u8], u32, Body<'a>), Fault> {
        let (secret, drawn) = (SecretId::from_bytes(self.array()?), self.array()?);
        let (tags, raw_bytes) = (self.tags()?, u32::from_le_bytes(self.array()?));
        let locked = Locked {
            secret,
            drawn,
            stored_ms,
            payload: self.section()?,
            mac: self.array()?,
        };
        Ok((tags, raw_bytes, Body::Locked(locked)))
    }

    fn tags(&mut self) -> Result<&'a [u8], Fault> {
        let count = usize::from(u16::from_le_bytes(self.array()?));
        let length = count * TagVersion::BYTES;
        let (tags, rest) = self.0.split_at_checked(length).ok_or(Fault::Truncated)?;
        self.0 = rest;
        Ok(tags)
    }
}

/// More than any error of an offset measured within seconds, less than any lifetime that matters.
const EARLY_MS: u64 = 10_000;
