//! What is asked of the server, and what its replies mean; the same for both faces.

use std::time::Duration;

use redis::{Cmd, Pipeline, Value};

use super::cluster::Keyed;
use super::command::{self, Request};
use super::reply;
use super::script::{self, Telling, Waking};
use crate::entry::Draft;
use crate::key::EntryKey;
use crate::store::{Claim, Claimed, Fence, Looked, StoreError, TagKey, TagVersion, Token, Written};

/// A request, made of the server's time, and what its reply means, at the server's time.
#[derive(Debug)]
pub(super) struct Operation<'a, R, A> {
    /// The key that all others lie beside, or any of them where there is one server.
    pub(super) key: &'a str,
    pub(super) request: R,
    pub(super) answer: A,
}

/// An operation on keys that lie apart: commands on one key each, and one after all others if order matters. Their
/// replies make up the reply of the same operation on one server.
#[derive(Debug)]
pub(super) struct Scattered<A> {
    pub(super) commands: Vec<Keyed>,
    pub(super) last: Option<Keyed>,
    pub(super) answer: A,
}

/// Makes a request of the server's time.
pub(super) trait Requesting: FnOnce(u64) -> Request + Send {}

impl<F: FnOnce(u64) -> Request + Send> Requesting for F {}

/// Makes an answer of a reply and the server's time.
pub(super) trait Answering<T>: FnOnce(Value, u64) -> Result<T, StoreError> + Send {}

impl<T, F: FnOnce(Value, u64) -> Result<T, StoreError> + Send> Answering<T> for F {}

pub(super) fn read<'a>(
    key: &'a EntryKey,
    tags: &'a [TagKey],
) -> Operation<'a, impl Requesting, impl Answering<Looked>> {
    let count = tags.len();
    Operation {
        key: key.as_str(),
        request: move |_| match tags {
            // Cheaper for the server, and what is of another type is named instead of missing.
            [] => command::get(key.as_str()).into(),
            tags => command::get_all(key.as_str(), tags).into(),
        },
        answer: move |reply, now_ms| reply::looked(reply, count, now_ms),
    }
}

/// [`read`] of tags that lie apart.
pub(super) fn read_scattered(key: &EntryKey, tags: &[TagKey]) -> Scattered<impl Answering<Looked>> {
    let count = tags.len();
    let keys = [key.as_str()]
        .into_iter()
        .chain(tags.iter().map(TagKey::as_str));
    Scattered {
        commands: keys.map(|key| keyed(key, command::get(key))).collect(),
        last: None,
        answer: move |reply, now_ms| reply::looked(reply, count, now_ms),
    }
}

/// The tags first: their versions must be older than the lease.
pub(super) fn claim<'a>(
    key: &'a EntryKey,
    claim: &'a Claim,
) -> Operation<'a, impl Requesting, impl Answering<Claimed>> {
    let count = claim.tags.len();
    Operation {
        key: key.as_str(),
        request: move |_| {
            let mut commands = Pipeline::with_capacity(count + 1);
            for (tag, fresh) in &claim.tags {
                commands.add_command(script::ensure(tag, *fresh, claim.tag_life));
            }
            commands.add_command(script::claim(key, claim));
            Request::Several(commands)
        },
        answer: move |reply, now_ms| claimed(reply, count, now_ms),
    }
}

/// [`claim`] with tags that lie apart. Nothing else keeps their order.
pub(super) fn claim_scattered(key: &EntryKey, claim: &Claim) -> Scattered<impl Answering<Claimed>> {
    let count = claim.tags.len();
    let ensure = |(tag, fresh): &(TagKey, TagVersion)| {
        keyed(tag.as_str(), script::ensure(tag, *fresh, claim.tag_life))
    };
    Scattered {
        commands: claim.tags.iter().map(ensure).collect(),
        last: Some(keyed(key.as_str(), script::claim(key, claim))),
        answer: move |reply, now_ms| claimed(reply, count, now_ms),
    }
}

