//! The account of instances and versions in Redis.
//!
//! ```text
//! ns:b:{ns}:i         instances: sorted set; instance and build, by when it ends (server's time, ms)
//! ns:b:{ns}:e         editions that have entries: hash; edition to "dead-since path", 0 for a living one; and a number that
//!                     another hash of this name would not have, if this one were evicted
//! ns:b:{ns}:p         whose turn it is to purge
//! ns:b:{ns}:t:BUILD   the table of a build
//! ns:{f.v.bbb}:i      index of a bucket: sorted set; raw argument digest, by when the entry ends (s)
//! ```
//! `ns` is the control namespace, but for the last one. All of the first kind lie in one slot of a cluster, and nothing
//! here depends on how many other keys the server has.

use std::ops::Range;
use std::time::Duration;

use redis::{Cmd, Pipeline, Value, cmd};

use super::cluster::Keyed;
use super::command::{self, Request, milliseconds};
use super::operation::{Operation, Scattered};
use super::script::eval;
use super::{Redis, reply};
use crate::store::{
    Attended, Build, Edition, Listed, Living, Origin, Presence, PurgeStep, Revision, Roster,
    StoreError,
};

/// Notes that an instance lives on, lets what is known live on with it, and takes or keeps the turn.
///
/// Answers a sum, 1 where the table of the build is kept and 2 where it has the turn; and the number of the list of
/// editions, if there is one and the instance was known.
const ATTEND: &str = "\
local member, ends, kept, instance, turn, keeps = unpack(ARGV)
local was_known = redis.call('ZADD', KEYS[1], ends, member) == 0
redis.call('PEXPIRE', KEYS[1], kept)
local answer = redis.call('PEXPIRE', KEYS[4], kept)
redis.call('PEXPIRE', KEYS[3], kept)
if redis.call('SET', KEYS[2], instance, 'NX', 'PX', turn) then
  answer = answer + 2
elseif keeps ~= '' and redis.call('GET', KEYS[2]) == instance then
  redis.call('PEXPIRE', KEYS[2], turn)
  answer = answer + 2
end
return {answer, was_known and redis.call('HGET', KEYS[3], '')}";

/// Replaces what is said of an edition, or removes it, if it is still what was read.
const REVISE: &str = "\
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if ARGV[3] == '' then return redis.call('HDEL', KEYS[1], ARGV[1]) end
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])";

/// Removes entries, then the notes of them from the index: what is interrupted is found again.
const REAP: &str = "\
redis.call('UNLINK', unpack(KEYS, 2))
return redis.call('ZREM', KEYS[1], unpack(ARGV))";

/// How many buckets a step of a purge looks at, and how many entries of each. 128 at most: an entry takes 2 to 6 µs of the
/// server's time, so that 500 would hold others up for milliseconds.
const BUCKETS_AT_ONCE: u16 = 8;
const ENTRIES_AT_ONCE: usize = 16;

impl Roster for Redis {
    fn attend(&self, control: &str, presence: &Presence) -> Result<Attended, StoreError> {
        self.ask_blocking(Operation {
            key: &name(control, "i"),
            request: |now_ms| attend(control, presence, now_ms).into(),
            answer: |reply, _| {
                let mut parts = reply::array(reply, 2)?;
                let list = reply::bytes(parts.swap_remove(1))?;
                let answer = reply::count(parts.swap_remove(0))?;
                let number = |bytes: Vec<u8>| bytes.try_into().ok().map(u64::from_be_bytes);
                Ok(Attended {
                    knows_build: answer & 1 != 0,
                    list: list.and_then(number),
                    has_turn: answer & 2 != 0,
                })
            },
        })
    }

    fn enroll(
        &self,
        control: &str,
        build: Build,
        table: &[u8],
        kept: Duration,
    ) -> Result<(), StoreError> {
        let key = table_name(control, build);
        self.ask_blocking(Operation {
            key: &key,
            request: |_| command::set(&key, table, Some(kept)).into(),
            answer: |reply, _| reply::done(reply),
        })
    }

