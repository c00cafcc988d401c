//! A store in which the last one to write a seat has it, whatever was decided before: versions of seats are not
//! compared and keys of live tickets are not looked up. Reads of free seats are slow, so that a decision from a stale
//! one is sure to come after a sale.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use ticketon_core::fact::{Position, Recorded};
use ticketon_core::ids::PerformanceId;
use ticketon_core::row::{Row, RowId, Table, UniqueKey};
use ticketon_core::seat::{Seat, SeatState};
use ticketon_core::store::{
    AnswerKey, Answered, Changes, Engine, Found, Freshness, JournalLine, NotWritten, Reads, Snapshot,
    Unavailable, Version, Versioned,
};
use ticketon_core::time::Timestamp;
use tokio::time::sleep;

/// An engine that compares no version of a seat and finds no live ticket in the way.
pub(super) struct Unversioned<E> {
    engine: E,
    /// What each seat's row was written as last, by this process.
    written: BTreeMap<RowId, Version>,
}

/// Reads that take their time over free seats.
pub(super) struct SlowSeats {
    reads: Arc<dyn Reads>,
    count: AtomicU32,
}

/// The longest that a read of free seats takes: longer than buying them.
const SLOWEST: Duration = Duration::from_secs(3);

impl<E> Unversioned<E> {
    pub(super) fn new(engine: E) -> Self {
        Self {
            engine,
            written: BTreeMap::new(),
        }
    }

    /// The changes as if each seat had been read just now.
    fn overwriting(&mut self, changes: &Changes) -> Changes {
        let mut changes = changes.clone();
        for (row, version) in &mut changes.writes {
            if row.table() != Table::Seat || *version == Version::ABSENT {
                continue;
            }
            let latest = self.written.entry(row.id()).or_insert(*version);
            *latest = (*latest).max(*version);
            *version = *latest;
            *latest = latest.next();
        }
        changes
    }
}

#[async_trait]
impl<E: Engine> Engine for Unversioned<E> {
    async fn begin(&mut self, batch: &[Changes]) -> Result<Found, NotWritten> {
        let mut found = self.engine.begin(batch).await?;
        found.stale.retain(|(_, row)| row.table() != Table::Seat);
        found
            .taken
            .retain(|(_, key, _)| !matches!(key, UniqueKey::LiveTicket(..)));
        Ok(found)
    }

    async fn finish(&mut self, accepted: &[&Changes], journal: &[JournalLine]) -> Result<(), NotWritten> {
        let overwriting: Vec<Changes> = accepted.iter().map(|changes| self.overwriting(changes)).collect();
        let overwriting: Vec<&Changes> = overwriting.iter().collect();
        self.engine.finish(&overwriting, journal).await
    }
}

impl SlowSeats {
    pub(super) fn new(reads: Arc<dyn Reads>) -> Self {
        Self {
            reads,
            count: AtomicU32::new(0),
        }
    }

    /// Every read takes another share of the longest time: neighbours are spread by the golden section.
    fn share(&self) -> f64 {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        (f64::from(count) * 0.618_033_988_75).fract()
    }
}

fn is_free_seat((row, _): &Versioned<Row>) -> bool {
    matches!(row, Row::Seat(seat) if seat.state == SeatState::Free)
}

#[async_trait]
impl Reads for SlowSeats {
    async fn rows(
        &self,
        ids: &[RowId],
        freshness: Freshness,
    ) -> Result<Vec<Option<Versioned<Row>>>, Unavailable> {
        let rows = self.reads.rows(ids, freshness).await?;
        if rows.iter().flatten().any(is_free_seat) {
            sleep(SLOWEST.mul_f64(self.share())).await;
        }
        Ok(rows)
    }

    async fn holder(&self, key: &UniqueKey) -> Result<Option<RowId>, Unavailable> {
        self.reads.holder(key).await
    }

    async fn due(&self, table: Table, now: Timestamp, limit: usize) -> Result<Vec<RowId>, Unavailable> {
        self.reads.due(table, now, limit).await
    }

    async fn answered(&self, key: &AnswerKey) -> Result<Option<Answered>, Unavailable> {
        self.reads.answered(key).await
    }

    async fn seats(
        &self,
        performance: PerformanceId,
    ) -> Result<(Vec<Versioned<Seat>>, Position), Unavailable> {
        self.reads.seats(performance).await
    }

    async fn facts(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, Unavailable> {
        self.reads.facts(after, limit).await
    }

    async fn head(&self) -> Result<Position, Unavailable> {
        self.reads.head().await
    }

    async fn journal(&self, stream: &str) -> Result<Vec<Vec<u8>>, Unavailable> {
        self.reads.journal(stream).await
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, Unavailable> {
        self.reads.snapshot().await
    }
}
