//! Has the server look at a table. It says how that went in rows: a table that is not there is no error to it.

use sqlx::{AssertSqlSafe, Error, MySqlPool, raw_sql};

use super::super::value::{Columns as _, unreadable};

/// Looks at a table of ours. Replicas look at theirs themselves.
pub(in crate::adapter::sql) async fn analyze(pool: &MySqlPool, table: &'static str) -> Result<(), Error> {
    let text = format!("ANALYZE NO_WRITE_TO_BINLOG TABLE `{table}`");
    // Table, what was done, kind of message, message.
    for row in raw_sql(AssertSqlSafe(text)).fetch_all(pool).await? {
        if row.text(2)?.eq_ignore_ascii_case("error") {
            return Err(unreadable(row.text(3)?.to_owned()));
        }
    }
    Ok(())
}
