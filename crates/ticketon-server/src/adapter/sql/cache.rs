//! Rows in memory, below `Reads`: a buyer's next step reads what the last one wrote without going to disk.
//!
//! It holds committed rows only: the engines show it every batch once durable, before the answers go out; two of them
//! may be a moment out of order, and the newer version stays. It may be behind where another process writes; a decision
//! from a row that is behind ends in a conflict, never in a wrong sale, and the fresh read after the conflict mends it.
//! A refusal is no commit and finds no conflict, so that where others write a row is believed for a moment only: what
//! staff change for a shorter one, since everybody is shown it.
//!
//! It is bounded by forgetting in generations: when the young one is full, or where others write its time is over, it
//! becomes the old one, and the old one goes. A row that is used moves back to the young, unless others write. Seats,
//! many and small, and what stands on the shelf have places of their own. Rows are found by hash, since everybody's next
//! step looks for some, and nobody ever goes through them: their order, which differs from run to run, is seen nowhere.

use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use ticketon_core::ids::PerformanceId;
use ticketon_core::plan::SeatNumber;
use ticketon_core::row::{Row, RowId, Table};
use ticketon_core::seat::{Seat, SeatState};
use ticketon_core::store::{Changes, Version, Versioned};

use tokio::time::Instant;

use crate::limits;

pub(super) struct RowCache {
    kept: Mutex<Kept>,
    found: AtomicU64,
    missed: AtomicU64,
}

/// How often a row that was asked for was in memory.
#[derive(Clone)]
pub struct RowCounts(Arc<RowCache>);

struct Kept {
    rows: Generations<RowId, Arc<Row>>,
    shelf: Generations<RowId, Arc<Row>>,
    seats: Generations<(PerformanceId, SeatNumber), SeatState>,
}

struct Generations<K, V> {
    young: HashMap<K, Versioned<V>>,
    old: HashMap<K, Versioned<V>>,
    size: usize,
    ages: Option<Ages>,
}

/// Where others write, too: since when the young generation is young, and how long one stays so.
struct Ages {
    since: Instant,
    each: Duration,
}

impl RowCache {
    /// Of a store to which this process alone writes.
    pub(super) fn new() -> Self {
        Self::believing(|_| None)
    }

    /// Of a store to which others write, too.
    pub(super) fn shared() -> Self {
        Self::believing(|believed| {
            Some(Ages {
                since: Instant::now(),
                each: believed / 2,
            })
        })
    }

    fn believing(ages: impl Fn(Duration) -> Option<Ages>) -> Self {
        let (rows, shelf) = (ages(limits::ROWS_BELIEVED), ages(limits::SHELF_ROWS_BELIEVED));
        let kept = Kept {
            rows: Generations::new(limits::CACHED_ROWS, rows),
            shelf: Generations::new(limits::CACHED_ROWS, shelf),
            seats: Generations::new(limits::CACHED_SEATS, ages(limits::ROWS_BELIEVED)),
        };
        Self {
            kept: Mutex::new(kept),
            found: AtomicU64::new(0),
            missed: AtomicU64::new(0),
        }
    }

    pub(super) fn get(&self, id: &RowId) -> Option<Versioned<Row>> {
        let row = self.find(id);
        let counter = if row.is_some() { &self.found } else { &self.missed };
        counter.fetch_add(1, Ordering::Relaxed);
        row
    }

