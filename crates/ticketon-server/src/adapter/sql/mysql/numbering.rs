//! Gives facts their positions, once they are visible.
//!
//! Ids that count up become visible out of order, since whoever took the smaller one may commit later: a reader that
//! remembers the last id would skip facts for ever. So readers follow positions, which are given here, by one at a
//! time, to what is visible: dense, and without gaps. A fact that depends on another has the larger id, because its
//! commit waited for the other one's locks before it took an id; and whoever sees it sees the other. So positions keep
//! every order that means anything.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Error, Executor, MySql, MySqlPool, raw_sql};

use super::super::value::Columns as _;
use crate::limits;

/// Numbers facts, at most [`limits::NUMBERED_AT_ONCE`]; says how many. Whoever holds the one row of `log` numbers, and
/// what is read after that is what is visible then.
pub(in crate::adapter::sql) async fn number(pool: &MySqlPool) -> Result<usize, Error> {
    if unnumbered_ids(pool, 1).await?.is_empty() {
        return Ok(0);
    }
    let mut transaction = pool.begin().await?;
    let log = raw_sql("SELECT head FROM log FOR UPDATE");
    let head = log.fetch_one(&mut *transaction).await?.number(0)?;
    let ids = unnumbered_ids(&mut *transaction, limits::NUMBERED_AT_ONCE).await?;
    if ids.is_empty() {
        // Another process was first.
        transaction.rollback().await?;
        return Ok(0);
    }
    let text = numbering_text(&ids, head + 1);
    raw_sql(AssertSqlSafe(text)).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(ids.len())
}

/// How many facts are to be numbered, up to the same bound.
pub(in crate::adapter::sql) async fn unnumbered(pool: &MySqlPool) -> Result<usize, Error> {
    Ok(unnumbered_ids(pool, limits::NUMBERED_AT_ONCE).await?.len())
}

/// An UPDATE for each run of ids without a gap: a commit's ids are one, and a run costs little more than a row.
fn numbering_text(ids: &[i64], first: u64) -> String {
    let mut text = String::new();
    let mut position = i64::try_from(first).expect("positions are counted from 0 by one");
    for run in ids.chunk_by(|id, next| id + 1 == *next) {
        let (from, to) = (run[0], run[run.len() - 1]);
        let _ = write!(
            text,
            "UPDATE fact FORCE INDEX (PRIMARY) SET position = id + {} WHERE id BETWEEN {from} AND {to}; ",
            position - from
        );
        position += 1 + to - from;
    }
    let _ = write!(text, "UPDATE log SET head = head + {}", ids.len());
    text
}

/// Ids of facts without a position that are visible now, in order, so many at most. Locks nothing and waits for nobody.
async fn unnumbered_ids<'a>(
    database: impl Executor<'a, Database = MySql>,
    most: usize,
) -> Result<Vec<i64>, Error> {
    let text = AssertSqlSafe(unnumbered_text(most));
    let rows = raw_sql(text).fetch_all(database).await?;
    rows.iter().map(|row| row.integer(0)).collect()
}

pub(super) fn unnumbered_text(most: usize) -> String {
    format!("SELECT id FROM fact FORCE INDEX (fact_position) WHERE position IS NULL ORDER BY id LIMIT {most}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_get_dense_positions_whatever_gaps_they_have() {
        assert_eq!(
            numbering_text(&[5, 6, 9], 1),
            "UPDATE fact FORCE INDEX (PRIMARY) SET position = id + -4 WHERE id BETWEEN 5 AND 6; \
             UPDATE fact FORCE INDEX (PRIMARY) SET position = id + -6 WHERE id BETWEEN 9 AND 9; \
             UPDATE log SET head = head + 3"
        );
    }
}
