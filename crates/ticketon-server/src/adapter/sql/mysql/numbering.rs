//! Gives facts their positions, once they are visible.
//!
//! Ids that count up become visible out of order, since whoever took the smaller one may commit later: a reader that
//! remembers the last id would skip facts for ever. So readers follow positions, which are given here, by one at a
//! time, to what is visible: dense, and without gaps. A fact that depends on another has the larger id, because its
//! commit waited for the other one's locks before it took an id; and whoever sees it sees the other. So positions keep
//! every order that means anything.

use sqlx::mysql::MySqlConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, Error, MySqlConnection};
use ticketon_core::store::Unavailable;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::super::decode::unavailable;
use super::super::value::{Columns as _, Rows as _, Value};
use super::connect;
use super::literal::LiteralRows;
use crate::limits;

/// Numbers the facts of a MySQL store.
pub struct Numbering {
    options: MySqlConnectOptions,
    /// Away while it runs and after an error, which closes it.
    connection: Mutex<Option<MySqlConnection>>,
}

/// Whoever holds the one row numbers; all others wait. What is read after that is what is visible then.
const HEAD: &str = "START TRANSACTION; SELECT head FROM log FOR UPDATE";

impl Numbering {
    pub(super) fn new(options: MySqlConnectOptions) -> Self {
        Self {
            options,
            connection: Mutex::new(None),
        }
    }

    /// Gives the facts that have none their positions, at most [`limits::NUMBERED_AT_ONCE`]; says to how many.
    pub async fn number(&self) -> Result<usize, Unavailable> {
        let numbered = timeout(limits::DATABASE_ANSWERS_WITHIN, self.try_number()).await;
        numbered
            .unwrap_or_else(|_| Err(Error::Io(std::io::ErrorKind::TimedOut.into())))
            .map_err(unavailable)
    }

    /// Numbers until nothing is left.
    pub async fn number_all(&self) -> Result<(), Unavailable> {
        while self.number().await? > 0 {}
        Ok(())
    }

    async fn try_number(&self) -> Result<usize, Error> {
        let mut kept = self.connection.lock().await;
        let mut connection = match kept.take() {
            Some(connection) => connection,
            None => connect::to_write(&self.options).await?,
        };
        let numbered = number(&mut connection).await;
        match &numbered {
            Ok(_) => *kept = Some(connection),
            // Whatever is open is rolled back before anybody waits for its lock.
            Err(_) => connection
                .close()
                .await
                .unwrap_or_else(|error| tracing::debug!(%error, "closed roughly")),
        }
        numbered
    }
}

async fn number(connection: &mut MySqlConnection) -> Result<usize, Error> {
    let ids = unnumbered(connection).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let rows = sqlx::raw_sql(HEAD).fetch_all(&mut *connection).await?;
    let head = rows[0].number(0)?;
    // Read again under the lock: another process may have been first.
    let ids = unnumbered(connection).await?;
    let mut positions = LiteralRows::default();
    for (id, position) in ids.iter().zip(head + 1..) {
        positions.push([Value::Integer(*id), Value::number(position)]);
    }
    if ids.is_empty() {
        sqlx::raw_sql("ROLLBACK").execute(connection).await?;
        return Ok(0);
    }
    let text = format!(
        "UPDATE (SELECT id, position FROM fact WHERE FALSE UNION ALL {}) j \
         STRAIGHT_JOIN fact s FORCE INDEX (PRIMARY) ON s.id = j.id SET s.position = j.position; \
         UPDATE log SET head = head + {}; COMMIT",
        positions.selects(),
        ids.len()
    );
    sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await?;
    Ok(ids.len())
}

/// Ids of facts without a position that are visible now, in order. Locks nothing and waits for nobody.
async fn unnumbered(connection: &mut MySqlConnection) -> Result<Vec<i64>, Error> {
    let text = format!(
        "SELECT id FROM fact FORCE INDEX (fact_position) WHERE position IS NULL ORDER BY id LIMIT {}",
        limits::NUMBERED_AT_ONCE
    );
    let rows = sqlx::raw_sql(AssertSqlSafe(text)).fetch_all(connection).await?;
    rows.iter().map(|row| row.integer(0)).collect()
}
