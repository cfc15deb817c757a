//! The master that sentinels watch: whom they name, after it has said so itself.
//!
//! Where it can't be reached, can't be written or is slow, the sentinels are asked again, in the background; and now and
//! then without a reason, since a master that was cut off from them does not know that it has a successor.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::{Cmd, RedisConnectionInfo, Value, cmd};

use super::conversation::Talk;
use super::endpoint::Endpoint;
use super::place::Sentinels;
use super::reply;
use super::server::Server;
use super::survey::{Found, Survey};
use crate::store::{StoreError, StoreErrorKind};

/// Whoever is master.
#[derive(Debug)]
pub(super) struct Sentinel {
    survey: Survey<Server>,
    /// How long a caller waits.
    deadline: Duration,
}

impl Sentinel {
    pub(super) fn new(sentinels: Sentinels) -> Self {
        let deadline = sentinels.master.deadline;
        let scout = Scout {
            sentinels,
            open: Mutex::default(),
        };
        Self {
            survey: Survey::new(deadline, move |known: Option<&Arc<Server>>| {
                scout.find(known)
            }),
            deadline,
        }
    }

    /// The master; waits for the first one as long as a caller may.
    pub(super) async fn master(&self) -> Result<Arc<Server>, StoreError> {
        match self.survey.known() {
            Some(master) => Ok(master),
            // Boxed: what is rare must not make every call larger.
            None => Box::pin(self.survey.found()).await,
        }
    }

    /// [`master`](Self::master), blocking the calling thread.
    pub(super) fn master_blocking(&self, ends: Instant) -> Result<Arc<Server>, StoreError> {
        self.survey.found_blocking(ends)
    }

    /// How long a caller waits.
    pub(super) const fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Where the master is, if there was one.
    pub(super) fn known(&self) -> Option<Arc<Endpoint>> {
        Some(Arc::clone(self.survey.known()?.endpoint()))
    }

    /// Whether the master answers. If not, another is looked for.
    pub(super) fn ping(&self) -> Result<(), StoreError> {
        let master = self.master_blocking(Instant::now() + self.deadline)?;
        master.ping().inspect_err(|_| self.survey.want())
    }

    /// Has the sentinels asked if it was not a moment ago.
    pub(super) fn check(&self) {
        self.survey.check();
    }

    /// Has the sentinels asked if the error may be one of a master that is none any more.
    pub(super) fn suspect(&self, error: &StoreError) {
        if error.is_unreachable() || error.detail() == "READONLY" {
            self.survey.want();
        }
    }
}

/// Asks the sentinels.
#[derive(Debug)]
struct Scout {
    sentinels: Sentinels,
    /// The sentinel that has answered last, so that a question costs no connection.
    open: Mutex<Option<Open>>,
}

#[derive(Debug)]
struct Open {
    talk: Talk,
    /// Its place among the sentinels.
    place: usize,
    /// The process it belongs to: a forked child that used it would read its parent's replies.
    process: u32,
}

impl Open {
    /// Whether it is to the sentinel at this place, and this process's own.
    fn is_to(&self, place: usize) -> bool {
        self.place == place && self.process == std::process::id()
    }
}

