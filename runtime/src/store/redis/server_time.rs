//! The server's clock, read once and then carried forward by the clock of this process.
//!
//! Machines disagree about the time; the age of an entry must not. So entries are sealed and aged by the server's
//! clock, and an offset kept per connection makes that free: a read stays one `GET`.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Instant;

use redis::Value;

use super::reply;
use crate::store::StoreError;

/// How long an offset is trusted, in milliseconds. Two good clocks drift apart by less than 3 ms in it.
const TRUSTED_MS: u64 = 30_000;

/// How far the server's clock is ahead of this process's monotonic one. By default it is not known yet.
#[derive(Debug, Default)]
pub(super) struct ServerTime {
    offset_ms: AtomicI64,
    /// When to measure again, in milliseconds of this process.
    due_ms: AtomicU64,
}

/// A reading of the process's clock, taken just before the server is asked for its time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked(u64);

impl Asked {
    pub(super) fn now() -> Self {
        Self(process_ms())
    }
}

impl ServerTime {
    /// From the server's answer to `TIME`.
    pub(super) fn new(asked: Asked, reply: Value) -> Result<Self, StoreError> {
        let time = Self::default();
        time.set(asked, reply)?;
        Ok(time)
    }

    /// Takes over another answer to `TIME`.
    pub(super) fn set(&self, asked: Asked, reply: Value) -> Result<(), StoreError> {
        let server_ms = reply::unix_ms(reply)?;
        let answered = process_ms();
        // The server read its clock somewhere between question and answer; the middle halves the error.
        let read_at = asked.0.midpoint(answered);
        // Relaxed, here and below: each number stands for itself, and an old one is still a good one.
        self.offset_ms.store(
            server_ms.cast_signed() - read_at.cast_signed(),
            Ordering::Relaxed,
        );
        self.due_ms.store(answered + TRUSTED_MS, Ordering::Relaxed);
        Ok(())
    }

    /// Milliseconds since the Unix epoch by the server's clock.
    pub(super) fn now_ms(&self) -> u64 {
        let offset = self.offset_ms.load(Ordering::Relaxed);
        process_ms().saturating_add_signed(offset)
    }

    /// Whether the caller should measure again. Says so to one caller only, until the measurement is due once more.
    pub(super) fn claim_measurement(&self) -> bool {
        let due = self.due_ms.load(Ordering::Relaxed);
        let now = process_ms();
        now >= due
            && self
                .due_ms
                .compare_exchange(due, now + TRUSTED_MS, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

/// Milliseconds of the process's monotonic clock, which no change of the wall clock disturbs.
pub(super) fn process_ms() -> u64 {
    static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    crate::clock::milliseconds(ORIGIN.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time_reply(seconds: &str, micros: &str) -> Value {
        Value::Array(vec![
            Value::BulkString(seconds.into()),
            Value::BulkString(micros.into()),
        ])
    }

    #[test]
    fn the_time_is_the_servers_whatever_ours_is() {
        let time = ServerTime::new(Asked::now(), time_reply("1577836800", "250999")).unwrap();
        let now = time.now_ms();

        // Sixty seconds leave room for a machine that stops in the middle of this test.
        assert!(
            (1_577_836_800_250..1_577_836_860_250).contains(&now),
            "{now}"
        );
    }

    #[test]
    fn a_measurement_is_claimed_once() {
        let time = ServerTime::new(Asked::now(), time_reply("1577836800", "0")).unwrap();
        assert!(!time.claim_measurement(), "just measured");

        time.due_ms.store(0, Ordering::Relaxed);
        assert!(time.claim_measurement());
        assert!(!time.claim_measurement(), "somebody is at it");
    }

    #[test]
    fn a_time_that_makes_no_sense_is_an_error() {
        for (seconds, micros) in [
            ("", "0"),
            ("x", "0"),
            ("-1", "0"),
            ("18446744073709551615", "0"),
        ] {
            assert!(ServerTime::new(Asked::now(), time_reply(seconds, micros)).is_err());
        }
        assert!(ServerTime::new(Asked::now(), Value::Okay).is_err());
        assert!(ServerTime::new(Asked::now(), Value::Array(vec![])).is_err());
    }
}
