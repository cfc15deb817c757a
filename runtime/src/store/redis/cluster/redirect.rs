//! What a node of a cluster answers instead of an answer.

use redis::{Cmd, Pipeline, Value, cmd};

use super::super::command::Request;

/// Where a request should have been sent, or why it was not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Turned {
    /// The slot has moved there for good.
    Moved(Place),
    /// The slot is moving there, and this request is to be sent there now.
    Ask(Place),
    /// The node is there but can't serve anybody.
    Down,
}

/// An address in a redirection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// `None`: that of the node that said so.
    pub(super) host: Option<String>,
    pub(super) port: u16,
}

impl Turned {
    /// What a reply says, if it is no answer. Of several, the first that is none: requests are sent again as a whole.
    pub(super) fn by(reply: &Value) -> Option<Self> {
        match reply {
            Value::ServerError(error) => Self::read(error.code(), error.details().unwrap_or("")),
            Value::Array(values) => values.iter().find_map(|value| match value {
                Value::ServerError(_) => Self::by(value),
                _ => None,
            }),
            _ => None,
        }
    }

    fn read(code: &str, details: &str) -> Option<Self> {
        match code {
            "MOVED" => Place::read(details).map(Self::Moved),
            "ASK" => Place::read(details).map(Self::Ask),
            "CLUSTERDOWN" | "LOADING" | "MASTERDOWN" => Some(Self::Down),
            _ => None,
        }
    }
}

impl Place {
    /// From `3999 10.0.0.1:6381`.
    fn read(details: &str) -> Option<Self> {
        let (_slot, address) = details.split_once(' ')?;
        let (host, port) = address.rsplit_once(':')?;
        let host = Some(host.to_owned()).filter(|host| !host.is_empty());
        let port = port.parse().ok()?;
        Some(Self { host, port })
    }
}

/// The request with leave to be served although the slot is still moving.
pub(super) fn asking(request: &Request) -> Request {
    let mut with_leave = Pipeline::new();
    let mut add = |command: &Cmd| {
        with_leave.add_command(cmd("ASKING"));
        with_leave.add_command(command.clone());
    };
    match request {
        Request::One(command) => add(command),
        Request::Several(commands) => commands.cmd_iter().for_each(add),
    }
    Request::Several(with_leave)
}

/// The reply to a request that was sent by [`asking`], without those to the leave.
pub(super) fn asked(request: &Request, reply: Value) -> Value {
    let Value::Array(values) = reply else {
        return reply;
    };
    let mut replies: Vec<Value> = values.into_iter().skip(1).step_by(2).collect();
    match request {
        Request::One(_) => replies.pop().unwrap_or(Value::Nil),
        Request::Several(_) => Value::Array(replies),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Value {
        redis::parse_redis_value(text.as_bytes()).unwrap()
    }

    fn place(host: Option<&str>, port: u16) -> Place {
        Place {
            host: host.map(str::to_owned),
            port,
        }
    }

    #[test]
    fn redirections_are_read() {
        for (text, expected) in [
            (
                "-MOVED 3999 10.0.0.1:6381",
                Turned::Moved(place(Some("10.0.0.1"), 6381)),
            ),
            ("-ASK 1 ::1:7", Turned::Ask(place(Some("::1"), 7))),
            ("-MOVED 1 :7", Turned::Moved(place(None, 7))),
            ("-CLUSTERDOWN Hash slot not served", Turned::Down),
        ] {
            let reply = parsed(&format!("{text}\r\n"));
            assert_eq!(Turned::by(&reply), Some(expected.clone()), "{text}");
            let among_others = Value::Array(vec![Value::Int(1), reply]);
            assert_eq!(Turned::by(&among_others), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_an_answer() {
        for text in [
            "-MOVED",
            "-MOVED 1 host:x",
            "-ERR MOVED 1 a:1",
            "+MOVED 1 a:1",
            "$-1",
            "-TRYAGAIN x",
        ] {
            assert_eq!(Turned::by(&parsed(&format!("{text}\r\n"))), None, "{text}");
        }
    }

    #[test]
    fn leave_is_asked_for_each_command_and_its_replies_are_left_out() {
        let one = Request::One(cmd("PING"));
        let mut several = Pipeline::new();
        several.add_command(cmd("A")).add_command(cmd("B"));
        let several = Request::Several(several);
        let packed = |request: &Request| match asking(request) {
            Request::Several(commands) => commands.get_packed_pipeline(),
            Request::One(_) => panic!("it goes with leave"),
        };
        assert_eq!(packed(&one), b"*1\r\n$6\r\nASKING\r\n*1\r\n$4\r\nPING\r\n");
        assert_eq!(packed(&several).len(), 2 * 16 + 2 * 11);

        let replies = |count| Value::Array((0..count).map(Value::Int).collect());
        assert_eq!(asked(&one, replies(2)), Value::Int(1));
        assert_eq!(
            asked(&several, replies(4)),
            Value::Array(vec![Value::Int(1), Value::Int(3)])
        );
    }
}
