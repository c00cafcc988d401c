//! The engine over SQLite: one connection that writes, in the thread that asks.
//!
//! It has a client of its own. A statement takes two or three microseconds, and to hand it to another thread and wait
//! for its end takes ten times as long: so a batch is many plain statements, a row each, and nothing is handed over. The
//! thread that asks is busy for the milliseconds of a batch, and the runtime needs another one for everybody else.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, ErrorCode};
use sqlx::Error;
use ticketon_core::store::{Changes, Engine, Found, JournalLine, NotWritten, Unavailable};

use super::super::batch::{Asked, Piece};
use super::super::cache::RowCache;
use super::super::value::unreadable;
use super::open;
use super::writing::{copy, write};

/// The writing half of a SQLite store. Its calls block: a runtime that has other things to do has two threads at least.
pub struct SqliteEngine {
    path: PathBuf,
    /// Away while a call runs, and given back only by a call that succeeded: closing rolls back whatever was open.
    connection: Option<Connection>,
    cache: Arc<RowCache>,
}

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("what the store holds cannot be read: {0}")]
    Unreadable(#[from] Error),
    #[error("what shall be written has no JSON: {0}")]
    Unwritable(#[from] serde_json::Error),
}

impl SqliteEngine {
    pub(super) fn new(path: PathBuf, cache: Arc<RowCache>) -> Self {
        Self {
            path,
            connection: None,
            cache,
        }
    }

    /// Takes in a part of another store.
    pub(in crate::adapter::sql) fn take(&mut self, piece: &Piece) -> Result<(), Error> {
        self.call(|connection| {
            begin(connection)?;
            copy(connection, piece)?;
            end(connection, "COMMIT")
        })
        .map_err(unreadable)
    }

    fn call<T>(&mut self, work: impl FnOnce(&Connection) -> Result<T, Failed>) -> Result<T, Failed> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => open::to_write(&self.path)?,
        };
        let answer = work(&connection)?;
        self.connection = Some(connection);
        Ok(answer)
    }
}

#[async_trait]
impl Engine for SqliteEngine {
    async fn begin(&mut self, batch: &[Changes]) -> Result<Found, NotWritten> {
        let found = self.call(|connection| {
            begin(connection)?;
            Asked::of(batch).found(connection)
        });
        Ok(found?)
    }

    async fn finish(&mut self, accepted: &[&Changes], journal: &[JournalLine]) -> Result<(), NotWritten> {
        let written = self.call(|connection| {
            if accepted.is_empty() && journal.is_empty() {
                return end(connection, "ROLLBACK");
            }
            write(connection, accepted, journal)?;
            end(connection, "COMMIT")
        });
        match &written {
            Ok(()) => self.cache.committed(accepted),
            // Perhaps it is in the file all the same, and only the answer was lost.
            Err(_) => self.cache.forget(accepted),
        }
        Ok(written?)
    }
}

/// Opens a transaction, and ends the one that was given up.
fn begin(connection: &Connection) -> Result<(), Failed> {
    if !connection.is_autocommit() {
        end(connection, "ROLLBACK")?;
    }
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    Ok(())
}

fn end(connection: &Connection, how: &str) -> Result<(), Failed> {
    connection.prepare_cached(how)?.execute([])?;
    Ok(())
}

/// A constraint that refuses is told apart from a store that does not answer.
impl From<Failed> for NotWritten {
    fn from(failed: Failed) -> Self {
        let is_refused = match &failed {
            Failed::Sqlite(error) => error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation),
            Failed::Unreadable(_) => false,
            Failed::Unwritable(_) => true,
        };
        if is_refused {
            Self::Refused(failed.to_string())
        } else {
            Unavailable(format!("the store does not answer: {failed}")).into()
        }
    }
}
