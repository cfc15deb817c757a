//! Durations as people write them.

/// How long something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Period {
    /// At least 1, at most [`LONGEST_MS`].
    Millis(u64),
    /// Until it is evicted.
    Forever,
}

/// A thousand years: stores add a duration to the time of day, which must not overflow; `"forever"` is the word for more.
pub(super) const LONGEST_MS: u64 = 1_000 * 31_557_600_000;

/// Largest first, as they are written.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Why a text is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Nothing can hold for no time.
    Zero,
    /// Over a thousand years.
    TooLong,
    /// A number that does not say of what.
    NoUnit,
    /// Anything else.
    Nonsense,
}

impl Period {
    /// In milliseconds; `u64::MAX` is forever.
    pub(crate) fn as_ms(self) -> u64 {
        match self {
            Self::Millis(ms) => ms,
            Self::Forever => u64::MAX,
        }
    }

    /// From whole seconds.
    pub(super) fn from_seconds(seconds: u64) -> Result<Self, Refusal> {
        seconds
            .checked_mul(1_000)
            .ok_or(Refusal::TooLong)
            .and_then(Self::from_ms)
    }

    /// From `"90s"`, `"5m"`, `"1h30m"`, `"forever"`.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        if text == "forever" {
            return Ok(Self::Forever);
        }
        let mut total = 0u64;
        let mut rest = text;
        let mut units = UNITS.iter();
        while !rest.is_empty() {
            let (count, after) = number(rest)?;
            let length = after.bytes().take_while(u8::is_ascii_alphabetic).count();
            let (unit, after) = after.split_at(length);
            // Advancing the iterator keeps units in order and refuses one given twice.
            let (_, ms) = units
                .find(|(name, _)| *name == unit)
                .ok_or_else(|| unknown_unit(text, unit))?;
            let part = count.checked_mul(*ms).ok_or(Refusal::TooLong)?;
            total = total.checked_add(part).ok_or(Refusal::TooLong)?;
            rest = after;
        }
        if text.is_empty() {
            Err(Refusal::Nonsense)
        } else {
            Self::from_ms(total)
        }
    }

    fn from_ms(ms: u64) -> Result<Self, Refusal> {
        match ms {
            0 => Err(Refusal::Zero),
            1..=LONGEST_MS => Ok(Self::Millis(ms)),
            _ => Err(Refusal::TooLong),
        }
    }
}

/// The digits a text begins with, and the rest.
fn number(text: &str) -> Result<(u64, &str), Refusal> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return Err(Refusal::Nonsense);
    }
    // All digits: only the size can be wrong.
    let count = text[..digits].parse().map_err(|_| Refusal::TooLong)?;
    Ok((count, &text[digits..]))
}

fn unknown_unit(text: &str, unit: &str) -> Refusal {
    let only_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if unit.is_empty() && only_digits {
        Refusal::NoUnit
    } else {
        Refusal::Nonsense
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        for (text, ms) in [
            ("90s", 90_000),
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("500ms", 500),
            ("2d", 172_800_000),
            ("1d2h3m4s5ms", 93_784_005),
        ] {
            assert_eq!(Period::parse(text), Ok(Period::Millis(ms)), "{text}");
        }
        assert_eq!(Period::parse("forever"), Ok(Period::Forever));
        assert_eq!(Period::from_seconds(300), Ok(Period::Millis(300_000)));
        assert_eq!(Period::Forever.as_ms(), u64::MAX);
    }

    #[test]
    fn what_is_no_duration_is_refused_for_its_reason() {
        for (text, refusal) in [
            ("0s", Refusal::Zero),
            ("0h0m", Refusal::Zero),
            ("366000d", Refusal::TooLong),
            ("99999999999999999999s", Refusal::TooLong),
            ("18446744073709551615d", Refusal::TooLong),
            ("90", Refusal::NoUnit),
            ("", Refusal::Nonsense),
            ("5 m", Refusal::Nonsense),
            ("1.5h", Refusal::Nonsense),
            ("-5m", Refusal::Nonsense),
            ("5x", Refusal::Nonsense),
            ("5m5m", Refusal::Nonsense),
            ("5m1h", Refusal::Nonsense),
            ("five minutes", Refusal::Nonsense),
            ("1h30", Refusal::Nonsense),
        ] {
            assert_eq!(Period::parse(text), Err(refusal), "{text:?}");
        }
        assert_eq!(Period::from_seconds(0), Err(Refusal::Zero));
        assert_eq!(Period::from_seconds(u64::MAX), Err(Refusal::TooLong));
    }
}
