//! The engine over MySQL and MariaDB: a connection that writes, two calls a batch. Several may write to one store,
//! in this process and in others.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::mysql::{MySqlConnectOptions, MySqlRow};
use sqlx::{AssertSqlSafe, Error, MySqlConnection};
use ticketon_core::store::{Changes, Engine, Found, JournalLine, NotWritten};
use tokio::time::timeout;

use super::super::batch::{Asked, Piece};
use super::super::cache::RowCache;
use super::super::value::unreadable;
use super::connect;
use super::draft::{Draft, copied};
use super::errors::{is_answer, not_written};
use super::texts;
use crate::limits;

/// A writing connection of a MySQL store.
pub struct MySqlEngine {
    options: MySqlConnectOptions,
    /// The largest text that the server takes.
    packet_max: usize,
    /// Away while a call runs, and given back only by a call that the server answered: without an answer, or when a
    /// call is dropped, the connection is closed, and the server rolls back whatever was open.
    connection: Option<MySqlConnection>,
    is_in_transaction: bool,
    draft: Option<Draft>,
    cache: Arc<RowCache>,
}

impl MySqlEngine {
    pub(super) fn new(options: MySqlConnectOptions, packet_max: usize, cache: Arc<RowCache>) -> Self {
        Self {
            options,
            packet_max,
            connection: None,
            is_in_transaction: false,
            draft: None,
            cache,
        }
    }

    /// Takes in a part of another store.
    pub(in crate::adapter::sql) async fn take(&mut self, piece: &Piece) -> Result<(), Error> {
        let lists = copied(piece).map_err(unreadable)?;
        let text = format!("{START};\n{}", texts::commit(&lists));
        self.call(text).await?;
        self.is_in_transaction = false;
        Ok(())
    }

    async fn call(&mut self, text: String) -> Result<Vec<MySqlRow>, Error> {
        let call = self.call_unbounded(text);
        let answer = timeout(limits::DATABASE_ANSWERS_WITHIN, call).await;
        answer.unwrap_or_else(|_| Err(Error::Io(std::io::ErrorKind::TimedOut.into())))
    }

    async fn call_unbounded(&mut self, text: String) -> Result<Vec<MySqlRow>, Error> {
        let connection = self.connection.take();
        // A new connection has no transaction open; what was open on one that is gone, the server ends.
        let was_in_transaction = std::mem::take(&mut self.is_in_transaction);
        let mut connection = match connection {
            Some(connection) => connection,
            None => connect::to_write(&self.options).await?,
        };
        // To start a transaction commits the one that is open.
        if was_in_transaction && text.starts_with(START) {
            sqlx::raw_sql("ROLLBACK").execute(&mut connection).await?;
        }
        let answer = sqlx::raw_sql(AssertSqlSafe(text))
            .fetch_all(&mut connection)
            .await;
        if answer.as_ref().map_or_else(is_answer, |_| true) {
            self.connection = Some(connection);
            self.is_in_transaction = true;
        }
        answer
    }

    async fn write(&mut self, accepted: &[&Changes], journal: &[JournalLine]) -> Result<(), NotWritten> {
        let lists = Draft::written(self.draft.take(), accepted, journal);
        let text = texts::commit(&lists.map_err(|error| NotWritten::Refused(error.to_string()))?);
        if text.len() >= self.packet_max {
            return Err(NotWritten::Refused(format!(
                "a batch of {} bytes is more than the server takes: raise its `max_allowed_packet`",
                text.len()
            )));
        }
        self.call(text).await.map_err(not_written)?;
        Ok(())
    }
}

const START: &str = "START TRANSACTION";

#[async_trait]
impl Engine for MySqlEngine {
    async fn begin(&mut self, batch: &[Changes]) -> Result<Found, NotWritten> {
        let asked = Asked::of(batch);
        let mut texts = vec![START.to_owned()];
        texts.extend(asked.questions());
        let (rows, draft) = tokio::join!(self.call(texts.join(";\n")), async { Draft::of(batch) });
        self.draft = Some(draft);
        rows.and_then(|rows| asked.heard(&rows)).map_err(not_written)
    }

    async fn finish(&mut self, accepted: &[&Changes], journal: &[JournalLine]) -> Result<(), NotWritten> {
        let written = if accepted.is_empty() && journal.is_empty() {
            self.call("ROLLBACK".to_owned())
                .await
                .map(|_| ())
                .map_err(not_written)
        } else {
            self.write(accepted, journal).await
        };
        match &written {
            Ok(()) => {
                self.is_in_transaction = false;
                self.cache.committed(accepted);
            }
            // Perhaps it is in the store all the same, and only the answer was lost.
            Err(_) => self.cache.forget(accepted),
        }
        written
    }
}
