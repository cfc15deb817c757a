//! The simulated store itself: one step at a time, by a clock of its own.

use std::collections::BTreeMap;
use std::time::Duration;

use super::breaks::Break;
use super::message::{Reply, Request};
use crate::entry::Draft;
use crate::key::EntryKey;
use crate::store::{
    Claim, Claimed, Fence, Found, Grant, Looked, Origin, Sharing, TagKey, TagVersion, Token,
    Written, seal_of,
};

#[derive(Debug, Default)]
pub(super) struct Server {
    pub(super) entries: BTreeMap<String, Entry>,
    pub(super) leases: BTreeMap<String, Lease>,
    pub(super) tags: BTreeMap<String, TagVersion>,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) bytes: Vec<u8>,
    pub(super) ends_ms: u64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Lease {
    pub(super) token: Token,
    pub(super) ends_ms: u64,
}

/// What others are to hear.
#[derive(Clone, Debug)]
pub(super) enum Told {
    Entry(String, Origin),
    Tag(String),
    Anything,
}

/// What an operation led to, besides its answer.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) news: Option<Told>,
    /// The entry whose lease has ended.
    pub(super) ended: Option<String>,
}

impl Server {
    pub(super) fn execute(&mut self, request: &Request, now_ms: u64) -> (Reply, Effects) {
        let mut effects = Effects::default();
        let reply = match request {
            Request::Read(key, tags) => Reply::Looked(self.read(key, tags, now_ms)),
            Request::Claim(key, claim) => Reply::Claimed(self.claim(key, claim, now_ms)),
            Request::Write(key, draft, fence) => {
                Reply::Written(self.write(key, draft, *fence, now_ms, &mut effects))
            }
            Request::Remove(key, origin) => {
                self.entries.remove(key.as_str());
                if !Break::EvictsEntryOnly.is_on() {
                    self.end_lease(key, &mut effects);
                }
                effects.news = Some(Told::Entry(key.as_str().to_owned(), *origin));
                Reply::Done
            }
            Request::Invalidate(tag, version) => {
                self.tags.insert(tag.as_str().to_owned(), *version);
                effects.news = Some(Told::Tag(tag.as_str().to_owned()));
                Reply::Done
            }
            Request::Renew(key, token, life) => {
                Reply::Renewed(self.renew(key, *token, *life, now_ms))
            }
            Request::Release(key, token) => {
                if self.holds(key, *token, now_ms) {
                    self.end_lease(key, &mut effects);
                }
                Reply::Done
            }
            Request::Ping => Reply::Done,
        };
        (reply, effects)
    }

    pub(super) fn entry(&self, key: &EntryKey, now_ms: u64) -> Option<Found> {
        let entry = self.entries.get(key.as_str())?;
        (entry.ends_ms > now_ms).then(|| Found::new(entry.bytes.clone(), now_ms))
    }

    pub(super) fn tag(&self, tag: &TagKey) -> Option<TagVersion> {
        self.tags.get(tag.as_str()).copied()
    }

    fn read(&self, key: &EntryKey, tags: &[TagKey], now_ms: u64) -> Looked {
        let tags = tags.iter().map(|tag| self.tag(tag)).collect();
        Looked::new(self.entry(key, now_ms), tags)
    }

    fn claim(&mut self, key: &EntryKey, claim: &Claim, now_ms: u64) -> Claimed {
        let version = |(tag, fresh): &(TagKey, TagVersion)| {
            *self.tags.entry(tag.as_str().to_owned()).or_insert(*fresh)
        };
        let tags = claim.tags.iter().map(version).collect();
        let is_new = |found: &Found| claim.seen != Some(seal_of(&found.bytes));
        let found = self.entry(key, now_ms).filter(is_new);
        let grant = match found {
            Some(found) if claim.sharing != Sharing::Seized && !Break::LeasesBlindly.is_on() => {
                Grant::Stored(found)
            }
            _ => self.lease(key, claim, now_ms),
        };
        Claimed::new(grant, tags)
    }

    fn lease(&mut self, key: &EntryKey, claim: &Claim, now_ms: u64) -> Grant {
        let held = self.leases.get(key.as_str()).copied();
        let held = held.filter(|lease| lease.ends_ms > now_ms && lease.token != claim.token);
        match (held, claim.sharing) {
            (Some(lease), Sharing::Shared) => Grant::Leased(lease.token),
            (Some(lease), Sharing::Exclusive) if !Break::LeasesTwice.is_on() => Grant::Busy {
                left: Duration::from_millis(lease.ends_ms - now_ms),
            },
            _ => {
                let ends_ms = now_ms + milliseconds(claim.life);
                let token = claim.token;
                self.leases
                    .insert(key.as_str().to_owned(), Lease { token, ends_ms });
                Grant::Leased(token)
            }
        }
    }

    fn write(
        &mut self,
        key: &EntryKey,
        draft: &Draft,
        fence: Fence,
        now_ms: u64,
        effects: &mut Effects,
    ) -> Written {
        let holds = fence
            .token()
            .is_none_or(|token| self.holds(key, token, now_ms));
        if !holds && !Break::StoresUnfenced.is_on() {
            return Written::Refused;
        }
        self.end_lease(key, effects);
        let ends_ms = draft
            .lifetime()
            .map_or(u64::MAX, |life| now_ms + milliseconds(life));
        let bytes = draft.clone().seal(now_ms);
        self.entries
            .insert(key.as_str().to_owned(), Entry { bytes, ends_ms });
        effects.news = fence
            .news()
            .map(|origin| Told::Entry(key.as_str().to_owned(), origin));
        Written::Stored
    }

    fn renew(&mut self, key: &EntryKey, token: Token, life: Duration, now_ms: u64) -> bool {
        let holds = self.holds(key, token, now_ms);
        if holds && let Some(lease) = self.leases.get_mut(key.as_str()) {
            lease.ends_ms = now_ms + milliseconds(life);
        }
        holds
    }

    fn holds(&self, key: &EntryKey, token: Token, now_ms: u64) -> bool {
        let lease = self.leases.get(key.as_str());
        lease.is_some_and(|lease| lease.token == token && lease.ends_ms > now_ms)
    }

    fn end_lease(&mut self, key: &EntryKey, effects: &mut Effects) {
        self.leases.remove(key.as_str());
        effects.ended = Some(key.as_str().to_owned());
    }
}

pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 2)
}
