//! Who holds which lease, by the judge's own book: what the store grants is compared with it.

use std::collections::BTreeMap;

use super::super::message::{Reply, Request};
use super::super::server::{Server, milliseconds};
use crate::entry::{Identity, open};
use crate::key::EntryKey;
use crate::simulation::domain::Target;
use crate::store::{Claim, Grant, Sharing, TagVersion, Token, Written, seal_of};

#[derive(Debug, Default)]
pub(crate) struct Leases(BTreeMap<String, (Token, u64)>);

impl Leases {
    /// What is wrong with a lease that is granted now.
    pub(crate) fn object(
        &self,
        server: &Server,
        key: &EntryKey,
        claim: &Claim,
        grant: &Grant,
        now_ms: u64,
    ) -> Option<&'static str> {
        let Grant::Leased(token) = grant else {
            return None;
        };
        if *token != claim.token || claim.sharing == Sharing::Seized {
            return None;
        }
        if has_unseen(server, key, claim, now_ms) {
            return Some(
                "a lease was granted although there is an entry that the caller has not seen",
            );
        }
        let holder = self.0.get(key.as_str());
        let is_held = holder.is_some_and(|(holder, ends_ms)| holder != token && *ends_ms > now_ms);
        is_held.then_some("a lease was granted that somebody else holds")
    }

    pub(crate) fn note(&mut self, request: &Request, reply: &Reply, now_ms: u64) {
        match (request, reply) {
            (Request::Claim(key, claim), Reply::Claimed(claimed))
                if claimed.grant == Grant::Leased(claim.token) =>
            {
                let ends_ms = now_ms + milliseconds(claim.life);
                self.0
                    .insert(key.as_str().to_owned(), (claim.token, ends_ms));
            }
            (Request::Renew(key, _, life), Reply::Renewed(true)) => {
                if let Some(lease) = self.0.get_mut(key.as_str()) {
                    lease.1 = now_ms + milliseconds(*life);
                }
            }
            (Request::Write(key, ..), Reply::Written(Written::Stored))
            | (Request::Remove(key, _), _) => {
                self.0.remove(key.as_str());
            }
            (Request::Release(key, token), _) if self.is_held_by(key, *token) => {
                self.0.remove(key.as_str());
            }
            _ => {}
        }
    }

    fn is_held_by(&self, key: &EntryKey, token: Token) -> bool {
        let holder = self.0.get(key.as_str());
        holder.is_some_and(|(holder, _)| *holder == token)
    }

    pub(crate) fn forget(&mut self, key: &str) {
        self.0.remove(key);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Whether there is a fresh entry under current tags, other than the one the caller has seen.
fn has_unseen(server: &Server, key: &EntryKey, claim: &Claim, now_ms: u64) -> bool {
    let Some(target) = Target::of_entry(key.as_str()) else {
        return false;
    };
    let Some(found) = server.entry(key, now_ms) else {
        return false;
    };
    let (called, function) = (target.key(), target.memo().function());
    let identity = Identity {
        name: key.as_str(),
        version: function.version(),
        path: function.path(),
        key: called.bytes(),
    };
    let versions: Vec<Option<TagVersion>> =
        claim.tags.iter().map(|(tag, _)| server.tag(tag)).collect();
    let is_usable = open(&found.bytes, now_ms, &identity, None)
        .is_ok_and(|entry| entry.left_ms() > 0 && entry.has_tags(&versions));
    is_usable && claim.seen != Some(seal_of(&found.bytes))
}
