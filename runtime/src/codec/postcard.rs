//! postcard: positional, without type information.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Capped;

pub(super) fn encode<T: Serialize + ?Sized>(value: &T, sink: &mut Capped) -> Result<(), String> {
    match ::postcard::to_io(value, sink) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

pub(super) fn decode<T: DeserializeOwned>(payload: &[u8]) -> Result<T, String> {
    match ::postcard::take_from_bytes(payload) {
        Ok((value, [])) => Ok(value),
        Ok((_, rest)) => Err(format!("{} bytes after the value", rest.len())),
        Err(error) => Err(error.to_string()),
    }
}
