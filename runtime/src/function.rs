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
    tags: &'static [&'static str],
    /// Milliseconds; `u64::MAX` for ever, 0 for not at all.
    stale_ms: u64,
    refresh: Refresh,
    /// Milliseconds; `None` without a limit.
    soft_ms: Option<u64>,
    /// Milliseconds; `None` without a limit.
    hard_ms: Option<u64>,
    /// Milliseconds, 0 for "off".
    lease_ms: u64,
}

/// When a result is computed anew although there is a fresh one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refresh {
    /// Never.
    #[default]
    Off,
    /// Shortly before it expires, in the background: the earlier, the longer a computation takes.
    Ahead,
    /// After every hit, in the background. It is stored only where it differs.
    Always,
}

impl Function {
    /// The function at `path` (`crate::module::name`), with the default options.
    ///
    /// # Defaults
    ///
    /// ttl 300 s; `None` results and copies in memory for `min(ttl, 30 s)`; [`Codec::MessagePack`]; no tags; no stale
    /// answers; [`Refresh::Off`]; no time limits; a lease of 3 s.
    #[must_use]
    pub const fn new(path: &'static str, version: Version) -> Self {
        Self {
            path,
            version,
            ttl_ms: DEFAULT_TTL_MS,
            none_ms: None,
            l1_ms: None,
            codec: Codec::MessagePack,
            tags: &[],
            stale_ms: 0,
            refresh: Refresh::Off,
            soft_ms: None,
            hard_ms: None,
            lease_ms: DEFAULT_LEASE_MS,
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

    /// Sets the templates of the tags, as the marker spells them.
    #[must_use]
    pub const fn with_tags(mut self, tags: &'static [&'static str]) -> Self {
        self.tags = tags;
        self
    }

    /// Sets how long after its ttl a result may still be served, in milliseconds; `u64::MAX` for ever, 0 for not at all.
    #[must_use]
    pub const fn with_stale_ms(mut self, stale_ms: u64) -> Self {
        self.stale_ms = stale_ms;
        self
    }

    /// Sets when a result is computed anew although there is a fresh one.
    #[must_use]
    pub const fn with_refresh(mut self, refresh: Refresh) -> Self {
        self.refresh = refresh;
        self
    }

    /// Sets after how many milliseconds of computing a stale result is the answer, if there is one.
    #[must_use]
    pub const fn with_soft_ms(mut self, soft_ms: u64) -> Self {
        self.soft_ms = Some(soft_ms);
        self
    }

    /// Sets after how many milliseconds of computing the caller gets an error, or a stale result if there is one.
    #[must_use]
    pub const fn with_hard_ms(mut self, hard_ms: u64) -> Self {
        self.hard_ms = Some(hard_ms);
        self
    }

    /// Sets how long the right to compute lasts without being renewed, in milliseconds; 0 lets each process compute.
    #[must_use]
    pub const fn with_lease_ms(mut self, lease_ms: u64) -> Self {
        self.lease_ms = lease_ms;
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

    /// The templates of the tags, as the marker spells them: `user:{user_id}`.
    #[must_use]
    pub const fn tags(&self) -> &'static [&'static str] {
        self.tags
    }

    /// How long after its ttl a result may still be served: `None` for ever, zero if it is not.
    #[must_use]
    pub const fn stale(&self) -> Option<Duration> {
        duration(self.stale_ms)
    }

    /// When a result is computed anew although there is a fresh one.
    #[must_use]
    pub const fn refresh(&self) -> Refresh {
        self.refresh
    }

    /// After how much computing a stale result is the answer; `None` without a limit.
    #[must_use]
    pub const fn soft(&self) -> Option<Duration> {
        limit(self.soft_ms)
    }

    /// After how much computing the caller gets an error, or a stale result; `None` without a limit.
    #[must_use]
    pub const fn hard(&self) -> Option<Duration> {
        limit(self.hard_ms)
    }

    /// How long the right to compute lasts without being renewed; zero if each process computes for itself.
    #[must_use]
    pub const fn lease(&self) -> Duration {
        Duration::from_millis(self.lease_ms)
    }

    /// Whether a computation may go on after its caller, or without one.
    #[must_use]
    pub const fn computes_in_background(&self) -> bool {
        !matches!(self.refresh, Refresh::Off) || self.soft_ms.is_some() || self.hard_ms.is_some()
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

    pub(crate) const fn stale_ms(&self) -> u64 {
        self.stale_ms
    }

    pub(crate) const fn lease_ms(&self) -> u64 {
        self.lease_ms
    }

    pub(crate) const fn soft_ms(&self) -> Option<u64> {
        self.soft_ms
    }

    pub(crate) const fn hard_ms(&self) -> Option<u64> {
        self.hard_ms
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

const fn limit(ms: Option<u64>) -> Option<Duration> {
    match ms {
        Some(ms) => Some(Duration::from_millis(ms)),
        None => None,
    }
}

/// The length of "for ever" wherever a length is kept in milliseconds.
pub(crate) const FOREVER_MS: u64 = u64::MAX;

const DEFAULT_TTL_MS: u64 = 300_000;

/// Long enough not to be lost in a pause of a healthy process, short enough to wait for after a dead one.
const DEFAULT_LEASE_MS: u64 = 3_000;

/// The default for what should not be trusted long: absent results, and copies no other process can reach.
const SHORT_MS: u64 = 30_000;

/// The crate that the function at `path` is in.
pub(crate) fn crate_of(path: &str) -> &str {
    // By a letter, which is found much faster than a text.
    path.split(':').next().unwrap_or_default()
}

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
        assert_eq!(BARE.tags(), [""; 0]);
        assert_eq!(BARE.stale(), Some(Duration::ZERO));
        assert_eq!(BARE.refresh(), Refresh::Off);
        assert_eq!((BARE.soft(), BARE.hard()), (None, None));
        assert_eq!(BARE.lease(), Duration::from_secs(3));
    }

    #[test]
    fn what_outlives_its_caller_computes_in_the_background() {
        assert!(
            !BARE
                .with_stale_ms(1)
                .with_lease_ms(0)
                .computes_in_background()
        );
        assert!(BARE.with_refresh(Refresh::Ahead).computes_in_background());
        assert!(BARE.with_soft_ms(1).computes_in_background());
        assert!(BARE.with_hard_ms(1).computes_in_background());
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
