//! JSON through serde_json.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Capped;

pub(super) fn encode<T: Serialize + ?Sized>(value: &T, sink: &mut Capped) -> Result<(), String> {
    serde_json::to_writer(sink, value).map_err(|error| error.to_string())
}

pub(super) fn decode<T: DeserializeOwned>(payload: &[u8]) -> Result<T, String> {
    serde_json::from_slice(payload).map_err(|error| error.to_string())
}
