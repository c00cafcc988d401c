//! Statistics on MySQL and MariaDB: `InnoDB` of both counts alike and says so under other names, and each has something of
//! its own beside it, MySQL histograms, MariaDB statistics that do not depend on the engine.

mod counting;
mod flavour;
mod health;
mod looking;

use std::time::Duration;

use sqlx::mysql::{MySqlConnectOptions, MySqlRow};
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Error, MySql, MySqlPool};
use ticketon_core::store::Unavailable;
use tokio::time::timeout;

use super::super::mysql::{is_denied, lacks_a_grant, shown, to_count};
use super::NoStatistics;
use crate::limits;
pub(super) use flavour::Flavour;

/// A server, as the batch user sees it.
pub(super) struct Server {
    options: MySqlConnectOptions,
    pool: MySqlPool,
    has_replica: bool,
    /// How long a table may take.
    counts_within: Duration,
}

/// A connection of the batch user's.
struct Session {
    connection: PoolConnection<MySql>,
    flavour: Flavour,
    counts_within: Duration,
}

impl Server {
    pub(super) fn at(options: MySqlConnectOptions, has_replica: bool) -> Self {
        Self {
            pool: to_count(options.clone()),
            options,
            has_replica,
            counts_within: limits::ANALYZED_WITHIN,
        }
    }

    async fn connect(&self) -> Result<Session, Error> {
        let mut connection = self.pool.acquire().await?;
        let asked = timeout(limits::DATABASE_ANSWERS_WITHIN, Flavour::of(&mut connection));
        let Ok(flavour) = asked.await else {
            connection.close_on_drop();
            return Err(unanswered());
        };
        Ok(Session {
            connection,
            flavour: flavour?,
            counts_within: self.counts_within,
        })
    }

    /// What is said where the batch user did not come in, or its connection broke.
    fn unavailable(&self, error: &Error) -> NoStatistics {
        let at = shown(&self.options);
        if is_denied(error) {
            let user = self.options.get_username().to_owned();
            return NoStatistics::UserRefused { user, at };
        }
        Unavailable(format!("statistics at `{at}` are not to be had: {error}")).into()
    }
}

impl Session {
    async fn ask(&mut self, text: String) -> Result<Vec<MySqlRow>, Error> {
        let answer = self.ask_within(text, limits::DATABASE_ANSWERS_WITHIN).await?;
        answer.ok_or_else(unanswered)
    }

    /// The rows of an answer that comes within this time; none if it does not. Then the connection is closed, on which it
    /// might still come, or on which nobody is any more.
    async fn ask_within(&mut self, text: String, length: Duration) -> Result<Option<Vec<MySqlRow>>, Error> {
        let asked = sqlx::raw_sql(AssertSqlSafe(text)).fetch_all(&mut *self.connection);
        let Ok(answer) = timeout(length, asked).await else {
            self.connection.close_on_drop();
            return Ok(None);
        };
        answer.map(Some)
    }

    /// The same; nothing where the user may not.
    async fn ask_if_allowed(&mut self, text: String) -> Result<Option<Vec<MySqlRow>>, Error> {
        match self.ask(text).await {
            Ok(rows) => Ok(Some(rows)),
            Err(error) if lacks_a_grant(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn unanswered() -> Error {
    Error::Io(std::io::ErrorKind::TimedOut.into())
}
