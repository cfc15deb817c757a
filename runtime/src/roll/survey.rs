//! What living processes run, and what follows for an edition.

use std::collections::HashMap;

use super::table::Table;
use crate::store::{Build, Listed, Roster, StoreError};

/// What living processes run, as far as the store knows, and this process itself.
#[derive(Debug)]
pub(super) struct Survey {
    /// The store's time.
    pub(super) now_ms: u64,
    tables: Vec<Table>,
}

/// What follows for an edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing new.
    Keep,
    /// It was dead, and somebody runs it again.
    Revive,
    /// It lived, and nobody runs it any more.
    Bury,
    /// Nobody has run it for the grace time.
    Purge,
}

/// Tables of builds that were read before: what a build contains never changes.
pub(super) type Tables = HashMap<Build, Table>;

impl Survey {
    /// Asks the store. `None` if a living process runs a build whose table is not there (that process is about to enroll it
    /// again) or not to be understood: nothing can be said then.
    pub(super) fn make(
        roster: &dyn Roster,
        control: &str,
        own: &Table,
        read: &mut Tables,
    ) -> Result<Option<Self>, StoreError> {
        let living = roster.living(control)?;
        read.retain(|build, _| living.builds.contains(build));
        let mut tables = vec![own.clone()];
        for build in living.builds {
            if let Some(table) = read.get(&build) {
                tables.push(table.clone());
                continue;
            }
            let bytes = roster.table(control, build)?;
            let Some(table) = bytes.as_deref().and_then(Table::read) else {
                return Ok(None);
            };
            tables.push(table.clone());
            read.insert(build, table);
        }
        Ok(Some(Self {
            now_ms: living.now_ms,
            tables,
        }))
    }

    /// Whether a living process runs it.
    pub(super) fn is_live(&self, listed: &Listed) -> bool {
        let version = listed.edition.version;
        self.tables
            .iter()
            .any(|table| table.has(&listed.path, version))
    }

    pub(super) fn judge(&self, listed: &Listed, grace_ms: u64) -> Verdict {
        if self.is_live(listed) {
            return match listed.dead_since_ms {
                None => Verdict::Keep,
                Some(_) => Verdict::Revive,
            };
        }
        let is_known = self
            .tables
            .iter()
            .any(|table| table.has_crate_of(&listed.path));
        match listed.dead_since_ms {
            _ if !is_known => Verdict::Keep,
            None => Verdict::Bury,
            // A store whose time went back has seen less of the grace time than it says.
            Some(since_ms) if self.now_ms.saturating_sub(since_ms) >= grace_ms => Verdict::Purge,
            Some(_) => Verdict::Keep,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::table;
    use super::*;
    use crate::store::Edition;
    use crate::version::Version;

    const GRACE_MS: u64 = 100;

    fn listed(path: &str, version: u128, dead_since_ms: Option<u64>) -> Listed {
        Listed {
            edition: Edition {
                namespace: "app".into(),
                function: 1,
                version: Version::from_bits(version),
            },
            path: path.to_owned(),
            dead_since_ms,
        }
    }

    fn judge(path: &str, version: u128, dead_since_ms: Option<u64>) -> Verdict {
        let survey = Survey {
            now_ms: 1_000,
            tables: vec![
                table(&[("app::f", 1)]),
                table(&[("app::f", 2), ("app::g", 1)]),
            ],
        };
        survey.judge(&listed(path, version, dead_since_ms), GRACE_MS)
    }

    #[test]
    fn what_somebody_runs_lives_whatever_was_said_before() {
        for version in [1, 2] {
            assert_eq!(judge("app::f", version, None), Verdict::Keep);
            assert_eq!(judge("app::f", version, Some(1)), Verdict::Revive);
        }
    }

    #[test]
    fn what_nobody_runs_is_purged_when_the_grace_time_is_over() {
        assert_eq!(judge("app::f", 3, None), Verdict::Bury);
        assert_eq!(judge("app::f", 3, Some(901)), Verdict::Keep);
        assert_eq!(judge("app::f", 3, Some(900)), Verdict::Purge);
        // The same version of another function is another one.
        assert_eq!(judge("app::g", 2, None), Verdict::Bury);
        assert_eq!(judge("app::gone", 1, Some(0)), Verdict::Purge);
    }

    #[test]
    fn a_time_that_went_back_purges_nothing() {
        assert_eq!(judge("app::f", 3, Some(5_000)), Verdict::Keep);
    }

    #[test]
    fn a_crate_nobody_has_called_is_not_judged() {
        assert_eq!(judge("job::f", 3, None), Verdict::Keep);
        assert_eq!(judge("job::f", 3, Some(1)), Verdict::Keep);
        assert_eq!(judge("application::f", 3, Some(1)), Verdict::Keep);
    }
}
