//! The plain commands this store sends. Each is idempotent, so an unknown outcome (a lost reply) does no harm.

use std::time::Duration;

use redis::{Cmd, Pipeline, cmd};

use crate::store::TagKey;

/// What is sent at once: one command, or several, of which the replies come as one array.
#[derive(Debug)]
pub(super) enum Request {
    One(Cmd),
    Several(Pipeline),
}

impl From<Cmd> for Request {
    fn from(command: Cmd) -> Self {
        Self::One(command)
    }
}

/// A lifetime of this many milliseconds (about 285 years) or more is sent as none: the server adds the current time
/// to it and refuses what does not fit into 63 bits.
const ENDLESS_MS: u128 = 9_000_000_000_000;

pub(super) fn get(key: &str) -> Cmd {
    let mut command = Cmd::with_capacity(2, 3 + key.len());
    command.arg("GET").arg(key);
    command
}

pub(super) fn get_all(key: &str, tags: &[TagKey]) -> Cmd {
    let bytes = tags.iter().map(|tag| tag.as_str().len()).sum::<usize>();
    let mut command = Cmd::with_capacity(2 + tags.len(), 4 + key.len() + bytes);
    command.arg("MGET").arg(key);
    for tag in tags {
        command.arg(tag.as_str());
    }
    command
}

/// Without a lifetime the key stays until it is removed or evicted, even if one with a lifetime was there before.
pub(super) fn set(key: &str, bytes: &[u8], lifetime: Option<Duration>) -> Cmd {
    let mut command = Cmd::with_capacity(5, 32 + key.len() + bytes.len());
    command.arg("SET").arg(key).arg(bytes);
    if let Some(lifetime) = lifetime.filter(|lifetime| !endless(*lifetime)) {
        command.arg("PX").arg(milliseconds(lifetime));
    }
    command
}

/// Whether a lifetime is sent as none.
pub(super) const fn endless(lifetime: Duration) -> bool {
    lifetime.as_millis() >= ENDLESS_MS
}

/// A lifetime as the server takes it: never 0, which it refuses, nor more than it can add to its time.
pub(super) fn milliseconds(lifetime: Duration) -> u64 {
    let ms = lifetime.as_millis().clamp(1, ENDLESS_MS);
    u64::try_from(ms).unwrap_or(u64::MAX)
}

/// `UNLINK`, not `DEL`: the server frees a large value in the background. It is not refused when memory is full.
pub(super) fn unlink(key: &str) -> Cmd {
    let mut command = Cmd::with_capacity(2, 6 + key.len());
    command.arg("UNLINK").arg(key);
    command
}

pub(super) fn touch(tags: &[TagKey]) -> Cmd {
    let mut command = cmd("TOUCH");
    for tag in tags {
        command.arg(tag.as_str());
    }
    command
}

pub(super) fn ping() -> Cmd {
    cmd("PING")
}

pub(super) fn time() -> Cmd {
    cmd("TIME")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(command: &Cmd) -> String {
        String::from_utf8(command.get_packed_command()).unwrap()
    }

    #[test]
    fn a_lifetime_is_sent_in_milliseconds_and_never_as_zero() {
        let lifetime = |ms| packed(&set("k", b"v", Some(Duration::from_millis(ms))));

        assert!(lifetime(1_500).ends_with("$2\r\nPX\r\n$4\r\n1500\r\n"));
        assert!(lifetime(0).ends_with("$2\r\nPX\r\n$1\r\n1\r\n"));
    }

    #[test]
    fn for_ever_is_sent_without_a_lifetime() {
        for endless in [
            None,
            Some(Duration::MAX),
            Some(Duration::from_millis(u64::MAX)),
        ] {
            assert_eq!(
                packed(&set("k", b"v", endless)),
                "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n"
            );
        }
    }
}
