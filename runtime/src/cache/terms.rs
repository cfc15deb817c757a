//! How long things last: entries, copies, and the time until a value is computed anew.

use std::time::Duration;

use crate::entry::Terms;
use crate::function::{FOREVER_MS, Function, Refresh};
use crate::key::EntryKey;
use crate::random;

/// How long an entry of this function may be used: its time to live, less up to `jitter` hundredths of it, so that
/// entries that are written together do not end together. How much less follows from the key: the same in every process.
pub(super) fn terms(function: &Function, is_none: bool, key: &EntryKey, jitter: u8) -> Terms {
    let whole_ms = if is_none {
        function.none_ms()
    } else {
        function.ttl_ms()
    };
    Terms {
        fresh_ms: jittered(whole_ms, key, jitter),
        stale_ms: function.stale_ms(),
    }
}

fn jittered(whole_ms: u64, key: &EntryKey, jitter: u8) -> u64 {
    if whole_ms == FOREVER_MS || whole_ms == 0 {
        return whole_ms;
    }
    let [.., high, low] = key.arguments();
    let share = u128::from(u16::from_be_bytes([high, low])) * u128::from(jitter);
    let less = u128::from(whole_ms) * share / (u128::from(u16::MAX) * 100);
    let less = u64::try_from(less).unwrap_or(0);
    (whole_ms - less.min(whole_ms)).max(1)
}

/// When a value that is fresh for `left_ms` more is to be computed anew: `u64::MAX` for not before it has ended.
///
/// The rule of early expiry (Vattani, Chierichetti, Lowenstein: "Optimal Probabilistic Cache Stampede Prevention", VLDB
/// 2015): at `expiry - cost * beta * -ln(random)`, with beta 1. The dice are thrown once for each copy, which gives each
/// process its own time. Never before half of what is left, so that a costly value is not computed all the time.
pub(super) fn refresh_ms(function: &Function, cost: Duration, now_ms: u64, left_ms: u64) -> u64 {
    match function.refresh() {
        Refresh::Always => 0,
        Refresh::Ahead if left_ms != FOREVER_MS => {
            let early_ms = cost.as_secs_f64() * 1_000.0 * -random::unit().ln();
            // Saturates: a cost of years is no earlier than the half.
            let early_ms = (early_ms.ceil() as u64).clamp(1, (left_ms / 2).max(1));
            now_ms.saturating_add(left_ms).saturating_sub(early_ms)
        }
        Refresh::Ahead | Refresh::Off => u64::MAX,
    }
}

/// How long an entry of this function is in use at most; `FOREVER_MS` for ever.
pub(super) const fn entry_ms(function: &Function) -> u64 {
    function.ttl_ms().saturating_add(function.stale_ms())
}

/// How long the versions of an entry's tags are asked to be remembered at least; `None` for ever.
pub(super) fn tag_life(function: &Function) -> Option<Duration> {
    let entry_ms = entry_ms(function);
    (entry_ms != FOREVER_MS).then(|| {
        // Twice, so that a version in use is not asked for and extended with every computation.
        Duration::from_millis(entry_ms.saturating_mul(2)).max(SHORTEST_TAG_LIFE)
    })
}

const SHORTEST_TAG_LIFE: Duration = Duration::from_secs(3_600);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::Version;

    const FUNCTION: Function = Function::new("app::f", Version::from_bits(1)).with_ttl_ms(100_000);

    fn key(last: u16) -> EntryKey {
        let mut arguments = [0; 16];
        arguments[14..].copy_from_slice(&last.to_be_bytes());
        EntryKey::new("ns", 1, Version::from_bits(1), arguments)
    }

    #[test]
    fn jitter_only_ever_takes_away() {
        let fresh = |last, jitter| terms(&FUNCTION, false, &key(last), jitter).fresh_ms;
        assert_eq!(fresh(0, 10), 100_000);
        assert_eq!(fresh(u16::MAX, 10), 90_000);
        assert_eq!(fresh(u16::MAX / 2, 10), 95_001);
        assert_eq!(fresh(u16::MAX, 0), 100_000);
    }

    #[test]
    fn for_ever_and_not_at_all_have_no_jitter() {
        for ms in [0, u64::MAX] {
            let function = FUNCTION.with_ttl_ms(ms);
            assert_eq!(terms(&function, false, &key(u16::MAX), 10).fresh_ms, ms);
        }
    }

    #[test]
    fn a_value_is_due_in_the_second_half_of_its_life_at_the_earliest() {
        let function = FUNCTION.with_refresh(Refresh::Ahead);
        for cost_ms in [0, 1, 1_000, 1_000_000_000] {
            let cost = Duration::from_millis(cost_ms);
            let due = refresh_ms(&function, cost, 1_000, 100_000);
            assert!((51_000..101_000).contains(&due), "{due}");
        }
    }

    #[test]
    fn half_of_all_copies_are_due_more_than_two_thirds_of_the_cost_before_the_end() {
        let function = FUNCTION.with_refresh(Refresh::Ahead);
        let cost = Duration::from_secs(1);
        let early = |_: &u32| refresh_ms(&function, cost, 0, 100_000) < 100_000 - 693;
        let count = (0..10_000).filter(early).count();
        // ln 2 is the median of the distribution; five standard deviations are 250.
        assert!((4_750..5_250).contains(&count), "{count}");
    }
}
