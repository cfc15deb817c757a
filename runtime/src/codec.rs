//! [`Codec`]: how values become payloads. One file per format.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

mod capped;
mod json;
mod message_pack;
mod postcard;
mod survival;
#[cfg(test)]
mod tests;

use self::capped::Capped;
pub(crate) use self::survival::survives;

/// How the values of a function are encoded in stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Codec {
    /// MessagePack with named fields: compact, and every serde attribute works. `Some(None)` does not survive it.
    #[default]
    MessagePack,
    /// JSON: readable in the store. Keys of maps must be strings or numbers; infinities and NaN do not survive it.
    Json,
    /// postcard: the smallest and fastest. Not self-describing: `flatten`, `untagged`, `skip_serializing_if` and
    /// values like `serde_json::Value` do not survive it.
    Postcard,
}

impl Codec {
    /// Encodes `value`, giving up once the payload would exceed `limit` bytes.
    pub(crate) fn encode<T: Serialize + ?Sized>(
        self,
        value: &T,
        limit: usize,
    ) -> Result<Vec<u8>, EncodeError> {
        let mut sink = Capped::new(limit);
        let result = match self {
            Self::MessagePack => message_pack::encode(value, &mut sink),
            Self::Json => json::encode(value, &mut sink),
            Self::Postcard => postcard::encode(value, &mut sink),
        };
        // The codec's own error only says that a write failed; why it failed, the sink knows.
        match (sink.finish(), result) {
            (None, _) => Err(EncodeError::TooLarge),
            (Some(bytes), Ok(())) => Ok(bytes),
            (Some(_), Err(reason)) => Err(EncodeError::Failed(reason)),
        }
    }

    /// Decodes a payload; whatever the bytes are, the worst that comes of them is an error.
    pub(crate) fn decode<T: DeserializeOwned>(self, payload: &[u8]) -> Result<T, DecodeError> {
        match self {
            Self::MessagePack => message_pack::decode(payload),
            Self::Json => json::decode(payload),
            Self::Postcard => postcard::decode(payload),
        }
        .map_err(DecodeError)
    }
}

/// Why a value has no payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EncodeError {
    TooLarge,
    /// The codec's or the type's own words.
    Failed(String),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("the value is larger than the limit"),
            Self::Failed(reason) => f.write_str(reason),
        }
    }
}

/// Why a payload is no value; the codec's or the type's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DecodeError(String);

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
