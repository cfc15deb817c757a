//! Who lives, what they run and which versions have entries: what a store knows so that entries nobody will read again
//! can be found and removed.

use std::fmt::{self, Debug};
use std::time::Duration;

use super::{Origin, StoreError};
use crate::key::EntryKey;
use crate::version::Version;

/// The part of a [`Store`](super::Store) that keeps account of instances and versions. A store without it keeps the
/// entries of versions that are gone until they end.
///
/// An *instance* is a cache of a process. It attends every few seconds, with the [`Build`] it runs, and lives until it has
/// failed to do so for some time, by the store's clock alone: no machine's clock is compared with another's. What is under
/// a namespace `control` is apart from what is under any other.
///
/// All of it is asked for by a thread of the cache's own. Losing any of it, as a store that is full may, costs entries of
/// dead versions that stay until they end, never an entry of a living one.
///
/// # Errors
///
/// As for all of a store; what could not be done is tried again some seconds later.
pub trait Roster: Debug + Send + Sync {
    /// Notes that an instance lives on, and answers what it may have to do. At a cost that does not depend on how many
    /// functions, versions or other instances there are.
    fn attend(&self, control: &str, presence: &Presence) -> Result<Attended, StoreError>;

    /// Keeps the table of a build, for as long as instances attend with it and for `kept` after that.
    fn enroll(
        &self,
        control: &str,
        build: Build,
        table: &[u8],
        kept: Duration,
    ) -> Result<(), StoreError>;

    /// Lists editions that have entries, each with the path of its function, as living ones. They are listed until they are
    /// [revised](Self::revise) to be gone.
    fn list(&self, control: &str, editions: &[(Edition, &str)]) -> Result<(), StoreError>;

    /// What the living instances run.
    fn living(&self, control: &str) -> Result<Living, StoreError>;

    /// The table of a build, if it is kept.
    fn table(&self, control: &str, build: Build) -> Result<Option<Vec<u8>>, StoreError>;

    /// All editions that are listed.
    fn listed(&self, control: &str) -> Result<Vec<Listed>, StoreError>;

    /// Revises what is said of editions, each only if the store still says of it what is given here.
    fn revise(&self, control: &str, revisions: &[(Listed, Revision)]) -> Result<(), StoreError>;

    /// Removes some [indexed](super::Draft::is_indexed) entries of an edition, beginning with its bucket `from`: so few
    /// that nobody else waits noticeably for the store meanwhile. At a cost that depends on the entries of the edition,
    /// not on how many others there are.
    ///
    /// Whatever it is interrupted by, what is left can be found again. Entries that are stored meanwhile may be removed or
    /// not.
    fn purge(&self, edition: &Edition, from: u16) -> Result<PurgeStep, StoreError>;
}

/// What a process runs: the digest of the table of its functions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Build([u8; Self::BYTES]);

impl Build {
    /// How many bytes a build has.
    pub const BYTES: usize = 16;

    /// The build of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The build in `bytes`, if they are one.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; Self::BYTES] {
        self.0
    }
}

/// Displays as 32 lower-case hexadecimal digits.
impl fmt::Display for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl Debug for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A sign of life.
#[derive(Clone, Debug)]
pub struct Presence {
    /// Who gives it.
    pub instance: Origin,
    /// What it runs.
    pub build: Build,
    /// How long it lives unless it attends again.
    pub life: Duration,
    /// How long a turn lasts, of looking after versions that are gone. One instance has it at a time.
    pub turn: Duration,
    /// Whether the instance has the turn and is not done: it keeps it.
    pub keeps_turn: bool,
    /// How long after the last sign of life what is known of builds and editions is kept.
    pub kept: Duration,
}

/// The answer to a sign of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attended {
    /// The table of the instance's build is kept. If it is not, the instance enrolls it.
    pub knows_build: bool,
    /// The list of editions, by any number: another one, or none, where something of it may have been lost since. None also
    /// for an instance that was not taken to be alive. It lists the editions it has stored entries of again, then.
    pub list: Option<u64>,
    /// It is this instance's turn to look after versions that are gone.
    pub has_turn: bool,
}

/// What the living instances run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Living {
    /// The store's own time, in milliseconds.
    pub now_ms: u64,
    /// Each build once.
    pub builds: Vec<Build>,
}

/// The entries of one version of one function, with one set of generic arguments, in one namespace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edition {
    /// The namespace of the entries.
    pub namespace: Box<str>,
    /// The function's id.
    pub function: u64,
    /// The function's version.
    pub version: Version,
}

impl Edition {
    /// How many buckets the entries of an edition are spread over.
    pub const BUCKETS: u16 = 1024;

    /// The edition an entry belongs to.
    #[must_use]
    pub fn of(key: &EntryKey) -> Self {
        Self {
            namespace: key.namespace().into(),
            function: key.function(),
            version: key.version(),
        }
    }

    /// The name of the entry with these arguments.
    #[must_use]
    pub fn entry(&self, arguments: [u8; 16]) -> EntryKey {
        EntryKey::new(&self.namespace, self.function, self.version, arguments)
    }

    /// The name of the index of a bucket.
    #[must_use]
    pub fn index(&self, bucket: u16) -> String {
        let mut arguments = [0; 16];
        arguments[..2].copy_from_slice(&(bucket << 6).to_be_bytes());
        self.entry(arguments).index()
    }

    /// The edition that [displays](fmt::Display) like this.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (namespace, digests) = text.rsplit_once(':')?;
        let (function, version) = digests.split_once('.')?;
        Some(Self {
            namespace: namespace.into(),
            function: u64::from_str_radix(function, 16).ok()?,
            version: Version::from_bits(u128::from_str_radix(version, 16).ok()?),
        })
    }
}

/// `namespace:function.version`.
impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (namespace, version) = (&self.namespace, self.version);
        write!(f, "{namespace}:{:016x}.{version}", self.function)
    }
}

/// An edition that has or had entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub edition: Edition,
    /// The path of its function.
    pub path: String,
    /// Since when no living instance was seen to run it, in milliseconds of the store's time.
    pub dead_since_ms: Option<u64>,
}

/// What is found out of an edition that is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revision {
    /// A living instance runs it.
    Live,
    /// None does, as was seen at this time of the store's.
    DeadSince(u64),
    /// Its entries are gone.
    Gone,
}

/// What a step of a purge did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PurgeStep {
    /// How many entries it found and removed; some may have ended before.
    pub removed: u64,
    /// Where to go on; `None` at the end.
    pub next: Option<u16>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_is_read_as_it_was_written() {
        let edition = Edition {
            namespace: "app".into(),
            function: 0xAB,
            version: Version::from_bits(u128::MAX),
        };
        let text = edition.to_string();

        assert_eq!(
            text,
            "app:00000000000000ab.ffffffffffffffffffffffffffffffff"
        );
        assert_eq!(Edition::read(&text), Some(edition));
        for wrong in ["", "app", "app:1", "app:x.1", "app:1.", "1.1"] {
            assert_eq!(Edition::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_edition_names_its_entries() {
        let key = EntryKey::new("app", 7, Version::from_bits(9), [3; 16]);

        assert_eq!(Edition::of(&key).entry([3; 16]), key);
        assert_eq!(Edition::of(&key).index(key.bucket()), key.index());
        assert!(key.index().ends_with(".00c}:i"), "{}", key.index());
    }
}
