//! A store whose snapshot is older than its rows, or whose log has lost a fact.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ticketon_core::fact::{Position, Recorded};
use ticketon_core::ids::PerformanceId;
use ticketon_core::row::{Row, RowId, Table, UniqueKey};
use ticketon_core::seat::Seat;
use ticketon_core::store::{AnswerKey, Answered, Freshness, Reads, Snapshot, Unavailable, Versioned};
use ticketon_core::{Context, Timestamp};

pub(crate) struct OddReads {
    inner: Arc<dyn Reads>,
    after_snapshot: Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>,
    lost: Option<Position>,
}

impl OddReads {
    /// The sale goes on once a snapshot is taken.
    pub(crate) fn overtaken(cx: &Context, by: impl Future<Output = ()> + Send + 'static) -> Context {
        Self::over(cx, Some(Box::pin(by)), None)
    }

    /// A fact is missing in the log.
    pub(crate) fn without(cx: &Context, lost: Position) -> Context {
        Self::over(cx, None, Some(lost))
    }

    fn over(
        cx: &Context,
        after_snapshot: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
        lost: Option<Position>,
    ) -> Context {
        let reads = Arc::new(Self {
            inner: Arc::clone(&cx.reads),
            after_snapshot: Mutex::new(after_snapshot),
            lost,
        });
        Context { reads, ..cx.clone() }
    }
}

struct OddSnapshot {
    inner: Box<dyn Snapshot>,
    lost: Option<Position>,
}

#[async_trait]
impl Reads for OddReads {
    async fn rows(
        &self,
        ids: &[RowId],
        freshness: Freshness,
    ) -> Result<Vec<Option<Versioned<Row>>>, Unavailable> {
        self.inner.rows(ids, freshness).await
    }

    async fn holder(&self, key: &UniqueKey) -> Result<Option<RowId>, Unavailable> {
        self.inner.holder(key).await
    }

    async fn due(&self, table: Table, now: Timestamp, limit: usize) -> Result<Vec<RowId>, Unavailable> {
        self.inner.due(table, now, limit).await
    }

    async fn answered(&self, key: &AnswerKey) -> Result<Option<Answered>, Unavailable> {
        self.inner.answered(key).await
    }

    async fn seats(
        &self,
        performance: PerformanceId,
    ) -> Result<(Vec<Versioned<Seat>>, Position), Unavailable> {
        self.inner.seats(performance).await
    }

    async fn facts(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, Unavailable> {
        self.inner.facts(after, limit).await
    }

    async fn head(&self) -> Result<Position, Unavailable> {
        self.inner.head().await
    }

    async fn journal(&self, stream: &str) -> Result<Vec<Vec<u8>>, Unavailable> {
        self.inner.journal(stream).await
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, Unavailable> {
        let inner = self.inner.snapshot().await?;
        let after_snapshot = self.after_snapshot.lock().unwrap().take();
        if let Some(after_snapshot) = after_snapshot {
            after_snapshot.await;
        }
        Ok(Box::new(OddSnapshot {
            inner,
            lost: self.lost,
        }))
    }
}

#[async_trait]
impl Snapshot for OddSnapshot {
    async fn rows(
        &mut self,
        table: Table,
        after: Option<&RowId>,
        limit: usize,
    ) -> Result<Vec<Versioned<Row>>, Unavailable> {
        self.inner.rows(table, after, limit).await
    }

    async fn facts(&mut self, after: Position, limit: usize) -> Result<Vec<Recorded>, Unavailable> {
        let mut facts = self.inner.facts(after, limit).await?;
        facts.retain(|recorded| Some(recorded.position) != self.lost);
        Ok(facts)
    }
}
