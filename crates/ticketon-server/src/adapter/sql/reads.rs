//! What decisions read: by name through the row cache, all else from a few connections that cannot write.

use std::sync::Arc;

use async_trait::async_trait;
use sqlx::Error;
use ticketon_core::fact::{Position, Recorded};
use ticketon_core::ids::PerformanceId;
use ticketon_core::plan::SeatNumber;
use ticketon_core::row::{Row, RowId, Table, UniqueKey};
use ticketon_core::seat::Seat;
use ticketon_core::store::{AnswerKey, Answered, Freshness, Reads, Snapshot, Unavailable, Versioned};
use ticketon_core::time::Timestamp;

use super::cache::{RowCache, RowCounts};
use super::database::{Database, Given};
use super::decode::{self, unavailable};
use super::snapshot::SqlSnapshot;
use super::tables;
use super::tail::LogTail;
use super::texts::{self, TableTexts};
use super::value::{Columns as _, Part as _, Value, unreadable};

/// The reading half of a store. Clones share the connections and what is in memory.
#[derive(Clone)]
pub struct SqlReads {
    database: Database,
    cache: Arc<RowCache>,
    tail: Arc<LogTail>,
}

impl SqlReads {
    pub(super) fn new(database: Database, cache: Arc<RowCache>) -> Self {
        Self {
            database,
            cache,
            tail: Arc::default(),
        }
    }

    /// Everything as it stands, for whoever copies it.
    pub(super) async fn whole(&self) -> Result<SqlSnapshot, Error> {
        SqlSnapshot::begin(&self.database).await
    }

    /// How often the database was asked: what the row cache answers is not counted.
    pub fn asked(&self) -> u64 {
        self.database.asked()
    }

    /// How often the row cache answers.
    pub fn row_counts(&self) -> RowCounts {
        RowCounts::of(Arc::clone(&self.cache))
    }

    /// The rows of these names past the cache, which takes them in.
    async fn load(&self, ids: &[&RowId]) -> Result<Vec<Option<Versioned<Row>>>, Error> {
        let found = self.database.named(ids).await?;
        self.cache.loaded(found.iter().flatten());
        Ok(found)
    }

    async fn names(
        &self,
        table: Table,
        text: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<RowId>, Error> {
        let rows = self.database.ask(text, values).await?;
        rows.iter().map(|row| tables::read_key(table, row, 0)).collect()
    }

    async fn all_seats(&self, performance: PerformanceId) -> Result<(Vec<Versioned<Row>>, Position), Error> {
        let rows = self.database.ask(texts::SEATS, &[performance.value()]).await?;
        let mut seats = Vec::with_capacity(rows.len());
        for row in &rows[1..] {
            let id = RowId::Seat(performance, SeatNumber::read(row, 0)?);
            seats.push(decode::versioned(&id, row, 1)?);
        }
        Ok((seats, Position(rows[0].number(0)?)))
    }

    async fn facts_of_database(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, Error> {
        let values = [Value::number(after.0), Value::number(limit as u64)];
        let rows = self.database.ask(texts::FACTS, &values).await?;
        rows.iter().map(|row| decode::recorded(row)).collect()
    }

    async fn last_position(&self) -> Result<Position, Error> {
        let rows = self.database.ask(texts::HEAD, &[]).await?;
        Ok(Position(rows[0].number(0)?))
    }

    async fn lines(&self, stream: &str) -> Result<Vec<Vec<u8>>, Error> {
        let rows = self.database.ask(texts::JOURNAL, &[Value::Text(stream)]).await?;
        let bytes = |row: &Given| Ok(row.bytes(0)?.ok_or_else(|| unreadable("no line"))?.to_vec());
        rows.iter().map(bytes).collect()
    }
}

#[async_trait]
impl Reads for SqlReads {
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
        let texts = TableTexts::of(table, self.database.dialect());
        let text = texts.holder.as_deref().expect("a table with this key");
        let holders = self.names(table, text, &values).await.map_err(unavailable)?;
        Ok(holders.into_iter().next())
    }

    async fn due(&self, table: Table, now: Timestamp, limit: usize) -> Result<Vec<RowId>, Unavailable> {
        let texts = TableTexts::of(table, self.database.dialect());
        let Some(text) = texts.due.as_deref() else {
            return Ok(Vec::new());
        };
        let values = [Value::moment(now), Value::number(limit as u64)];
        self.names(table, text, &values).await.map_err(unavailable)
    }

    async fn answered(&self, key: &AnswerKey) -> Result<Option<Answered>, Unavailable> {
        let values = [&key.caller, &key.operation, key.key.as_str()].map(Value::Text);
        let rows = self.database.ask(texts::ANSWER, &values).await;
        let rows = rows.map_err(unavailable)?;
        let answer = rows.first().map(|row| decode::answered(key, row, 0));
        answer.transpose().map_err(unavailable)
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
        let mut facts = self.tail.after(after, limit);
        if facts.len() < limit {
            let after = facts.last().map_or(after, |last| last.position);
            let rest = self.facts_of_database(after, limit - facts.len()).await;
            let rest = rest.map_err(unavailable)?;
            self.tail.read(&rest);
            facts.extend(rest);
        }
        Ok(facts)
    }

    async fn head(&self) -> Result<Position, Unavailable> {
        self.last_position().await.map_err(unavailable)
    }

    async fn journal(&self, stream: &str) -> Result<Vec<Vec<u8>>, Unavailable> {
        self.lines(stream).await.map_err(unavailable)
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, Unavailable> {
        let snapshot = SqlSnapshot::begin(&self.database).await;
        Ok(Box::new(snapshot.map_err(unavailable)?))
    }
}
