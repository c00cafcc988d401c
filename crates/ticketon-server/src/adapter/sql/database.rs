//! The connections that read, whichever database they lead to: a text and its values go in, rows come out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{Error, MySqlPool, SqlitePool};
use sqlx::{MySql, Sqlite, Transaction};
use sqlx::{mysql::MySqlRow, sqlite::SqliteRow};
use ticketon_core::row::{Row, RowId};
use ticketon_core::store::Versioned;

use super::value::{Columns, Value};
use super::{mysql, sqlite};

/// Which words a database must be told things in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    MySql,
}

/// Connections that read, and how often they were asked.
#[derive(Debug, Clone)]
pub(super) struct Database {
    pool: Pool,
    asked: Arc<AtomicU64>,
}

#[derive(Debug, Clone)]
enum Pool {
    Sqlite(SqlitePool),
    MySql(MySqlPool),
}

/// A transaction that reads.
pub(super) enum Still {
    Sqlite(Transaction<'static, Sqlite>),
    MySql(Transaction<'static, MySql>),
}

/// A row that was given.
pub(super) enum Given {
    Sqlite(SqliteRow),
    MySql(MySqlRow),
}

impl Database {
    /// How often it was asked: a statement each, but for the seats of a hall.
    pub(super) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    pub(super) fn dialect(&self) -> Dialect {
        match self.pool {
            Pool::Sqlite(_) => Dialect::Sqlite,
            Pool::MySql(_) => Dialect::MySql,
        }
    }

    pub(super) async fn ask(&self, text: &'static str, values: &[Value<'_>]) -> Result<Vec<Given>, Error> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        match &self.pool {
            Pool::Sqlite(pool) => Ok(given(
                sqlite::bind(text, values).fetch_all(pool).await?,
                Given::Sqlite,
            )),
            Pool::MySql(pool) => Ok(given(
                mysql::filled(text, values).fetch_all(pool).await?,
                Given::MySql,
            )),
        }
    }

    /// The rows of these names, in their order.
    pub(super) async fn named(&self, ids: &[&RowId]) -> Result<Vec<Option<Versioned<Row>>>, Error> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        match &self.pool {
            Pool::Sqlite(pool) => sqlite::named(pool, ids).await,
            Pool::MySql(pool) => mysql::named(pool, ids).await,
        }
    }

    /// A transaction that stands at the moment of its first read.
    pub(super) async fn still(&self) -> Result<Still, Error> {
        Ok(match &self.pool {
            Pool::Sqlite(pool) => Still::Sqlite(pool.begin().await?),
            Pool::MySql(pool) => Still::MySql(pool.begin().await?),
        })
    }
}

impl From<SqlitePool> for Database {
    fn from(pool: SqlitePool) -> Self {
        Self {
            pool: Pool::Sqlite(pool),
            asked: Arc::default(),
        }
    }
}

impl From<MySqlPool> for Database {
    fn from(pool: MySqlPool) -> Self {
        Self {
            pool: Pool::MySql(pool),
            asked: Arc::default(),
        }
    }
}

impl Still {
    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::MySql(_) => Dialect::MySql,
        }
    }

    pub(super) async fn ask(
        &mut self,
        text: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Given>, Error> {
        match self {
            Self::Sqlite(transaction) => Ok(given(
                sqlite::bind(text, values).fetch_all(&mut **transaction).await?,
                Given::Sqlite,
            )),
            Self::MySql(transaction) => Ok(given(
                mysql::filled(text, values).fetch_all(&mut **transaction).await?,
                Given::MySql,
            )),
        }
    }
}

impl Columns for Given {
    fn integer(&self, column: usize) -> Result<i64, Error> {
        match self {
            Self::Sqlite(row) => row.integer(column),
            Self::MySql(row) => row.integer(column),
        }
    }

    fn text(&self, column: usize) -> Result<&str, Error> {
        match self {
            Self::Sqlite(row) => row.text(column),
            Self::MySql(row) => row.text(column),
        }
    }

    fn bytes(&self, column: usize) -> Result<Option<&[u8]>, Error> {
        match self {
            Self::Sqlite(row) => row.bytes(column),
            Self::MySql(row) => row.bytes(column),
        }
    }
}

fn given<R>(rows: Vec<R>, wrap: impl Fn(R) -> Given) -> Vec<Given> {
    rows.into_iter().map(wrap).collect()
}
