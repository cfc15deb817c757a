//! What the server's replies mean, and its errors in our words.

use std::io;
use std::time::Duration;

use redis::{ErrorKind, RedisError, ServerError, Value};

use crate::store::{Found, Grant, Looked, StoreError, StoreErrorKind, TagVersion, Token};

/// The reply to `GET`, or to `MGET` of an entry and its tags.
pub(super) fn looked(reply: Value, tags: usize, now_ms: u64) -> Result<Looked, StoreError> {
    let found = |bytes: Option<Vec<u8>>| bytes.map(|bytes| Found::new(bytes, now_ms));
    if tags == 0 {
        return Ok(Looked::new(found(bytes(reply)?), Vec::new()));
    }
    let mut values = array(reply, tags + 1)?.into_iter().map(text_or_nil);
    let entry = values.next().map_or(Ok(None), bytes)?;
    let versions = values.map(|value| Ok(bytes(value)?.and_then(|bytes| TagVersion::read(&bytes))));
    Ok(Looked::new(
        found(entry),
        versions.collect::<Result<_, StoreError>>()?,
    ))
}

/// Among several keys, one that holds another type counts as empty: `MGET` says so itself.
fn text_or_nil(value: Value) -> Value {
    match value {
        Value::ServerError(error) if error.code() == "WRONGTYPE" => Value::Nil,
        value => value,
    }
}

/// The reply to a claim.
pub(super) fn grant(reply: Value, now_ms: u64) -> Result<Grant, StoreError> {
    let mut parts = array(reply, 2)?;
    match (parts.swap_remove(0), parts.swap_remove(0)) {
        (Value::Int(1), Value::BulkString(bytes)) => Ok(Grant::Stored(Found::new(bytes, now_ms))),
        (Value::Int(2), Value::BulkString(bytes)) => Token::read(&bytes)
            .map(Grant::Leased)
            .ok_or_else(|| protocol("what holds the lease is no token")),
        (Value::Int(3), Value::Int(ms)) => Ok(Grant::Busy {
            left: Duration::from_millis(u64::try_from(ms).unwrap_or(1)),
        }),
        _ => Err(protocol("no answer to a claim")),
    }
}

/// The reply to the request for a tag's version.
pub(super) fn version(reply: Value) -> Result<TagVersion, StoreError> {
    bytes(reply)?
        .and_then(|bytes| TagVersion::read(&bytes))
        .ok_or_else(|| protocol("no version of a tag"))
}

/// The reply to several commands sent at once, or an array of another kind: `length` values.
pub(super) fn array(reply: Value, length: usize) -> Result<Vec<Value>, StoreError> {
    match reply {
        Value::Array(values) if values.len() == length => Ok(values),
        other => Err(unexpected(other)),
    }
}

/// The reply to `GET`.
pub(super) fn bytes(reply: Value) -> Result<Option<Vec<u8>>, StoreError> {
    match reply {
        Value::BulkString(bytes) => Ok(Some(bytes)),
        Value::Nil => Ok(None),
        other => Err(unexpected(other)),
    }
}

/// The reply to `ZRANGE`, and to `HGETALL`: names and values in turn.
pub(super) fn texts(reply: Value) -> Result<Vec<Vec<u8>>, StoreError> {
    let text = |value| match value {
        Value::BulkString(bytes) => Ok(bytes),
        other => Err(unexpected(other)),
    };
    match reply {
        Value::Array(values) => values.into_iter().map(text).collect(),
        Value::Map(pairs) => pairs
            .into_iter()
            .flat_map(|(name, value)| [name, value])
            .map(text)
            .collect(),
        other => Err(unexpected(other)),
    }
}

