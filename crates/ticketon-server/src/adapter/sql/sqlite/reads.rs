//! The reads over SQLite: by name through the row cache, all else from a few connections that cannot write.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use sqlx::{Error, Row as _, SqlitePool};
use ticketon_core::fact::{Position, Recorded};
use ticketon_core::ids::PerformanceId;
use ticketon_core::plan::SeatNumber;
use ticketon_core::row::{Row, RowId, Table, UniqueKey};
use ticketon_core::seat::Seat;
use ticketon_core::store::{AnswerKey, Answered, Freshness, Reads, Snapshot, Unavailable, Versioned};
use ticketon_core::time::Timestamp;

use super::super::cache::RowCache;
use super::super::decode::{self, unavailable};
use super::super::tables::{self, TABLES};
use super::super::value::{Columns as _, Part as _, Rows as _, Value};
use super::bind;
use super::rows::JsonRows;
use super::snapshot::SqliteSnapshot;
use super::texts::{self, Call, TableTexts};

/// The reading half of a SQLite store. Clones share the connections and the cache.
#[derive(Clone)]
pub struct SqliteReads {
    pool: SqlitePool,
    cache: Arc<RowCache>,
}

impl SqliteReads {
    pub(super) fn new(pool: SqlitePool, cache: Arc<RowCache>) -> Self {
        Self { pool, cache }
    }

    /// The rows of these names past the cache, which takes them in.
    async fn load(&self, ids: &[&RowId]) -> Result<Vec<Option<Versioned<Row>>>, Error> {
        let mut names = vec![JsonRows::default(); TABLES.len()];
        for (n, id) in ids.iter().enumerate() {
            names[id.table() as usize].push([Value::number(n as u64)].into_iter().chain(tables::key(id)));
        }
        let mut found = vec![None; ids.len()];
        for row in Call::rows(names).query().fetch_all(&self.pool).await? {
            let n = usize::try_from(row.number(0)?).expect("a place that was asked for");
            found[n] = Some(decode::versioned(ids[n], &row, 1)?);
        }
        self.cache.loaded(found.iter().flatten());
        Ok(found)
    }

    async fn names(
        &self,
        table: Table,
        text: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<RowId>, Error> {
        let rows = bind(text, values).fetch_all(&self.pool).await?;
        rows.iter().map(|row| tables::read_key(table, row, 0)).collect()
    }

    async fn first(&self, text: &'static str, values: &[Value<'_>]) -> Result<Option<SqliteRow>, Error> {
        bind(text, values).fetch_optional(&self.pool).await
    }

    async fn all_seats(&self, performance: PerformanceId) -> Result<(Vec<Versioned<Row>>, Position), Error> {
        let id = RowId::Seat(performance, SeatNumber(0));
        let rows = bind(texts::SEATS, &tables::key(&id)[..1])
            .fetch_all(&self.pool)
            .await?;
        let mut seats = Vec::with_capacity(rows.len());
        for row in &rows[1..] {
            let id = RowId::Seat(performance, SeatNumber::read(row, 0)?);
            seats.push(decode::versioned(&id, row, 1)?);
        }
        Ok((seats, Position(rows[0].number(0)?)))
    }
}

#[async_trait]
impl Reads for SqliteReads {
    async fn rows(
        &self,
        ids: &[RowId],
        freshness: Freshness,
    ) -> Result<Vec<Option<Versioned<Row>>>, Unavailable> {
        let mut rows: Vec<Option<Versioned<Row>>> = match freshness {
            Freshness::InMemory => return Ok(ids.iter().map(|id| self.cache.get(id)).collect()),
            Freshness::Cached => ids.iter().map(|id| self.cache.get(id)).collect(),
            Freshness::Fresh => vec![None; ids.len()],
        };
        let missing: Vec<usize> = (0..ids.len()).filter(|n| rows[*n].is_none()).collect();
        if !missing.is_empty() {
            let names: Vec<&RowId> = missing.iter().map(|n| &ids[*n]).collect();
            let loaded = self.load(&names).await.map_err(unavailable)?;
            for (n, row) in missing.into_iter().zip(loaded) {
                rows[n] = row;
            }
        }
        Ok(rows)
    }

    async fn holder(&self, key: &UniqueKey) -> Result<Option<RowId>, Unavailable> {
        let (table, values) = tables::unique(key);
        let text = TableTexts::of(table)
            .holder
            .as_deref()
            .expect("a table with this key");
        let holders = self.names(table, text, &values).await.map_err(unavailable)?;
        Ok(holders.into_iter().next())
    }

    async fn due(&self, table: Table, now: Timestamp, limit: usize) -> Result<Vec<RowId>, Unavailable> {
        let Some(text) = TableTexts::of(table).due.as_deref() else {
            return Ok(Vec::new());
        };
        let values = [Value::moment(now), Value::number(limit as u64)];
        self.names(table, text, &values).await.map_err(unavailable)
    }

    async fn answered(&self, key: &AnswerKey) -> Result<Option<Answered>, Unavailable> {
        let values = [&key.caller, &key.operation, key.key.as_str()].map(Value::Text);
        let row = self.first(texts::ANSWER, &values).await.map_err(unavailable)?;
        row.map(|row| decode::answered(key, &row, 0))
            .transpose()
            .map_err(unavailable)
    }

    async fn seats(
        &self,
        performance: PerformanceId,
    ) -> Result<(Vec<Versioned<Seat>>, Position), Unavailable> {
        let (rows, head) = self.all_seats(performance).await.map_err(unavailable)?;
        self.cache.loaded(&rows);
        let seats = rows.into_iter().filter_map(|(row, version)| match row {
            Row::Seat(seat) => Some((seat, version)),
            _ => None,
        });
        Ok((seats.collect(), head))
    }

    async fn facts(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, Unavailable> {
        let values = [Value::number(after.0), Value::number(limit as u64)];
        let rows = bind(texts::FACTS, &values)
            .fetch_all(&self.pool)
            .await
            .map_err(unavailable)?;
        rows.iter()
            .map(|row| decode::recorded(row))
            .collect::<Result<_, _>>()
            .map_err(unavailable)
    }

    async fn head(&self) -> Result<Position, Unavailable> {
        let row = sqlx::query(texts::HEAD)
            .fetch_one(&self.pool)
            .await
            .map_err(unavailable)?;
        Ok(Position(row.number(0).map_err(unavailable)?))
    }

    async fn journal(&self, stream: &str) -> Result<Vec<Vec<u8>>, Unavailable> {
        let rows = sqlx::query(texts::JOURNAL)
            .bind(stream)
            .fetch_all(&self.pool)
            .await
            .map_err(unavailable)?;
        rows.iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()
            .map_err(unavailable)
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, Unavailable> {
        Ok(Box::new(
            SqliteSnapshot::begin(&self.pool).await.map_err(unavailable)?,
        ))
    }
}
