//! Which servers a URL names, and how they are arranged.

use std::sync::Arc;
use std::time::Duration;

use super::endpoint::{Address, Endpoint};
#[cfg(feature = "tls")]
use super::tls::Trust;
use crate::store::{StoreError, StoreErrorKind};

/// Where a store is.
#[derive(Debug)]
pub(super) enum Place {
    /// One server.
    One(Endpoint),
    /// The master of this name, whom the sentinels know.
    Sentinel(Sentinels),
    /// A cluster, of which these nodes know all others.
    Cluster(Vec<Arc<Endpoint>>),
}

/// Who is asked for a master, and for which.
#[derive(Debug)]
pub(super) struct Sentinels {
    pub(super) sentinels: Vec<Endpoint>,
    pub(super) name: String,
    /// The master's, but for its address, which the sentinels know.
    pub(super) master: Endpoint,
}

/// The default port of a sentinel.
const SENTINEL_PORT: u16 = 26_379;

impl Place {
    /// From the URL of one server, `redis[s]+sentinel://[user:password@]h1,h2,h3/NAME[/db]` or
    /// `redis[s]+cluster://[user:password@]h1,h2,h3`. Callers will wait for `deadline`.
    pub(super) fn parse(url: &str, deadline: Duration) -> Result<Self, StoreError> {
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        let Some((scheme, arrangement)) =
            scheme.split_once('+').filter(|(_, kind)| *kind != "unix")
        else {
            return Ok(Self::One(endpoint(url, deadline)?));
        };
        if rest.contains('#') {
            return Err(address_error(
                "a URL of a store has no `#` part; in a password write `%23`",
            ));
        }
        let parts = Parts::of(scheme, rest);
        match arrangement {
            "sentinel" => parts.sentinels(deadline).map(Self::Sentinel),
            "cluster" => parts.cluster(deadline).map(Self::Cluster),
            _ => Err(address_error("expected `+sentinel`, `+cluster` or `+unix`")),
        }
    }
}

#[cfg(feature = "tls")]
impl Place {
    /// Whether all is to be said over TLS.
    pub(super) fn is_secure(&self) -> bool {
        match self {
            Self::One(endpoint) => endpoint.is_secure(),
            Self::Sentinel(sentinels) => sentinels.master.is_secure(),
            Self::Cluster(seeds) => seeds.iter().all(|seed| seed.is_secure()),
        }
    }

    /// The same, whose servers are trusted as this says, and shown what it says.
    pub(super) fn trusting(self, trust: &Arc<Trust>) -> Self {
        let trusting = |endpoint: Endpoint| Endpoint {
            trust: Arc::clone(trust),
            ..endpoint
        };
        match self {
            Self::One(endpoint) => Self::One(trusting(endpoint)),
            Self::Sentinel(all) => Self::Sentinel(Sentinels {
                sentinels: all.sentinels.into_iter().map(trusting).collect(),
                name: all.name,
                master: trusting(all.master),
            }),
            Self::Cluster(seeds) => {
                let seeds = seeds.iter().map(|seed| Endpoint::clone(seed));
                Self::Cluster(seeds.map(trusting).map(Arc::new).collect())
            }
        }
    }
}

/// A URL that names several hosts, in pieces.
struct Parts<'a> {
    scheme: &'a str,
    /// With the `@`, where there is one.
    login: &'a str,
    hosts: &'a str,
    path: &'a str,
    /// With the `?`, where there is one.
    query: &'a str,
}

impl<'a> Parts<'a> {
    fn of(scheme: &'a str, rest: &'a str) -> Self {
        let (rest, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        // The last one: a password may hold the others.
        let (login, rest) = rest.split_at(rest.rfind('@').map_or(0, |at| at + 1));
        let (hosts, path) = rest.split_once('/').unwrap_or((rest, ""));
        Self {
            scheme,
            login,
            hosts,
            path,
            query,
        }
    }

    fn cluster(&self, deadline: Duration) -> Result<Vec<Arc<Endpoint>>, StoreError> {
        if !matches!(self.path, "" | "0") {
            return Err(address_error("a cluster has no databases but `0`"));
        }
        self.hosts()?
            .map(|host| self.endpoint(host, "", deadline).map(Arc::new))
            .collect()
    }

    fn sentinels(&self, deadline: Duration) -> Result<Sentinels, StoreError> {
        let (name, db) = self.path.split_once('/').unwrap_or((self.path, ""));
        if name.is_empty() {
            return Err(address_error(
                "the name of the master is missing: `redis+sentinel://h1,h2,h3/NAME`",
            ));
        }
        let sentinels = self.hosts()?.map(|host| {
            let endpoint = self.endpoint(host, "", deadline)?;
            Ok(if has_port(host) {
                endpoint
            } else {
                endpoint.on_port(SENTINEL_PORT)
            })
        });
        Ok(Sentinels {
            sentinels: sentinels.collect::<Result<_, StoreError>>()?,
            name: name.to_owned(),
            master: self.endpoint("unknown", db, deadline)?,
        })
    }

    fn hosts(&self) -> Result<impl Iterator<Item = &'a str>, StoreError> {
        if self.hosts.split(',').any(str::is_empty) {
            return Err(address_error("a host is missing: expected `h1,h2,h3`"));
        }
        Ok(self.hosts.split(','))
    }

