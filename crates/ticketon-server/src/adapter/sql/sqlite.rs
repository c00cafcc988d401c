//! The store in one SQLite file: one connection that writes, a few that read.

mod asking;
mod engine;
mod named;
mod open;
mod schema;
mod texts;
mod writing;

pub use engine::SqliteEngine;
pub use open::{SqliteStore, writing};

pub(super) use named::named;
pub(super) use open::reading;

use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Error, Row as _, Sqlite, query::Query};

use super::value::{Columns, Value};

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
