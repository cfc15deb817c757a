//! The connection that news come over.

use std::collections::HashSet;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use event_listener::EventListener;
use redis::aio::MultiplexedConnection;
use redis::{Cmd, PushInfo, PushKind, RedisError, Value, cmd};
use tokio::time::Instant;

use super::board::Board;
use super::{channel, prefix, read_message};
use crate::store::redis::dial::{self, Driver};
use crate::store::redis::endpoint::Endpoint;
use crate::store::redis::reply;
use crate::store::{News, StoreError, StoreErrorKind};

/// How long the server may take for anything before the connection is given up.
const PATIENCE: Duration = Duration::from_secs(1);

/// An open connection, and what the server has been asked to tell.
pub(super) struct Wire {
    connection: MultiplexedConnection,
    driver: Driver,
    board: Arc<Board>,
    /// Tags are tracked.
    is_tracking: bool,
    /// It is told what becomes of entries.
    is_subscribed: bool,
    /// The channels that are watched.
    watched: HashSet<String>,
    /// How often was pinged: each reply must be the one to its question.
    pings: u64,
}

/// What a wait has ended by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// What is watched has changed, or the store was dropped.
    Changed,
    /// It is time to ask again.
    Due,
    /// The connection has ended.
    Lost,
}

impl Wire {
    pub(super) async fn dial(endpoint: &Endpoint, board: &Arc<Board>) -> Result<Self, StoreError> {
        let hearing = Arc::clone(board);
        let hear = move |push| hear(&hearing, push);
        let (connection, driver) = dial::dial_for_pushes(endpoint, PATIENCE, hear).await?;
        Ok(Self {
            connection,
            driver,
            board: Arc::clone(board),
            is_tracking: false,
            is_subscribed: false,
            watched: HashSet::new(),
            pings: 0,
        })
    }

    /// Asks to be told whatever the listeners want to hear; whether the server does. One that refuses is asked again the
    /// next time: rights may be granted later.
    pub(super) async fn arm(&mut self) -> Result<bool, StoreError> {
        let Some(control) = self.board.control() else {
            return Ok(false);
        };
        let (prefix, channel) = (prefix(control), channel(control));
        if !self.is_tracking {
            self.is_tracking = is_granted(self.ask(&track(&prefix)).await)?;
        }
        if !self.is_subscribed {
            self.is_subscribed = self.subscribe(&[channel]).await?;
        }
        Ok(self.is_tracking && self.is_subscribed)
    }

    /// Asks the server for any reply. All it had to tell before is heard when this returns.
    pub(super) async fn ping(&mut self) -> Result<(), StoreError> {
        self.pings += 1;
        let mark = self.pings.to_string();
        let reply = self.ask(cmd("PING").arg(&mark)).await;
        match reply.map_err(|error| reply::failure(&error))? {
            Value::BulkString(echo) if echo == mark.as_bytes() => Ok(()),
            _ => Err(StoreErrorKind::Protocol.into()),
        }
    }

    /// Follows what is watched.
    pub(super) async fn follow(&mut self) -> Result<(), StoreError> {
        let (mut new, mut gone) = (Vec::new(), Vec::new());
        for channel in self.board.take_changes() {
            if !self.board.is_watched(&channel) {
                if self.watched.remove(&channel) {
                    gone.push(channel);
                }
            } else if self.watched.insert(channel.clone()) {
                new.push(channel);
            } else {
                // Another one watches too, and waits to hear that it does.
                self.board.wake(&channel);
            }
        }
        // A server that refuses leaves those who watch to their timers.
        if !new.is_empty() {
            self.subscribe(&new).await?;
        }
        if !gone.is_empty() {
            is_granted(self.connection.unsubscribe(&gone).await)?;
        }
        Ok(())
    }

    /// Waits until there is something to do.
    pub(super) async fn wait(&mut self, changed: EventListener, due: Instant) -> Turn {
        let mut lost = pin!(self.driver.finished());
        let mut changed = pin!(changed);
        let mut due = pin!(tokio::time::sleep_until(due));
        poll_fn(|context| {
            if lost.as_mut().poll(context).is_ready() {
                Poll::Ready(Turn::Lost)
            } else if changed.as_mut().poll(context).is_ready() {
                Poll::Ready(Turn::Changed)
            } else {
                due.as_mut().poll(context).map(|()| Turn::Due)
            }
        })
        .await
    }

    /// Whether the server grants it.
    async fn subscribe(&mut self, channels: &[String]) -> Result<bool, StoreError> {
        is_granted(self.connection.subscribe(channels).await)
    }

    async fn ask(&mut self, command: &Cmd) -> Result<Value, RedisError> {
        self.connection
            .send_packed_command(command)
            .await?
            .extract_error()
    }
}

fn track(prefix: &str) -> Cmd {
    let mut command = cmd("CLIENT");
    command.arg("TRACKING").arg("ON");
    command.arg("BCAST").arg("PREFIX").arg(prefix);
    command
}

/// Tells a refusal, after which the connection is as good as before, from its loss.
fn is_granted<T>(result: Result<T, RedisError>) -> Result<bool, StoreError> {
    match result {
        Ok(_) => Ok(true),
        Err(error) if error.code().is_some() => Ok(false),
        Err(error) => Err(reply::failure(&error)),
    }
}

/// Called by the connection in the order in which the server speaks.
fn hear(board: &Board, push: PushInfo) {
    match (push.kind, push.data.as_slice()) {
        (PushKind::Invalidate, [Value::Array(names)]) => hear_of_tags(board, names),
        // All of them, or something that is not understood.
        (PushKind::Invalidate, _) => board.tell(News::Anything),
        (PushKind::Message, [Value::BulkString(from), Value::BulkString(message)]) => {
            if let (Ok(from), Ok(message)) = (str::from_utf8(from), str::from_utf8(message)) {
                hear_message(board, from, message);
            }
        }
        // From now on its messages come: whoever watches should look what has happened before.
        (PushKind::Subscribe, [Value::BulkString(to), ..]) => {
            if let Ok(to) = str::from_utf8(to) {
                board.wake(to);
            }
        }
        _ => {}
    }
}

fn hear_of_tags(board: &Board, names: &[Value]) {
    for name in names {
        match name {
            Value::BulkString(name) => {
                // A name that is no text is none of ours.
                if let Ok(name) = str::from_utf8(name) {
                    board.tell(News::Tag { name });
                }
            }
            _ => board.tell(News::Anything),
        }
    }
}

fn hear_message(board: &Board, from: &str, message: &str) {
    if board
        .control()
        .is_none_or(|control| from != channel(control))
    {
        board.wake(from);
    } else if let Some((origin, name)) = read_message(message) {
        board.tell(News::Entry { name, origin });
    }
}