/// The replies for so many tags, and to the claim.
fn claimed(reply: Value, count: usize, now_ms: u64) -> Result<Claimed, StoreError> {
    let mut replies = reply::array(reply, count + 1)?.into_iter();
    let tags = replies.by_ref().take(count).map(reply::version);
    let tags = tags.collect::<Result<_, _>>()?;
    let grant = reply::grant(replies.next().unwrap_or(Value::Nil), now_ms)?;
    Ok(Claimed::new(grant, tags))
}

fn keyed(key: &str, command: Cmd) -> Keyed {
    Keyed {
        key: key.to_owned(),
        command,
    }
}

pub(super) fn write(
    key: &EntryKey,
    entry: Draft,
    fence: Fence,
    telling: Telling,
) -> Operation<'_, impl Requesting, impl Answering<Written>> {
    Operation {
        key: key.as_str(),
        request: move |now_ms| {
            let (life, is_indexed) = (entry.lifetime(), entry.is_indexed());
            let sealed = entry.seal(now_ms);
            if is_indexed {
                script::write_indexed(key, &sealed, life, fence, &telling, now_ms).into()
            } else {
                script::write(key, &sealed, life, fence, &telling).into()
            }
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
) -> Operation<'_, impl Requesting, impl Answering<()>> {
    Operation {
        key: key.as_str(),
        request: move |_| script::remove(key, &telling).into(),
        answer: |reply, _| reply::count(reply).map(drop),
    }
}

pub(super) fn set_tag<'a>(
    tag: &'a TagKey,
    version: TagVersion,
    life: Option<Duration>,
    telling: Option<Telling>,
) -> Operation<'a, impl Requesting + 'a, impl Answering<()>> {
    Operation {
        key: tag.as_str(),
        request: move |_| match &telling {
            None => command::set(tag.as_str(), &version.to_bytes(), script::kept(life)).into(),
            Some(telling) => {
                script::renew_tag(tag, Some(version), script::kept(life), telling).into()
            }
        },
        answer: |reply, _| reply::renewed(reply),
    }
}

pub(super) fn forget_tag(
    tag: &TagKey,
    telling: Option<Telling>,
) -> Operation<'_, impl Requesting, impl Answering<()>> {
    Operation {
        key: tag.as_str(),
        request: move |_| match &telling {
            None => command::unlink(tag.as_str()).into(),
            Some(telling) => script::renew_tag(tag, None, None, telling).into(),
        },
        answer: |reply, _| reply::count(reply).map(drop),
    }
}

pub(super) fn renew(
    key: &EntryKey,
    token: Token,
    life: Duration,
) -> Operation<'_, impl Requesting, impl Answering<bool>> {
    Operation {
        key: key.as_str(),
        request: move |_| script::renew(key, token, life).into(),
        answer: |reply, _| Ok(reply::count(reply)? != 0),
    }
}

pub(super) fn release(
    key: &EntryKey,
    token: Token,
    waking: Waking,
) -> Operation<'_, impl Requesting, impl Answering<()>> {
    Operation {
        key: key.as_str(),
        request: move |_| script::release(key, token, waking).into(),
        answer: |reply, _| reply::count(reply).map(drop),
    }
}

pub(super) fn touch(tags: &[TagKey]) -> Operation<'_, impl Requesting, impl Answering<()>> {
    Operation {
        key: tags.first().map_or("", TagKey::as_str),
        request: move |_| command::touch(tags).into(),
        answer: |reply, _| reply::count(reply).map(drop),
    }
}

/// [`touch`] of tags that lie apart.
pub(super) fn touch_scattered(tags: &[TagKey]) -> Scattered<impl Answering<()>> {
    let count = tags.len();
    let touch = |tag: &TagKey| keyed(tag.as_str(), command::touch(std::slice::from_ref(tag)));
    Scattered {
        commands: tags.iter().map(touch).collect(),
        last: None,
        answer: move |reply, _| {
            let replies = reply::array(reply, count)?;
            replies
                .into_iter()
                .try_for_each(|reply| reply::count(reply).map(drop))
        },
    }
}
