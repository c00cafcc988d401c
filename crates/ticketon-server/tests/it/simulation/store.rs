//! The memory engine behind a bad line.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use ticketon_core::Timestamp;
use ticketon_core::fact::{Position, Recorded};
use ticketon_core::ids::PerformanceId;
use ticketon_core::row::{Row, RowId, Table, UniqueKey};
use ticketon_core::seat::Seat;
use ticketon_core::store::{
    AnswerKey, Answered, Changes, Engine, Found, Freshness, JournalLine, Memory, NotWritten, Reads, Snapshot,
    Unavailable, Versioned,
};

use super::Sabotage;
use super::port::Port;

/// Writes.
pub(super) struct FaultyEngine {
    pub(super) memory: Memory,
    pub(super) port: Port,
}

/// Reads.
pub(super) struct FaultyReads {
    pub(super) memory: Memory,
    pub(super) port: Port,
}

/// What stood in rows before they were written the last time: what an outdated cache answers.
#[derive(Default)]
pub(super) struct Outdated(Mutex<BTreeMap<RowId, Versioned<Row>>>);

impl Outdated {
    async fn note(&self, memory: &Memory, accepted: &[&Changes]) {
        let written = accepted.iter().flat_map(|changes| &changes.writes);
        let ids: Vec<RowId> = written.map(|(row, _)| row.id()).collect();
        let rows = memory.rows(&ids, Freshness::Fresh).await.unwrap();
        let mut outdated = self.0.lock().unwrap();
        for (id, row) in ids.into_iter().zip(rows) {
            if let Some(row) = row {
                outdated.insert(id, row);
            }
        }
    }

    fn of(&self, id: &RowId) -> Option<Versioned<Row>> {
        self.0.lock().unwrap().get(id).cloned()
    }
}

#[async_trait]
impl Engine for FaultyEngine {
    async fn begin(&mut self, batch: &[Changes]) -> Result<Found, NotWritten> {
        self.port.call("begin").await?;
        let mut found = self.memory.begin(batch).await?;
        if self.port.world.sabotage == Some(Sabotage::StaleRowsAreHidden) {
            found.stale.clear();
        }
        Ok(found)
    }

    async fn finish(&mut self, accepted: &[&Changes], journal: &[JournalLine]) -> Result<(), NotWritten> {
        self.port.call("finish").await?;
        let world = &self.port.world;
        world.outdated.note(&self.memory, accepted).await;
        self.memory.finish(accepted, journal).await?;
        let head = self.memory.head().await?;
        world.committed(&self.port.life, accepted, journal, head);
        self.port.answer("finish").await?;
        Ok(())
    }
}

#[async_trait]
impl Reads for FaultyReads {
    async fn rows(
        &self,
        ids: &[RowId],
        freshness: Freshness,
    ) -> Result<Vec<Option<Versioned<Row>>>, Unavailable> {
        self.port.call("rows").await?;
        let mut rows = self.memory.rows(ids, freshness).await?;
        let world = &self.port.world;
        if freshness == Freshness::Cached && world.dice.chance(world.weather().stale) {
            for (id, row) in ids.iter().zip(&mut rows) {
                if let Some(outdated) = world.outdated.of(id) {
                    *row = Some(outdated);
                }
            }
        }
        Ok(rows)
    }

    async fn holder(&self, key: &UniqueKey) -> Result<Option<RowId>, Unavailable> {
        self.port.call("holder").await?;
        self.memory.holder(key).await
    }

    async fn due(&self, table: Table, now: Timestamp, limit: usize) -> Result<Vec<RowId>, Unavailable> {
        self.port.call("due").await?;
        self.memory.due(table, now, limit).await
    }

    async fn answered(&self, key: &AnswerKey) -> Result<Option<Answered>, Unavailable> {
        self.port.call("answered").await?;
        self.memory.answered(key).await
    }

    async fn seats(
        &self,
        performance: PerformanceId,
    ) -> Result<(Vec<Versioned<Seat>>, Position), Unavailable> {
        self.port.call("seats").await?;
        let seats = self.memory.seats(performance).await?;
        // Facts go on while a hall is being read.
        self.port.call("seats").await?;
        Ok(seats)
    }

    async fn facts(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, Unavailable> {
        self.port.call("facts").await?;
        self.memory.facts(after, limit).await
    }

    async fn head(&self) -> Result<Position, Unavailable> {
        self.port.call("head").await?;
        self.memory.head().await
    }

    async fn journal(&self, stream: &str) -> Result<Vec<Vec<u8>>, Unavailable> {
        self.port.call("journal").await?;
        let lines = self.memory.journal(stream).await?;
        self.port.call("journal").await?;
        Ok(lines)
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, Unavailable> {
        self.port.call("snapshot").await?;
        self.memory.snapshot().await
    }
}
