//! What follows from a state, a wish and the time: records, or a refusal. Pure: nothing here changes anything, so
//! every rule of the waiting room can be read, tested and repeated by itself.

use crate::decision::{Counters, Decider, Decision, UNLIMITED};
use crate::entry::{EndReason, Entry, EntryId, EntryState};
use crate::error::QueueError;
use crate::keys::Receipt;
use crate::limits::WAITING_MAX;
use crate::names::{RoomName, VisitorName};
use crate::policy::{Change, Settings};
use crate::record::{Closing, Record};
use crate::state::State;
use crate::time::Timestamp;

/// The epoch of a queue whose journal is its truth: it is never lost, so it never starts again.
const EPOCH: u32 = 1;

/// Somebody comes.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// Who.
    pub visitor: &'a VisitorName,
    /// The entry's id, should it be a new one.
    pub id: EntryId,
    /// The proof of an earlier place, if the visitor shows one.
    pub receipt: Option<&'a Receipt>,
    /// What can still be sold: who comes to an empty room is let in at once only if there is something.
    pub sellable: u64,
}

impl<'a> Arrival<'a> {
    /// Somebody comes without a receipt to a room that sells nothing countable.
    pub const fn new(visitor: &'a VisitorName, id: EntryId) -> Self {
        Self {
            visitor,
            id,
            receipt: None,
            sellable: UNLIMITED,
        }
    }
}

/// Makes the room. Opening an open room changes nothing.
pub(crate) fn open(
    state: Option<&State>,
    room: &RoomName,
    settings: Settings,
    now: Timestamp,
) -> Result<Vec<Record>, QueueError> {
    settings.validate()?;
    Ok(match state {
        Some(_) => Vec::new(),
        None => vec![Record::Opened(room.clone(), EPOCH, settings, now)],
    })
}

/// The visitor's place: the one they have, or a new one at the back. Whoever is let in by it has the pass with the
/// answer, so the claim is made at once.
pub(crate) fn enter(
    state: &State,
    arrival: &Arrival<'_>,
    decider: Decider,
    now: Timestamp,
) -> Result<Vec<Record>, QueueError> {
    if let Some(receipt) = arrival.receipt {
        check_receipt(state, receipt, arrival.visitor)?;
    }
    let mut records = Vec::new();
    if let Some(entry) = state.entry_of(arrival.visitor) {
        match entry.state.at(now) {
            EntryState::Ended { .. } => records.extend(end_of(entry, now)),
            _ => return Ok(claim_of(state, entry, now)),
        }
    }
    check_door(state, now)?;
    let counters = Counters {
        waiting: 1,
        admissible: 1,
        ..counters_after(&records, state, now)
    };
    let seq = state.line().last().next();
    records.push(Record::Entered(seq, arrival.id, arrival.visitor.clone(), now));
    // Nobody is before the newcomer, and a tick at this moment would admit them.
    let policy = &state.settings().policy;
    if state.line().is_empty() && decider(&counters, policy, arrival.sellable).admit > 0 {
        records.push(Record::Admitted(vec![seq], claim_by(state, now), now));
        records.push(Record::Claimed(seq, pass_end(state, now)));
    }
    Ok(records)
}

/// Fetches the pass of whoever has been let in; changes nothing for anybody else.
pub(crate) fn claim(state: &State, visitor: &VisitorName, now: Timestamp) -> Vec<Record> {
    match state.entry_of(visitor) {
        Some(entry) => claim_of(state, entry, now),
        None => Vec::new(),
    }
}

/// Ends the visitor's entry, wherever it is. Ending what has ended changes nothing.
pub(crate) fn end(state: &State, visitor: &VisitorName, reason: EndReason, now: Timestamp) -> Vec<Record> {
    match state.entry_of(visitor) {
        Some(entry) if is_live(entry, now) => vec![Record::Ended(vec![entry.seq], reason, now)],
        Some(entry) => end_of(entry, now),
        None => Vec::new(),
    }
}

/// Ends one entry's pass, if it is still that visitor's entry and inside.
pub(crate) fn end_pass(
    state: &State,
    visitor: &VisitorName,
    id: EntryId,
    reason: EndReason,
    now: Timestamp,
) -> Vec<Record> {
    match state.entry_of(visitor) {
        Some(entry) if entry.id == id && entry.state.deadline().is_some() => end(state, visitor, reason, now),
        _ => Vec::new(),
    }
}

