//! Gives facts their positions, once they are visible.
//!
//! Ids that count up become visible out of order, since whoever took the smaller one may commit later: a reader that
//! remembers the last id would skip facts for ever. So readers follow positions, which are given here, by one at a
//! time, to what is visible: dense, and without gaps. A fact that depends on another has the larger id, because its
//! commit waited for the other one's locks before it took an id; and whoever sees it sees the other. So positions keep
//! every order that means anything.

use sqlx::{AssertSqlSafe, Error, Executor, MySql, MySqlPool, raw_sql};

use super::super::value::{Columns as _, Rows as _, Value};
use super::literal::LiteralRows;
use crate::limits;

/// Numbers facts, at most [`limits::NUMBERED_AT_ONCE`]; says how many. Whoever holds the one row of `log` numbers, and
/// what is read after that is what is visible then.
pub(in crate::adapter::sql) async fn number(pool: &MySqlPool) -> Result<usize, Error> {
    if unnumbered(pool).await?.is_empty() {
        return Ok(0);
    }
    let mut transaction = pool.begin().await?;
    let log = raw_sql("SELECT head FROM log FOR UPDATE");
    let head = log.fetch_one(&mut *transaction).await?.number(0)?;
    let ids = unnumbered(&mut *transaction).await?;
    let mut positions = LiteralRows::default();
    for (id, position) in ids.iter().zip(head + 1..) {
        positions.push([Value::Integer(*id), Value::number(position)]);
    }
    if positions.is_empty() {
        // Another process was first.
        transaction.rollback().await?;
        return Ok(0);
    }
    let text = format!(
        "UPDATE (SELECT id, position FROM fact WHERE FALSE UNION ALL {}) j \
         STRAIGHT_JOIN fact s FORCE INDEX (PRIMARY) ON s.id = j.id SET s.position = j.position; \
         UPDATE log SET head = head + {}",
        positions.selects(),
        ids.len()
    );
    raw_sql(AssertSqlSafe(text)).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(ids.len())
}

/// Ids of facts without a position that are visible now, in order. Locks nothing and waits for nobody.
async fn unnumbered<'a>(database: impl Executor<'a, Database = MySql>) -> Result<Vec<i64>, Error> {
    let text = AssertSqlSafe(unnumbered_text());
    let rows = raw_sql(text).fetch_all(database).await?;
    rows.iter().map(|row| row.integer(0)).collect()
}

pub(super) fn unnumbered_text() -> String {
    format!(
        "SELECT id FROM fact FORCE INDEX (fact_position) WHERE position IS NULL ORDER BY id LIMIT {}",
        limits::NUMBERED_AT_ONCE
    )
}
