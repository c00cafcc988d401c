//! The memory engine: one room, its state in memory, its truth in a journal.
//!
//! Each operation takes one lock and, under it, decides, applies, and hands its records to the journal; the answer
//! waits for durability outside the lock. So the journal holds the records in the order in which they took effect,
//! and nobody is told anything that a crash could take back, not even by a read: an answer waits for every record
//! that it may rest on. A journal that refuses poisons the queue: all that were waiting hear *unavailable*, and the
//! next operation loads the journal before it answers.
//!
//! What it does not do: it runs nothing by itself, knows no clock and no runtime, and shares nothing between
//! processes.

use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;

use crate::decide::{self, Arrival};
use crate::decision::{Counters, Decider, decide_admission};
use crate::entry::{EndReason, Entry, EntryId, Seq};
use crate::error::QueueError;
use crate::journal::{Journal, NoJournal, Replay};
use crate::names::{RoomName, VisitorName};
use crate::policy::{Change, Settings};
use crate::progress::Progress;
use crate::queue::Queue;
use crate::record::{Closing, Record};
use crate::state::State;
use crate::tick::Tick;
use crate::time::Timestamp;
use crate::view::Place;

mod durable;
mod live;

use durable::Durable;
use live::Live;

/// A waiting room in memory. Share it in an `Arc`; every operation takes `&self`.
pub struct MemoryQueue {
    room: RoomName,
    journal: Arc<dyn Journal>,
    decider: Decider,
    inner: Mutex<Inner>,
    /// One permit: the turn of whoever reads the journal. Not a mutex: under contention that one looks at the
    /// machine's clock.
    loading: async_lock::Semaphore,
}

/// What the lock guards.
struct Inner {
    /// None before the journal was read, and after it refused.
    live: Option<Live>,
    /// Generations used so far, so that lines of a poisoned past are told from new ones.
    generation: u64,
}

impl MemoryQueue {
    /// The queue of a room, as its journal says. Nothing is read before the first operation.
    pub fn new(room: RoomName, journal: Arc<dyn Journal>) -> Self {
        let inner = Mutex::new(Inner {
            live: None,
            generation: 0,
        });
        Self {
            room,
            journal,
            decider: decide_admission,
            inner,
            loading: async_lock::Semaphore::new(1),
        }
    }

    /// A queue that ends with the process.
    pub fn unjournaled(room: RoomName) -> Self {
        Self::new(room, Arc::new(NoJournal))
    }

    /// The same queue with another way to decide how many are admitted.
    #[must_use]
    pub fn deciding_by(self, decider: Decider) -> Self {
        Self { decider, ..self }
    }
}

#[async_trait]
impl Queue for MemoryQueue {
    fn room(&self) -> &RoomName {
        &self.room
    }

    async fn open(&self, settings: Settings, now: Timestamp) -> Result<bool, QueueError> {
        let room = &self.room;
        let decided = |state: Option<&State>| decide::open(state, room, settings, now);
        self.act(decided, |_, records| !records.is_empty()).await
    }

    async fn enter(&self, arrival: Arrival<'_>, now: Timestamp) -> Result<Place, QueueError> {
        let decider = self.decider;
        let place = self
            .act_open(
                |state| decide::enter(state, &arrival, decider, now),
                |state, _| place_of(state, arrival.visitor, now),
            )
            .await?;
        place.ok_or_else(|| QueueError::Corrupt("an entry vanished while it was made".to_owned()))
    }

    async fn find(&self, visitor: &VisitorName, now: Timestamp) -> Result<Option<Place>, QueueError> {
        self.act_open(|_| Ok(Vec::new()), |state, _| place_of(state, visitor, now))
            .await
    }

    async fn claim(&self, visitor: &VisitorName, now: Timestamp) -> Result<Option<Place>, QueueError> {
        let decided = |state: &State| Ok(decide::claim(state, visitor, now));
        self.act_open(decided, |state, _| place_of(state, visitor, now))
            .await
    }

