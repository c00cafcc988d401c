//! A store that does not answer, and one whose committer dies.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use ticketon_core::Memory;
use ticketon_core::fact::{Position, Recorded};
use ticketon_core::ids::PerformanceId;
use ticketon_core::row::{Row, RowId, Table, UniqueKey};
use ticketon_core::seat::Seat;
use ticketon_core::store::{
    AnswerKey, Answered, Changes, Engine, Found, Freshness, JournalLine, NotWritten, Reads, Snapshot,
    Unavailable, Versioned,
};
use ticketon_core::time::Timestamp;

use crate::support::House;

/// A store in memory that can be lost, and found again.
#[derive(Clone)]
pub(crate) struct Lost {
    memory: Memory,
    is_lost: Arc<AtomicBool>,
}

impl Lost {
    /// A house over such a store, which answers at first.
    pub(crate) async fn house() -> (Self, House) {
        let lost = Self {
            memory: Memory::new(),
            is_lost: Arc::default(),
        };
        let house = House::over_parts(lost.memory.clone(), Arc::new(lost.clone())).await;
        (lost, house)
    }

    pub(crate) fn is_lost(&self, is_lost: bool) {
        self.is_lost.store(is_lost, Ordering::Relaxed);
    }

    fn found(&self) -> Result<&Memory, Unavailable> {
        if self.is_lost.load(Ordering::Relaxed) {
            return Err(Unavailable("disk 7 is on fire".to_owned()));
        }
        Ok(&self.memory)
    }
}

#[async_trait]
impl Reads for Lost {
    async fn rows(
        &self,
        ids: &[RowId],
        freshness: Freshness,
    ) -> Result<Vec<Option<Versioned<Row>>>, Unavailable> {
        self.found()?.rows(ids, freshness).await
    }

    async fn holder(&self, key: &UniqueKey) -> Result<Option<RowId>, Unavailable> {
        self.found()?.holder(key).await
    }

    async fn due(&self, table: Table, now: Timestamp, limit: usize) -> Result<Vec<RowId>, Unavailable> {
        self.found()?.due(table, now, limit).await
    }

    async fn answered(&self, key: &AnswerKey) -> Result<Option<Answered>, Unavailable> {
        self.found()?.answered(key).await
    }

    async fn seats(
        &self,
        performance: PerformanceId,
    ) -> Result<(Vec<Versioned<Seat>>, Position), Unavailable> {
        self.found()?.seats(performance).await
    }

    async fn facts(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, Unavailable> {
        self.found()?.facts(after, limit).await
    }

    async fn head(&self) -> Result<Position, Unavailable> {
        self.found()?.head().await
    }

    async fn journal(&self, stream: &str) -> Result<Vec<Vec<u8>>, Unavailable> {
        self.found()?.journal(stream).await
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, Unavailable> {
        self.found()?.snapshot().await
    }
}

/// An engine in memory that can be made to panic.
#[derive(Clone)]
pub(crate) struct Mortal {
    memory: Memory,
    is_dying: Arc<AtomicBool>,
}

impl Mortal {
    /// A house that commits through it.
    pub(crate) async fn house(memory: Memory) -> (Self, House) {
        let mortal = Self {
            memory: memory.clone(),
            is_dying: Arc::default(),
        };
        let house = House::committing_to(mortal.clone(), Arc::new(memory)).await;
        (mortal, house)
    }

    /// The next batch is its last.
    pub(crate) fn dies(&self) {
        self.is_dying.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl Engine for Mortal {
    async fn begin(&mut self, batch: &[Changes]) -> Result<Found, NotWritten> {
        assert!(!self.is_dying.load(Ordering::Relaxed), "the engine has died");
        self.memory.begin(batch).await
    }

    async fn finish(&mut self, accepted: &[&Changes], journal: &[JournalLine]) -> Result<(), NotWritten> {
        self.memory.finish(accepted, journal).await
    }
}
