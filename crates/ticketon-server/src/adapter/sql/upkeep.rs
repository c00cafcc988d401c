//! What is done to a store now and then, that is no decision and takes no part in batches: facts are numbered, and what
//! is too old is forgotten. Its connections are its own; its short transactions wait for their turn between the
//! committers'.

use std::path::Path;

use sqlx::mysql::MySqlConnectOptions;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{MySqlPool, SqlitePool};
use ticketon_core::store::Unavailable;
use ticketon_core::time::Timestamp;

use super::decode::unavailable;
use super::mysql;
use super::sqlite;
use super::value::{Columns, Value};
use crate::limits;

/// Keeps a store in order.
pub struct Upkeep(Of);

enum Of {
    Sqlite(SqlitePool),
    MySql(MySqlPool),
}

const FORGET_ANSWERS_ON_SQLITE: &str = "DELETE FROM answer WHERE (caller, operation, key) IN \
    (SELECT caller, operation, key FROM answer WHERE at < ?1 ORDER BY at LIMIT ?2)";
const FORGET_ANSWERS_ON_MYSQL: &str = "DELETE FROM answer WHERE at < ?1 ORDER BY at LIMIT ?2";

const FORGET_RUNS_ON_SQLITE: &str = "DELETE FROM job_run WHERE id IN \
    (SELECT id FROM job_run WHERE id < ?1 AND due_at IS NULL ORDER BY id LIMIT ?2)";
pub(super) const FORGET_RUNS_ON_MYSQL: &str =
    "DELETE FROM job_run WHERE id < ?1 AND due_at IS NULL ORDER BY id LIMIT ?2";

const NEXT_JOURNAL: &str = "SELECT stream FROM journal WHERE stream > ?1 ORDER BY stream LIMIT 1";
const FORGET_LINES_ON_SQLITE: &str = "DELETE FROM journal WHERE stream = ?1 AND number IN \
    (SELECT number FROM journal WHERE stream = ?1 ORDER BY number LIMIT ?2)";
const FORGET_LINES_ON_MYSQL: &str = "DELETE FROM journal WHERE stream = ?1 ORDER BY number LIMIT ?2";

impl Upkeep {
    /// Of the SQLite store at `path`.
    pub fn at(path: &Path) -> Self {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(limits::PRUNE_EVERY / 2)
            .connect_lazy_with(sqlite::writing(path).create_if_missing(false));
        Self(Of::Sqlite(pool))
    }

    pub(super) fn of_mysql(options: MySqlConnectOptions) -> Self {
        Self(Of::MySql(mysql::to_maintain(options)))
    }

    /// Gives facts that became visible without a position theirs; says to how many, 0 once none is left. On SQLite a
    /// commit does it itself.
    pub async fn number_facts(&self) -> Result<usize, Unavailable> {
        match &self.0 {
            Of::Sqlite(_) => Ok(0),
            Of::MySql(pool) => mysql::number(pool).await.map_err(unavailable),
        }
    }

    /// Facts that are visible and have no position yet: at most so many as are numbered at once.
    pub async fn unnumbered(&self) -> Result<usize, Unavailable> {
        match &self.0 {
            Of::Sqlite(_) => Ok(0),
            Of::MySql(pool) => mysql::unnumbered(pool).await.map_err(unavailable),
        }
    }

    /// Forgets what requests were answered before `old`, at most `limit` of them; says how many.
    pub async fn forget_answers(&self, old: Timestamp, limit: u32) -> Result<u64, Unavailable> {
        let values = [Value::moment(old), Value::number(u64::from(limit))];
        self.forget(FORGET_ANSWERS_ON_SQLITE, FORGET_ANSWERS_ON_MYSQL, &values)
            .await
    }

    /// Forgets the runs of jobs that were made before `old` and are over, at most `limit` of them; says how many.
    pub async fn forget_job_runs(&self, old: Timestamp, limit: u32) -> Result<u64, Unavailable> {
        let first_kept = first_id_of(old);
        let values = [Value::Bytes(&first_kept), Value::number(u64::from(limit))];
        self.forget(FORGET_RUNS_ON_SQLITE, FORGET_RUNS_ON_MYSQL, &values)
            .await
    }

    /// The first journal whose name comes after `stream`; none after the last.
    pub async fn next_journal(&self, stream: &str) -> Result<Option<String>, Unavailable> {
        let values = [Value::Text(stream)];
        let next = match &self.0 {
            Of::Sqlite(pool) => {
                let row = sqlite::bind(NEXT_JOURNAL, &values).fetch_optional(pool).await;
                row.and_then(|row| row.as_ref().map(name_in).transpose())
            }
            Of::MySql(pool) => {
                let row = mysql::filled(NEXT_JOURNAL, &values).fetch_optional(pool).await;
                row.and_then(|row| row.as_ref().map(name_in).transpose())
            }
        };
        next.map_err(unavailable)
    }

    /// Forgets the lines of a journal, the oldest first and at most `limit` of them; says how many.
    pub async fn forget_lines(&self, stream: &str, limit: u32) -> Result<u64, Unavailable> {
        let values = [Value::Text(stream), Value::number(u64::from(limit))];
        self.forget(FORGET_LINES_ON_SQLITE, FORGET_LINES_ON_MYSQL, &values)
            .await
    }

    async fn forget(
        &self,
        on_sqlite: &'static str,
        on_mysql: &'static str,
        values: &[Value<'_>],
    ) -> Result<u64, Unavailable> {
        let forgotten = match &self.0 {
            Of::Sqlite(pool) => {
                let done = sqlite::bind(on_sqlite, values).execute(pool).await;
                done.map(|done| done.rows_affected())
            }
            Of::MySql(pool) => {
                let done = mysql::filled(on_mysql, values).execute(pool).await;
                done.map(|done| done.rows_affected())
            }
        };
        forgotten.map_err(unavailable)
    }
}

fn name_in(row: &impl Columns) -> Result<String, sqlx::Error> {
    row.text(0).map(str::to_owned)
}

/// The bytes before which all ids were made earlier: a version 7 UUID begins with its time (RFC 9562).
fn first_id_of(moment: Timestamp) -> [u8; 16] {
    let millis = u64::try_from(moment.as_millis()).unwrap_or(0);
    let mut id = [0; 16];
    id[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
    id
}