/// The reply to `INFO`.
pub(super) fn text(reply: Value) -> Result<String, StoreError> {
    match reply {
        Value::BulkString(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Value::VerbatimString { text, .. } => Ok(text),
        other => Err(unexpected(other)),
    }
}

/// The reply to `SET`, `AUTH` and `SELECT`.
pub(super) fn done(reply: Value) -> Result<(), StoreError> {
    match reply {
        Value::Okay => Ok(()),
        other => Err(unexpected(other)),
    }
}

/// The reply to `SET`, or to a script that does that and more.
pub(super) fn renewed(reply: Value) -> Result<(), StoreError> {
    match reply {
        Value::Int(_) => Ok(()),
        other => done(other),
    }
}

/// The reply to `UNLINK` and `TOUCH`: how many there were. Of a script: whether it did anything.
pub(super) fn count(reply: Value) -> Result<i64, StoreError> {
    match reply {
        Value::Int(count) => Ok(count),
        other => Err(unexpected(other)),
    }
}

/// The reply to `PING`.
pub(super) fn pong(reply: Value) -> Result<(), StoreError> {
    match reply {
        Value::SimpleString(text) if text == "PONG" => Ok(()),
        other => Err(unexpected(other)),
    }
}

/// The reply to `TIME`: seconds and microseconds since the Unix epoch.
pub(super) fn unix_ms(reply: Value) -> Result<u64, StoreError> {
    let Value::Array(parts) = &reply else {
        return Err(unexpected(reply));
    };
    let number = |part: &Value| match part {
        Value::BulkString(digits) => std::str::from_utf8(digits).ok()?.parse::<u64>().ok(),
        _ => None,
    };
    let ms = match parts.as_slice() {
        [seconds, micros] => number(seconds).zip(number(micros)).and_then(|(s, us)| {
            let ms = s.checked_mul(1_000)?.checked_add(us / 1_000)?;
            // Beyond 63 bits it is no time, and offsets to it would overflow.
            i64::try_from(ms).is_ok().then_some(ms)
        }),
        _ => None,
    };
    ms.ok_or_else(|| protocol("no time in the reply to TIME"))
}

/// An error of the client library: of the connection, or what the server answered while it was set up.
pub(super) fn failure(error: &RedisError) -> StoreError {
    #[cfg(feature = "tls")]
    if let Some(failure) = refused_in_tls(error) {
        return failure;
    }
    let kind = match error.kind() {
        _ if error.is_timeout() => StoreErrorKind::Timeout,
        ErrorKind::Io => StoreErrorKind::Unavailable,
        ErrorKind::Parse | ErrorKind::UnexpectedReturnType => StoreErrorKind::Protocol,
        ErrorKind::AuthenticationFailed => StoreErrorKind::Denied,
        _ => error
            .code()
            .map_or(StoreErrorKind::Unavailable, kind_of_code),
    };
    // The library's text is left out: for a broken reply it quotes the bytes, which may be a value.
    match error.code() {
        Some(code) => StoreError::new(kind).with_detail(code),
        None => kind.into(),
    }
}

#[cfg(feature = "tls")]
type SharedError = std::sync::Arc<dyn std::error::Error + Send + Sync>;

/// A server that does not like our certificate says so when the connection seems to be there already.
#[cfg(feature = "tls")]
fn refused_in_tls(error: &RedisError) -> Option<StoreError> {
    // The library keeps the socket's error behind an `Arc`, which is an error of its own.
    let shared = std::error::Error::source(error)?.downcast_ref::<SharedError>()?;
    super::tls::failure(shared.downcast_ref()?)
}

/// An error of a socket.
pub(super) fn io_failure(error: &io::Error) -> StoreError {
    #[cfg(feature = "tls")]
    if let Some(failure) = super::tls::failure(error) {
        return failure;
    }
    let kind = match error.kind() {
        // A socket with a time-out reports it as one or the other, depending on the system.
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => StoreErrorKind::Timeout,
        io::ErrorKind::PermissionDenied => StoreErrorKind::Denied,
        _ => StoreErrorKind::Unavailable,
    };
    StoreError::new(kind).with_detail(error.kind().to_string())
}

fn unexpected(reply: Value) -> StoreError {
    match reply {
        Value::ServerError(error) => server_failure(&error),
        _ => protocol("a reply of another type than the command has"),
    }
}

fn server_failure(error: &ServerError) -> StoreError {
    let code = code_in_script(error).unwrap_or_else(|| error.code());
    // Only the code: the rest may quote arguments.
    StoreError::new(kind_of_code(code)).with_detail(code)
}

/// The code of what went wrong inside a script. Servers before version 7 report it as an `ERR` of their own, with the
/// original somewhere behind it; a missing right all report in words.
fn code_in_script(error: &ServerError) -> Option<&str> {
    let details = error.details().filter(|_| error.code() == "ERR")?;
    let original = details.strip_prefix("Error running script");
    if original.unwrap_or(details).contains(MISSING_RIGHT) {
        return Some("NOPERM");
    }
    let mut words = original?
        .split_ascii_whitespace()
        .map(|word| word.trim_start_matches('-'));
    words.find(|word| kind_of_code(word) != StoreErrorKind::Refused)
}

const MISSING_RIGHT: &str = "The user executing the script can't";

fn protocol(detail: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Protocol).with_detail(detail)
}