    fn list(&self, control: &str, editions: &[(Edition, &str)]) -> Result<(), StoreError> {
        if editions.is_empty() {
            return Ok(());
        }
        let list = name(control, "e");
        let mut commands = Pipeline::with_capacity(2);
        // The number is made with the list, and stays: nobody's edition is called nothing.
        let number = crate::random::origin().0.to_be_bytes();
        commands.cmd("HSETNX").arg(&list).arg("").arg(&number);
        commands.cmd("HSET").arg(&list);
        for (edition, path) in editions {
            commands.arg(edition.to_string()).arg(said(path, None));
        }
        self.ask_blocking(Operation {
            key: &list,
            request: |_| Request::Several(commands),
            answer: |reply, _| {
                let replies = reply::array(reply, 2)?.into_iter();
                replies
                    .map(reply::count)
                    .try_for_each(|count| count.map(drop))
            },
        })
    }

    fn living(&self, control: &str) -> Result<Living, StoreError> {
        let instances = name(control, "i");
        self.ask_blocking(Operation {
            key: &instances,
            request: |now_ms| {
                let mut commands = Pipeline::with_capacity(2);
                // Removed and not only passed over, so that an instance that was taken for dead is told so.
                commands
                    .cmd("ZREMRANGEBYSCORE")
                    .arg(&instances)
                    .arg("-inf")
                    .arg(now_ms);
                commands.cmd("ZRANGE").arg(&instances).arg(0).arg(-1);
                Request::Several(commands)
            },
            answer: |reply, now_ms| {
                let members = reply::array(reply, 2)?.swap_remove(1);
                let members = reply::texts(members)?;
                let mut builds: Vec<Build> = members.iter().filter_map(|at| build_of(at)).collect();
                builds.sort_unstable();
                builds.dedup();
                Ok(Living { now_ms, builds })
            },
        })
    }

    fn table(&self, control: &str, build: Build) -> Result<Option<Vec<u8>>, StoreError> {
        let key = table_name(control, build);
        self.ask_blocking(Operation {
            key: &key,
            request: |_| command::get(&key).into(),
            answer: |reply, _| reply::bytes(reply),
        })
    }

    fn listed(&self, control: &str) -> Result<Vec<Listed>, StoreError> {
        let list = name(control, "e");
        let mut command = cmd("HGETALL");
        command.arg(&list);
        self.ask_blocking(Operation {
            key: &list,
            request: |_| command.into(),
            answer: |reply, _| {
                let texts = reply::texts(reply)?;
                // What is not ours is nobody's to purge.
                Ok(texts.chunks_exact(2).filter_map(listed).collect())
            },
        })
    }

    fn revise(&self, control: &str, revisions: &[(Listed, Revision)]) -> Result<(), StoreError> {
        let editions = name(control, "e");
        for revisions in revisions.chunks(REVISIONS_AT_ONCE) {
            let mut commands = Pipeline::with_capacity(revisions.len());
            for (listed, revision) in revisions {
                commands.add_command(revise(&editions, listed, *revision));
            }
            self.ask_blocking(Operation {
                key: &editions,
                request: |_| Request::Several(commands),
                answer: |reply, _| {
                    let replies = reply::array(reply, revisions.len())?;
                    replies
                        .into_iter()
                        .try_for_each(|reply| reply::count(reply).map(drop))
                },
            })?;
        }
        Ok(())
    }

    fn purge(&self, edition: &Edition, from: u16) -> Result<PurgeStep, StoreError> {
        let end = from.saturating_add(BUCKETS_AT_ONCE).min(Edition::BUCKETS);
        let buckets = self.noted(edition, from..end)?;
        let removed = self.reap(edition, &buckets)?;
        // A bucket that may have more entries is looked at again.
        let again = buckets
            .iter()
            .find(|(_, members)| members.len() == ENTRIES_AT_ONCE);
        let next = again.map_or(end, |(bucket, _)| *bucket);
        Ok(PurgeStep {
            removed,
            next: (next < Edition::BUCKETS).then_some(next),
        })
    }
}

