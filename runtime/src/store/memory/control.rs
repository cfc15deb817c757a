//! What a store keeps beside entries: leases, the versions of tags, who watches and who listens.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use event_listener::Event;

use crate::key::EntryKey;
use crate::store::{Claim, Grant, Listener, Sharing, TagKey, TagVersion, Token, Watch};

/// All of it, under one lock: the steps of a store are steps of their own only together.
#[derive(Default)]
pub(super) struct Control {
    leases: HashMap<Box<str>, Lease>,
    tags: HashMap<TagKey, Tag>,
    watches: HashMap<Box<str>, Weak<Event>>,
    listeners: Vec<Arc<dyn Listener>>,
    /// After this many tags and leases the dead ones are looked for.
    swept_at: usize,
}

#[derive(Clone, Copy, Debug)]
struct Lease {
    token: Token,
    ends_ms: u64,
}

#[derive(Clone, Copy, Debug)]
struct Tag {
    version: TagVersion,
    ends_ms: u64,
}

/// When what lives for `life` from now on ends; `u64::MAX` for never.
pub(super) fn ends(now_ms: u64, life: Option<Duration>) -> u64 {
    life.map_or(u64::MAX, |life| {
        now_ms.saturating_add(crate::clock::milliseconds(life))
    })
}

impl Control {
    pub(super) fn tag(&self, tag: &TagKey, now_ms: u64) -> Option<TagVersion> {
        let tag = self.tags.get(tag)?;
        (tag.ends_ms > now_ms).then_some(tag.version)
    }

    /// The version of a tag, which is `fresh` if it has none.
    pub(super) fn tag_or(
        &mut self,
        tag: &TagKey,
        fresh: TagVersion,
        life: Option<Duration>,
        now_ms: u64,
    ) -> TagVersion {
        let version = self.tag(tag, now_ms).unwrap_or(fresh);
        let known_until = self.tags.get(tag).map_or(0, |tag| tag.ends_ms);
        self.sweep(now_ms);
        let ends_ms = ends(now_ms, life).max(known_until);
        self.tags.insert(tag.clone(), Tag { version, ends_ms });
        version
    }

    pub(super) fn set_tag(
        &mut self,
        tag: &TagKey,
        version: TagVersion,
        life: Option<Duration>,
        now_ms: u64,
    ) {
        let ends_ms = ends(now_ms, life);
        self.tags.insert(tag.clone(), Tag { version, ends_ms });
    }

    /// Takes the lease of `key`, as far as the claim may.
    pub(super) fn lease(&mut self, key: &EntryKey, claim: &Claim, now_ms: u64) -> Grant {
        let held_by_another = self
            .leases
            .get(key.as_str())
            .filter(|lease| lease.ends_ms > now_ms && lease.token != claim.token);
        match (held_by_another, claim.sharing) {
            (Some(lease), Sharing::Shared) => Grant::Leased(lease.token),
            (Some(lease), Sharing::Exclusive) => Grant::Busy {
                left: Duration::from_millis(lease.ends_ms - now_ms),
            },
            (None, _) | (_, Sharing::Seized) => {
                let lease = Lease {
                    token: claim.token,
                    ends_ms: ends(now_ms, Some(claim.life)),
                };
                self.leases.insert(key.as_str().into(), lease);
                Grant::Leased(claim.token)
            }
        }
    }

    pub(super) fn holds(&self, key: &EntryKey, token: Token, now_ms: u64) -> bool {
        self.leases
            .get(key.as_str())
            .is_some_and(|lease| lease.token == token && lease.ends_ms > now_ms)
    }

    pub(super) fn renew(
        &mut self,
        key: &EntryKey,
        token: Token,
        life: Duration,
        now_ms: u64,
    ) -> bool {
        let holds = self.holds(key, token, now_ms);
        if holds && let Some(lease) = self.leases.get_mut(key.as_str()) {
            lease.ends_ms = ends(now_ms, Some(life));
        }
        holds
    }

    /// Ends the lease, whoever has it. Those who wait for that are to be woken.
    #[must_use]
    pub(super) fn end_lease(&mut self, key: &EntryKey) -> Option<Arc<Event>> {
        self.leases.remove(key.as_str());
        self.watches.get(key.as_str()).and_then(Weak::upgrade)
    }

    pub(super) fn watch(&mut self, key: &EntryKey) -> Watch {
        self.watches.retain(|_, woken| woken.strong_count() > 0);
        let there = self.watches.get(key.as_str()).and_then(Weak::upgrade);
        let woken = there.unwrap_or_else(|| {
            let woken = Arc::new(Event::new());
            self.watches
                .insert(key.as_str().into(), Arc::downgrade(&woken));
            woken
        });
        Watch::in_place(woken, ())
    }

    pub(super) fn add_listener(&mut self, listener: Arc<dyn Listener>) {
        self.listeners.push(listener);
    }

    /// Those who still listen.
    pub(super) fn listeners(&mut self) -> Vec<Arc<dyn Listener>> {
        self.listeners.retain(|listener| listener.is_wanted());
        self.listeners.clone()
    }

    /// Forgets what has ended, once there is twice as much as there was left the last time.
    fn sweep(&mut self, now_ms: u64) {
        if self.tags.len() + self.leases.len() < self.swept_at.max(FEW) {
            return;
        }
        self.tags.retain(|_, tag| tag.ends_ms > now_ms);
        self.leases.retain(|_, lease| lease.ends_ms > now_ms);
        self.swept_at = 2 * (self.tags.len() + self.leases.len());
    }
}

/// Not worth sweeping.
const FEW: usize = 1024;

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control")
            .field("leases", &self.leases.len())
            .field("tags", &self.tags.len())
            .finish_non_exhaustive()
    }
}
