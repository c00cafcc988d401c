//! Records take effect. No choice is made here: the same records give the same state, today and after a crash.
//! A record that does not follow from the state is refused, for then the journal is not this queue's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::State;
use crate::bucket::Bucket;
use crate::entry::{EndReason, Entry, EntryId, EntryState, Seq, WrongState};
use crate::line::Line;
use crate::names::{RoomName, VisitorName};
use crate::pace::Pace;
use crate::policy::Settings;
use crate::record::{Closing, Record, Snapshot};
use crate::time::Timestamp;

/// Why a record does not follow.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("nothing comes before the opening")]
    NotOpen,
    #[error("a room opens once")]
    OpenTwice,
    #[error("number {0} is not known")]
    Unknown(Seq),
    #[error("number {0} does not come after the last one")]
    OutOfOrder(Seq),
    #[error("number {0}: {1}")]
    WrongState(Seq, WrongState),
}

/// The state after a record.
pub(crate) fn applied(state: Option<State>, record: &Record) -> Result<State, Unfit> {
    match (state, record) {
        (_, Record::Snapshot(snapshot)) => Ok(State::restored(snapshot)),
        (None, Record::Opened(room, epoch, settings, at)) => Ok(State::opened(room, *epoch, settings, *at)),
        (None, _) => Err(Unfit::NotOpen),
        (Some(mut state), record) => {
            state.apply(record)?;
            Ok(state)
        }
    }
}

impl State {
    fn opened(room: &RoomName, epoch: u32, settings: &Settings, at: Timestamp) -> Self {
        Self {
            room: room.clone(),
            epoch,
            bucket: Bucket::full(settings.policy.per_minute, at),
            settings: Arc::new(settings.clone()),
            is_closed: false,
            entries: BTreeMap::new(),
            by_visitor: BTreeMap::new(),
            line: Line::empty(),
            deadlines: BTreeSet::new(),
            admitted: 0,
            pace: Pace::default(),
        }
    }

    fn restored(snapshot: &Snapshot) -> Self {
        let mut entries = BTreeMap::new();
        let mut by_visitor = BTreeMap::new();
        let mut waiting = BTreeSet::new();
        let mut deadlines = BTreeSet::new();
        for entry in snapshot.entries.iter().map(Entry::from) {
            if entry.state == EntryState::Waiting {
                waiting.insert(entry.seq);
            }
            if let Some(deadline) = entry.state.deadline() {
                deadlines.insert((deadline, entry.seq));
            }
            by_visitor.insert(entry.visitor.clone(), entry.seq);
            entries.insert(entry.seq, entry);
        }
        Self {
            room: snapshot.room.clone(),
            epoch: snapshot.epoch,
            settings: Arc::new(snapshot.settings.clone()),
            is_closed: snapshot.is_closed,
            line: Line::restored(
                waiting,
                snapshot.last_seq,
                snapshot.served,
                snapshot.given_up.clone(),
            ),
            entries,
            by_visitor,
            deadlines,
            admitted: snapshot.admitted,
            bucket: snapshot.bucket,
            pace: snapshot.pace.clone(),
        }
    }

    fn apply(&mut self, record: &Record) -> Result<(), Unfit> {
        match record {
            Record::Opened(..) => return Err(Unfit::OpenTwice),
            Record::Entered(seq, id, visitor, at) => self.entered(*seq, *id, visitor, *at)?,
            Record::Admitted(seqs, claim_by, at) => self.let_in(seqs, *claim_by, *at)?,
            Record::Claimed(seq, until) => self.step(*seq, |state| state.claim(*until))?,
            Record::Ended(seqs, reason, at) => self.ended(seqs, *reason, *at)?,
            Record::LineEnded(closing, at) => self.line_ended(*closing, *at)?,
            Record::Changed(settings, at) => self.changed(settings, *at),
            Record::Snapshot(snapshot) => *self = Self::restored(snapshot),
        }
        Ok(())
    }

    fn entered(
        &mut self,
        seq: Seq,
        id: EntryId,
        visitor: &VisitorName,
        entered_at: Timestamp,
    ) -> Result<(), Unfit> {
        if seq <= self.line.last() {
            return Err(Unfit::OutOfOrder(seq));
        }
        if let Some(former) = self.by_visitor.insert(visitor.clone(), seq) {
            self.entries.remove(&former);
        }
        let entry = Entry {
            id,
            seq,
            visitor: visitor.clone(),
            entered_at,
            state: EntryState::Waiting,
        };
        self.entries.insert(seq, entry);
        self.line.join(seq);
        Ok(())
    }

    fn let_in(&mut self, seqs: &[Seq], claim_by: Timestamp, at: Timestamp) -> Result<(), Unfit> {
        for seq in seqs {
            self.step(*seq, |state| state.admit(claim_by))?;
            self.line.let_in(*seq);
        }
        self.admitted += seqs.len() as u64;
        self.bucket = self
            .bucket
            .refilled(self.settings.policy.per_minute, at)
            .less(seqs.len());
        self.pace.add(seqs.len(), at);
        Ok(())
    }

    fn ended(&mut self, seqs: &[Seq], reason: EndReason, at: Timestamp) -> Result<(), Unfit> {
        for seq in seqs {
            self.step(*seq, |state| state.end(reason, at))?;
            self.line.give_up(*seq);
        }
        Ok(())
    }

    fn line_ended(&mut self, closing: Closing, at: Timestamp) -> Result<(), Unfit> {
        for seq in self.line.clear() {
            self.step(seq, |state| state.end(closing.reason(), at))?;
        }
        if closing == Closing::Closed {
            self.is_closed = true;
        }
        Ok(())
    }

    fn changed(&mut self, settings: &Settings, at: Timestamp) {
        // What was saved up so far was saved up at the old rate.
        let saved = self.bucket.refilled(self.settings.policy.per_minute, at);
        self.bucket = saved.refilled(settings.policy.per_minute, at);
        self.settings = Arc::new(settings.clone());
    }

    /// Moves one entry on and keeps the deadlines in step with it.
    fn step(
        &mut self,
        seq: Seq,
        transition: impl FnOnce(EntryState) -> Result<EntryState, WrongState>,
    ) -> Result<(), Unfit> {
        let entry = self.entries.get_mut(&seq).ok_or(Unfit::Unknown(seq))?;
        let before = entry.state;
        entry.state = transition(before).map_err(|wrong| Unfit::WrongState(seq, wrong))?;
        if let Some(deadline) = before.deadline() {
            self.deadlines.remove(&(deadline, seq));
        }
        if let Some(deadline) = entry.state.deadline() {
            self.deadlines.insert((deadline, seq));
        }
        Ok(())
    }
}
