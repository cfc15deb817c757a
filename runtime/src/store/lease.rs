//! Leases: the right, across processes, to compute an entry.
//!
//! After the leases of Nishtala et al., "Scaling Memcache at Facebook" (NSDI 2013): whoever misses gets a token, others
//! wait for it, and an entry is only stored while the token is still good. A lease is for economy; what keeps an entry
//! from being stale is that an invalidation ends it.

use std::time::Duration;

use super::found::Found;
use super::news::Origin;
use super::tag::{TagKey, TagVersion};

/// What a lease is held by: random, and as good as unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token([u8; Self::BYTES]);

impl Token {
    /// How many bytes a token has.
    pub const BYTES: usize = 16;

    /// A token of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The token in `bytes`, if they are one.
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

/// What a caller asks for who has found no entry to use.
#[derive(Clone, Debug)]
pub struct Claim {
    /// What the lease will be held by.
    pub token: Token,
    /// How long the lease lives unless it is renewed. At least a millisecond.
    pub life: Duration,
    /// What becomes of a lease that somebody else holds.
    pub sharing: Sharing,
    /// The entry the caller has found and can't use, by its [seal](seal_of); `None` if there was none. Another one
    /// has been stored since, and is answered instead of a lease.
    pub seen: Option<Seal>,
    /// The tags of the entry, each with the version it gets if it has none.
    pub tags: Vec<(TagKey, TagVersion)>,
    /// How long the versions of the tags must be remembered at least; `None` for ever.
    pub tag_life: Option<Duration>,
}

/// What becomes of a lease that somebody else holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// It stays theirs, and the caller waits.
    Exclusive,
    /// It is shared: the caller gets their token.
    Shared,
    /// It is taken from them, whatever entry there is.
    Seized,
}

/// What tells one sealed entry from another: its last bytes, which are its checksum.
pub type Seal = [u8; 4];

/// The seal of an entry; zeros if there are too few bytes to be one.
#[must_use]
pub fn seal_of(bytes: &[u8]) -> Seal {
    bytes.last_chunk().copied().unwrap_or_default()
}

/// The answer to a [`Claim`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claimed {
    /// Who may compute.
    pub grant: Grant,
    /// The versions of the tags, in the order of the claim. Taken no later than the lease.
    pub tags: Vec<TagVersion>,
}

impl Claimed {
    /// An answer.
    #[must_use]
    pub const fn new(grant: Grant, tags: Vec<TagVersion>) -> Self {
        Self { grant, tags }
    }
}

/// Who may compute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// The caller, and this token is what it stores by. Its own, or a shared one.
    Leased(Token),
    /// Nobody has to: there is an entry the caller has not seen.
    Stored(Found),
    /// Somebody else.
    Busy {
        /// How much of their lease is left.
        left: Duration,
    },
}

/// What lets an entry be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fence {
    /// That the lease is held by this token.
    Leased(Token),
    /// The same; and the entry is news to those who have an older one: every listener but `Origin` is told.
    LeasedNews(Token, Origin),
    /// Nothing: it replaces whatever there is or will be by older right, and is news to every listener but this.
    Replaces(Origin),
}

impl Fence {
    /// The token that must hold the lease.
    #[must_use]
    pub const fn token(self) -> Option<Token> {
        match self {
            Self::Leased(token) | Self::LeasedNews(token, _) => Some(token),
            Self::Replaces(_) => None,
        }
    }

    /// Who need not be told, if anybody is to be.
    #[must_use]
    pub const fn news(self) -> Option<Origin> {
        match self {
            Self::Leased(_) => None,
            Self::LeasedNews(_, origin) | Self::Replaces(origin) => Some(origin),
        }
    }
}

/// What became of an entry that was to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is stored.
    Stored,
    /// The lease is no longer the caller's: the entry may be outdated, and was not stored.
    Refused,
}
