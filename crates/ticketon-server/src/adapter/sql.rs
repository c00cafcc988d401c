//! The store over SQL: the only place that knows it.
//!
//! It promises what every store must do (`ticketon_core::contract`): a batch whole and durable or not at all, each
//! of its refusals named, facts at dense positions, reads that are never ahead of what is durable. It judges nothing:
//! `settle` does, between the two calls of a batch. Lists and searches stand apart: no decision rests on them.

mod batch;
mod cache;
mod decode;
mod engine;
mod lists;
mod open;
mod reads;
mod schema;
mod snapshot;
mod states;
mod tables;
mod texts;
mod value;

pub use engine::SqliteEngine;
pub use lists::{EventPlace, EventSearch, EventSort, ListedEvent, Lists};
pub use open::{OpenError, SqliteStore, writing};
pub use reads::SqliteReads;

use sqlx::sqlite::SqliteArguments;
use sqlx::{Sqlite, query::Query};
use value::Value;

/// A text with values bound, one by one.
fn bind(text: &'static str, values: &[Value<'_>]) -> Query<'static, Sqlite, SqliteArguments> {
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
