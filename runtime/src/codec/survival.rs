//! Whether a value comes back from its codec as it went in.
//!
//! A type can fail to decode at all (tagged enums in postcard), or decode to something else without a word
//! (`Some(None)` in MessagePack). Values can't be compared, `PartialEq` is not asked of them; but the key encoding
//! tells apart whatever serde can tell apart, so the original and the decoded value are compared in that.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Codec;
use crate::key::encode;

/// Checks that `payload`, encoded from `value`, decodes to an equal value.
///
/// # Errors
///
/// What is wrong, in words for the report.
pub(crate) fn survives<T: Serialize + DeserializeOwned>(
    codec: Codec,
    value: &T,
    payload: &[u8],
) -> Result<(), String> {
    let decoded: T = codec.decode(payload).map_err(|error| error.to_string())?;
    if digest(value) == digest(&decoded) {
        Ok(())
    } else {
        Err("it decodes to another value".into())
    }
}

/// Length and byte sum of the key encoding. Weak as digests go, but blind to order on purpose: a hash map from another
/// crate iterates differently each time it is built, and must not be taken for a value that changed.
fn digest<T: Serialize + ?Sized>(value: &T) -> Option<(usize, u64)> {
    let bytes = encode::to_bytes(value).ok()?;
    Some((bytes.len(), bytes.iter().map(|&byte| u64::from(byte)).sum()))
}