/// Ends what ran out.
pub(crate) fn sweep(state: &State, now: Timestamp) -> Vec<Record> {
    let ran_out = state.ran_out(now);
    let mut records = Vec::new();
    if !ran_out.unclaimed.is_empty() {
        records.push(Record::Ended(ran_out.unclaimed, EndReason::ClaimMissed, now));
    }
    if !ran_out.claimed.is_empty() {
        records.push(Record::Ended(ran_out.claimed, EndReason::PassEnded, now));
    }
    records
}

/// The dispatcher's tick: ends what ran out, counts who is inside, and admits the first in line.
pub(crate) fn admit(
    state: &State,
    sellable: u64,
    decider: Decider,
    now: Timestamp,
) -> (Vec<Record>, Decision) {
    let mut records = sweep(state, now);
    let counters = counters_after(&records, state, now);
    let decision = decider(&counters, &state.settings().policy, sellable);
    if decision.admit > 0 {
        records.push(Record::Admitted(
            state.line().first(decision.admit),
            claim_by(state, now),
            now,
        ));
    }
    (records, decision)
}

/// Ends everybody's waiting at once, in one record however long the line is.
pub(crate) fn close(state: &State, closing: Closing, now: Timestamp) -> Vec<Record> {
    let changes_nothing = match closing {
        Closing::SoldOut => state.line().is_empty(),
        Closing::Closed => state.is_closed(),
    };
    if changes_nothing {
        Vec::new()
    } else {
        vec![Record::LineEnded(closing, now)]
    }
}

/// Runs the room differently from now on.
pub(crate) fn change(state: &State, change: Change, now: Timestamp) -> Result<Vec<Record>, QueueError> {
    let settings = state.settings().clone().changed(change);
    settings.validate()?;
    if settings == *state.settings() {
        return Ok(Vec::new());
    }
    Ok(vec![Record::Changed(settings, now)])
}

/// The room as `wanted`, if nobody has changed it since it was `seen`.
pub(crate) fn replace(
    state: &State,
    seen: &Settings,
    wanted: Settings,
    now: Timestamp,
) -> Result<Vec<Record>, QueueError> {
    wanted.validate()?;
    if seen != state.settings() {
        return Err(QueueError::Changed);
    }
    if wanted == *seen {
        return Ok(Vec::new());
    }
    Ok(vec![Record::Changed(wanted, now)])
}

/// A genuine receipt for a number that this queue never gave proves that its journal has lost places.
fn check_receipt(state: &State, receipt: &Receipt, visitor: &VisitorName) -> Result<(), QueueError> {
    if receipt.room != *state.room() || receipt.visitor != *visitor {
        return Err(QueueError::ForeignReceipt);
    }
    if receipt.epoch != state.epoch() || receipt.seq > state.line().last() {
        return Err(QueueError::QueueLost);
    }
    Ok(())
}

/// Whether a newcomer may come at all.
fn check_door(state: &State, now: Timestamp) -> Result<(), QueueError> {
    if state.is_closed() {
        return Err(QueueError::Closed);
    }
    let from = state.settings().entry_from();
    if now < from {
        return Err(QueueError::NotYet { from });
    }
    if state.line().len() >= WAITING_MAX {
        return Err(QueueError::Full);
    }
    Ok(())
}

/// The counters once those who ran out have ended.
fn counters_after(records: &[Record], state: &State, now: Timestamp) -> Counters {
    let mut counters = state.counters(now);
    for record in records {
        if let Record::Ended(seqs, ..) = record {
            counters.active -= seqs.len() as u64;
        }
    }
    counters
}

fn claim_of(state: &State, entry: &Entry, now: Timestamp) -> Vec<Record> {
    match entry.state.at(now) {
        EntryState::Admitted { .. } => vec![Record::Claimed(entry.seq, pass_end(state, now))],
        EntryState::Ended { .. } => end_of(entry, now),
        EntryState::Waiting | EntryState::Claimed { .. } => Vec::new(),
    }
}

/// The record that an entry has run out, if it has and no tick has said so yet.
fn end_of(entry: &Entry, now: Timestamp) -> Vec<Record> {
    match (entry.state, entry.state.at(now)) {
        (EntryState::Ended { .. }, _) => Vec::new(),
        (_, EntryState::Ended { reason, .. }) => vec![Record::Ended(vec![entry.seq], reason, now)],
        _ => Vec::new(),
    }
}

fn is_live(entry: &Entry, now: Timestamp) -> bool {
    !matches!(entry.state.at(now), EntryState::Ended { .. })
}

fn claim_by(state: &State, now: Timestamp) -> Timestamp {
    now.plus(state.settings().policy.claim)
}

/// On a whole second, because the pass says it in seconds and must not end before its entry.
fn pass_end(state: &State, now: Timestamp) -> Timestamp {
    now.plus(state.settings().policy.stay).up_to_second()
}