    async fn leave(&self, visitor: &VisitorName, now: Timestamp) -> Result<Option<Place>, QueueError> {
        self.end(visitor, EndReason::Left, now).await
    }

    async fn remove(&self, visitor: &VisitorName, now: Timestamp) -> Result<Option<Place>, QueueError> {
        self.end(visitor, EndReason::Removed, now).await
    }

    async fn end_pass(
        &self,
        visitor: &VisitorName,
        entry: EntryId,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<bool, QueueError> {
        let decided = |state: &State| Ok(decide::end_pass(state, visitor, entry, reason, now));
        self.act_open(decided, |_, records| !records.is_empty()).await
    }

    async fn admit(&self, sellable: u64, now: Timestamp) -> Result<Tick, QueueError> {
        self.load_if_needed().await?;
        let (tick, durable) = self.step_admit(sellable, now)?;
        durable.reached().await?;
        tick
    }

    async fn sweep(&self, now: Timestamp) -> Result<Vec<Entry>, QueueError> {
        self.act_open(|state| Ok(decide::sweep(state, now)), ended_by)
            .await
    }

    async fn counters(&self, now: Timestamp) -> Result<Counters, QueueError> {
        self.act_open(|_| Ok(Vec::new()), |state, _| state.counters(now))
            .await
    }

    async fn progress(&self, now: Timestamp) -> Result<Progress, QueueError> {
        self.act_open(|_| Ok(Vec::new()), |state, _| state.progress(now))
            .await
    }

    async fn close(&self, closing: Closing, now: Timestamp) -> Result<u64, QueueError> {
        let mut waiting = 0;
        let decided = |state: &State| {
            waiting = state.line().len() as u64;
            Ok(decide::close(state, closing, now))
        };
        self.act_open(decided, |_, _| ()).await?;
        Ok(waiting)
    }

    async fn change(&self, change: Change, now: Timestamp) -> Result<Settings, QueueError> {
        let decided = |state: &State| decide::change(state, change, now);
        self.act_open(decided, |state, _| state.settings().clone()).await
    }

    async fn replace(&self, seen: &Settings, wanted: Settings, now: Timestamp) -> Result<(), QueueError> {
        self.act_open(|state| decide::replace(state, seen, wanted, now), |_, _| ())
            .await
    }
}

impl MemoryQueue {
    async fn end(
        &self,
        visitor: &VisitorName,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<Option<Place>, QueueError> {
        let decided = |state: &State| Ok(decide::end(state, visitor, reason, now));
        self.act_open(decided, |state, _| place_of(state, visitor, now))
            .await
    }

    /// One operation on a room that is open.
    async fn act_open<T>(
        &self,
        decide: impl FnOnce(&State) -> Result<Vec<Record>, QueueError>,
        answer: impl FnOnce(&State, &[Record]) -> T,
    ) -> Result<T, QueueError> {
        self.act(|state| decide(state.ok_or(QueueError::QueueLost)?), answer)
            .await
    }

    /// One operation: decide, apply and append under the lock, then wait outside it.
    async fn act<T>(
        &self,
        decide: impl FnOnce(Option<&State>) -> Result<Vec<Record>, QueueError>,
        answer: impl FnOnce(&State, &[Record]) -> T,
    ) -> Result<T, QueueError> {
        self.load_if_needed().await?;
        let (answer, durable) = self.step(decide, answer)?;
        durable.reached().await?;
        answer
    }

    /// The part under the lock. A refusal, too, waits for what it rests on.
    fn step<T>(
        &self,
        decide: impl FnOnce(Option<&State>) -> Result<Vec<Record>, QueueError>,
        answer: impl FnOnce(&State, &[Record]) -> T,
    ) -> Result<(Result<T, QueueError>, Durable), QueueError> {
        self.with_live(|live| {
            let answer = match decide(live.state()) {
                Ok(records) => live.record(&self.journal, &records, answer),
                Err(refusal) => Err(refusal),
            };
            (answer, live.durable())
        })
    }

    fn step_admit(
        &self,
        sellable: u64,
        now: Timestamp,
    ) -> Result<(Result<Tick, QueueError>, Durable), QueueError> {
        self.with_live(|live| {
            let tick = self.admit_live(live, sellable, now);
            (tick, live.durable())
        })
    }

    fn admit_live(&self, live: &mut Live, sellable: u64, now: Timestamp) -> Result<Tick, QueueError> {
        let state = live.state().ok_or(QueueError::QueueLost)?;
        let (records, decision) = decide::admit(state, sellable, self.decider, now);
        let tick = live.record(&self.journal, &records, |state, records| Tick {
            admitted: admitted_by(state, records),
            ended: ended_by(state, records),
            told_sold_out: 0,
            decision,
            counters: state.counters(now),
            progress: state.progress(now),
        })?;
        live.compact_if_due(&self.journal, now)?;
        Ok(tick)
    }

    /// Runs a step under the lock. A state that refused a record of its own is not gone on with.
    fn with_live<T>(
        &self,
        step: impl FnOnce(&mut Live) -> (Result<T, QueueError>, Durable),
    ) -> Result<(Result<T, QueueError>, Durable), QueueError> {
        let mut inner = self.lock();
        let live = inner.live().ok_or_else(durable::poisoned)?;
        let (answer, durable) = step(live);
        if matches!(answer, Err(QueueError::Corrupt(_))) {
            inner.live = None;
        }
        Ok((answer, durable))
    }

    /// Reads the journal if the queue does not live. Of several who want that at once one reads and the others wait:
    /// a crowd would read it thousands of times.
    async fn load_if_needed(&self) -> Result<(), QueueError> {
        if self.is_live() {
            return Ok(());
        }
        let _loading = self.loading.acquire().await;
        if self.is_live() {
            return Ok(());
        }
        let lines = self.journal.load().await?;
        let replay = Replay::of(&lines).map_err(|error| QueueError::Corrupt(error.to_string()))?;
        let mut inner = self.lock();
        inner.generation = inner.generation.max(replay.generation) + 1;
        inner.live = Some(Live::replayed(&self.room, &replay, inner.generation)?);
        Ok(())
    }

    fn is_live(&self) -> bool {
        self.lock().live().is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(|poisoned| {
            // Somebody panicked under the lock: what stands in memory is doubtful, what stands in the journal is not.
            self.inner.clear_poison();
            let mut inner = poisoned.into_inner();
            inner.live = None;
            inner
        })
    }
}

impl Inner {
    /// The queue as long as its journal has not refused it.
    fn live(&mut self) -> Option<&mut Live> {
        self.live.take_if(|live| live.is_poisoned());
        self.live.as_mut()
    }
}

fn place_of(state: &State, visitor: &VisitorName, now: Timestamp) -> Option<Place> {
    let entry = state.entry_of(visitor)?.clone();
    Some(Place {
        entry,
        progress: state.progress(now),
    })
}

fn admitted_by(state: &State, records: &[Record]) -> Vec<Entry> {
    let mut admitted = Vec::new();
    for record in records {
        if let Record::Admitted(seqs, ..) = record {
            admitted.extend(entries(state, seqs));
        }
    }
    admitted
}

fn ended_by(state: &State, records: &[Record]) -> Vec<Entry> {
    let mut ended = Vec::new();
    for record in records {
        if let Record::Ended(seqs, ..) = record {
            ended.extend(entries(state, seqs));
        }
    }
    ended
}

fn entries<'a>(state: &'a State, seqs: &'a [Seq]) -> impl Iterator<Item = Entry> + 'a {
    seqs.iter().filter_map(|seq| state.entry(*seq).cloned())
}
