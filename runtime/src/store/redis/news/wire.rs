//! The connection that news come over.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, Pipeline, PushInfo, PushKind, RedisError, Value, cmd};

use super::board::Board;
use super::{channel, prefix, read_message};
use crate::store::redis::dial::{self, Driver};
use crate::store::redis::endpoint::Endpoint;
use crate::store::redis::reply;
use crate::store::redis::script::Waking;
use crate::store::{News, StoreError, StoreErrorKind};

/// How long the server may take for anything before the connection is given up.
const PATIENCE: Duration = Duration::from_secs(1);

/// An open connection, and what the server has been asked to tell.
pub(super) struct Wire {
    endpoint: Arc<Endpoint>,
    connection: MultiplexedConnection,
    driver: Driver,
    board: Arc<Board>,
    /// Tags are tracked.
    is_tracking: bool,
    /// It is told what becomes of entries.
    is_subscribed: bool,
    /// The channels that are watched.
    watched: HashSet<String>,
    /// The channels that are watched are those of a shard, as far as the server knows what that is.
    in_shard: bool,
    /// How often was pinged: each reply must be the one to its question.
    pings: u64,
}

impl Wire {
    pub(super) async fn dial(
        endpoint: Arc<Endpoint>,
        waking: Waking,
        board: &Arc<Board>,
    ) -> Result<Self, StoreError> {
        let hearing = Arc::clone(board);
        let hear = move |push| hear(&hearing, push);
        let (connection, driver) = dial::dial_for_pushes(&endpoint, PATIENCE, hear).await?;
        Ok(Self {
            endpoint,
            in_shard: waking == Waking::InShard,
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

    /// The server it comes from.
    pub(super) const fn endpoint(&self) -> &Arc<Endpoint> {
        &self.endpoint
    }

    /// Follows what is watched, of the channels for which that may have changed.
    pub(super) async fn follow(&mut self, changed: Vec<String>) -> Result<(), StoreError> {
        let (mut new, mut gone) = (Vec::new(), Vec::new());
        for channel in changed {
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
            self.watch(&new).await?;
        }
        if !gone.is_empty() {
            self.leave(&gone).await?;
        }
        Ok(())
    }

    /// Waits until the connection has ended.
    pub(super) async fn lost(&mut self) {
        self.driver.finished().await;
    }

    async fn watch(&mut self, channels: &[String]) -> Result<(), StoreError> {
        if self.in_shard {
            let refused = self.each("SSUBSCRIBE", channels).await?;
            // Not because the channel is another's: it knows no shards, or the account may not listen to them.
            self.in_shard = !refused;
        }
        if !self.in_shard {
            self.subscribe(channels).await?;
        }
        Ok(())
    }

    async fn leave(&mut self, channels: &[String]) -> Result<(), StoreError> {
        if self.in_shard {
            self.each("SUNSUBSCRIBE", channels).await.map(drop)
        } else {
            is_granted(self.connection.unsubscribe(channels).await).map(drop)
        }
    }

    /// One command for each channel: they are in different slots. Whether the server has none like it.
    async fn each(&mut self, name: &str, channels: &[String]) -> Result<bool, StoreError> {
        let mut commands = Pipeline::with_capacity(channels.len());
        for channel in channels {
            commands.cmd(name).arg(channel);
        }
        let replies = self
            .connection
            .send_packed_commands(&commands, 0, channels.len());
        let replies = replies.await.map_err(|error| reply::failure(&error))?;
        let is_unknown = |reply: &Value| matches!(reply, Value::ServerError(error) if matches!(error.code(), "ERR" | "NOPERM"));
        Ok(replies.iter().any(is_unknown))
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
        (
            PushKind::Message | PushKind::SMessage,
            [Value::BulkString(from), Value::BulkString(message)],
        ) => {
            if let (Ok(from), Ok(message)) = (str::from_utf8(from), str::from_utf8(message)) {
                hear_message(board, from, message);
            }
        }
        // From now on its messages come: whoever watches should look what has happened before. Or they do not come any
        // more, since its slot has moved: then, too.
        (
            PushKind::Subscribe | PushKind::SSubscribe | PushKind::SUnsubscribe,
            [Value::BulkString(to), ..],
        ) => {
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
    let Some(control) = board.control().filter(|control| from == channel(control)) else {
        board.wake(from);
        return;
    };
    match read_message(message) {
        Some((_, name)) if name.starts_with(&prefix(control)) => board.tell(News::Tag { name }),
        Some((origin, name)) => board.tell(News::Entry { name, origin }),
        None => {}
    }
}
