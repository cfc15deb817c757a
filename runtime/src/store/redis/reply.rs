//! What the server's replies mean, and its errors in our words.

use std::io;

use redis::{ErrorKind, RedisError, ServerError, Value};

use crate::store::{StoreError, StoreErrorKind};

/// The reply to `GET`.
pub(super) fn bytes(reply: Value) -> Result<Option<Vec<u8>>, StoreError> {
    match reply {
        Value::BulkString(bytes) => Ok(Some(bytes)),
        Value::Nil => Ok(None),
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

/// The reply to `UNLINK`: how many there were.
pub(super) fn count(reply: Value) -> Result<(), StoreError> {
    match reply {
        Value::Int(_) => Ok(()),
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
    // Only the code: the rest may quote arguments.
    StoreError::new(kind_of_code(error.code())).with_detail(error.code())
}

fn protocol(detail: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Protocol).with_detail(detail)
}

/// The first word of an error reply.
fn kind_of_code(code: &str) -> StoreErrorKind {
    match code {
        "WRONGTYPE" => StoreErrorKind::WrongType,
        // MISCONF: the server can't save to its disk and refuses writes until it can.
        "OOM" | "MISCONF" => StoreErrorKind::Full,
        "READONLY" | "NOAUTH" | "WRONGPASS" | "NOPERM" | "DENIED" => StoreErrorKind::Denied,
        "LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN" | "NOREPLICAS" => {
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
