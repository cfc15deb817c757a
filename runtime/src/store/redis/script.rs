//! The steps that must be one: scripts, sent with their text.
//!
//! With their text and not by its digest: a server that was restarted would not know the digest, and asking twice costs
//! a caller more than a few hundred bytes. Each is idempotent or guarded by a token, so an unknown outcome (a lost
//! reply) does no harm. The keys of one script lie in one slot of a cluster. What a full server refuses comes before any
//! other change, so that nothing is left half done.

use std::time::Duration;

use redis::Cmd;

use super::command::{endless, milliseconds};
use crate::key::EntryKey;
use crate::store::{Claim, Fence, Sharing, TagKey, TagVersion, Token};

/// Where news of entries go to and what they say; none while nobody told under which name to listen.
#[derive(Clone, Debug, Default)]
pub(super) struct Telling {
    pub(super) channel: String,
    pub(super) message: String,
    pub(super) waking: Waking,
}

/// How those are woken who wait for a lease.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Waking {
    /// By a message to all servers there are.
    #[default]
    Everywhere,
    /// By a message within the shard of a cluster that serves the lease; where that is not to be had, everywhere.
    InShard,
}

impl Waking {
    const fn command(self) -> &'static str {
        match self {
            Self::Everywhere => "PUBLISH",
            Self::InShard => "SPUBLISH",
        }
    }
}

/// The version of a tag, which is the given one if it has none or something else lies there.
///
/// Answers the version. Its life is prolonged only when less than what is needed is left, since that makes every
/// listener forget the tag.
const ENSURE: &str = "\
local version = redis.pcall('GET', KEYS[1])
if type(version) ~= 'string' or #version ~= #ARGV[1] then
  if ARGV[3] == '' then
    redis.call('SET', KEYS[1], ARGV[1])
  else
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
  end
  return ARGV[1]
end
local left = redis.call('PTTL', KEYS[1])
if left >= 0 then
  if ARGV[3] == '' then
    redis.call('PERSIST', KEYS[1])
  elseif left < tonumber(ARGV[2]) then
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
  end
end
return version";

/// Takes the lease of an entry unless there is an entry with another seal or, depending on the sharing, a lease.
///
/// Answers 1 and the entry, 2 and the token to store by, or 3 and the milliseconds left of somebody else's lease. That
/// is never 0, which a caller could take for the end of it. A value of another kind is none: what is stored replaces it.
const CLAIM: &str = "\
local token, life, sharing, seen = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if sharing ~= 'seized' then
  local entry = redis.pcall('GET', KEYS[1])
  if type(entry) == 'string' then
    local seal = string.sub(entry, -4)
    if #entry < 4 then seal = '\\0\\0\\0\\0' end
    if seal ~= seen then return {1, entry} end
  end
  local holder = redis.pcall('GET', KEYS[2])
  if type(holder) ~= 'string' then holder = false end
  if holder == token or (holder and sharing == 'shared') then return {2, holder} end
  if holder then return {3, math.max(1, redis.call('PTTL', KEYS[2]))} end
end
redis.call('SET', KEYS[2], token, 'PX', life)
return {2, token}";

/// What storing an entry ends with, once nothing refuses it any more.
macro_rules! put {
    () => {
        "\
if life == '' then
  redis.call('SET', KEYS[1], entry)
else
  redis.call('SET', KEYS[1], entry, 'PX', life)
end
redis.call('UNLINK', KEYS[2])
if type(redis.pcall(by, wake, '')) ~= 'number' then redis.pcall('PUBLISH', wake, '') end
if channel ~= '' then redis.call('PUBLISH', channel, message) end
return 1"
    };
}

/// Stores an entry, if the lease is held by the token or none is asked for; ends the lease and tells.
///
/// Answers whether it did. Waking may be forbidden, since waiters look by themselves; telling may not.
const WRITE: &str = concat!(
    "\
local token, entry, life, by, wake, channel, message = unpack(ARGV)
if token ~= '' and redis.call('GET', KEYS[2]) ~= token then return 0 end
",
    put!()
);

