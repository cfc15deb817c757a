//! `SELFSAME_URL` and [`CacheBuilder::url`](crate::CacheBuilder::url): from text to an open store.
//!
//! Opening does no I/O: a store that is down now may be up at the first call. No message repeats the URL, which may
//! hold a password.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::store::Store;
use crate::store::memory::Memory;
#[cfg(feature = "redis")]
use crate::store::redis::Redis;
#[cfg(feature = "tls")]
use crate::store::redis::Tls;
#[cfg(feature = "sqlite")]
use crate::store::sqlite::Sqlite;

/// What a URL says, before anything is opened.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum StoreUrl {
    Memory,
    Sqlite(PathBuf),
    /// The whole URL, for the client to read; only its scheme is known to be one of ours.
    Redis(String),
    /// The same, over TLS.
    RedisTls(String),
}

/// What a store needs beside its URL.
#[derive(Debug)]
pub(crate) struct Surroundings {
    pub(crate) clock: Arc<dyn Clock>,
    /// How many bytes of entries `memory:` keeps.
    pub(crate) memory_bytes: u64,
    /// How large the file of `sqlite:` may become.
    #[cfg(feature = "sqlite")]
    pub(crate) sqlite_bytes: u64,
    /// How long a caller waits for the store.
    #[cfg_attr(
        not(any(feature = "redis", feature = "sqlite")),
        expect(dead_code, reason = "memory is not waited for")
    )]
    pub(crate) deadline: Duration,
    /// Whom to trust over TLS and as whom to come, if somebody said.
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Tls>,
}

impl StoreUrl {
    /// Reads a URL.
    pub(crate) fn parse(url: &str) -> Result<Self, Error> {
        let (scheme, rest) = url.split_once(':').ok_or(ErrorKind::UnknownScheme(None))?;
        match scheme {
            "memory" if rest.is_empty() => Ok(Self::Memory),
            "memory" => Err(ErrorKind::InvalidUrl("nothing may follow `memory:`").into()),
            "sqlite" => sqlite(rest),
            "redis" | "redis+unix" | "redis+sentinel" | "redis+cluster" => {
                redis(url, rest).map(Self::Redis)
            }
            "rediss" | "rediss+sentinel" | "rediss+cluster" => redis(url, rest).map(Self::RedisTls),
            _ => Err(ErrorKind::UnknownScheme(printable(scheme)).into()),
        }
    }

    /// Opens the store, without touching a file or a socket.
    pub(crate) fn open(self, surroundings: &Surroundings) -> Result<Arc<dyn Store>, Error> {
        match self {
            Self::Memory => Ok(Arc::new(Memory::new(
                surroundings.memory_bytes,
                Arc::clone(&surroundings.clock),
            ))),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(path) => {
                let clock = Arc::clone(&surroundings.clock);
                let store = Sqlite::with_deadline(&path, clock, surroundings.deadline);
                Ok(Arc::new(store.max_bytes(surroundings.sqlite_bytes)))
            }
            #[cfg(not(feature = "sqlite"))]
            Self::Sqlite(_) => Err(ErrorKind::FeatureMissing("sqlite").into()),
            #[cfg(feature = "redis")]
            Self::Redis(url) => {
                #[cfg(feature = "tls")]
                if surroundings.tls.is_some() {
                    return Err(ErrorKind::InvalidTls(Tls::UNUSED.into()).into());
                }
                Ok(Arc::new(Redis::with_deadline(&url, surroundings.deadline)?))
            }
            #[cfg(not(feature = "redis"))]
            Self::Redis(_) => Err(ErrorKind::FeatureMissing("redis").into()),
            #[cfg(feature = "tls")]
            Self::RedisTls(url) => {
                let default = Tls::new();
                let tls = surroundings.tls.as_ref().unwrap_or(&default);
                tls.check().map_err(ErrorKind::InvalidTls)?;
                Ok(Arc::new(Redis::with_tls(&url, surroundings.deadline, tls)?))
            }
            #[cfg(not(feature = "tls"))]
            Self::RedisTls(_) => Err(ErrorKind::FeatureMissing("tls").into()),
        }
    }
}

