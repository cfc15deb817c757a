//! A blocking connection: one command, one reply, within a deadline.
//!
//! Not the client library's own: its time-out holds for each read of the socket, so that a server which trickles a
//! byte now and then would hold its caller for ever, and its TLS depends on a process-wide default.

use std::fmt;
use std::io::Write;
use std::time::{Duration, Instant};

use redis::{Cmd, Parser, RedisConnectionInfo, Value, cmd};

use super::command::Request;
use super::endpoint::Endpoint;
use super::server_time::{Asked, ServerTime};
use super::socket::{Socket, Timed};
use super::{command, reply};
use crate::store::StoreError;

/// A blocking connection that is logged in and knows the server's time.
pub(super) struct Conversation {
    socket: Socket,
    parser: Parser,
    time: ServerTime,
    deadline: Duration,
}

impl Conversation {
    /// Connects within about [`Endpoint::connect_deadline`], not counting the look-up of the host's name, which nothing bounds.
    pub(super) fn dial(endpoint: &Endpoint) -> Result<Self, StoreError> {
        let (mut socket, ends) = Socket::open(endpoint, endpoint.connect_deadline())?;
        let mut parser = Parser::new();
        for command in log_in(&endpoint.login) {
            let answer = exchange(&mut socket, &mut parser, &command, ends)?;
            reply::done(answer)?;
        }
        let asked = Asked::now();
        let answer = exchange(&mut socket, &mut parser, &command::time(), ends)?;
        let time = ServerTime::new(asked, answer)?;
        Ok(Self {
            socket,
            parser,
            time,
            deadline: endpoint.deadline,
        })
    }

    /// Sends a request and waits for its reply, as long as a caller may.
    ///
    /// After an error a reply may still be under way: the connection is of no further use.
    pub(super) fn ask(&mut self, request: &Request) -> Result<Value, StoreError> {
        let ends = Instant::now() + self.deadline;
        match request {
            Request::One(command) => exchange(&mut self.socket, &mut self.parser, command, ends),
            Request::Several(commands) => {
                let mut socket = self.socket.until(ends);
                send(&mut socket, &commands.get_packed_pipeline())?;
                let replies = (0..commands.len()).map(|_| receive(&mut socket, &mut self.parser));
                Ok(Value::Array(replies.collect::<Result<_, _>>()?))
            }
        }
    }

    /// Measures the server's time again if it is due: one round trip more for one caller in 30 seconds.
    pub(super) fn keep_time(&mut self) -> Result<(), StoreError> {
        if self.time.claim_measurement() {
            let asked = Asked::now();
            let answer = self.ask(&command::time().into())?;
            self.time.set(asked, answer)?;
        }
        Ok(())
    }

    /// The time of the server, now.
    pub(super) fn now_ms(&self) -> u64 {
        self.time.now_ms()
    }
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversation")
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}

fn log_in(login: &RedisConnectionInfo) -> Vec<Cmd> {
    let mut commands = Vec::new();
    if let Some(password) = login.password() {
        let mut auth = cmd("AUTH");
        if let Some(user) = login.username() {
            auth.arg(user);
        }
        auth.arg(password);
        commands.push(auth);
    }
    if login.db() != 0 {
        let mut select = cmd("SELECT");
        select.arg(login.db());
        commands.push(select);
    }
    commands
}

fn exchange(
    socket: &mut Socket,
    parser: &mut Parser,
    command: &Cmd,
    ends: Instant,
) -> Result<Value, StoreError> {
    let mut socket = socket.until(ends);
    send(&mut socket, &command.get_packed_command())?;
    receive(&mut socket, parser)
}

fn send(socket: &mut Timed<'_>, request: &[u8]) -> Result<(), StoreError> {
    socket
        .write_all(request)
        .and_then(|()| socket.flush())
        .map_err(|error| reply::io_failure(&error))
}

fn receive(socket: &mut Timed<'_>, parser: &mut Parser) -> Result<Value, StoreError> {
    parser
        .parse_value(socket)
        .map_err(|error| reply::failure(&error))
}
