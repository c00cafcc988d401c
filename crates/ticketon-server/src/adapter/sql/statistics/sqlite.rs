//! Statistics in a SQLite file. Whoever writes to a file waits for whoever else does, so counting takes its turns as
//! briefly as it can: a table at a time, on a connection of its own (the committer's would hold a batch up behind it, and
//! carry a time-out it must not have), looking at some rows of each index and not at all of them. Sales go on between two
//! tables.
//!
//! SQLite reads what was counted when a connection opens: the next start of the shop plans by it. Nothing is lost by that,
//! as the statements of a sale name the order in which their tables are read.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::sqlite::{SqlitePoolOptions, SqliteRow};
use sqlx::{AssertSqlSafe, Error, SqlitePool};
use ticketon_core::store::Unavailable;

use super::super::decode::unavailable;
use super::super::sqlite::{reading, writing};
use super::super::value::Columns as _;
use super::answer::Counted;
use super::signal::{Signal, drift_percent};
use super::table::CountedTable;
use super::{Health, Overview, TableStatistics};
use crate::limits;

/// A file, its connection that counts, and one that looks.
pub(super) struct File {
    counting: SqlitePool,
    looking: SqlitePool,
}

/// Bytes of each table and of its indexes.
const SIZES: &str = "SELECT s.tbl_name, s.type = 'table', sum(d.pgsize) FROM dbstat d \
    JOIN sqlite_schema s ON s.name = d.name WHERE d.aggregate = TRUE GROUP BY s.tbl_name, s.type";

/// The first number of a table's line is its rows.
const COUNTED: &str = "SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl";

impl File {
    pub(super) fn at(path: &Path) -> Self {
        let pool = || {
            SqlitePoolOptions::new()
                .max_connections(1)
                .idle_timeout(limits::ANALYZE_IDLE)
        };
        let counting = writing(path)
            .create_if_missing(false)
            .busy_timeout(limits::SQLITE_ANALYSIS_WAIT)
            .pragma("analysis_limit", limits::SQLITE_ANALYSIS_ROWS.to_string());
        Self {
            counting: pool().connect_lazy_with(counting),
            looking: pool().connect_lazy_with(reading(path)),
        }
    }

    pub(super) async fn tables(&self) -> Result<Overview, Unavailable> {
        let tables = self.look().await.map_err(unavailable)?;
        Ok(Overview {
            tables,
            missing: Vec::new(),
            tells_stale: true,
        })
    }

    pub(super) async fn count(&self, table: CountedTable) -> Result<Counted, Unavailable> {
        let done = sqlx::raw_sql(AssertSqlSafe(format!("ANALYZE \"{table}\"")))
            .execute(&self.counting)
            .await;
        match done {
            Ok(_) => Ok(Counted::Ok),
            Err(Error::Database(error)) => Ok(Counted::failed(error.message())),
            Err(error) => Err(unavailable(error)),
        }
    }

    pub(super) async fn health(&self) -> Health {
        match sqlx::raw_sql("SELECT 1").execute(&self.looking).await {
            Ok(_) => Health::Up,
            Err(_) => Health::Refused("the store's file cannot be opened".to_owned()),
        }
    }

    async fn look(&self) -> Result<Vec<TableStatistics>, Error> {
        let is_counted = "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'";
        let is_counted = self.ask(is_counted).await?[0].integer(0)? == 1;
        let counted = if is_counted {
            self.ask(COUNTED).await?
        } else {
            Vec::new()
        };
        let counted: BTreeMap<String, u64> = counted
            .iter()
            .map(|row| Ok((row.text(0)?.to_owned(), row.number(1)?)))
            .collect::<Result<_, Error>>()?;
        let mut sizes: BTreeMap<(String, bool), u64> = BTreeMap::new();
        for row in self.ask(SIZES).await? {
            sizes.insert((row.text(0)?.to_owned(), row.integer(1)? == 1), row.number(2)?);
        }
        let mut tables = Vec::new();
        for table in CountedTable::all() {
            let rows = self.ask(&format!("SELECT count(*) FROM \"{table}\"")).await?[0].number(0)?;
            let size = |is_table| sizes.get(&(table.name().to_owned(), is_table)).copied();
            tables.push(figures(
                table,
                rows,
                counted.get(table.name()).copied(),
                [true, false].map(|is_table| size(is_table).unwrap_or(0)),
            ));
        }
        Ok(tables)
    }

    async fn ask(&self, text: &str) -> Result<Vec<SqliteRow>, Error> {
        sqlx::raw_sql(AssertSqlSafe(text.to_owned()))
            .fetch_all(&self.looking)
            .await
    }
}

fn figures(
    table: CountedTable,
    rows: u64,
    counted: Option<u64>,
    [data_bytes, index_bytes]: [u64; 2],
) -> TableStatistics {
    TableStatistics {
        table,
        rows,
        counted_rows: counted,
        drift_percent: counted.map(|counted| drift_percent(rows, counted)),
        // Neither is written down.
        changed_rows: None,
        counted_at: None,
        data_bytes,
        index_bytes,
        stale: stale(rows, counted),
    }
}

/// An empty table has no line, and needs none.
fn stale(rows: u64, counted: Option<u64>) -> Option<Signal> {
    let times = limits::STALE_TIMES_ON_SQLITE;
    match counted {
        None => (rows > 0).then_some(Signal::NeverCounted),
        Some(counted) => {
            let is_far = rows > counted * times || rows * times < counted;
            let is_small = rows.abs_diff(counted) <= limits::STALE_ROWS_MIN;
            (is_far && !is_small).then_some(Signal::RowsDiffer { rows, counted })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_stale_once_it_is_ten_times_as_large_or_a_tenth() {
        assert_eq!(stale(0, None), None);
        assert_eq!(stale(1, None), Some(Signal::NeverCounted));
        assert_eq!(stale(10_000, Some(1_000)), None);
        let grown = Signal::RowsDiffer {
            rows: 10_001,
            counted: 1_000,
        };
        assert_eq!(stale(10_001, Some(1_000)), Some(grown));
        assert!(stale(99, Some(1_000)).is_some());
        assert_eq!(stale(150, Some(1)), None, "of a small table every plan is quick");
    }
}
