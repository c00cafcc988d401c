//! Everything as it stood at one moment: one transaction that reads.

use async_trait::async_trait;
use sqlx::{Error, Sqlite, SqlitePool, Transaction};
use ticketon_core::fact::{Position, Recorded};
use ticketon_core::row::{Row, RowId, Table};
use ticketon_core::store::{Snapshot, Unavailable, Versioned};

use super::super::decode::{self, unavailable};
use super::super::tables::{self, Shape};
use super::super::value::Value;
use super::bind;
use super::texts::{self, TableTexts};

pub(super) struct SqliteSnapshot(Transaction<'static, Sqlite>);

impl SqliteSnapshot {
    pub(super) async fn begin(pool: &SqlitePool) -> Result<Self, Error> {
        let mut transaction = pool.begin().await?;
        // A transaction that reads stands at the moment of its first read, not of its beginning.
        sqlx::query(texts::HEAD).fetch_one(&mut *transaction).await?;
        Ok(Self(transaction))
    }

    async fn page(
        &mut self,
        table: Table,
        after: Option<&RowId>,
        limit: usize,
    ) -> Result<Vec<Versioned<Row>>, Error> {
        let limit = Value::number(limit as u64);
        let texts = TableTexts::of(table);
        let rows = match after {
            None => bind(&texts.first_page, &[limit]).fetch_all(&mut *self.0).await?,
            Some(last) => {
                let values: Vec<Value<'_>> = tables::key(last).into_iter().chain([limit]).collect();
                bind(&texts.next_page, &values).fetch_all(&mut *self.0).await?
            }
        };
        let key = Shape::of(table).key.len();
        rows.iter()
            .map(|row| decode::versioned(&tables::read_key(table, row, 0)?, row, key))
            .collect()
    }
}

#[async_trait]
impl Snapshot for SqliteSnapshot {
    async fn rows(
        &mut self,
        table: Table,
        after: Option<&RowId>,
        limit: usize,
    ) -> Result<Vec<Versioned<Row>>, Unavailable> {
        self.page(table, after, limit).await.map_err(unavailable)
    }

    async fn facts(&mut self, after: Position, limit: usize) -> Result<Vec<Recorded>, Unavailable> {
        let values = [Value::number(after.0), Value::number(limit as u64)];
        let rows = bind(texts::FACTS, &values)
            .fetch_all(&mut *self.0)
            .await
            .map_err(unavailable)?;
        rows.iter()
            .map(|row| decode::recorded(row))
            .collect::<Result<_, _>>()
            .map_err(unavailable)
    }
}
