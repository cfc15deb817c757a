//! Who may compute which entry, and until when.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{end, place, signed};
use crate::key::EntryKey;
use crate::store::{Claim, Grant, Sharing, Token};

const GET: &str = "SELECT token, ends_at FROM leases
    WHERE id = ?1 AND key = ?2 AND ends_at > ?3";
const PUT: &str = "INSERT OR REPLACE INTO leases (id, key, token, ends_at) VALUES (?1, ?2, ?3, ?4)";
const RENEW: &str = "UPDATE leases SET ends_at = ?5
    WHERE id = ?1 AND key = ?2 AND ends_at > ?3 AND token = ?4";
const END: &str = "DELETE FROM leases WHERE id = ?1 AND key = ?2";
const RELEASE: &str = "DELETE FROM leases WHERE id = ?1 AND key = ?2 AND token = ?3";
/// Without an index: there are about as many leases as computations going on.
const SWEEP: &str = "DELETE FROM leases WHERE id IN (
    SELECT id FROM leases WHERE ends_at <= ?1 LIMIT ?2)";

/// Takes the lease of `key`, as far as the claim may.
pub(in super::super) fn take(
    connection: &Connection,
    key: &EntryKey,
    claim: &Claim,
    now_ms: u64,
) -> Result<Grant> {
    let held_by_another = held(connection, key, now_ms)?.filter(|(token, _)| *token != claim.token);
    match (held_by_another, claim.sharing) {
        (Some((token, _)), Sharing::Shared) => Ok(Grant::Leased(token)),
        (Some((_, left)), Sharing::Exclusive) => Ok(Grant::Busy { left }),
        (None, _) | (_, Sharing::Seized) => {
            let ends_at = end(now_ms, Some(claim.life));
            let row = params![place(key), key.as_str(), claim.token.to_bytes(), ends_at];
            connection.prepare_cached(PUT)?.execute(row)?;
            Ok(Grant::Leased(claim.token))
        }
    }
}

/// Whether anybody holds the lease of `key`.
pub(in super::super) fn is_held(
    connection: &Connection,
    key: &EntryKey,
    now_ms: u64,
) -> Result<bool> {
    Ok(held(connection, key, now_ms)?.is_some())
}

/// Whether `token` holds the lease of `key`.
pub(in super::super) fn is_held_by(
    connection: &Connection,
    key: &EntryKey,
    token: Token,
    now_ms: u64,
) -> Result<bool> {
    Ok(held(connection, key, now_ms)?.is_some_and(|(holder, _)| holder == token))
}

/// Lets the lease live for `life` from now on if `token` holds it; whether it does.
pub(in super::super) fn renew(
    connection: &Connection,
    key: &EntryKey,
    token: Token,
    life: Duration,
    now_ms: u64,
) -> Result<bool> {
    let (now, ends_at) = (signed(now_ms), end(now_ms, Some(life)));
    let row = params![place(key), key.as_str(), now, token.to_bytes(), ends_at];
    Ok(connection.prepare_cached(RENEW)?.execute(row)? > 0)
}

/// Ends the lease, whoever has it.
pub(in super::super) fn end_any(connection: &Connection, key: &EntryKey) -> Result<()> {
    let row = params![place(key), key.as_str()];
    connection.prepare_cached(END)?.execute(row).map(drop)
}

/// Ends the lease if `token` holds it.
pub(in super::super) fn release(
    connection: &Connection,
    key: &EntryKey,
    token: Token,
) -> Result<()> {
    let row = params![place(key), key.as_str(), token.to_bytes()];
    connection.prepare_cached(RELEASE)?.execute(row).map(drop)
}

/// Deletes at most `limit` leases that have ended at `now_ms`.
pub(in super::super) fn sweep(connection: &Connection, now_ms: u64, limit: u32) -> Result<()> {
    let ended = params![signed(now_ms), limit];
    connection.prepare_cached(SWEEP)?.execute(ended).map(drop)
}

/// Who holds the lease of `key`, and how much of it is left.
fn held(connection: &Connection, key: &EntryKey, now_ms: u64) -> Result<Option<(Token, Duration)>> {
    let now = signed(now_ms);
    connection
        .prepare_cached(GET)?
        .query_row(params![place(key), key.as_str(), now], |row| {
            let (token, ends_at): (_, i64) = (row.get(0)?, row.get(1)?);
            let left = Duration::from_millis(ends_at.saturating_sub(now).unsigned_abs());
            Ok((Token::from_bytes(token), left))
        })
        .optional()
}
