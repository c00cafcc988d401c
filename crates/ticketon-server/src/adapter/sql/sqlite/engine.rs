//! The engine over SQLite: one connection that writes, two calls a batch.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions as _, Error, Sqlite, SqliteConnection};
use ticketon_core::store::{Changes, Engine, Found, JournalLine, NotWritten};

use super::super::batch::{self, Asked, Draft, Piece};
use super::super::cache::RowCache;
use super::super::decode::unavailable;
use super::super::value::unreadable;
use super::rows::JsonRows;
use super::texts::Call;

/// The writing half of a SQLite store.
pub struct SqliteEngine {
    options: SqliteConnectOptions,
    /// Away while a call runs, and given back only by a call that succeeded: an error, or a call that was dropped,
    /// closes the connection, and closing rolls back whatever was open.
    connection: Option<SqliteConnection>,
    is_in_transaction: bool,
    draft: Option<Draft<JsonRows>>,
    cache: Arc<RowCache>,
}

impl SqliteEngine {
    pub(super) fn new(options: SqliteConnectOptions, cache: Arc<RowCache>) -> Self {
        Self {
            options,
            connection: None,
            is_in_transaction: false,
            draft: None,
            cache,
        }
    }

    async fn call(
        &mut self,
        query: Query<'static, Sqlite, SqliteArguments>,
    ) -> Result<Vec<SqliteRow>, Error> {
        let connection = self.connection.take();
        // What becomes of the transaction is known only once the call has succeeded; without a connection there is none.
        self.is_in_transaction = false;
        let mut connection = match connection {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        let rows = query.fetch_all(&mut connection).await?;
        self.connection = Some(connection);
        Ok(rows)
    }

    /// Takes in a part of another store.
    pub(in crate::adapter::sql) async fn take(&mut self, piece: &Piece) -> Result<(), Error> {
        let lists = batch::copied(piece).map_err(unreadable)?;
        self.call(sqlx::query("BEGIN IMMEDIATE")).await?;
        self.call(Call::commit(lists).query()).await?;
        Ok(())
    }

    async fn open(&mut self, asked: &Asked<'_>) -> Result<Found, Error> {
        if self.is_in_transaction {
            self.call(sqlx::query("ROLLBACK")).await?;
        }
        let rows = self.call(Call::begin(asked.arrays()).query()).await?;
        self.is_in_transaction = true;
        asked.found(&rows)
    }
}

#[async_trait]
impl Engine for SqliteEngine {
    async fn begin(&mut self, batch: &[Changes]) -> Result<Found, NotWritten> {
        let asked = Asked::of(batch);
        let (found, draft) = tokio::join!(self.open(&asked), async { Draft::of(batch) });
        self.draft = Some(draft);
        found.map_err(|error| unavailable(error).into())
    }

    async fn finish(&mut self, accepted: &[&Changes], journal: &[JournalLine]) -> Result<(), NotWritten> {
        let draft = self.draft.take();
        let written = if accepted.is_empty() && journal.is_empty() {
            self.call(sqlx::query("ROLLBACK")).await
        } else {
            let arrays = Draft::written(draft, accepted, journal);
            let arrays = arrays.map_err(|error| NotWritten::Refused(error.to_string()))?;
            self.call(Call::commit(arrays).query()).await
        };
        written.map_err(|error| {
            // Perhaps it is in the file all the same, and only the answer was lost.
            self.cache.forget(accepted);
            not_written(error)
        })?;
        self.cache.committed(accepted);
        Ok(())
    }
}

/// A constraint that refuses is told apart from a store that does not answer.
fn not_written(error: Error) -> NotWritten {
    const CONSTRAINT: i32 = 19;
    let code = error
        .as_database_error()
        .and_then(|error| error.code()?.parse::<i32>().ok());
    // The low byte is the primary result code, <https://www.sqlite.org/rescode.html>.
    match code {
        Some(code) if code & 0xFF == CONSTRAINT => NotWritten::Refused(error.to_string()),
        _ => unavailable(error).into(),
    }
}