/// As [`WRITE`], of an entry that can be found by its version: noted in the index of its bucket first, so that there is
/// no entry without a note, whatever it is interrupted by.
///
/// The index lives longer than any entry of it. (`PEXPIRE … GT` would take no life for the longest one.) Where the account
/// may not keep an index, entries are stored without. A full server is asked for nothing more: after any other change
/// within a script it refuses nothing, and would take the entry without its note.
const WRITE_INDEXED: &str = concat!(
    "\
local token, entry, life, by, wake, channel, message, member, ends, kept, ended = unpack(ARGV)
if token ~= '' and redis.call('GET', KEYS[2]) ~= token then return 0 end
local left = redis.call('PTTL', KEYS[3])
local noted = redis.pcall('ZADD', KEYS[3], ends, member)
if type(noted) == 'table' and string.find(noted.err, 'OOM', 1, true) then
  return redis.error_reply('OOM there is no room for a note of the entry')
end
if life == '' then
  if left >= 0 then redis.call('PERSIST', KEYS[3]) end
elseif left == -2 or (left >= 0 and left < tonumber(life)) then
  redis.call('PEXPIRE', KEYS[3], kept)
end
if ended ~= '' then redis.pcall('ZREMRANGEBYSCORE', KEYS[3], '-inf', ended) end
",
    put!()
);

/// Removes an entry, its lease and the note of it in the index, and tells. Works on a full server.
const REMOVE: &str = "\
local by, wake, channel, message, member = unpack(ARGV)
redis.call('UNLINK', KEYS[1], KEYS[2])
redis.pcall('ZREM', KEYS[3], member)
if type(redis.pcall(by, wake, '')) ~= 'number' then redis.pcall('PUBLISH', wake, '') end
if channel ~= '' then redis.call('PUBLISH', channel, message) end
return 1";

/// Lets a lease live on, if the token still holds it. Answers whether it does.
const RENEW: &str = "\
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])";

/// Ends a lease, if the token holds it. Answers whether it did.
const RELEASE: &str = "\
local token, by, wake = unpack(ARGV)
if redis.call('GET', KEYS[1]) ~= token then return 0 end
redis.call('UNLINK', KEYS[1])
if type(redis.pcall(by, wake, '')) ~= 'number' then redis.pcall('PUBLISH', wake, '') end
return 1";

/// Gives a tag another version, or none where none is given, and tells. In a cluster: who is told by the server that holds
/// the tag may have no link to it yet.
const RENEW_TAG: &str = "\
local version, life, channel, message = unpack(ARGV)
if version == '' then
  redis.call('UNLINK', KEYS[1])
elseif life == '' then
  redis.call('SET', KEYS[1], version)
else
  redis.call('SET', KEYS[1], version, 'PX', life)
end
redis.call('PUBLISH', channel, message)
return 1";

pub(super) fn ensure(tag: &TagKey, fresh: TagVersion, life: Option<Duration>) -> Cmd {
    let mut command = eval(ENSURE, &[tag.as_str()]);
    command
        .arg(&fresh.to_bytes())
        .arg(life_argument(life))
        .arg(life_argument(kept(life)));
    command
}

pub(super) fn claim(key: &EntryKey, claim: &Claim) -> Cmd {
    let sharing = match claim.sharing {
        Sharing::Exclusive => "exclusive",
        Sharing::Shared => "shared",
        Sharing::Seized => "seized",
    };
    let mut command = eval(CLAIM, &[key.as_str(), &lease(key)]);
    command
        .arg(&claim.token.to_bytes())
        .arg(milliseconds(claim.life))
        .arg(sharing)
        .arg(claim.seen.as_ref().map_or(&[][..], |seal| &seal[..]));
    command
}

pub(super) fn write(
    key: &EntryKey,
    sealed: &[u8],
    life: Option<Duration>,
    fence: Fence,
    telling: &Telling,
) -> Cmd {
    let keys = [key.as_str(), &lease(key)];
    let mut command = eval_with_room(WRITE, &keys, sealed.len());
    add_entry(&mut command, key, sealed, life, fence, telling);
    command
}

/// As [`write`], at the server's time, of an entry that can be found by its version.
pub(super) fn write_indexed(
    key: &EntryKey,
    sealed: &[u8],
    life: Option<Duration>,
    fence: Fence,
    telling: &Telling,
    now_ms: u64,
) -> Cmd {
    let keys = [key.as_str(), &lease(key), &key.index()];
    let mut command = eval_with_room(WRITE_INDEXED, &keys, sealed.len());
    add_entry(&mut command, key, sealed, life, fence, telling);
    let ends = life.map_or(NEVER_S, |life| {
        // Rounded up, and a second more: the entry may end a little later than this connection thinks.
        now_ms.saturating_add(milliseconds(life)) / 1_000 + 2
    });
    // A checksum is random enough to choose one store in sixteen.
    let trims = sealed.last().is_some_and(|byte| byte % TRIMS_ONE_IN == 0);
    command
        .arg(&key.arguments())
        .arg(ends.min(NEVER_S))
        .arg(life_argument(kept(life)))
        .arg(
            trims
                .then_some(now_ms / 1_000)
                .map_or_else(String::new, |now| now.to_string()),
        );
    command
}

