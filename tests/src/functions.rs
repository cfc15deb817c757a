//! Marked functions the runtime tests call through their generated wrappers.
//!
//! Each answer says which process computed it, and each call that really happens is counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How often functions were really called.
#[derive(Debug, Default)]
pub struct Calls(AtomicU64);

impl Calls {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// So many until now.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    fn answer(&self, number: u64) -> Answer {
        self.answer_with(number, 0)
    }

    pub(crate) fn answer_with(&self, number: u64, truth: u64) -> Answer {
        self.0.fetch_add(1, Ordering::SeqCst);
        Answer {
            number,
            process: std::process::id(),
            truth,
        }
    }
}

/// What most functions here answer.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Answer {
    /// The number that was asked for.
    pub number: u64,
    /// The process that computed it.
    pub process: u32,
    /// What was so when the computation began.
    pub truth: u64,
}

/// What some functions answer to 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Zero;

/// Kept in memory and in the store.
///
/// @cache(ttl = "1h", skip(calls))
#[must_use]
pub fn kept(calls: &Calls, number: u64) -> Answer {
    calls.answer(number)
}

/// Kept in memory and in the store; fails for 0.
///
/// @cache(ttl = "1h", skip(calls))
///
/// # Errors
///
/// For 0.
pub async fn kept_later(calls: &Calls, number: u64) -> Result<Answer, Zero> {
    let answer = calls.answer(number);
    if number == 0 { Err(Zero) } else { Ok(answer) }
}

/// Kept in the store alone, so that every call asks it.
///
/// @cache(ttl = "1h", skip(calls), l1 = "off")
#[must_use]
pub fn stored(calls: &Calls, number: u64) -> Answer {
    calls.answer(number)
}

/// Kept in the store alone, so that every call asks it.
///
/// @cache(ttl = "1h", skip(calls), l1 = "off")
pub async fn stored_later(calls: &Calls, number: u64) -> Answer {
    calls.answer(number)
}

/// Takes long enough for many callers to meet.
///
/// @cache(ttl = "1h", skip(calls))
#[must_use]
pub fn slow(calls: &Calls, number: u64) -> Answer {
    thread::sleep(LONG);
    calls.answer(number)
}

/// Takes long enough for many callers to meet.
///
/// @cache(ttl = "1h", skip(calls))
pub async fn slow_later(calls: &Calls, number: u64) -> Answer {
    tokio::time::sleep(LONG).await;
    calls.answer(number)
}

const LONG: Duration = Duration::from_millis(100);

/// `None` for 0; fresh for ten seconds, `None` for two.
///
/// @cache(ttl = "10s", none = "2s", l1 = "4s", skip(calls))
#[must_use]
pub fn brief(calls: &Calls, number: u64) -> Option<Answer> {
    let answer = calls.answer(number);
    (number != 0).then_some(answer)
}

/// Never answers where it is told to wait.
///
/// @cache(ttl = "1h", skip(calls, forever))
pub async fn waiting(calls: &Calls, number: u64, forever: bool) -> Answer {
    if forever {
        std::future::pending::<()>().await;
    }
    calls.answer(number)
}

/// A value of that many bytes that no compression makes smaller.
///
/// @cache(ttl = "1h", skip(calls))
#[must_use]
pub fn bulky(calls: &Calls, bytes: u64) -> Vec<u64> {
    let mut state = calls.answer(bytes).number | 1;
    let noise = std::iter::repeat_with(|| {
        // xorshift64: fixed, and noise enough.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    });
    noise
        .take(usize::try_from(bytes / 8).expect("tests ask for little"))
        .collect()
}

/// Panics for 0.
///
/// @cache(ttl = "1h", skip(calls))
///
/// # Panics
///
/// For 0.
#[must_use]
pub fn panicking(calls: &Calls, number: u64) -> Answer {
    let answer = calls.answer(number);
    assert!(number != 0, "zero");
    answer
}
