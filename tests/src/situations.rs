//! Marked functions for what goes wrong between processes: they do as their test's [stage](crate::stage) says.

use crate::functions::{Answer, Calls};
use crate::stage::PLAYER;

/// What can go wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Trouble {
    /// The stage said so.
    Told,
    /// It took too long.
    Late,
}

impl From<selfsame::TimedOut> for Trouble {
    fn from(_: selfsame::TimedOut) -> Self {
        Self::Late
    }
}

/// Kept in memory and in the store; its lease is a short one.
///
/// @cache(ttl = "1h", skip(calls), lease = "1s", tags("item:{number}"))
#[must_use]
pub fn staged(calls: &Calls, number: u64) -> Answer {
    let truth = PLAYER.enter(number);
    calls.answer_with(number, truth)
}

/// Kept in memory and in the store; its lease is a short one.
///
/// @cache(ttl = "1h", skip(calls), lease = "1s", tags("item:{number}"))
pub async fn staged_later(calls: &Calls, number: u64) -> Answer {
    let truth = PLAYER.enter_later(number).await;
    calls.answer_with(number, truth)
}

/// Kept in the store alone, so that every call asks it.
///
/// @cache(ttl = "1h", skip(calls), lease = "1s", l1 = "off", tags("remote:{number}"))
#[must_use]
pub fn remote(calls: &Calls, number: u64) -> Answer {
    let truth = PLAYER.enter(number);
    calls.answer_with(number, truth)
}

/// Fresh for a moment, and long of some use after that.
///
/// @cache(ttl = "1s", stale = "1h", skip(calls), lease = "1s")
///
/// # Errors
///
/// If the stage says so.
pub async fn stale_later(calls: &Calls, number: u64) -> Result<Answer, Trouble> {
    let truth = PLAYER.enter_later(number).await;
    outcome(calls, number, truth)
}

/// As [`stale_later`], with callers that wait only so long.
///
/// @cache(ttl = "1s", stale = "1h", soft = "50ms", skip(calls), lease = "1s")
///
/// # Errors
///
/// If the stage says so.
pub async fn soft_later(calls: &'static Calls, number: u64) -> Result<Answer, Trouble> {
    let truth = PLAYER.enter_later(number).await;
    outcome(calls, number, truth)
}

/// Nothing to go on with, and callers that give up.
///
/// @cache(ttl = "1h", hard = "100ms", skip(calls), lease = "1s")
///
/// # Errors
///
/// If the stage says so, or it takes too long.
pub async fn hard_later(calls: &'static Calls, number: u64) -> Result<Answer, Trouble> {
    let truth = PLAYER.enter_later(number).await;
    outcome(calls, number, truth)
}

/// Computed anew with every hit, and stored where it has changed.
///
/// @cache(ttl = "1h", refresh = "always", skip(calls), lease = "1s")
#[must_use]
pub fn watched(calls: &'static Calls, number: u64) -> Answer {
    let truth = PLAYER.enter(number);
    calls.answer_with(number, truth)
}

/// Computed anew with every hit, and stored where it has changed.
///
/// @cache(ttl = "1h", refresh = "always", skip(calls), lease = "1s")
pub async fn watched_later(calls: &'static Calls, number: u64) -> Answer {
    let truth = PLAYER.enter_later(number).await;
    calls.answer_with(number, truth)
}

fn outcome(calls: &Calls, number: u64, truth: u64) -> Result<Answer, Trouble> {
    let answer = calls.answer_with(number, truth);
    if PLAYER.fails(number) {
        Err(Trouble::Told)
    } else {
        Ok(answer)
    }
}
