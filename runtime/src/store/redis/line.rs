//! An open asynchronous connection, and how well it does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use redis::aio::MultiplexedConnection;
use redis::{RedisError, Value};
use tokio::runtime::Handle;

use super::command::Request;
use super::server::Spoken;
use super::server_time::{Asked, ServerTime, process_ms};
use super::{TIMEOUTS_IN_A_ROW, command, reply};
use crate::store::StoreError;

/// An open connection. Clones speak over the same one.
#[derive(Clone, Debug)]
pub(super) struct Line {
    connection: MultiplexedConnection,
    health: Arc<Health>,
}

/// What the calls over one connection share. Each holds it for as long as it lasts.
#[derive(Debug, Default)]
pub(super) struct Health {
    time: ServerTime,
    /// Silences since the last answer: time-outs, but those of one moment count as one.
    silences: AtomicU32,
    /// When the last of them began to count, in milliseconds of this process.
    silent_ms: AtomicU64,
}

impl Line {
    /// A line over `connection`, once the server has told its time.
    pub(super) async fn open(
        connection: MultiplexedConnection,
        health: Arc<Health>,
    ) -> Result<Self, StoreError> {
        let line = Self { connection, health };
        line.measure_time().await?;
        Ok(line)
    }

    /// Whether both speak over the same connection.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.health, &other.health)
    }

    /// Sends the request that `request` makes of the server's time, and waits for its reply as long as a caller may.
    pub(super) async fn speak(
        &mut self,
        request: impl FnOnce(u64) -> Request,
    ) -> Result<Spoken, StoreError> {
        let request = request(self.now_ms());
        let connection = &mut self.connection;
        let reply = match &request {
            Request::One(command) => connection.send_packed_command(command).await,
            Request::Several(commands) => connection
                .send_packed_commands(commands, 0, commands.len())
                .await
                .map(Value::Array),
        };
        self.note(&reply);
        Ok(Spoken {
            reply: reply.map_err(|error| reply::failure(&error))?,
            now_ms: self.now_ms(),
            request,
        })
    }

    /// The time of the server, now.
    fn now_ms(&self) -> u64 {
        self.health.time.now_ms()
    }

    /// Measures the server's time again if it is due, beside the call that noticed.
    pub(super) fn keep_time(&self, runtime: &Handle) {
        if self.health.time.claim_measurement() {
            let line = self.clone();
            // A failure leaves the old offset, which is still better than none; it is tried again when it is next due.
            runtime.spawn(async move { line.measure_time().await.ok() });
        }
    }

    async fn measure_time(&self) -> Result<(), StoreError> {
        let mut connection = self.connection.clone();
        let asked = Asked::now();
        let answer = connection
            .send_packed_command(&command::time())
            .await
            .map_err(|error| reply::failure(&error))?;
        self.health.time.set(asked, answer)
    }

    /// Whether it keeps silent and is to be replaced: neither the client nor the system would notice for minutes.
    pub(super) fn is_silent(&self) -> bool {
        // Relaxed, here and below: a count that is off by one ends a silent connection one call earlier or later.
        self.health.silences.load(Ordering::Relaxed) >= TIMEOUTS_IN_A_ROW
    }

    fn note(&self, reply: &Result<Value, RedisError>) {
        let silences = &self.health.silences;
        if let Err(error) = reply
            && error.is_timeout()
        {
            if self.health.is_new_silence() {
                silences.fetch_add(1, Ordering::Relaxed);
            }
        } else if silences.load(Ordering::Relaxed) != 0 {
            // Read first: a write on every call would make the threads fight over the line of memory.
            silences.store(0, Ordering::Relaxed);
        }
    }
}

impl Health {
    /// Whether a time-out is not just another caller's of the same pause: one pause of the machine should not cost
    /// many callers their connection, only because they are many.
    fn is_new_silence(&self) -> bool {
        let now = process_ms();
        let is_new = now.saturating_sub(self.silent_ms.load(Ordering::Relaxed)) >= PAUSE_MS;
        if is_new {
            self.silent_ms.store(now, Ordering::Relaxed);
        }
        is_new
    }
}

/// Time-outs closer together than this are taken for one; a caller that is alone has them twice as far apart.
const PAUSE_MS: u64 = 50;
