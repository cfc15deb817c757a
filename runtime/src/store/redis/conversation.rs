//! A blocking connection: one command, one reply, within a deadline.
//!
//! Not the client library's own: its time-out holds for each read of the socket, so that a server which trickles a
//! byte now and then would hold its caller for ever, and its TLS depends on a process-wide default.

use std::fmt;
use std::io::Write;
use std::time::Instant;

use redis::{Cmd, Parser, RedisConnectionInfo, Value, cmd};

use super::command::Request;
use super::endpoint::Endpoint;
use super::server_time::{Asked, ServerTime};
use super::socket::Socket;
use super::{command, reply};
use crate::store::StoreError;

/// A blocking connection that is logged in and knows the server's time.
pub(super) struct Conversation {
    talk: Talk,
    time: ServerTime,
}

impl Conversation {
    /// Connects within about [`Endpoint::connect_deadline`], not counting the look-up of the host's name, which nothing bounds.
    pub(super) fn dial(endpoint: &Endpoint) -> Result<Self, StoreError> {
        let (mut talk, ends) = Talk::open(endpoint, &endpoint.login)?;
        let asked = Asked::now();
        let answer = talk.ask(&command::time(), ends)?;
        let time = ServerTime::new(asked, answer)?;
        Ok(Self { talk, time })
    }

    /// Sends a request, of which [`receive`](Self::receive) returns the reply.
    ///
    /// After an error, or while the reply is under way, the connection is of no further use.
    pub(super) fn send(&mut self, request: &Request, ends: Instant) -> Result<(), StoreError> {
        self.talk.send(request, ends)
    }

    /// The reply to the request that was sent last.
    pub(super) fn receive(
        &mut self,
        request: &Request,
        ends: Instant,
    ) -> Result<Value, StoreError> {
        self.talk.receive(request, ends)
    }

    /// Measures the server's time again if it is due: one round trip more for one caller in 30 seconds.
    pub(super) fn keep_time(&mut self, ends: Instant) -> Result<(), StoreError> {
        if self.time.claim_measurement() {
            let asked = Asked::now();
            let answer = self.talk.ask(&command::time(), ends)?;
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

/// A socket over which one command after the other is asked.
pub(super) struct Talk {
    socket: Socket,
    parser: Parser,
}

impl Talk {
    /// Connects and logs in within about [`Endpoint::connect_deadline`]; also when that ends.
    pub(super) fn open(
        endpoint: &Endpoint,
        login: &RedisConnectionInfo,
    ) -> Result<(Self, Instant), StoreError> {
        let (socket, ends) = Socket::open(endpoint, endpoint.connect_deadline())?;
        let mut talk = Self {
            socket,
            parser: Parser::new(),
        };
        for command in log_in(login) {
            let answer = talk.ask(&command, ends)?;
            reply::done(answer)?;
        }
        Ok((talk, ends))
    }

    /// Sends a command and waits for its reply. After an error this is of no further use.
    pub(super) fn ask(&mut self, command: &Cmd, ends: Instant) -> Result<Value, StoreError> {
        self.put(&command.get_packed_command(), ends)?;
        self.take(ends)
    }

    /// Sends a request, of which [`receive`](Self::receive) returns the reply.
    pub(super) fn send(&mut self, request: &Request, ends: Instant) -> Result<(), StoreError> {
        match request {
            Request::One(command) => self.put(&command.get_packed_command(), ends),
            Request::Several(commands) => self.put(&commands.get_packed_pipeline(), ends),
        }
    }

    /// The reply to the request that was sent last.
    pub(super) fn receive(
        &mut self,
        request: &Request,
        ends: Instant,
    ) -> Result<Value, StoreError> {
        match request {
            Request::One(_) => self.take(ends),
            Request::Several(commands) => {
                let replies = (0..commands.len()).map(|_| self.take(ends));
                Ok(Value::Array(replies.collect::<Result<_, _>>()?))
            }
        }
    }

    fn put(&mut self, bytes: &[u8], ends: Instant) -> Result<(), StoreError> {
        let mut socket = self.socket.until(ends);
        socket
            .write_all(bytes)
            .and_then(|()| socket.flush())
            .map_err(|error| reply::io_failure(&error))
    }

    fn take(&mut self, ends: Instant) -> Result<Value, StoreError> {
        self.parser
            .parse_value(self.socket.until(ends))
            .map_err(|error| reply::failure(&error))
    }
}

impl fmt::Debug for Talk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Talk").finish_non_exhaustive()
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
