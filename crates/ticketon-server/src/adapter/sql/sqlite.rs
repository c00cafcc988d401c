//! The store in one SQLite file: one connection that writes, a few that read.

mod asking;
mod engine;
mod open;
mod rows;
mod schema;
mod texts;

pub use engine::SqliteEngine;
pub use open::{SqliteStore, writing};

pub(super) use open::reading;

use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Error, Row as _, Sqlite, SqlitePool, query::Query};
use ticketon_core::row::{Row, RowId};
use ticketon_core::store::Versioned;

use super::decode;
use super::tables::{self, TABLES};
use super::value::{Columns, Rows as _, Value};
use rows::JsonRows;
use texts::Call;

impl Columns for SqliteRow {
    fn integer(&self, column: usize) -> Result<i64, Error> {
        self.try_get_unchecked(column)
    }

    fn text(&self, column: usize) -> Result<&str, Error> {
        self.try_get_unchecked(column)
    }

    fn bytes(&self, column: usize) -> Result<Option<&[u8]>, Error> {
        self.try_get_unchecked(column)
    }
}

/// A text with values bound.
pub(super) fn bind(text: &'static str, values: &[Value<'_>]) -> Query<'static, Sqlite, SqliteArguments> {
    let mut query = sqlx::query(text);
    for value in values {
        query = match value {
            Value::Null => query.bind(None::<i64>),
            Value::Bytes(bytes) => query.bind(bytes.to_vec()),
            Value::Text(text) => query.bind((*text).to_owned()),
            Value::Integer(number) => query.bind(*number),
            Value::Owned(text) => query.bind(text.clone()),
        };
    }
    query
}

/// The rows of these names, in their order.
pub(super) async fn named(pool: &SqlitePool, ids: &[&RowId]) -> Result<Vec<Option<Versioned<Row>>>, Error> {
    let mut names = vec![JsonRows::default(); TABLES.len()];
    for (n, id) in ids.iter().enumerate() {
        names[id.table() as usize].push([Value::number(n as u64)].into_iter().chain(tables::key(id)));
    }
    let mut found = vec![None; ids.len()];
    for row in Call::rows(names).query().fetch_all(pool).await? {
        let n = usize::try_from(row.number(0)?).expect("a place that was asked for");
        found[n] = Some(decode::versioned(ids[n], &row, 1)?);
    }
    Ok(found)
}
