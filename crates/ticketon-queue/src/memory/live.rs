//! A queue that lives: its state, and where its next line goes.

use std::sync::Arc;

use super::durable::{Durable, InFlight};
use crate::error::QueueError;
use crate::journal::{Journal, JournalLine, Position, Replay, write_line};
use crate::limits::{SNAPSHOT_AFTER_LINES, SNAPSHOT_LINES_PER_ENTRY};
use crate::names::RoomName;
use crate::record::Record;
use crate::state::{State, applied};
use crate::time::Timestamp;

/// State and journal, in step.
pub(super) struct Live {
    state: Option<State>,
    last: Position,
    lines_since_snapshot: u64,
    in_flight: Arc<InFlight>,
}

impl Live {
    pub(super) fn replayed(room: &RoomName, replay: &Replay, generation: u64) -> Result<Self, QueueError> {
        let mut state = None;
        for record in &replay.records {
            state = Some(applied(state, record).map_err(|unfit| QueueError::Corrupt(unfit.to_string()))?);
        }
        if let Some(other) = state.as_ref().map(State::room).filter(|other| *other != room) {
            return Err(QueueError::Corrupt(format!(
                "it is the journal of room `{other}`, not of `{room}`"
            )));
        }
        let last = Position {
            generation,
            number: replay.last,
        };
        let since_snapshot = replay
            .records
            .iter()
            .rev()
            .take_while(|record| !is_snapshot(record));
        let lines_since_snapshot = since_snapshot.count() as u64;
        Ok(Self {
            state,
            last,
            lines_since_snapshot,
            in_flight: Arc::new(InFlight::after(last.number)),
        })
    }

    pub(super) fn state(&self) -> Option<&State> {
        self.state.as_ref()
    }

    pub(super) fn is_poisoned(&self) -> bool {
        self.in_flight.is_refused()
    }

    /// What must be durable before anything that rests on the present state may be told.
    pub(super) fn durable(&self) -> Durable {
        Durable::new(Arc::clone(&self.in_flight), self.last.number)
    }

    /// Applies records and hands them to the journal as one line, then answers from the new state.
    pub(super) fn record<T>(
        &mut self,
        journal: &Arc<dyn Journal>,
        records: &[Record],
        answer: impl FnOnce(&State, &[Record]) -> T,
    ) -> Result<T, QueueError> {
        for record in records {
            let next = applied(self.state.take(), record);
            self.state = Some(next.map_err(|unfit| QueueError::Corrupt(unfit.to_string()))?);
        }
        if !records.is_empty() {
            self.append(journal, records);
        }
        let state = self.state.as_ref().ok_or(QueueError::QueueLost)?;
        Ok(answer(state, records))
    }

    /// Writes a snapshot once enough lines have gathered, so that the journal need not grow for ever.
    pub(super) fn compact_if_due(
        &mut self,
        journal: &Arc<dyn Journal>,
        now: Timestamp,
    ) -> Result<(), QueueError> {
        let Some(state) = &self.state else { return Ok(()) };
        let per_entries = SNAPSHOT_LINES_PER_ENTRY * state.entries_kept() as u64;
        if self.lines_since_snapshot < SNAPSHOT_AFTER_LINES.max(per_entries) {
            return Ok(());
        }
        let snapshot = Record::Snapshot(Box::new(state.snapshot(now)));
        self.record(journal, &[snapshot], |_, _| ())
    }

    fn append(&mut self, journal: &Arc<dyn Journal>, records: &[Record]) {
        self.last.number += 1;
        let is_snapshot = records.iter().any(is_snapshot);
        self.lines_since_snapshot = if is_snapshot {
            0
        } else {
            self.lines_since_snapshot + 1
        };
        let line = JournalLine {
            bytes: write_line(self.last, records),
            is_snapshot,
        };
        self.in_flight.push(journal.append(line));
    }
}

fn is_snapshot(record: &Record) -> bool {
    matches!(record, Record::Snapshot(_))
}