    fn find(&self, id: &RowId) -> Option<Versioned<Row>> {
        let mut kept = self.kept();
        if let RowId::Seat(performance, number) = *id {
            let (state, version) = kept.seats.get(&(performance, number))?;
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
        let (row, version) = kept.of(id.table()).get(id)?;
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
            kept.keep(&Arc::new(row.clone()), *version);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RowCounts {
    pub(super) fn of(cache: Arc<RowCache>) -> Self {
        Self(cache)
    }

    /// Rows that were in memory.
    pub fn found(&self) -> u64 {
        self.0.found.load(Ordering::Relaxed)
    }

    /// Rows that were not.
    pub fn missed(&self) -> u64 {
        self.0.missed.load(Ordering::Relaxed)
    }
}

impl Kept {
    /// Where rows of a table are that is not the seats'.
    fn of(&mut self, table: Table) -> &mut Generations<RowId, Arc<Row>> {
        match table {
            Table::Organization | Table::Event | Table::Performance | Table::Sale => &mut self.shelf,
            _ => &mut self.rows,
        }
    }

    fn keep(&mut self, row: &Arc<Row>, version: Version) {
        match &**row {
            Row::Seat(seat) => self
                .seats
                .keep((seat.performance, seat.number), seat.state, version),
            other => self.of(other.table()).keep(other.id(), Arc::clone(row), version),
        }
    }

    fn forget(&mut self, row: &Row) {
        match row {
            Row::Seat(seat) => self.seats.forget(&(seat.performance, seat.number)),
            row => self.of(row.table()).forget(&row.id()),
        }
    }
}

impl<K: Eq + Hash, V: Clone> Generations<K, V> {
    fn new(size: usize, ages: Option<Ages>) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            size,
            ages,
        }
    }

    fn get(&mut self, key: &K) -> Option<Versioned<V>> {
        self.grow_old_in_time();
        if let Some(kept) = self.young.get(key) {
            return Some(kept.clone());
        }
        if self.ages.is_some() {
            return self.old.get(key).cloned();
        }
        let (key, (value, version)) = self.old.remove_entry(key)?;
        self.keep(key, value.clone(), version);
        Some((value, version))
    }

    fn keep(&mut self, key: K, value: V, version: Version) {
        self.grow_old_in_time();
        if self.young.len() >= self.size {
            self.grow_old();
        }
        // What is in the old one is older, or goes with it: it is not taken away here.
        match self.young.entry(key) {
            Entry::Occupied(known) if known.get().1 > version => {}
            Entry::Occupied(mut known) => {
                known.insert((value, version));
            }
            Entry::Vacant(place) => {
                let older = self.old.get(place.key());
                if older.is_none_or(|(_, older)| *older <= version) {
                    place.insert((value, version));
                }
            }
        }
    }

    fn grow_old_in_time(&mut self) {
        let Some(Ages { since, each }) = &mut self.ages else {
            return;
        };
        let over = u32::try_from(since.elapsed().as_millis() / each.as_millis()).unwrap_or(u32::MAX);
        *since += *each * over;
        // Whoever was long away finds both generations' time over.
        for _ in 0..over.min(2) {
            self.grow_old();
        }
    }

    fn grow_old(&mut self) {
        std::mem::swap(&mut self.old, &mut self.young);
        self.young.clear();
    }

    fn forget(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use ticketon_core::contract::sample::{changes, event, event_id, performance_id, seat};

    use super::*;

    fn seat_7() -> RowId {
        RowId::Seat(performance_id(), SeatNumber(7))
    }

    fn written(version: u64, state: SeatState) -> Changes {
        changes(1).write(seat(7, state), Version(version - 1))
    }

    #[tokio::test(start_paused = true)]
    async fn where_others_write_a_row_is_believed_for_a_moment_though_it_is_used() {
        let (own, shared) = (RowCache::new(), RowCache::shared());
        for cache in [&own, &shared] {
            cache.committed(&[&written(1, SeatState::Free)]);
        }
        for _ in 0..4 {
            tokio::time::advance(limits::ROWS_BELIEVED / 4).await;
            own.get(&seat_7());
            shared.get(&seat_7());
        }
        assert!(own.get(&seat_7()).is_some());
        assert_eq!(shared.get(&seat_7()), None);
        shared.committed(&[&written(2, SeatState::Free)]);
        tokio::time::advance(limits::ROWS_BELIEVED * 10).await;
        assert_eq!(shared.get(&seat_7()), None, "nor where nobody asked meanwhile");
    }

    #[tokio::test(start_paused = true)]
    async fn where_others_write_what_staff_change_is_believed_for_less_than_a_second() {
        let shared = RowCache::shared();
        let name = RowId::Event(event_id());
        for part in 0..10 {
            shared.loaded(&[(event(1, "recital").into(), Version(1))]);
            tokio::time::advance(Duration::from_millis(part * 100)).await;
            shared.get(&name);
            tokio::time::advance(Duration::from_millis(1_000 - part * 100)).await;
            assert_eq!(shared.get(&name), None, "however the generations fall");
        }
    }

    #[test]
    fn of_two_writers_that_show_a_row_out_of_order_the_newer_stays() {
        let cache = RowCache::new();
        cache.committed(&[&written(2, SeatState::OffSale)]);
        cache.committed(&[&written(1, SeatState::Free)]);
        assert_eq!(
            cache.get(&seat_7()),
            Some((seat(7, SeatState::OffSale).into(), Version(2)))
        );
    }
}