/// When entries end that never do, in the index: the end of the year 9999.
const NEVER_S: u64 = 253_402_300_799;

/// Notes of entries that have ended are removed from the index of a bucket with one store in so many: 10 to 15 % of all
/// notes are such ones then, and it costs next to nothing.
const TRIMS_ONE_IN: u8 = 16;

fn add_entry(
    command: &mut Cmd,
    key: &EntryKey,
    sealed: &[u8],
    life: Option<Duration>,
    fence: Fence,
    telling: &Telling,
) {
    let token = fence.token().map(Token::to_bytes);
    command
        .arg(token.as_ref().map_or(&[][..], |token| &token[..]))
        .arg(sealed)
        .arg(life_argument(life))
        .arg(telling.waking.command())
        .arg(wake_channel(key))
        .arg(&telling.channel)
        .arg(&telling.message);
}

pub(super) fn remove(key: &EntryKey, telling: &Telling) -> Cmd {
    let mut command = eval(REMOVE, &[key.as_str(), &lease(key), &key.index()]);
    command
        .arg(telling.waking.command())
        .arg(wake_channel(key))
        .arg(&telling.channel)
        .arg(&telling.message)
        .arg(&key.arguments());
    command
}

pub(super) fn renew(key: &EntryKey, token: Token, life: Duration) -> Cmd {
    let mut command = eval(RENEW, &[&lease(key)]);
    command.arg(&token.to_bytes()).arg(milliseconds(life));
    command
}

pub(super) fn release(key: &EntryKey, token: Token, waking: Waking) -> Cmd {
    let mut command = eval(RELEASE, &[&lease(key)]);
    command
        .arg(&token.to_bytes())
        .arg(waking.command())
        .arg(wake_channel(key));
    command
}

pub(super) fn renew_tag(
    tag: &TagKey,
    version: Option<TagVersion>,
    life: Option<Duration>,
    telling: &Telling,
) -> Cmd {
    let version = version.map(TagVersion::to_bytes);
    let mut command = eval(RENEW_TAG, &[tag.as_str()]);
    command
        .arg(version.as_ref().map_or(&[][..], |version| &version[..]))
        .arg(life_argument(life))
        .arg(&telling.channel)
        .arg(&telling.message);
    command
}

/// How long the version of a tag is kept that must be known for `life`: so much longer that it needs to be prolonged
/// once a minute at most, however many entries are stored.
pub(super) fn kept(life: Option<Duration>) -> Option<Duration> {
    Some(life?.saturating_add(life?.max(SELDOM)))
}

const SELDOM: Duration = Duration::from_secs(60);

/// The channel on which the end of an entry's lease is told.
pub(super) fn wake_channel(key: &EntryKey) -> String {
    [key.as_str(), ":D"].concat()
}

/// The name of an entry's lease.
fn lease(key: &EntryKey) -> String {
    [key.as_str(), ":L"].concat()
}

pub(super) fn eval(script: &str, keys: &[&str]) -> Cmd {
    eval_with_room(script, keys, 0)
}

/// As [`eval`], with room for so many bytes of arguments besides the usual ones: a miss sends two scripts, and a
/// command that grows by doubling copies them again and again.
fn eval_with_room(script: &str, keys: &[&str], bytes: usize) -> Cmd {
    let in_keys = keys.iter().map(|key| key.len()).sum::<usize>();
    let bytes = script.len() + in_keys + USUAL_BYTES + bytes;
    let mut command = Cmd::with_capacity(USUAL_ARGUMENTS + keys.len(), bytes);
    command.arg("EVAL").arg(script).arg(keys.len());
    for key in keys {
        command.arg(key);
    }
    command
}

/// Of a command with a script and what is said besides its keys: two names of channels are the most of it.
const USUAL_ARGUMENTS: usize = 16;
const USUAL_BYTES: usize = 384;

/// In milliseconds; nothing for ever.
fn life_argument(life: Option<Duration>) -> String {
    let life = life.filter(|life| !endless(*life));
    life.map_or_else(String::new, |life| milliseconds(life).to_string())
}
