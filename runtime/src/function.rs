//! [`Function`]: what the generated code says about one marked function. Plain const data.

use std::time::Duration;

use crate::codec::Codec;
use crate::version::Version;

/// One marked function: its path, its version and its options.
///
/// `cached::FUNCTIONS` lists these for a crate; events and statistics name functions by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    path: &'static str,
    version: Version,
    /// Milliseconds; `u64::MAX` stands for "forever", as in the entry format.
    ttl_ms: u64,
    /// Milliseconds; `None` until the marker sets it, which means the default.
    none_ms: Option<u64>,
    /// Milliseconds, 0 for "off"; `None` until the marker sets it, which means the default.
    l1_ms: Option<u64>,
    codec: Codec,
}

impl Function {
    /// The function at `path` (`crate::module::name`), with the default options.
    ///
    /// # Defaults
    ///
    /// ttl 300 s; `None` results and copies in memory for `min(ttl, 30 s)`; [`Codec::MessagePack`].
    #[must_use]
    pub const fn new(path: &'static str, version: Version) -> Self {
        Self {
            path,
            version,
            ttl_ms: DEFAULT_TTL_MS,
            none_ms: None,
            l1_ms: None,
            codec: Codec::MessagePack,
        }
    }

    /// Sets how long a result is fresh, in milliseconds; `u64::MAX` for ever, 0 for not at all.
    #[must_use]
    pub const fn with_ttl_ms(mut self, ttl_ms: u64) -> Self {
        self.ttl_ms = ttl_ms;
        self
    }

    /// Sets how long a `None` result is fresh, in milliseconds; 0 keeps `None` from being stored.
    #[must_use]
    pub const fn with_none_ms(mut self, none_ms: u64) -> Self {
        self.none_ms = Some(none_ms);
        self
    }

    /// Sets how long a copy may stay in memory, in milliseconds; 0 switches the layer off for this function.
    #[must_use]
    pub const fn with_l1_ms(mut self, l1_ms: u64) -> Self {
        self.l1_ms = Some(l1_ms);
        self
    }

    /// Sets the encoding of stored values.
    #[must_use]
    pub const fn with_codec(mut self, codec: Codec) -> Self {
        self.codec = codec;
        self
    }

    /// The path of the function, `crate::module::name`.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// The version of the function.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// How long a result is fresh; `None` for ever.
    #[must_use]
    pub const fn ttl(&self) -> Option<Duration> {
        duration(self.ttl_ms)
    }

    /// How long a `None` result is fresh: `None` for ever, zero if it is not stored.
    #[must_use]
    pub const fn none_ttl(&self) -> Option<Duration> {
        duration(self.none_ms())
    }

    /// How long a copy may stay in memory: `None` as long as the entry is fresh, zero if the layer is off.
    #[must_use]
    pub const fn l1_ttl(&self) -> Option<Duration> {
        duration(self.l1_ms())
    }

    /// The encoding of stored values.
    #[must_use]
    pub const fn codec(&self) -> Codec {
        self.codec
    }

    pub(crate) const fn ttl_ms(&self) -> u64 {
        self.ttl_ms
    }

    pub(crate) const fn none_ms(&self) -> u64 {
        match self.none_ms {
            Some(ms) => ms,
            None => self.short_ms(),
        }
    }

    pub(crate) const fn l1_ms(&self) -> u64 {
        match self.l1_ms {
            Some(ms) => ms,
            None => self.short_ms(),
        }
    }

    const fn short_ms(&self) -> u64 {
        if self.ttl_ms < SHORT_MS {
            self.ttl_ms
        } else {
            SHORT_MS
        }
    }
}

const fn duration(ms: u64) -> Option<Duration> {
    if ms == FOREVER_MS {
        None
    } else {
        Some(Duration::from_millis(ms))
    }
}

/// The length of "for ever" wherever a length is kept in milliseconds.
pub(crate) const FOREVER_MS: u64 = u64::MAX;

const DEFAULT_TTL_MS: u64 = 300_000;

/// The default for what should not be trusted long: absent results, and copies no other process can reach.
const SHORT_MS: u64 = 30_000;

#[cfg(test)]
mod tests {
    use super::*;

    const BARE: Function = Function::new("app::f", Version::from_bits(1));

    #[test]
    fn the_defaults_are_those_of_the_marker() {
        assert_eq!(BARE.ttl(), Some(Duration::from_secs(300)));
        assert_eq!(BARE.none_ttl(), Some(Duration::from_secs(30)));
        assert_eq!(BARE.l1_ttl(), Some(Duration::from_secs(30)));
        assert_eq!(BARE.codec(), Codec::MessagePack);
    }

    #[test]
    fn a_short_ttl_shortens_what_follows_from_it() {
        let function = BARE.with_ttl_ms(5_000);

        assert_eq!(function.none_ttl(), Some(Duration::from_secs(5)));
        assert_eq!(function.l1_ttl(), Some(Duration::from_secs(5)));
    }

    #[test]
    fn for_ever_and_off_are_the_ends_of_the_scale() {
        let function = BARE.with_ttl_ms(u64::MAX).with_l1_ms(0).with_none_ms(0);

        assert_eq!(function.ttl(), None);
        assert_eq!(function.none_ttl(), Some(Duration::ZERO));
        assert_eq!(function.l1_ttl(), Some(Duration::ZERO));
    }
}