/// Never the URL of a server: it may hold a password.
impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory:"),
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Redis(_) => f.write_str("redis://…"),
            Self::RedisTls(_) => f.write_str("rediss://…"),
        }
    }
}

fn sqlite(rest: &str) -> Result<StoreUrl, Error> {
    // `sqlite:///var/x.db` and `sqlite://x.db` are spelt like this elsewhere, and can mean nothing else.
    let path = rest.strip_prefix("//").unwrap_or(rest);
    match path {
        "" => Err(ErrorKind::InvalidUrl("`sqlite:` needs the path of a file").into()),
        // Each connection would get a database of its own.
        ":memory:" => {
            Err(ErrorKind::InvalidUrl("use `memory:` for a store in this process").into())
        }
        path => Ok(StoreUrl::Sqlite(path.into())),
    }
}

fn redis(url: &str, rest: &str) -> Result<String, Error> {
    match rest.strip_prefix("//") {
        None => Err(ErrorKind::InvalidUrl("`//` must follow the scheme").into()),
        Some("") => Err(ErrorKind::InvalidUrl("it names no server").into()),
        Some(_) => Ok(url.to_owned()),
    }
}

/// A scheme, if it looks like one: in `user@host:password` the text before the colon is no one's business.
fn printable(scheme: &str) -> Option<String> {
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte);
    let plausible = !scheme.is_empty() && scheme.len() <= 32 && scheme.bytes().all(is_scheme);
    plausible.then(|| scheme.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn kind(url: &str) -> ErrorKind {
        StoreUrl::parse(url).unwrap_err().kind().clone()
    }

    #[test]
    fn every_known_form_is_read() {
        let parse = |url| StoreUrl::parse(url).unwrap();

        assert_eq!(parse("memory:"), StoreUrl::Memory);
        assert_eq!(parse("sqlite:a/b.db"), StoreUrl::Sqlite("a/b.db".into()));
        assert_eq!(
            parse("sqlite:///a/b.db"),
            StoreUrl::Sqlite("/a/b.db".into())
        );
        assert_eq!(
            parse("sqlite:C:\\b.db"),
            StoreUrl::Sqlite("C:\\b.db".into())
        );
        for url in [
            "redis://h:1/2",
            "redis+unix:///run/redis.sock",
            "redis+sentinel://a,b:1/main",
            "redis+cluster://a,b:1",
        ] {
            assert_eq!(parse(url), StoreUrl::Redis(url.into()));
        }
        assert_eq!(parse("rediss://h"), StoreUrl::RedisTls("rediss://h".into()));
    }

    #[test]
    fn what_makes_no_sense_is_an_error_of_its_kind() {
        assert_eq!(kind(""), ErrorKind::UnknownScheme(None));
        assert_eq!(kind("localhost"), ErrorKind::UnknownScheme(None));
        assert_eq!(
            kind("mysql://h"),
            ErrorKind::UnknownScheme(Some("mysql".into()))
        );
        for url in [
            "memory:x",
            "sqlite:",
            "sqlite://",
            "sqlite::memory:",
            "redis:h",
            "redis://",
        ] {
            assert!(matches!(kind(url), ErrorKind::InvalidUrl(_)), "{url}");
        }
    }

    #[test]
    fn no_message_repeats_a_password() {
        for url in [
            "user@host/sesame:sesame",
            "http://me:sesame@host",
            "redis:me:sesame@host",
        ] {
            let error = StoreUrl::parse(url).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("sesame"), "{error}");
        }
        let url = StoreUrl::parse("redis://me:sesame@host").unwrap();
        assert!(!format!("{url:?}").contains("sesame"));
    }

    #[test]
    fn memory_opens_without_any_feature() {
        let surroundings = Surroundings {
            clock: Arc::new(ManualClock::new()),
            memory_bytes: 1 << 20,
            #[cfg(feature = "sqlite")]
            sqlite_bytes: 1 << 20,
            deadline: crate::store::DEADLINE,
            #[cfg(feature = "tls")]
            tls: None,
        };

        assert!(StoreUrl::Memory.open(&surroundings).is_ok());
    }
}