/// Buckets, each with the members of its index.
type Noted = Vec<(u16, Vec<Vec<u8>>)>;

impl Redis {
    /// What the indexes of some buckets hold, as far as it is to be removed at once.
    fn noted(&self, edition: &Edition, buckets: Range<u16>) -> Result<Noted, StoreError> {
        let commands = buckets.clone().map(|bucket| {
            let index = edition.index(bucket);
            let mut command = cmd("ZRANGE");
            command.arg(&index).arg(0).arg(ENTRIES_AT_ONCE - 1);
            Keyed {
                key: index,
                command,
            }
        });
        self.ask_buckets(commands.collect(), |replies| {
            let noted = buckets
                .zip(replies)
                .map(|(bucket, reply)| Ok((bucket, reply::texts(reply)?)));
            noted.collect()
        })
    }

    fn reap(&self, edition: &Edition, buckets: &Noted) -> Result<u64, StoreError> {
        let commands: Vec<Keyed> = buckets
            .iter()
            .filter(|(_, members)| !members.is_empty())
            .map(|(bucket, members)| Keyed {
                key: edition.index(*bucket),
                command: reap(edition, *bucket, members),
            })
            .collect();
        if commands.is_empty() {
            return Ok(0);
        }
        self.ask_buckets(commands, |replies| {
            replies.into_iter().try_fold(0, |sum, reply| {
                let removed = u64::try_from(reply::count(reply)?).unwrap_or(0);
                Ok(sum + removed)
            })
        })
    }

    /// Sends a command for each of some buckets, which lie apart in a cluster.
    fn ask_buckets<T>(
        &self,
        commands: Vec<Keyed>,
        answer: impl FnOnce(Vec<Value>) -> Result<T, StoreError> + Send,
    ) -> Result<T, StoreError> {
        let count = commands.len();
        let answer = move |reply, _| answer(reply::array(reply, count)?);
        if let Some(cluster) = self.topology.cluster() {
            let scattered = Scattered {
                commands,
                last: None,
                answer,
            };
            return self.ask_each_blocking(cluster, scattered);
        }
        let mut pipeline = Pipeline::with_capacity(count);
        for keyed in commands {
            pipeline.add_command(keyed.command);
        }
        self.ask_blocking(Operation {
            key: "",
            request: |_| Request::Several(pipeline),
            answer,
        })
    }
}

/// What the server's settings will lead to, if nothing good: read from `INFO`, which an account may be denied.
pub(super) fn advice(redis: &Redis) -> Option<String> {
    let mut command = cmd("INFO");
    command.arg("memory");
    let info = redis.ask_blocking(Operation {
        // Of a cluster, any node: they are set up alike.
        key: "",
        request: |_| command.into(),
        answer: |reply, _| reply::text(reply),
    });
    advice_on(&info.ok()?)
}

fn advice_on(info: &str) -> Option<String> {
    let value = |field: &str| {
        info.lines()
            .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))
            .map(str::trim)
    };
    let advice = match (value("maxmemory")?, value("maxmemory_policy")?) {
        ("0", _) => {
            "the server's memory has no bound (`maxmemory` is 0): set one, and a `maxmemory-policy` such as \
             `allkeys-lru`"
        }
        (_, "noeviction") => {
            "the server refuses to store anything once its memory is full (`maxmemory-policy` is `noeviction`): set \
             another, such as `allkeys-lru`"
        }
        _ => return None,
    };
    Some(advice.to_owned())
}

fn attend(control: &str, presence: &Presence, now_ms: u64) -> Cmd {
    let keys = [
        name(control, "i"),
        name(control, "p"),
        name(control, "e"),
        table_name(control, presence.build),
    ];
    let mut command = eval(ATTEND, &keys.each_ref().map(String::as_str));
    let instance = presence.instance.0.to_be_bytes();
    command
        .arg([&instance[..], &presence.build.to_bytes()].concat())
        .arg(now_ms.saturating_add(milliseconds(presence.life)))
        .arg(milliseconds(presence.kept))
        .arg(&instance)
        .arg(milliseconds(presence.turn))
        .arg(if presence.keeps_turn { "1" } else { "" });
    command
}

