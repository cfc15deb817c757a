//! What is asked of the server, and what its replies mean; the same for both faces.

use std::time::Duration;

use redis::{Pipeline, Value};

use super::command::{self, Request};
use super::reply;
use super::script::{self, Telling};
use crate::entry::Draft;
use crate::key::EntryKey;
use crate::store::{Claim, Claimed, Fence, Looked, StoreError, TagKey, TagVersion, Token, Written};

/// A request, made of the server's time, and what its reply means, at the server's time.
#[derive(Debug)]
pub(super) struct Operation<R, A> {
    pub(super) request: R,
    pub(super) answer: A,
}

/// Makes a request of the server's time.
pub(super) trait Requesting: FnOnce(u64) -> Request + Send {}

impl<F: FnOnce(u64) -> Request + Send> Requesting for F {}

/// Makes an answer of a reply and the server's time.
pub(super) trait Answering<T>: FnOnce(Value, u64) -> Result<T, StoreError> + Send {}

impl<T, F: FnOnce(Value, u64) -> Result<T, StoreError> + Send> Answering<T> for F {}

pub(super) fn read(
    key: &EntryKey,
    tags: &[TagKey],
) -> Operation<impl Requesting, impl Answering<Looked>> {
    let count = tags.len();
    Operation {
        request: move |_| match tags {
            // Cheaper for the server, and what is of another type is named instead of missing.
            [] => command::get(key.as_str()).into(),
            tags => command::get_all(key.as_str(), tags).into(),
        },
        answer: move |reply, now_ms| reply::looked(reply, count, now_ms),
    }
}

/// The tags first: their versions must be older than the lease.
pub(super) fn claim(
    key: &EntryKey,
    claim: &Claim,
) -> Operation<impl Requesting, impl Answering<Claimed>> {
    let count = claim.tags.len();
    Operation {
        request: move |_| {
            let mut commands = Pipeline::with_capacity(count + 1);
            for (tag, fresh) in &claim.tags {
                commands.add_command(script::ensure(tag, *fresh, claim.tag_life));
            }
            commands.add_command(script::claim(key, claim));
            Request::Several(commands)
        },
        answer: move |reply, now_ms| {
            let mut replies = reply::array(reply, count + 1)?.into_iter();
            let tags = replies.by_ref().take(count).map(reply::version);
            let tags = tags.collect::<Result<_, _>>()?;
            let grant = reply::grant(replies.next().unwrap_or(Value::Nil), now_ms)?;
            Ok(Claimed::new(grant, tags))
        },
    }
}

pub(super) fn write(
    key: &EntryKey,
    entry: Draft,
    fence: Fence,
    telling: Telling,
) -> Operation<impl Requesting, impl Answering<Written>> {
    Operation {
        request: move |now_ms| {
            let life = entry.lifetime();
            script::write(key, &entry.seal(now_ms), life, fence, &telling).into()
        },
        answer: |reply, _| match reply::count(reply)? {
            0 => Ok(Written::Refused),
            _ => Ok(Written::Stored),
        },
    }
}

pub(super) fn remove(
    key: &EntryKey,
    telling: Telling,
) -> Operation<impl Requesting, impl Answering<()>> {
    Operation {
        request: move |_| script::remove(key, &telling).into(),
        answer: |reply, _| reply::count(reply).map(drop),
    }
}

pub(super) fn set_tag(
    tag: &TagKey,
    version: TagVersion,
    life: Option<Duration>,
) -> Operation<impl Requesting, impl Answering<()>> {
    Operation {
        request: move |_| {
            command::set(tag.as_str(), &version.to_bytes(), script::kept(life)).into()
        },
        answer: |reply, _| reply::done(reply),
    }
}

pub(super) fn forget_tag(tag: &TagKey) -> Operation<impl Requesting, impl Answering<()>> {
    Operation {
        request: move |_| command::unlink(tag.as_str()).into(),
        answer: |reply, _| reply::count(reply).map(drop),
    }
}

pub(super) fn renew(
    key: &EntryKey,
    token: Token,
    life: Duration,
) -> Operation<impl Requesting, impl Answering<bool>> {
    Operation {
        request: move |_| script::renew(key, token, life).into(),
        answer: |reply, _| Ok(reply::count(reply)? != 0),
    }
}

pub(super) fn release(
    key: &EntryKey,
    token: Token,
) -> Operation<impl Requesting, impl Answering<()>> {
    Operation {
        request: move |_| script::release(key, token).into(),
        answer: |reply, _| reply::count(reply).map(drop),
    }
}

pub(super) fn touch(tags: &[TagKey]) -> Operation<impl Requesting, impl Answering<()>> {
    Operation {
        request: move |_| command::touch(tags).into(),
        answer: |reply, _| reply::count(reply).map(drop),
    }
}