/// The first word of an error reply.
pub(super) fn kind_of_code(code: &str) -> StoreErrorKind {
    match code {
        "WRONGTYPE" => StoreErrorKind::WrongType,
        // MISCONF: the server can't save to its disk and refuses writes until it can.
        "OOM" | "MISCONF" => StoreErrorKind::Full,
        "READONLY" | "NOAUTH" | "WRONGPASS" | "NOPERM" | "DENIED" => StoreErrorKind::Denied,
        "LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN" | "NOREPLICAS" | "MOVED" | "ASK" => {
            StoreErrorKind::Unavailable
        }
        // A script of somebody else's keeps the server busy.
        "BUSY" => StoreErrorKind::Busy,
        _ => StoreErrorKind::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Value {
        redis::parse_redis_value(text.as_bytes()).unwrap()
    }

    #[test]
    fn errors_of_the_server_keep_their_kind_and_nothing_but_their_code() {
        for (text, kind) in [
            (
                "-WRONGTYPE Operation against a key",
                StoreErrorKind::WrongType,
            ),
            ("-OOM command not allowed", StoreErrorKind::Full),
            ("-READONLY You can't write", StoreErrorKind::Denied),
            ("-LOADING Redis is loading", StoreErrorKind::Unavailable),
            ("-NOAUTH Authentication required.", StoreErrorKind::Denied),
            ("-ERR secret argument", StoreErrorKind::Refused),
            (
                "-OOM command not allowed. script: secret",
                StoreErrorKind::Full,
            ),
            (
                "-ERR The user executing the script can't run this command or subcommand script: secret",
                StoreErrorKind::Denied,
            ),
            (
                "-ERR Error running script (call to f_secret): @user_script:2: WRONGTYPE Operation against a key",
                StoreErrorKind::WrongType,
            ),
            (
                "-ERR Error running script (call to f_1): @user_script: 9: -OOM command not allowed",
                StoreErrorKind::Full,
            ),
            (
                "-ERR Error running script (call to f_1): @user_script:1: @user_script: 1: The user executing the script can't run this command or subcommand",
                StoreErrorKind::Denied,
            ),
            (
                "-ERR Error running script (call to f_1): @user_script:1: secret",
                StoreErrorKind::Refused,
            ),
            ("-", StoreErrorKind::Refused),
        ] {
            let error = bytes(parsed(&format!("{text}\r\n"))).unwrap_err();

            assert_eq!(error.kind(), kind, "{text}");
            assert!(!error.to_string().contains("secret"));
        }
    }

    #[test]
    fn replies_of_another_type_are_errors_of_protocol() {
        for text in ["+PONG", ":1", "*0", "*1\r\n$1\r\na", "(1", "#t", "%0", "~0"] {
            let error = bytes(parsed(&format!("{text}\r\n"))).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Protocol, "{text}");
        }
        assert!(done(parsed("+QUEUED\r\n")).is_err());
        assert!(count(parsed("+OK\r\n")).is_err());
    }
}
