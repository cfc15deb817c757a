//! What each topic is checked with: two handles, and keys and tags that nobody has used before.

use std::sync::atomic::{AtomicU64, Ordering};

use super::face::Face;
use super::{LONG, key};
use crate::entry::Draft;
use crate::key::EntryKey;
use crate::store::{Claim, Found, Sharing, Store, TagKey, TagVersion, Token};

/// How many trials there were, so that each has numbers of its own.
static BEGUN: AtomicU64 = AtomicU64::new(0);

/// Two processes, as far as the store can tell.
pub(super) struct Trial<'a> {
    pub(super) here: Face<'a>,
    /// By the other face, so that the two are seen to be one store.
    pub(super) there: Face<'a>,
    pub(super) namespace: &'a str,
    used: AtomicU64,
}

impl<'a> Trial<'a> {
    pub(super) fn new(
        here: &'a dyn Store,
        there: &'a dyn Store,
        namespace: &'a str,
        blocks: bool,
    ) -> Self {
        let face = |store, blocks| Face { store, blocks };
        // Relaxed, here and below: numbers must differ, and nothing else hangs on them.
        let first = BEGUN.fetch_add(1, Ordering::Relaxed) << 32;
        Self {
            here: face(here, blocks),
            there: face(there, !blocks),
            namespace,
            used: AtomicU64::new(first),
        }
    }

    /// A key without entry or lease.
    pub(super) fn key(&self) -> EntryKey {
        key(self.namespace, self.number())
    }

    /// A tag without version, with a name that has `text` in it.
    pub(super) fn tag(&self, text: &str) -> TagKey {
        TagKey::label(self.namespace, &format!("{text}{}", self.number()))
    }

    /// A claim by a token of its own, for long.
    pub(super) fn claim(&self) -> Claim {
        Claim {
            token: self.token(),
            life: LONG,
            sharing: Sharing::Exclusive,
            seen: None,
            tags: Vec::new(),
            tag_life: None,
        }
    }

    /// A token nobody has.
    pub(super) fn token(&self) -> Token {
        let mut bytes = [0x5A; Token::BYTES];
        bytes[..8].copy_from_slice(&self.number().to_be_bytes());
        Token::from_bytes(bytes)
    }

    /// A version no tag has. It has bytes that text protocols stumble over.
    pub(super) fn version(&self) -> TagVersion {
        let [.., a, b] = self.number().to_be_bytes();
        TagVersion::from_bytes([0, b'\r', b'\n', b'$', 0xFF, b'"', a, b])
    }

    /// A number nobody else has.
    pub(super) fn number(&self) -> u64 {
        self.used.fetch_add(1, Ordering::Relaxed)
    }

    /// Asserts that both handles find nothing at `key`.
    pub(super) async fn assert_absent(&self, key: &EntryKey, why: &str) {
        assert_eq!(self.here.read(key).await, None, "{why}");
        assert_eq!(self.there.read(key).await, None, "{why}");
    }

    /// Asserts that both handles find what was written, and returns it.
    pub(super) async fn assert_holds(&self, key: &EntryKey, draft: &Draft) -> Found {
        assert_sealed(self.there.read(key).await, draft);
        assert_sealed(self.here.read(key).await, draft)
    }
}

fn assert_sealed(found: Option<Found>, draft: &Draft) -> Found {
    let found = found.expect("what was written is there");
    let expected = draft.clone().seal(stamp(&found));
    assert!(
        found.bytes == expected,
        "what was written comes back byte by byte"
    );
    found
}

/// The time an entry was sealed at.
pub(super) fn stamp(found: &Found) -> u64 {
    crate::entry::stamp(&found.bytes).expect("an entry has a stamp")
}
