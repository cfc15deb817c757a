//! An account of instances and versions that keeps all promises but one.

use std::time::Duration;

use selfsame::Version;
use selfsame::store::{
    Attended, Build, Edition, Listed, Living, Presence, PurgeStep, Revision, Roster, Store,
    StoreError,
};

use crate::{Broken, Fault};

impl Broken {
    fn account(&self) -> &dyn Roster {
        self.sound.roster().expect("memory keeps an account")
    }

    /// The account of a namespace.
    fn control<'a>(&self, control: &'a str) -> &'a str {
        if self.is(Fault::MixesAccounts) {
            "one for all"
        } else {
            control
        }
    }
}

const LONG: Duration = Duration::from_secs(3_600);

impl Roster for Broken {
    fn attend(&self, control: &str, presence: &Presence) -> Result<Attended, StoreError> {
        let mut presence = presence.clone();
        match self.fault {
            Fault::KeepsTheDead => presence.life = LONG,
            Fault::EndsNoTurn => presence.turn = LONG,
            Fault::KeepsNoTurn => presence.keeps_turn = false,
            _ => {}
        }
        let control = self.control(control);
        let mut attended = self.account().attend(control, &presence)?;
        match self.fault {
            Fault::GivesTurnsToAll => attended.has_turn = true,
            Fault::TellsNoneItWasDead => {
                let is_any = !self.account().listed(control)?.is_empty();
                attended.list = is_any.then_some(1);
            }
            _ => {}
        }
        Ok(attended)
    }

    fn enroll(
        &self,
        control: &str,
        build: Build,
        table: &[u8],
        kept: Duration,
    ) -> Result<(), StoreError> {
        if self.is(Fault::EnrollsNothing) {
            return Ok(());
        }
        self.account()
            .enroll(self.control(control), build, table, kept)
    }

    fn list(&self, control: &str, editions: &[(Edition, &str)]) -> Result<(), StoreError> {
        let some = if self.is(Fault::ListsOne) {
            &editions[..1]
        } else {
            editions
        };
        self.account().list(self.control(control), some)
    }

    fn living(&self, control: &str) -> Result<Living, StoreError> {
        let mut living = self.account().living(self.control(control))?;
        if self.is(Fault::OverlooksTheLiving) {
            living.builds.truncate(1);
        }
        Ok(living)
    }

    fn table(&self, control: &str, build: Build) -> Result<Option<Vec<u8>>, StoreError> {
        self.account().table(self.control(control), build)
    }

    fn listed(&self, control: &str) -> Result<Vec<Listed>, StoreError> {
        self.account().listed(self.control(control))
    }

    fn revise(&self, control: &str, revisions: &[(Listed, Revision)]) -> Result<(), StoreError> {
        let control = self.control(control);
        if !self.is(Fault::RevisesBlindly) {
            return self.account().revise(control, revisions);
        }
        let there = self.account().listed(control)?;
        for (listed, revision) in revisions {
            if let Some(there) = there.iter().find(|at| at.edition == listed.edition) {
                self.account()
                    .revise(control, &[(there.clone(), *revision)])?;
            }
        }
        Ok(())
    }

    fn purge(&self, edition: &Edition, from: u16) -> Result<PurgeStep, StoreError> {
        match self.fault {
            Fault::PurgesNothing => {
                return Ok(PurgeStep {
                    removed: 0,
                    next: None,
                });
            }
            Fault::PurgesInWord => {
                return Ok(PurgeStep {
                    removed: u64::from(u16::MAX),
                    next: None,
                });
            }
            Fault::PurgesOtherVersions => {
                let version = Version::from_bits(edition.version.to_bits() ^ 1);
                let other = Edition {
                    version,
                    ..edition.clone()
                };
                self.account().purge(&other, from)?;
            }
            _ => {}
        }
        self.account().purge(edition, from)
    }
}