/// The build of a member of the instances.
fn build_of(member: &[u8]) -> Option<Build> {
    let (_, build) = member.split_at_checked(size_of::<Origin>())?;
    Build::read(build)
}

fn revise(editions: &str, listed: &Listed, revision: Revision) -> Cmd {
    let mut command = eval(REVISE, &[editions]);
    command
        .arg(listed.edition.to_string())
        .arg(said(&listed.path, listed.dead_since_ms));
    match revision {
        Revision::Live => command.arg(said(&listed.path, None)),
        Revision::DeadSince(ms) => command.arg(said(&listed.path, Some(ms))),
        Revision::Gone => command.arg(""),
    };
    command
}

/// Notes that are no digests of arguments are nobody's; there is no entry to remove with them.
fn reap(edition: &Edition, bucket: u16, members: &[Vec<u8>]) -> Cmd {
    let digests = members
        .iter()
        .filter_map(|member| <[u8; 16]>::try_from(member.as_slice()).ok());
    let entries: Vec<_> = digests.map(|digest| edition.entry(digest)).collect();
    let index = edition.index(bucket);
    if entries.is_empty() {
        let mut command = cmd("ZREM");
        command.arg(index).arg(members);
        return command;
    }
    let keys: Vec<&str> = std::iter::once(index.as_str())
        .chain(entries.iter().map(crate::key::EntryKey::as_str))
        .collect();
    let mut command = eval(REAP, &keys);
    command.arg(members);
    command
}

/// What the account says of an edition: since when it is dead, and the path of its function.
fn said(path: &str, dead_since_ms: Option<u64>) -> String {
    format!("{} {path}", dead_since_ms.unwrap_or(0))
}

fn listed(pair: &[Vec<u8>]) -> Option<Listed> {
    let [edition, said] = pair else {
        return None;
    };
    let (since, path) = std::str::from_utf8(said).ok()?.split_once(' ')?;
    let since: u64 = since.parse().ok()?;
    Some(Listed {
        edition: Edition::read(std::str::from_utf8(edition).ok()?)?,
        path: path.to_owned(),
        dead_since_ms: (since > 0).then_some(since),
    })
}

/// One of the records of a namespace.
fn name(control: &str, record: &str) -> String {
    format!("{control}:b:{{{control}}}:{record}")
}

fn table_name(control: &str, build: Build) -> String {
    format!("{control}:b:{{{control}}}:t:{build}")
}

const REVISIONS_AT_ONCE: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_is_given_where_a_full_server_would_surprise() {
        let info = |max: &str, policy: &str| {
            format!(
                "# Memory\r\nused_memory:1\r\nmaxmemory:{max}\r\nmaxmemory_human:0B\r\nmaxmemory_policy:{policy}\r\n"
            )
        };
        let advice = |max, policy| advice_on(&info(max, policy));

        assert!(advice("0", "allkeys-lru").is_some_and(|advice| advice.contains("no bound")));
        assert!(advice("1000", "noeviction").is_some_and(|advice| advice.contains("refuses")));
        assert_eq!(advice("1000", "volatile-ttl"), None);
        assert_eq!(advice_on("# Memory\r\n"), None);
    }

    #[test]
    fn what_is_listed_is_read_as_it_was_said() {
        let edition = Edition::of(&crate::store::conformance::key("app", 1));
        for since in [None, Some(17)] {
            let pair = [edition.to_string().into(), said("app::f", since).into()];
            let read = listed(&pair).expect("it is one");
            assert_eq!(
                (read.edition, read.path.as_str()),
                (edition.clone(), "app::f")
            );
            assert_eq!(read.dead_since_ms, since);
        }
        assert_eq!(listed(&[b"app".to_vec(), b"0 app::f".to_vec()]), None);
    }
}
