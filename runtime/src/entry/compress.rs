//! lz4 for payloads that gain from it.

use lz4_flex::block;

use super::{Fault, MAX_RAW_BYTES};

/// The compressed payload, if it is worth it.
pub(super) fn pack(payload: &[u8]) -> Option<Vec<u8>> {
    if payload.len() < MIN_BYTES {
        return None;
    }
    let packed = block::compress(payload);
    // Saves at least a tenth: below that, decompressing costs readers more than the bytes do.
    (packed.len() <= payload.len() / 10 * 9).then_some(packed)
}

/// The payload again, which must be `raw_bytes` long.
pub(super) fn unpack(packed: &[u8], raw_bytes: usize) -> Result<Vec<u8>, Fault> {
    // lz4 can't expand by more than 255: a length beyond that is a lie, and nothing is allocated for it.
    if raw_bytes > MAX_RAW_BYTES || raw_bytes > packed.len().saturating_mul(255) {
        return Err(Fault::Compression);
    }
    match block::decompress(packed, raw_bytes) {
        Ok(payload) if payload.len() == raw_bytes => Ok(payload),
        _ => Err(Fault::Compression),
    }
}

/// Smaller payloads gain little, and on a fast network nothing.
const MIN_BYTES: usize = 1024;
