//! Rows in memory, below `Reads`: a buyer's next step reads what the last one wrote without going to disk.
//!
//! It holds committed rows only: the engine shows it every batch once durable, in order, before the answers go
//! out. It may be behind where another process writes; a decision from a row that is behind ends in a conflict, never
//! in a wrong sale, and the fresh read after the conflict mends it.
//!
//! It is bounded by forgetting in generations: when the young one is full it becomes the old one, and the old one
//! goes. A row that is used moves back to the young. Seats, many and small, have a place of their own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ticketon_core::ids::PerformanceId;
use ticketon_core::plan::SeatNumber;
use ticketon_core::row::{Row, RowId};
use ticketon_core::seat::{Seat, SeatState};
use ticketon_core::store::{Changes, Version, Versioned};

use crate::limits;

pub(super) struct RowCache(Mutex<Kept>);

struct Kept {
    rows: Generations<RowId, Arc<Row>>,
    seats: Generations<(PerformanceId, SeatNumber), SeatState>,
}

struct Generations<K, V> {
    young: BTreeMap<K, Versioned<V>>,
    old: BTreeMap<K, Versioned<V>>,
    size: usize,
}

impl RowCache {
    pub(super) fn new() -> Self {
        let rows = Generations::new(limits::CACHED_ROWS);
        let seats = Generations::new(limits::CACHED_SEATS);
        Self(Mutex::new(Kept { rows, seats }))
    }

    pub(super) fn get(&self, id: &RowId) -> Option<Versioned<Row>> {
        if let RowId::Seat(performance, number) = *id {
            let (state, version) = self.kept().seats.get(&(performance, number))?;
            return Some((
                Seat {
                    performance,
                    number,
                    state,
                }
                .into(),
                version,
            ));
        }
        let (row, version) = self.kept().rows.get(id)?;
        Some((Row::clone(&row), version))
    }

    /// Takes in what accepted changes wrote, once it is durable.
    pub(super) fn committed(&self, accepted: &[&Changes]) {
        let mut kept = self.kept();
        for (row, replaced) in accepted.iter().flat_map(|changes| &changes.writes) {
            kept.keep(row, replaced.next());
        }
    }

    /// Drops what changes wrote of which nobody knows whether it is durable.
    pub(super) fn forget(&self, doubtful: &[&Changes]) {
        let mut kept = self.kept();
        for (row, _) in doubtful.iter().flat_map(|changes| &changes.writes) {
            kept.forget(row);
        }
    }

    /// Takes in what was read, unless something newer is here.
    pub(super) fn loaded<'a>(&self, rows: impl IntoIterator<Item = &'a Versioned<Row>>) {
        let mut kept = self.kept();
        for (row, version) in rows {
            kept.keep(row, *version);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn keep(&mut self, row: &Row, version: Version) {
        match row {
            Row::Seat(seat) => self
                .seats
                .keep((seat.performance, seat.number), seat.state, version),
            row => self.rows.keep(row.id(), Arc::new(row.clone()), version),
        }
    }

    fn forget(&mut self, row: &Row) {
        match row {
            Row::Seat(seat) => self.seats.forget(&(seat.performance, seat.number)),
            row => self.rows.forget(&row.id()),
        }
    }
}

impl<K: Ord, V: Clone> Generations<K, V> {
    fn new(size: usize) -> Self {
        Self {
            young: BTreeMap::new(),
            old: BTreeMap::new(),
            size,
        }
    }

    fn get(&mut self, key: &K) -> Option<Versioned<V>> {
        if let Some(kept) = self.young.get(key) {
            return Some(kept.clone());
        }
        let (key, (value, version)) = self.old.remove_entry(key)?;
        self.keep(key, value.clone(), version);
        Some((value, version))
    }

    fn keep(&mut self, key: K, value: V, version: Version) {
        let known = self.young.get(&key).or_else(|| self.old.get(&key));
        if known.is_some_and(|(_, known)| *known > version) {
            return;
        }
        if self.young.len() >= self.size {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&key);
        self.young.insert(key, (value, version));
    }
    fn forget(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }
}