    fn endpoint(&self, host: &str, db: &str, deadline: Duration) -> Result<Endpoint, StoreError> {
        let Self {
            scheme,
            login,
            query,
            ..
        } = self;
        endpoint(&format!("{scheme}://{login}{host}/{db}{query}"), deadline)
    }
}

fn endpoint(url: &str, deadline: Duration) -> Result<Endpoint, StoreError> {
    let endpoint = Endpoint::parse(url)?;
    Ok(Endpoint {
        deadline,
        ..endpoint
    })
}

/// Whether a port follows the host, which may be an address with colons in brackets.
fn has_port(host: &str) -> bool {
    host.rsplit(']').next().unwrap_or(host).contains(':')
}

fn address_error(detail: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Address).with_detail(detail)
}

impl Endpoint {
    /// Another server of the same kind: with the same credentials, and as patient.
    pub(super) fn at(&self, host: &str, port: u16) -> Self {
        Self {
            address: Address::Tcp {
                host: host.to_owned(),
                port,
                secure: matches!(&self.address, Address::Tcp { secure: true, .. }),
            },
            ..self.clone()
        }
    }

    fn on_port(&self, port: u16) -> Self {
        self.at(self.host(), port)
    }

    /// The host; of a socket, none.
    pub(super) fn host(&self) -> &str {
        match &self.address {
            Address::Tcp { host, .. } => host,
            #[cfg(unix)]
            Address::Socket(_) => "",
        }
    }

    /// Whether it is the server at this host and port.
    pub(super) fn is_at(&self, there: &str, then: u16) -> bool {
        matches!(&self.address, Address::Tcp { host, port, .. } if host == there && *port == then)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Place, StoreError> {
        Place::parse(url, Duration::from_secs(1))
    }

    fn sentinels(url: &str) -> Sentinels {
        match parse(url).unwrap() {
            Place::Sentinel(sentinels) => sentinels,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn sentinels_are_named_with_the_master_they_watch() {
        let read = sentinels("redis+sentinel://anna:p%40ss@a,b:7,[::1]/main/3");

        for (sentinel, (host, port)) in
            read.sentinels
                .iter()
                .zip([("a", SENTINEL_PORT), ("b", 7), ("::1", SENTINEL_PORT)])
        {
            assert!(sentinel.is_at(host, port), "{sentinel:?}");
        }
        assert_eq!((read.sentinels.len(), read.name.as_str()), (3, "main"));
        let login = &read.master.login;
        assert_eq!(
            (login.username(), login.password()),
            (Some("anna"), Some("p@ss"))
        );
        assert_eq!(login.db(), 3);
        assert_eq!(read.master.deadline, Duration::from_secs(1));
        assert_eq!(sentinels("redis+sentinel://a/main").master.login.db(), 0);
    }

    #[test]
    fn a_cluster_is_named_by_some_of_its_nodes() {
        let Ok(Place::Cluster(seeds)) = parse("redis+cluster://:x@y@a,[::1]:7001/0") else {
            panic!("it makes sense")
        };
        assert!(seeds[0].is_at("a", 6_379) && seeds[1].is_at("::1", 7_001));
        assert_eq!(seeds[1].login.password(), Some("x@y"));
    }

    #[test]
    fn one_server_is_named_as_before() {
        for url in ["redis://a/2", "redis+unix:///run/redis.sock"] {
            assert!(matches!(parse(url), Ok(Place::One(_))), "{url}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_without_the_password() {
        for url in [
            "redis+cluster://:hunter2@",
            "redis+cluster://:hunter2@a,,b",
            "redis+cluster://:hunter2@a/1",
            "redis+cluster://:hunter2@a:99999",
            "redis+sentinel://:hunter2@a",
            "redis+sentinel://:hunter2@a/",
            "redis+sentinel://:hunter2@/main",
            "redis+sentinel://:hunter2@a/main/x",
            "redis+sentinel://:hunter2@a/main#x",
            "redis+stack://:hunter2@a",
            "http+cluster://:hunter2@a",
        ] {
            let error = parse(url).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Address, "{url}");
            assert!(!format!("{error:?} {error}").contains("hunter2"), "{error}");
        }
    }

    #[cfg(feature = "tls")]
    #[test]
    fn a_double_s_asks_for_tls_everywhere() {
        let read = sentinels("rediss+sentinel://a,b/main");
        for endpoint in read.sentinels.iter().chain([&read.master]) {
            let is_secure = matches!(endpoint.address, Address::Tcp { secure: true, .. });
            assert!(is_secure, "{endpoint:?}");
        }
    }
}
