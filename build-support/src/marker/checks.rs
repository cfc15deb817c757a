//! Options that can't both hold.

use super::duration::LONGEST_MS;
use super::option::OptionName;
use super::{Keep, Marker, Period, Refresh, mentions};
use crate::diagnostic::{Diagnostics, catalogue::marker as texts, catalogue::timing};
use crate::source::Location;

/// Reports what contradicts itself; `given` are the options that are spelled out.
pub(super) fn check(
    marker: &Marker,
    given: &[(OptionName, Location)],
    diagnostics: &mut Diagnostics,
) {
    let checks = Checks { marker, given };
    checks.skipped(diagnostics);
    checks.longer_than_ttl(diagnostics);
    checks.stale(diagnostics);
    checks.limits(diagnostics);
    checks.refresh(diagnostics);
    checks.lease(diagnostics);
}

struct Checks<'a> {
    marker: &'a Marker,
    given: &'a [(OptionName, Location)],
}

impl Checks<'_> {
    /// Where an option is given.
    fn place(&self, option: OptionName) -> Option<Location> {
        let place = self.given.iter().find(|(name, _)| *name == option);
        place.map(|(_, location)| *location)
    }

    fn skipped(&self, diagnostics: &mut Diagnostics) {
        for name in &self.marker.skip {
            let keys = self.marker.key.iter().flatten();
            for expression in keys.filter(|expression| mentions(&expression.text, &name.text)) {
                diagnostics.push(texts::skipped_and_in_key(
                    name.location,
                    &name.text,
                    expression.location,
                ));
            }
        }
    }

    fn longer_than_ttl(&self, diagnostics: &mut Diagnostics) {
        for (option, keep) in [
            (OptionName::None, self.marker.none),
            (OptionName::L1, self.marker.l1),
        ] {
            if let (Some(location), Keep::For(period)) = (self.place(option), keep)
                && period.as_ms() > self.marker.ttl.as_ms()
            {
                diagnostics.push(texts::longer_than_ttl(location, option.as_str()));
            }
        }
    }

    /// What never expires never becomes stale, and both lengths together must be one.
    fn stale(&self, diagnostics: &mut Diagnostics) {
        let (Some(location), Some(stale)) = (self.place(OptionName::Stale), self.marker.stale)
        else {
            return;
        };
        match (self.marker.ttl, stale) {
            (Period::Forever, _) => diagnostics.push(timing::never_stale(location)),
            (Period::Millis(ttl), Period::Millis(stale)) if ttl + stale > LONGEST_MS => {
                diagnostics.push(timing::too_long_together(location));
            }
            _ => {}
        }
    }

    fn limits(&self, diagnostics: &mut Diagnostics) {
        let Some(soft) = self.marker.soft else {
            return;
        };
        if self.place(OptionName::Stale).is_none() {
            diagnostics.push(timing::soft_without_stale(soft.location));
        }
        if let Some(hard) = self.marker.hard
            && soft.ms >= hard.ms
        {
            diagnostics.push(timing::soft_not_before_hard(soft.location, hard.location));
        }
    }

    fn refresh(&self, diagnostics: &mut Diagnostics) {
        if let Some(location) = self.place(OptionName::Refresh)
            && self.marker.refresh == Refresh::Ahead
            && self.marker.ttl == Period::Forever
        {
            diagnostics.push(timing::nothing_to_be_ahead_of(location));
        }
    }

    /// Shorter than a pause of a healthy process, it would be lost all the time.
    fn lease(&self, diagnostics: &mut Diagnostics) {
        const SHORTEST_MS: u64 = 100;
        if let (Some(location), Keep::For(period)) =
            (self.place(OptionName::Lease), self.marker.lease)
            && period.as_ms() < SHORTEST_MS
        {
            diagnostics.push(timing::short_lease(location));
        }
    }
}
