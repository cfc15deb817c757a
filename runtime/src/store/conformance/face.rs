//! A handle on the store by one of its two faces.

use std::time::Duration;

use crate::entry::Draft;
use crate::key::EntryKey;
use crate::store::{
    Claim, Claimed, Fence, Found, Grant, Looked, Origin, Store, TagKey, TagVersion, Token, Written,
};

/// One handle and one face of it. Its operations panic instead of failing.
#[derive(Clone, Copy)]
pub(super) struct Face<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) blocks: bool,
}

impl Face<'_> {
    pub(super) async fn look(self, key: &EntryKey, tags: &[TagKey]) -> Looked {
        let looked = if self.blocks {
            self.store.read_blocking(key, tags)
        } else {
            self.store.read(key, tags).await
        };
        looked.expect("it can be read")
    }

    pub(super) async fn read(self, key: &EntryKey) -> Option<Found> {
        let looked = self.look(key, &[]).await;
        assert_eq!(looked.tags, [], "no tags were asked for");
        looked.entry
    }

    pub(super) async fn claim(self, key: &EntryKey, claim: &Claim) -> Claimed {
        let claimed = if self.blocks {
            self.store.claim_blocking(key, claim)
        } else {
            self.store.claim(key, claim).await
        };
        let claimed = claimed.expect("it can be claimed");
        assert_eq!(
            claimed.tags.len(),
            claim.tags.len(),
            "a claim answers with a version for each of its tags"
        );
        claimed
    }

    pub(super) async fn grant(self, key: &EntryKey, claim: &Claim) -> Grant {
        self.claim(key, claim).await.grant
    }

    /// Claims `key` and must get it.
    pub(super) async fn take(self, key: &EntryKey, claim: &Claim) -> Token {
        let grant = self.grant(key, claim).await;
        assert_eq!(
            grant,
            Grant::Leased(claim.token),
            "a lease that nobody has, of an entry there is not or that was seen, is the claimer's"
        );
        claim.token
    }

    pub(super) async fn write(self, key: &EntryKey, entry: &Draft, fence: Fence) -> Written {
        let entry = entry.clone();
        let written = if self.blocks {
            self.store.write_blocking(key, entry, fence)
        } else {
            self.store.write(key, entry, fence).await
        };
        written.expect("it can be written")
    }

    /// Writes an entry that nothing stands in the way of.
    pub(super) async fn put(self, key: &EntryKey, entry: &Draft) {
        let written = self.write(key, entry, ANYWAY).await;
        assert_eq!(written, Written::Stored, "what needs no lease is stored");
    }

    pub(super) async fn remove(self, key: &EntryKey, origin: Origin) {
        let removed = if self.blocks {
            self.store.remove_blocking(key, origin)
        } else {
            self.store.remove(key, origin).await
        };
        removed.expect("it can be removed");
    }

    pub(super) async fn invalidate(
        self,
        tag: &TagKey,
        version: TagVersion,
        life: Option<Duration>,
    ) {
        let invalidated = if self.blocks {
            self.store.invalidate_blocking(tag, version, life)
        } else {
            self.store.invalidate(tag, version, life).await
        };
        invalidated.expect("it can be invalidated");
    }

    pub(super) fn renew(self, key: &EntryKey, token: Token, life: Duration) -> bool {
        let renewed = self.store.renew(key, token, life);
        renewed.expect("a lease can be renewed")
    }

    pub(super) fn release(self, key: &EntryKey, token: Token) {
        let released = self.store.release(key, token);
        released.expect("a lease can be released");
    }
}

/// No listener is left out.
pub(super) const NOBODY: Origin = Origin(0);
/// Whatever lease there is.
pub(super) const ANYWAY: Fence = Fence::Replaces(NOBODY);
