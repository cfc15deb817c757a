//! What is kept in the file, table by table: each statement is written here and nowhere else.
//!
//! These functions take part in a transaction of their caller's, who decides what is one step.

use std::time::Duration;

use crate::key::EntryKey;

pub(super) mod entries;
pub(super) mod leases;
pub(super) mod notices;
pub(super) mod roster;
pub(super) mod space;
pub(super) mod tags;

/// The end of what never ends.
const NEVER: i64 = i64::MAX;

/// When what lives for `life` from `now_ms` on ends.
fn end(now_ms: u64, life: Option<Duration>) -> i64 {
    life.map_or(NEVER, |life| {
        let life = crate::clock::milliseconds(life);
        signed(now_ms.saturating_add(life))
    })
}

/// Times are far below 2^63 ms; one that is not is as good as never.
fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(NEVER)
}

/// The place of a key's rows: the same in every process and version of this crate.
///
/// Function, version and arguments are digests already and only have to be put together; the namespace is text.
fn place(key: &EntryKey) -> i64 {
    let arguments = halves(u128::from_le_bytes(key.arguments()));
    mixed(key, &arguments)
}

/// What all entries of an edition have in common: the same for all arguments.
fn edition(key: &EntryKey) -> i64 {
    mixed(key, &[])
}

fn mixed(key: &EntryKey, further: &[u64]) -> i64 {
    let namespace = key.namespace().bytes().fold(FNV_OFFSET, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME)
    });
    let [low, high] = halves(key.version().to_bits());
    let parts = [namespace, key.function(), low, high];
    parts
        .iter()
        .chain(further)
        .fold(0_u64, |place, part| {
            (place.rotate_left(23) ^ part).wrapping_mul(MIXER)
        })
        .cast_signed()
}

const fn halves(bits: u128) -> [u64; 2] {
    [bits as u64, (bits >> 64) as u64]
}

/// Of the hash FNV-1a.
const FNV_OFFSET: u64 = 0xCBF2_9CE4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01B3;
/// 2^64 divided by the golden ratio: odd, and without pattern.
const MIXER: u64 = 0x9E37_79B9_7F4A_7C15;
