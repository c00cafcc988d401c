//! Everything as it stood at one moment: one transaction that reads.

use async_trait::async_trait;
use sqlx::Error;
use ticketon_core::fact::{Position, Recorded};
use ticketon_core::row::{Row, RowId, Table};
use ticketon_core::store::{Snapshot, Unavailable, Versioned};

use super::database::{Database, Dialect, Still};
use super::decode::{self, unavailable};
use super::mysql;
use super::tables::{self, Shape};
use super::texts::{self, TableTexts};
use super::value::Value;

pub(super) struct SqlSnapshot(pub(super) Still);

impl SqlSnapshot {
    pub(super) async fn begin(database: &Database) -> Result<Self, Error> {
        let mut still = database.still().await?;
        // A transaction that reads stands at the moment of its first read, not of its beginning.
        still.ask(texts::HEAD, &[]).await?;
        Ok(Self(still))
    }

    pub(super) async fn page(
        &mut self,
        table: Table,
        after: Option<&RowId>,
        limit: usize,
    ) -> Result<Vec<Versioned<Row>>, Error> {
        let limit = Value::number(limit as u64);
        let texts = TableTexts::of(table, self.0.dialect());
        let rows = match after {
            None => self.0.ask(&texts.first_page, &[limit]).await?,
            Some(last) => {
                let values: Vec<Value<'_>> = tables::key(last).into_iter().chain([limit]).collect();
                self.0.ask(&texts.next_page, &values).await?
            }
        };
        let key = Shape::of(table).key.len();
        rows.iter()
            .map(|row| decode::versioned(&tables::read_key(table, row, 0)?, row, key))
            .collect()
    }

    /// A decision and its facts are seen together: facts that have no position yet stand where they would be
    /// numbered if nothing else came.
    async fn log(&mut self, after: Position, limit: usize) -> Result<Vec<Recorded>, Error> {
        let text = match self.0.dialect() {
            Dialect::Sqlite => texts::FACTS,
            Dialect::MySql => mysql::FACTS_WITH_UNNUMBERED,
        };
        let values = [Value::number(after.0), Value::number(limit as u64)];
        let rows = self.0.ask(text, &values).await?;
        rows.iter().map(|row| decode::recorded(row)).collect()
    }
}

#[async_trait]
impl Snapshot for SqlSnapshot {
    async fn rows(
        &mut self,
        table: Table,
        after: Option<&RowId>,
        limit: usize,
    ) -> Result<Vec<Versioned<Row>>, Unavailable> {
        self.page(table, after, limit).await.map_err(unavailable)
    }

    async fn facts(&mut self, after: Position, limit: usize) -> Result<Vec<Recorded>, Unavailable> {
        self.log(after, limit).await.map_err(unavailable)
    }
}
