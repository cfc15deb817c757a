//! MessagePack with named fields, through rmp-serde.

use rmp_serde::Serializer;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Capped;

pub(super) fn encode<T: Serialize + ?Sized>(value: &T, sink: &mut Capped) -> Result<(), String> {
    // Positional structs are a third smaller, but `skip_serializing_if` and two kinds of enum don't survive them.
    let mut serializer = Serializer::new(sink).with_struct_map();
    value
        .serialize(&mut serializer)
        .map_err(|error| error.to_string())
}

pub(super) fn decode<T: DeserializeOwned>(payload: &[u8]) -> Result<T, String> {
    rmp_serde::from_slice(payload).map_err(|error| error.to_string())
}
