//! The memory engine: for tests, examples and simulations. It keeps the promises of the real ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::changes::{AnswerKey, Answered, Changes, JournalLine, NotWritten, Unavailable, Version};
use super::engine::{Engine, Found};
use super::reads::{Freshness, Reads, Snapshot, Versioned};
use crate::fact::{Position, Recorded};
use crate::ids::{ChangesId, PerformanceId};
use crate::plan::SeatNumber;
use crate::row::{Row, RowId, Table, UniqueKey};
use crate::seat::Seat;
use crate::time::Timestamp;

/// A store in memory. Clones share the same rows.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<State>>);

#[derive(Clone, Default)]
struct State {
    rows: BTreeMap<RowId, Versioned<Row>>,
    holders: BTreeMap<UniqueKey, RowId>,
    due: BTreeSet<(Table, Timestamp, RowId)>,
    answers: BTreeMap<AnswerKey, Answered>,
    applied: BTreeSet<ChangesId>,
    log: Vec<Recorded>,
    journals: BTreeMap<String, Vec<Vec<u8>>>,
}

impl Memory {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Engine for Memory {
    async fn begin(&mut self, batch: &[Changes]) -> Result<Found, NotWritten> {
        let state = self.state();
        let mut found = Found::default();
        for (place, changes) in batch.iter().enumerate() {
            if state.applied.contains(&changes.id) {
                found.applied.push(place);
            }
            if let Some(answered) = changes
                .answers
                .as_ref()
                .and_then(|mine| state.answers.get(&mine.key))
            {
                found.answered.push((place, answered.clone()));
            }
            for (row, expected) in changes.expectations() {
                if state.version(&row) != expected {
                    found.stale.push((place, row));
                }
            }
            for (key, row) in changes.unique_keys() {
                if let Some(holder) = state.holders.get(&key).filter(|holder| **holder != row) {
                    found.taken.push((place, key, holder.clone()));
                }
            }
        }
        Ok(found)
    }

    async fn finish(&mut self, accepted: &[&Changes], journal: &[JournalLine]) -> Result<(), NotWritten> {
        let mut state = self.state();
        for changes in accepted {
            state.apply(changes);
        }
        for line in journal {
            let journal = state.journals.entry(line.stream.clone()).or_default();
            journal.push(line.bytes.clone());
        }
        Ok(())
    }
}

impl State {
    fn version(&self, row: &RowId) -> Version {
        self.rows
            .get(row)
            .map_or(Version::ABSENT, |(_, version)| *version)
    }

    fn head(&self) -> Position {
        self.log
            .last()
            .map_or(Position::default(), |recorded| recorded.position)
    }

    fn apply(&mut self, changes: &Changes) {
        // All keys are given up before any is taken: a new ticket may stand in the place of a void one.
        for (row, _) in &changes.writes {
            self.forget(&row.id());
        }
        for (row, version) in &changes.writes {
            self.remember(Row::clone(row), version.next());
        }
        for fact in &changes.facts {
            let position = self.head().next();
            self.log.push(Recorded {
                position,
                fact: fact.clone(),
                act: changes.act_of(fact).cloned(),
            });
        }
        if let Some(answered) = &changes.answers {
            self.answers.insert(answered.key.clone(), answered.clone());
        }
        if !changes.facts.is_empty() {
            self.applied.insert(changes.id);
        }
    }

    fn forget(&mut self, id: &RowId) {
        let Some((row, _)) = self.rows.remove(id) else {
            return;
        };
        if let Some(key) = row.unique_key() {
            self.holders.remove(&key);
        }
        if let Some(due_at) = row.due_at() {
            self.due.remove(&(id.table(), due_at, id.clone()));
        }
    }

    fn remember(&mut self, row: Row, version: Version) {
        let id = row.id();
        if let Some(key) = row.unique_key() {
            self.holders.insert(key, id.clone());
        }
        if let Some(due_at) = row.due_at() {
            self.due.insert((id.table(), due_at, id.clone()));
        }
        self.rows.insert(id, (row, version));
    }

    fn facts(&self, after: Position, limit: usize) -> Vec<Recorded> {
        let start = usize::try_from(after.0).unwrap_or(usize::MAX).min(self.log.len());
        self.log[start..].iter().take(limit).cloned().collect()
    }
}

#[async_trait]
impl Reads for Memory {
    async fn rows(
        &self,
        ids: &[RowId],
        _freshness: Freshness,
    ) -> Result<Vec<Option<Versioned<Row>>>, Unavailable> {
        let state = self.state();
        Ok(ids.iter().map(|id| state.rows.get(id).cloned()).collect())
    }

    async fn holder(&self, key: &UniqueKey) -> Result<Option<RowId>, Unavailable> {
        Ok(self.state().holders.get(key).cloned())
    }

    async fn due(&self, table: Table, now: Timestamp, limit: usize) -> Result<Vec<RowId>, Unavailable> {
        let state = self.state();
        let due = state.due.iter().filter(|(of, at, _)| *of == table && *at <= now);
        Ok(due.map(|(_, _, id)| id.clone()).take(limit).collect())
    }

    async fn answered(&self, key: &AnswerKey) -> Result<Option<Answered>, Unavailable> {
        Ok(self.state().answers.get(key).cloned())
    }

    async fn seats(
        &self,
        performance: PerformanceId,
    ) -> Result<(Vec<Versioned<Seat>>, Position), Unavailable> {
        let state = self.state();
        let from = RowId::Seat(performance, SeatNumber(0));
        let to = RowId::Seat(performance, SeatNumber(u32::MAX));
        let mut seats = Vec::new();
        for (row, version) in state.rows.range(from..=to).map(|(_, row)| row) {
            if let Row::Seat(seat) = row {
                seats.push((seat.clone(), *version));
            }
        }
        Ok((seats, state.head()))
    }

    async fn facts(&self, after: Position, limit: usize) -> Result<Vec<Recorded>, Unavailable> {
        Ok(self.state().facts(after, limit))
    }

    async fn head(&self) -> Result<Position, Unavailable> {
        Ok(self.state().head())
    }

    async fn journal(&self, stream: &str) -> Result<Vec<Vec<u8>>, Unavailable> {
        Ok(self.state().journals.get(stream).cloned().unwrap_or_default())
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, Unavailable> {
        Ok(Box::new(self.state().clone()))
    }
}

#[async_trait]
impl Snapshot for State {
    async fn rows(
        &mut self,
        table: Table,
        after: Option<&RowId>,
        limit: usize,
    ) -> Result<Vec<Versioned<Row>>, Unavailable> {
        let of_table = self
            .rows
            .iter()
            .filter(|(id, _)| id.table() == table && after.is_none_or(|last| *id > last));
        Ok(of_table.map(|(_, row)| row.clone()).take(limit).collect())
    }

    async fn facts(&mut self, after: Position, limit: usize) -> Result<Vec<Recorded>, Unavailable> {
        Ok(State::facts(self, after, limit))
    }
}
