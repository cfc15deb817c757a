//! One connection to the file: what is asked of it at one moment, and what is changed in one step.

use std::cell::Cell;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::identity::Identity;
use super::{failure, file};
use crate::store::{StoreError, StoreErrorKind};

/// More than there are statements.
const STATEMENTS: usize = 64;

/// A connection to the file, with its prepared statements.
#[derive(Debug)]
pub(super) struct Session {
    connection: Connection,
    /// Which file it is to.
    identity: Option<Identity>,
    /// How long it waits for locks of others.
    patience: Cell<Duration>,
}

impl Session {
    /// Opens the file by `ends`.
    pub(super) fn open(path: &Path, ends: Instant) -> Result<Self, StoreError> {
        loop {
            let before = Identity::of(path);
            let connection = file::open(path, ends)?;
            // The same on both sides of opening it, or it may have been replaced in between, and this be a connection
            // to another one than we think. A file that is new is opened twice for that.
            if before == Identity::of(path) {
                connection.set_prepared_statement_cache_capacity(STATEMENTS);
                return Ok(Self {
                    connection,
                    identity: before,
                    // Not what the connection has now, so that it is set with the first use.
                    patience: Cell::new(Duration::MAX),
                });
            }
            if Instant::now() >= ends {
                return Err(StoreErrorKind::Busy.into());
            }
        }
    }

    /// Which file this is a connection to.
    pub(super) const fn identity(&self) -> Option<Identity> {
        self.identity
    }

    /// Has it wait so long for locks of others.
    pub(super) fn wait_for(&self, patience: Duration) -> Result<(), StoreError> {
        if self.patience.get() != patience {
            self.connection
                .busy_timeout(patience)
                .map_err(failure::of)?;
            self.patience.set(patience);
        }
        Ok(())
    }

    /// Asks one question, which is a moment of its own.
    pub(super) fn ask<T>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        question(&self.connection).map_err(failure::of)
    }

    /// Asks several questions at the same moment: nothing changes between them.
    pub(super) fn ask_at_once<T>(
        &self,
        questions: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.transact(TransactionBehavior::Deferred, questions)
    }

    /// Changes the file in one step: all of it happens, or nothing does, and nobody else changes anything meanwhile.
    pub(super) fn change<T>(
        &self,
        step: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        // With the lock from the start: a step that looks first could not get it later, if another was quicker.
        self.transact(TransactionBehavior::Immediate, step)
    }

    fn transact<T>(
        &self,
        behavior: TransactionBehavior,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let begun = Transaction::new_unchecked(&self.connection, behavior);
        begun
            .and_then(|transaction| {
                let result = work(&transaction)?;
                transaction.commit()?;
                Ok(result)
            })
            .map_err(failure::of)
    }

    /// Whether no transaction was left open, which would hold its lock for as long as this lives.
    pub(super) fn is_at_rest(&self) -> bool {
        self.connection.is_autocommit()
    }
}
