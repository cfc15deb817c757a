//! The account of instances and versions in the file.

use std::time::{Duration, Instant};

use super::Sqlite;
use super::tables::{entries, roster};
use crate::store::{
    Attended, Build, Edition, Listed, Living, Presence, PurgeStep, Revision, Roster, StoreError,
};

/// How many entries a step of a purge removes: a millisecond or two, during which nobody else can write.
const ENTRIES_AT_ONCE: usize = 250;

impl Roster for Sqlite {
    fn attend(&self, control: &str, presence: &Presence) -> Result<Attended, StoreError> {
        self.database.change(Instant::now(), |connection, now_ms| {
            roster::attend(connection, control, presence, now_ms)
        })
    }

    fn enroll(
        &self,
        control: &str,
        build: Build,
        table: &[u8],
        kept: Duration,
    ) -> Result<(), StoreError> {
        self.database.change(Instant::now(), |connection, now_ms| {
            roster::enroll(connection, control, build, table, kept, now_ms)
        })
    }

    fn list(&self, control: &str, editions: &[(Edition, &str)]) -> Result<(), StoreError> {
        self.database.change(Instant::now(), |connection, _| {
            editions
                .iter()
                .try_for_each(|(edition, path)| roster::list(connection, control, edition, path))
        })
    }

    fn living(&self, control: &str) -> Result<Living, StoreError> {
        self.database.ask(|connection, now_ms| {
            let builds = roster::living(connection, control, now_ms)?;
            Ok(Living { now_ms, builds })
        })
    }

    fn table(&self, control: &str, build: Build) -> Result<Option<Vec<u8>>, StoreError> {
        self.database
            .ask(|connection, _| roster::table(connection, control, build))
    }

    fn listed(&self, control: &str) -> Result<Vec<Listed>, StoreError> {
        self.database
            .ask(|connection, _| roster::listed(connection, control))
    }

    fn revise(&self, control: &str, revisions: &[(Listed, Revision)]) -> Result<(), StoreError> {
        self.database.change(Instant::now(), |connection, _| {
            revisions.iter().try_for_each(|(listed, revision)| {
                roster::revise(connection, control, listed, *revision)
            })
        })
    }

    /// All buckets together.
    fn purge(&self, edition: &Edition, _: u16) -> Result<PurgeStep, StoreError> {
        let any = edition.entry([0; 16]);
        let removed = self.database.change(Instant::now(), |connection, _| {
            entries::purge(connection, &any, ENTRIES_AT_ONCE)
        })?;
        Ok(PurgeStep {
            removed: removed as u64,
            next: (removed == ENTRIES_AT_ONCE).then_some(0),
        })
    }
}
