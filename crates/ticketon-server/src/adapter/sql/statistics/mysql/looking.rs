//! What is known of the tables: what the server wrote down when it counted them, beside what it has seen since. Each part
//! is asked for alone, because each takes a right of its own; without one there is less to compare.

use std::collections::BTreeMap;

use sqlx::Error;
use sqlx::mysql::MySqlRow;
use ticketon_core::time::Timestamp;

use super::super::super::mysql::fill;
use super::super::super::value::{Columns as _, Value};
use super::super::encoded::encoded;
use super::super::signal::{Known, LastCount, drift_percent};
use super::super::{CountedTable, Grant, NoStatistics, Overview, TableStatistics};
use super::{Flavour, Server, Session};

/// What anybody who may read a table may know of it.
const TABLES: &str = "SELECT table_name, CAST(coalesce(table_rows, 0) AS SIGNED), \
    CAST(coalesce(data_length, 0) AS SIGNED), CAST(coalesce(index_length, 0) AS SIGNED) \
    FROM information_schema.tables WHERE table_schema = database() AND table_type = 'BASE TABLE'";

/// What was written down when a table was counted.
pub(super) const COUNTED: &str = "SELECT table_name, CAST(n_rows AS SIGNED), \
    CAST((clustered_index_size + sum_of_other_index_sizes) * @@innodb_page_size AS SIGNED), \
    CAST(unix_timestamp(last_update) AS SIGNED) \
    FROM mysql.innodb_table_stats WHERE database_name = database()";

/// When histograms were made (MySQL).
const HISTOGRAMS: &str = "SELECT table_name, CAST(min(unix_timestamp( \
    json_value(histogram, '$.\"last-updated\"'))) AS SIGNED) \
    FROM information_schema.column_statistics WHERE schema_name = database() GROUP BY table_name";

/// Rows by statistics that do not depend on the engine (MariaDB).
pub(super) const INDEPENDENT: &str = "SELECT table_name, CAST(coalesce(cardinality, 0) AS SIGNED) FROM mysql.table_stats WHERE db_name = database()";

/// What the server has seen of a table since it was counted.
struct Counter {
    rows: u64,
    changed: u64,
    /// Whether the table was opened since the server started; until then the others are no figures.
    is_loaded: bool,
    file_bytes: u64,
}

/// Everything that may be known, by table.
struct Seen {
    tables: BTreeMap<String, [u64; 3]>,
    counted: Option<BTreeMap<String, LastCount>>,
    counters: Option<BTreeMap<String, Counter>>,
    histograms: BTreeMap<String, Timestamp>,
    independent: Option<BTreeMap<String, u64>>,
}

impl Server {
    pub(in crate::adapter::sql::statistics) async fn tables(
        &self,
        now: Timestamp,
    ) -> Result<Overview, NoStatistics> {
        let seen = async { Seen::look(&mut self.connect().await?, self.options.get_database()).await };
        let seen = seen.await.map_err(|error| self.unavailable(&error))?;
        Ok(Overview {
            tables: CountedTable::all()
                .into_iter()
                .filter_map(|table| seen.of(table, now))
                .collect(),
            missing: seen.missing(),
            tells_stale: seen.counted.is_some(),
        })
    }
}

impl Seen {
    async fn look(session: &mut Session, database: Option<&str>) -> Result<Self, Error> {
        let tables = session.ask(TABLES.to_owned()).await?;
        let counted = session.ask_if_allowed(COUNTED.to_owned()).await?;
        let name = encoded(database.unwrap_or_default());
        let counters = fill(session.flavour.counters(), &[Value::Text(&name)]);
        let counters = session.ask_if_allowed(counters).await?;
        let (histograms, independent) = match session.flavour {
            Flavour::MySql => (session.ask(HISTOGRAMS.to_owned()).await?, Some(Vec::new())),
            Flavour::MariaDb => (Vec::new(), session.ask_if_allowed(INDEPENDENT.to_owned()).await?),
        };
        Ok(Self {
            tables: by_table(&tables, |row| {
                Ok([row.number(1)?, row.number(2)?, row.number(3)?])
            })?,
            counted: counted.map(|rows| by_table(&rows, last_count)).transpose()?,
            counters: counters.map(|rows| by_table(&rows, counter)).transpose()?,
            histograms: by_table(&histograms, |row| Ok(seconds(row.integer(1)?)))?,
            independent: independent
                .map(|rows| by_table(&rows, |row| row.number(1)))
                .transpose()?,
        })
    }

    /// A table's figures; none where there is no such table, or none that the user may see.
    fn of(&self, table: CountedTable, now: Timestamp) -> Option<TableStatistics> {
        let [rows, data_bytes, index_bytes] = *self.tables.get(table.name())?;
        let counter = self.counters.as_ref().and_then(|all| all.get(table.name()));
        let loaded = counter.filter(|counter| counter.is_loaded);
        let rows = loaded.map_or(rows, |counter| counter.rows);
        let counted = self.counted.as_ref().and_then(|all| all.get(table.name()));
        let known = Known {
            rows: Some(rows),
            changed: loaded.map(|counter| counter.changed),
            file_bytes: counter.map(|counter| counter.file_bytes),
            counted: counted.copied(),
            sees_counted: self.counted.is_some(),
            independent_rows: self
                .independent
                .as_ref()
                .and_then(|all| all.get(table.name()).copied()),
            histogram_at: self.histograms.get(table.name()).copied(),
        };
        Some(TableStatistics {
            table,
            rows,
            counted_rows: counted.map(|counted| counted.rows),
            drift_percent: counted.map(|counted| drift_percent(rows, counted.rows)),
            changed_rows: known.changed,
            data_bytes,
            index_bytes,
            counted_at: counted.map(|counted| counted.at),
            stale: known.stale(now),
        })
    }

    fn missing(&self) -> Vec<Grant> {
        let parts = [
            (self.counters.is_none(), Grant::Process),
            (self.counted.is_none(), Grant::SelectCounted),
            (self.independent.is_none(), Grant::SelectIndependent),
        ];
        let missing = parts.into_iter().filter(|(is_missing, _)| *is_missing);
        missing.map(|(_, grant)| grant).collect()
    }
}

fn last_count(row: &MySqlRow) -> Result<LastCount, Error> {
    Ok(LastCount {
        rows: row.number(1)?,
        bytes: row.number(2)?,
        at: seconds(row.integer(3)?),
    })
}

fn counter(row: &MySqlRow) -> Result<Counter, Error> {
    Ok(Counter {
        rows: row.number(1)?,
        changed: row.number(2)?,
        is_loaded: row.integer(3)? == 1,
        file_bytes: row.number(4)?,
    })
}

fn by_table<T>(
    rows: &[MySqlRow],
    read: impl Fn(&MySqlRow) -> Result<T, Error>,
) -> Result<BTreeMap<String, T>, Error> {
    let named = |row: &MySqlRow| Ok((row.text(0)?.to_owned(), read(row)?));
    rows.iter().map(named).collect()
}

fn seconds(since_epoch: i64) -> Timestamp {
    Timestamp::from_millis(since_epoch.saturating_mul(1_000))
}
