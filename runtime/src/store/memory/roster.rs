//! The account of instances and versions, in memory: those of one process, but of all its caches on one store.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use super::{Memory, ends};
use crate::store::{
    Attended, Build, Edition, Listed, Living, Origin, Presence, PurgeStep, Revision, Roster,
    StoreError,
};

/// The accounts, by namespace.
pub(super) type Accounts = HashMap<Box<str>, Account>;

/// What is known under one namespace.
#[derive(Debug, Default)]
pub(super) struct Account {
    instances: HashMap<Origin, (Build, u64)>,
    tables: HashMap<Build, Vec<u8>>,
    editions: HashMap<Edition, Said>,
    /// Whose turn it is, and until when.
    turn: Option<(Origin, u64)>,
}

/// It can't be lost without the account.
const THE_LIST: u64 = 1;

/// What is said of an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    path: String,
    dead_since_ms: Option<u64>,
}

impl Account {
    fn attend(&mut self, presence: &Presence, now_ms: u64) -> Attended {
        let Presence {
            instance, build, ..
        } = *presence;
        let until_ms = ends(now_ms, Some(presence.life));
        let was_known = self
            .instances
            .insert(instance, (build, until_ms))
            .is_some_and(|(_, ended_ms)| ended_ms > now_ms);
        let is_free = self.turn.is_none_or(|(_, ends_ms)| ends_ms <= now_ms);
        let keeps = presence.keeps_turn && self.turn.is_some_and(|(holder, _)| holder == instance);
        if is_free || keeps {
            self.turn = Some((instance, ends(now_ms, Some(presence.turn))));
        }
        Attended {
            knows_build: self.tables.contains_key(&build),
            list: (was_known && !self.editions.is_empty()).then_some(THE_LIST),
            has_turn: is_free || keeps,
        }
    }

    fn living(&mut self, now_ms: u64) -> Living {
        self.instances.retain(|_, (_, ends_ms)| *ends_ms > now_ms);
        let mut builds: Vec<Build> = self.instances.values().map(|(build, _)| *build).collect();
        builds.sort_unstable();
        builds.dedup();
        Living { now_ms, builds }
    }

    fn revise(&mut self, listed: &Listed, revision: Revision) {
        let read = Said {
            path: listed.path.clone(),
            dead_since_ms: listed.dead_since_ms,
        };
        if self.editions.get(&listed.edition) != Some(&read) {
            return;
        }
        let dead_since_ms = match revision {
            Revision::Gone => {
                self.editions.remove(&listed.edition);
                return;
            }
            Revision::Live => None,
            Revision::DeadSince(ms) => Some(ms),
        };
        let said = Said {
            dead_since_ms,
            ..read
        };
        self.editions.insert(listed.edition.clone(), said);
    }
}

impl Memory {
    fn accounts(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_account<T>(&self, control: &str, act: impl FnOnce(&mut Account) -> T) -> T {
        act(self.accounts().entry(control.into()).or_default())
    }
}

impl Roster for Memory {
    fn attend(&self, control: &str, presence: &Presence) -> Result<Attended, StoreError> {
        let now_ms = self.clock.now_ms();
        Ok(self.with_account(control, |account| account.attend(presence, now_ms)))
    }

    fn enroll(
        &self,
        control: &str,
        build: Build,
        table: &[u8],
        _: Duration,
    ) -> Result<(), StoreError> {
        self.with_account(control, |account| {
            account.tables.insert(build, table.into())
        });
        Ok(())
    }

    fn list(&self, control: &str, editions: &[(Edition, &str)]) -> Result<(), StoreError> {
        self.with_account(control, |account| {
            for (edition, path) in editions {
                let said = Said {
                    path: (*path).to_owned(),
                    dead_since_ms: None,
                };
                account.editions.insert(edition.clone(), said);
            }
        });
        Ok(())
    }

    fn living(&self, control: &str) -> Result<Living, StoreError> {
        let now_ms = self.clock.now_ms();
        Ok(self.with_account(control, |account| account.living(now_ms)))
    }

    fn table(&self, control: &str, build: Build) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.with_account(control, |account| account.tables.get(&build).cloned()))
    }

    fn listed(&self, control: &str) -> Result<Vec<Listed>, StoreError> {
        let listed = |(edition, said): (&Edition, &Said)| Listed {
            edition: edition.clone(),
            path: said.path.clone(),
            dead_since_ms: said.dead_since_ms,
        };
        Ok(self.with_account(control, |account| {
            account.editions.iter().map(listed).collect()
        }))
    }

    fn revise(&self, control: &str, revisions: &[(Listed, Revision)]) -> Result<(), StoreError> {
        self.with_account(control, |account| {
            for (listed, revision) in revisions {
                account.revise(listed, *revision);
            }
        });
        Ok(())
    }

    /// All at once, and looking at every entry there is: it takes less than a request to a server.
    fn purge(&self, edition: &Edition, _: u16) -> Result<PurgeStep, StoreError> {
        let index = edition.index(0);
        // `ns:{f.v.`, which the names of all its entries begin with and no others.
        let prefix = index.strip_suffix("000}:i").unwrap_or(&index);
        let before = self.entries.len();
        self.entries.retain(|name, _| !name.starts_with(prefix));
        Ok(PurgeStep {
            removed: before.saturating_sub(self.entries.len()) as u64,
            next: None,
        })
    }
}
