//! What a visitor is shown: the same from a poll and from a stream, computed from their entry and the room's
//! progress.

use serde::{Deserialize, Serialize};

use crate::entry::{EndReason, Entry, EntryState};
use crate::keys::{Keys, Pass, Receipt};
use crate::progress::{Eta, Progress};
use crate::time::{Timestamp, whole_ms};

/// An entry and how far its room has come: what a queue answers a visitor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The visitor's entry.
    pub entry: Entry,
    /// The room's progress at the same moment.
    pub progress: Progress,
}

/// Where a visitor stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct View {
    /// Lobby, waiting, admitted or ended.
    pub state: ViewState,
    /// Why it ended.
    pub reason: Option<EndReason>,
    /// The place's number; it never changes.
    pub seq: u64,
    /// Place in line, counted from 1, while waiting.
    pub position: Option<u64>,
    /// How many are before, while waiting.
    pub ahead: Option<u64>,
    /// How long it may take, in milliseconds; none while the room is paused.
    pub eta_ms: Option<Eta>,
    /// When to ask again, in milliseconds; none once there is nothing left to ask.
    pub poll_after_ms: Option<u64>,
    /// The signed proof of the place.
    pub receipt: String,
    /// The signed proof of admission, for who is inside.
    pub pass: Option<String>,
    /// What the room's staff tell those who wait.
    pub notice: Option<String>,
}

/// Where an entry stands, as it is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewState {
    /// The room is not open yet.
    Lobby,
    /// In line.
    Waiting,
    /// Inside; the pass is there, or is fetched by asking.
    Admitted,
    /// Over.
    Ended,
}

impl Place {
    /// The place as its visitor is shown it. Costs an HMAC, and a signature for who is inside.
    pub fn view(&self, keys: &Keys, now: Timestamp) -> View {
        view(&self.entry, &self.progress, keys, now)
    }
}

/// An entry as its visitor is shown it, by the room's latest progress.
pub fn view(entry: &Entry, progress: &Progress, keys: &Keys, now: Timestamp) -> View {
    let state = entry.state.at(now);
    let ahead = (state == EntryState::Waiting).then(|| progress.ahead_of(entry.seq));
    let receipt = Receipt::of(entry, progress.room.clone(), progress.epoch);
    let pass = match state {
        EntryState::Claimed { .. } => Pass::of(entry, progress.room.clone()),
        EntryState::Waiting | EntryState::Admitted { .. } | EntryState::Ended { .. } => None,
    };
    View {
        state: shown(state, progress, now),
        reason: match state {
            EntryState::Ended { reason, .. } => Some(reason),
            EntryState::Waiting | EntryState::Admitted { .. } | EntryState::Claimed { .. } => None,
        },
        seq: entry.seq.0,
        position: ahead.map(|ahead| ahead + 1),
        ahead,
        eta_ms: ahead.and_then(|ahead| progress.eta(ahead, now)),
        poll_after_ms: ahead.map(|ahead| whole_ms(progress.poll_after(entry.seq, ahead, now))),
        receipt: keys.sign_receipt(&receipt),
        pass: pass.map(|pass| keys.sign_pass(&pass)),
        notice: progress.settings.notice.clone(),
    }
}

fn shown(state: EntryState, progress: &Progress, now: Timestamp) -> ViewState {
    match state {
        EntryState::Waiting if now < progress.settings.opens_at => ViewState::Lobby,
        EntryState::Waiting => ViewState::Waiting,
        EntryState::Admitted { .. } | EntryState::Claimed { .. } => ViewState::Admitted,
        EntryState::Ended { .. } => ViewState::Ended,
    }
}
