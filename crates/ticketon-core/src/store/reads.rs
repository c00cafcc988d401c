//! What decisions read: loads by name, and bounded questions of what is due.

use async_trait::async_trait;

use super::changes::{AnswerKey, Answered, Unavailable, Version};
use crate::fact::{Position, Recorded};
use crate::ids::PerformanceId;
use crate::row::{Row, RowId, Stored, Table, UniqueKey};
use crate::seat::Seat;
use crate::time::Timestamp;

/// A row with the version it was read at.
pub type Versioned<T> = (T, Version);

/// How fresh a read must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// What a cache holds, without going further: a row that it does not hold is taken for absent. For rows that
    /// seldom exist yet; a wrong guess ends in a conflict.
    InMemory,
    /// A cached row will do: a stale one ends in a conflict, never in a wrong sale.
    Cached,
    /// Past every cache: the decision runs again after a conflict.
    Fresh,
}

/// What decisions read. Lists, searches and reports are the server's own; none of them decides anything.
#[async_trait]
pub trait Reads: Send + Sync {
    /// The rows of these names, in their order; `None` where there is none.
    async fn rows(
        &self,
        ids: &[RowId],
        freshness: Freshness,
    ) -> Result<Vec<Option<Versioned<Row>>>, Unavailable>;

    /// The row that holds a unique key.
    async fn holder(&self, key: &UniqueKey) -> Result<Option<RowId>, Unavailable>;

    /// The rows of `table` that are due at `now`, the longest due first; at most `limit`.
    async fn due(&self, table: Table, now: Timestamp, limit: usize) -> Result<Vec<RowId>, Unavailable>;

    /// The answer that a request got.
    async fn answered(&self, key: &AnswerKey) -> Result<Option<Answered>, Unavailable>;

    /// All seats of a performance in number order, and the log position up to which they are complete.
    async fn seats(
        &self,
        performance: PerformanceId,
    ) -> Result<(Vec<Versioned<Seat>>, Position), Unavailable>;

    /// Facts after a position, in order; at most `limit`.
    async fn facts(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, Unavailable>;

    /// The log's last position.
    async fn head(&self) -> Result<Position, Unavailable>;

    /// A journal's lines, in order.
    async fn journal(&self, stream: &str) -> Result<Vec<Vec<u8>>, Unavailable>;

    /// Everything as it stands at one moment.
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, Unavailable>;
}

impl dyn Reads + '_ {
    /// A row as it stands.
    pub async fn load<T: Stored>(
        &self,
        key: T::Key,
        freshness: Freshness,
    ) -> Result<Option<Versioned<T>>, Unavailable> {
        let mut rows = self.load_all([T::row_id(key)], freshness).await?;
        Ok(rows.pop().flatten())
    }

    /// Rows of one type, in the order of their names.
    pub async fn load_all<T: Stored>(
        &self,
        ids: impl IntoIterator<Item = RowId>,
        freshness: Freshness,
    ) -> Result<Vec<Option<Versioned<T>>>, Unavailable> {
        let ids: Vec<RowId> = ids.into_iter().collect();
        let rows = self.rows(&ids, freshness).await?;
        Ok(rows
            .into_iter()
            .map(|row| row.and_then(|(row, version)| Some((T::from_row(row)?, version))))
            .collect())
    }
}

/// Everything as it stood at one moment, to be gone through page by page.
#[async_trait]
pub trait Snapshot: Send {
    /// The rows of a table after a name, in order of their names; at most `limit`.
    async fn rows(
        &mut self,
        table: Table,
        after: Option<&RowId>,
        limit: usize,
    ) -> Result<Vec<Versioned<Row>>, Unavailable>;

    /// Facts after a position, in order; at most `limit`.
    async fn facts(&mut self, after: Position, limit: usize) -> Result<Vec<Recorded>, Unavailable>;
}