impl Scout {
    fn find(&self, known: Option<&Arc<Server>>) -> Result<Found<Server>, StoreError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = self.sentinels.sentinels.len();
        let first = open.as_ref().map_or(0, |open| open.place);
        let mut refusal = StoreError::new(StoreErrorKind::Unavailable);
        // The one that has answered last first: there is a connection to it.
        for place in (0..count).map(|step| (first + step) % count) {
            let named = self.ask(&mut open, place);
            match named.and_then(|(host, port)| self.confirm(&host, port, known)) {
                Ok(value) => {
                    let is_settled = true;
                    return Ok(Found { value, is_settled });
                }
                Err(error) => refusal = error,
            }
        }
        Err(refusal)
    }

    /// Whom a sentinel takes for the master.
    fn ask(&self, open: &mut Option<Open>, place: usize) -> Result<(String, u16), StoreError> {
        let question = question(&self.sentinels.name);
        if let Some(mut known) = open.take().filter(|open| open.is_to(place)) {
            let ends = Instant::now() + self.sentinels.master.deadline;
            if let Ok(named) = known.talk.ask(&question, ends) {
                *open = Some(known);
                return read_address(named);
            }
        }
        let sentinel = &self.sentinels.sentinels[place];
        let (talk, named) = self.introduce(sentinel, &question)?;
        let process = std::process::id();
        *open = Some(Open {
            talk,
            place,
            process,
        });
        read_address(named)
    }

    /// Asks over a new connection: without a password, since most sentinels have none and those refuse any; with the
    /// master's where that is wanted.
    fn introduce(&self, sentinel: &Endpoint, question: &Cmd) -> Result<(Talk, Value), StoreError> {
        let (mut talk, ends) = Talk::open(sentinel, &RedisConnectionInfo::default())?;
        let named = talk.ask(question, ends)?;
        let Value::ServerError(_) = named else {
            return Ok((talk, named));
        };
        let (mut talk, ends) = Talk::open(sentinel, &sentinel.login)?;
        let named = talk.ask(question, ends)?;
        Ok((talk, named))
    }

    /// The server at this address, if it says itself that it is master. The known one over its own connections.
    fn confirm(
        &self,
        host: &str,
        port: u16,
        known: Option<&Arc<Server>>,
    ) -> Result<Arc<Server>, StoreError> {
        let known = known.filter(|known| known.endpoint().is_at(host, port));
        let server = known.map_or_else(
            || Arc::new(Server::new(Arc::new(self.sentinels.master.at(host, port)))),
            Arc::clone,
        );
        let spoken = server.ask_blocking(server.ends(), |_| cmd("ROLE").into())?;
        if is_master(spoken.reply)? {
            Ok(server)
        } else {
            Err(StoreError::new(StoreErrorKind::Unavailable)
                .with_detail("the sentinels name a server that is no master"))
        }
    }
}

fn question(name: &str) -> Cmd {
    let mut command = cmd("SENTINEL");
    command.arg("get-master-addr-by-name").arg(name);
    command
}

/// Host and port of the master.
fn read_address(reply: Value) -> Result<(String, u16), StoreError> {
    if reply == Value::Nil {
        return Err(StoreError::new(StoreErrorKind::Unavailable)
            .with_detail("the sentinel knows no master of this name"));
    }
    let mut parts = reply::array(reply, 2)?.into_iter();
    let mut text = || match parts.next() {
        Some(Value::BulkString(text)) => String::from_utf8(text).ok(),
        _ => None,
    };
    let address = text().zip(text().and_then(|port| port.parse().ok()));
    address.ok_or_else(|| StoreErrorKind::Protocol.into())
}

fn is_master(reply: Value) -> Result<bool, StoreError> {
    match reply {
        Value::Array(parts) => Ok(parts.first() == Some(&Value::BulkString(b"master".to_vec()))),
        // A refusal says why; anything else is none of a server.
        other => reply::array(other, 0).map(|_| false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Value {
        redis::parse_redis_value(text.as_bytes()).unwrap()
    }

    #[test]
    fn an_address_is_read() {
        let address = parsed("*2\r\n$8\r\n10.0.0.1\r\n$4\r\n6381\r\n");
        assert_eq!(read_address(address), Ok(("10.0.0.1".to_owned(), 6_381)));
        for (text, kind) in [
            ("*-1\r\n", StoreErrorKind::Unavailable),
            ("-NOAUTH x\r\n", StoreErrorKind::Denied),
            ("*1\r\n$1\r\na\r\n", StoreErrorKind::Protocol),
            ("*2\r\n$1\r\na\r\n$1\r\nb\r\n", StoreErrorKind::Protocol),
        ] {
            assert_eq!(
                read_address(parsed(text)).unwrap_err().kind(),
                kind,
                "{text}"
            );
        }
    }

    #[test]
    fn only_a_master_is_one() {
        assert_eq!(is_master(parsed("*1\r\n$6\r\nmaster\r\n")), Ok(true));
        assert_eq!(is_master(parsed("*1\r\n$5\r\nslave\r\n")), Ok(false));
        assert_eq!(is_master(parsed("*0\r\n")), Ok(false));
        let denied = is_master(parsed("-NOPERM x\r\n")).unwrap_err();
        assert_eq!(denied.kind(), StoreErrorKind::Denied);
        assert!(is_master(parsed("+OK\r\n")).is_err());
    }
}
