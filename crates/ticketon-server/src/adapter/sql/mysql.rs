//! The store in MySQL or MariaDB: several connections that write, a few that read.
//!
//! What is sent is text whose values are literals, because several statements in one call take no parameters, and
//! calls are what costs. One writer makes every literal (`literal.rs`), of digits, hex and nothing else.

mod asking;
mod connect;
mod databases;
mod draft;
mod engine;
mod errors;
mod literal;
#[cfg(test)]
mod million;
mod numbering;
mod open;
#[cfg(test)]
mod plans;
mod schema;
mod texts;

pub use engine::MySqlEngine;
pub use open::MySqlStore;

pub(super) use connect::{to_count, to_maintain};
pub(super) use errors::{is_answer, is_denied, is_no_new_user, lacks_a_grant};
pub(super) use literal::{fill, filled};
#[cfg(test)]
pub(super) use million::Million;
pub(super) use numbering::{number, unnumbered};
pub(super) use open::{connect as open_connection, parse, shown};
pub(super) use schema::must_be_current;
pub(super) use texts::FACTS_WITH_UNNUMBERED;

use std::collections::{BTreeMap, BTreeSet};

use sqlx::mysql::MySqlRow;
use sqlx::{AssertSqlSafe, Error, MySqlPool, Row as _};
use ticketon_core::row::{Row, RowId};
use ticketon_core::store::Versioned;

use super::decode;
use super::tables::{self, Shape};
use super::value::Columns;

impl Columns for MySqlRow {
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

/// The rows of these names, in their order.
pub(super) async fn named(pool: &MySqlPool, ids: &[&RowId]) -> Result<Vec<Option<Versioned<Row>>>, Error> {
    let names: BTreeSet<&RowId> = ids.iter().copied().collect();
    let names: Vec<&RowId> = names.into_iter().collect();
    let mut found = BTreeMap::new();
    for row in sqlx::raw_sql(AssertSqlSafe(texts::named(&names)))
        .fetch_all(pool)
        .await?
    {
        let shape = texts::shape_of(row.integer(0)?)?;
        let id = tables::read_key(shape.table, &row, 1)?;
        let version = 1 + Shape::of(shape.table).key.len();
        let versioned = decode::versioned(&id, &row, version)?;
        found.insert(id, versioned);
    }
    Ok(ids.iter().map(|id| found.get(*id).cloned()).collect())
}
