//! Where the server is and how to log in, from a URL.

use std::fmt;
#[cfg(feature = "tls")]
use std::sync::Arc;
use std::time::Duration;

use redis::{ConnectionAddr, IntoConnectionInfo, ProtocolVersion, RedisConnectionInfo};

#[cfg(feature = "tls")]
use super::tls::Trust;
use crate::store::{DEADLINE, StoreError, StoreErrorKind};

/// One server: address, credentials, database, and how long it is waited for.
#[derive(Clone)]
pub(super) struct Endpoint {
    pub(super) address: Address,
    pub(super) login: RedisConnectionInfo,
    /// Whom to trust, and as whom to come, where connections are secure.
    #[cfg(feature = "tls")]
    pub(super) trust: Arc<Trust>,
    /// How long a caller waits for an answer, the making of a connection included.
    pub(super) deadline: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    Tcp {
        host: String,
        port: u16,
        secure: bool,
    },
    /// A unix socket.
    #[cfg(unix)]
    Socket(std::path::PathBuf),
}

impl Endpoint {
    /// From `redis://[user][:password@]host[:port][/db]`, `rediss://…` or
    /// `redis+unix:///path[?db=1&user=…&pass=…]`.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        if url.contains('#') {
            // The client library would read `#insecure` as a wish not to check certificates.
            return Err(address_error(
                "a URL of a store has no `#` part; in a password write `%23`",
            ));
        }
        let secure = url.starts_with("rediss://");
        if secure && cfg!(not(feature = "tls")) {
            return Err(address_error(
                "`rediss://` needs the feature `tls` of `selfsame`",
            ));
        }
        // The library's own TLS is not compiled in, so it is shown the address without it.
        let plain = url.replacen("rediss://", "redis://", 1);
        // Its error is left out: it may quote the URL, which may hold a password.
        let info = plain.as_str().into_connection_info().map_err(|_| {
            address_error(
                "expected `redis://[user:password@]host[:port][/db]` or `redis+unix:///path`",
            )
        })?;
        Self::from_info(&info, secure)
    }

    /// How long connecting may take, in the background: socket, TLS, login, the server's time.
    pub(super) fn connect_deadline(&self) -> Duration {
        self.deadline * 2
    }

    /// Whether connections are encrypted.
    #[cfg(feature = "tls")]
    pub(super) const fn is_secure(&self) -> bool {
        matches!(self.address, Address::Tcp { secure: true, .. })
    }

    fn from_info(info: &redis::ConnectionInfo, secure: bool) -> Result<Self, StoreError> {
        let address = match info.addr() {
            ConnectionAddr::Tcp(host, port) => Address::Tcp {
                host: host.clone(),
                port: *port,
                secure,
            },
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => Address::Socket(path.clone()),
            _ => return Err(address_error("neither a host nor a unix socket")),
        };
        let login = info.redis_settings().clone();
        if login.db() < 0 {
            return Err(address_error("a database has a number from 0"));
        }
        // Only what the server says unasked needs RESP3, and what `CLIENT SETINFO` would set is not worth its two commands.
        let login = login
            .set_protocol(ProtocolVersion::RESP2)
            .set_skip_set_lib_name();
        Ok(Self {
            address,
            login,
            #[cfg(feature = "tls")]
            trust: Arc::default(),
            deadline: DEADLINE,
        })
    }
}

/// Without the credentials.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("address", &self.address)
            .field("db", &self.login.db())
            .finish_non_exhaustive()
    }
}

fn address_error(detail: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Address).with_detail(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(host: &str, port: u16) -> Address {
        Address::Tcp {
            host: host.to_owned(),
            port,
            secure: false,
        }
    }

    #[test]
    fn a_url_says_where_and_as_whom() {
        let endpoint = Endpoint::parse("redis://anna:p%40ss@cache.example:7000/3").unwrap();

        assert_eq!(endpoint.address, tcp("cache.example", 7000));
        assert_eq!(endpoint.login.username(), Some("anna"));
        assert_eq!(endpoint.login.password(), Some("p@ss"));
        assert_eq!(endpoint.login.db(), 3);
    }

    #[test]
    fn what_a_url_leaves_out_has_defaults() {
        let endpoint = Endpoint::parse("redis://[::1]").unwrap();

        assert_eq!(endpoint.address, tcp("::1", 6379));
        assert_eq!((endpoint.login.username(), endpoint.login.db()), (None, 0));
    }

    #[cfg(unix)]
    #[test]
    fn a_socket_has_a_path() {
        let endpoint = Endpoint::parse("redis+unix:///run/redis.sock?db=2&pass=x").unwrap();

        assert_eq!(endpoint.address, Address::Socket("/run/redis.sock".into()));
        assert_eq!(endpoint.login.db(), 2);
        assert_eq!(endpoint.login.password(), Some("x"));
    }

    #[test]
    fn a_password_is_never_printed() {
        let endpoint = Endpoint::parse("redis://user:hunter2@localhost").unwrap();
        assert!(!format!("{endpoint:?}").contains("hunter2"));

        for url in [
            "redis://:hunter2@host:99999",
            "redis://:hunter2@host/db",
            "redis://:hunter2@",
            "redis://:hunter2#@host",
        ] {
            let error = Endpoint::parse(url).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Address, "{url}");
            assert!(!format!("{error:?} {error}").contains("hunter2"));
        }
    }

    #[test]
    fn an_address_without_sense_is_refused() {
        for url in [
            "redis://",
            "redis://h/-1",
            "redis+unix://relative/path",
            "redis://h:1#insecure",
            "http://h",
        ] {
            assert!(Endpoint::parse(url).is_err(), "{url}");
        }
    }

    #[cfg(feature = "tls")]
    #[test]
    fn a_double_s_asks_for_tls() {
        let endpoint = Endpoint::parse("rediss://host").unwrap();
        assert!(matches!(
            endpoint.address,
            Address::Tcp { secure: true, .. }
        ));
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn tls_that_is_not_compiled_in_is_named() {
        let error = Endpoint::parse("rediss://host").unwrap_err();
        assert!(error.to_string().contains("feature `tls`"));
    }
}
