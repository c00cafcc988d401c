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
    /// The room's progress at the same moment, as far as it concerns this entry.
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::entry::{EntryId, Seq};
    use crate::names::{RoomName, VisitorName};
    use crate::policy::{Policy, Settings};

    const NOW: Timestamp = Timestamp::from_ms(1_796_122_800_000);

    fn place(state: EntryState) -> Place {
        let visitor = VisitorName::parse("ana").unwrap();
        let entry = Entry {
            id: EntryId::from_u128(42),
            seq: Seq(1_201),
            visitor,
            entered_at: NOW,
            state,
        };
        let progress = Progress {
            room: RoomName::parse("opera").unwrap(),
            epoch: 1,
            lost_up_to: Seq(0),
            at: NOW,
            served: Seq(200),
            last: Seq(1_500),
            given_up: Arc::new([]),
            pace: 600,
            settings: Arc::new(Settings::opening(NOW, Policy::fifo())),
        };
        Place { entry, progress }
    }

    fn json_of(place: &Place) -> serde_json::Value {
        let mut json = serde_json::to_value(place.view(&Keys::from_seed("k1", [7; 32]), NOW)).unwrap();
        let receipt = json["receipt"].take();
        assert!(receipt.is_string(), "every view has its receipt");
        json
    }

    #[test]
    fn who_waits_is_told_where_and_how_long() {
        let told = json!({
            "state": "waiting", "reason": null, "seq": 1_201, "position": 1_001, "ahead": 1_000,
            "eta_ms": { "min": 20_020, "max": 100_100 }, "poll_after_ms": 2_952,
            "receipt": null, "pass": null, "notice": null,
        });
        assert_eq!(json_of(&place(EntryState::Waiting)), told);
    }

    #[test]
    fn who_was_let_in_has_a_pass_once_it_is_fetched() {
        let called = json_of(&place(EntryState::Admitted {
            claim_by: NOW.plus(Duration::from_secs(1)),
        }));
        assert_eq!(
            (&called["state"], &called["pass"]),
            (&json!("admitted"), &json!(null))
        );
        let inside = json_of(&place(EntryState::Claimed {
            until: NOW.plus(Duration::from_secs(1)),
        }));
        assert!(inside["pass"].is_string());
        assert_eq!(inside["position"], json!(null));
    }

    #[test]
    fn who_is_out_is_told_why_even_before_a_tick_has_looked() {
        let missed = json_of(&place(EntryState::Admitted { claim_by: NOW }));
        assert_eq!(
            (&missed["state"], &missed["reason"]),
            (&json!("ended"), &json!("claim_missed"))
        );
        let over = json_of(&place(EntryState::Claimed { until: NOW }));
        assert_eq!(
            (&over["reason"], &over["pass"]),
            (&json!("pass_ended"), &json!(null))
        );
        let sold_out = json_of(&place(EntryState::Ended {
            reason: EndReason::SoldOut,
            at: NOW,
        }));
        assert_eq!(sold_out["reason"], json!("sold_out"));
    }

    #[test]
    fn the_farther_away_the_rarer_the_polls_and_never_all_at_once() {
        let progress = place(EntryState::Waiting).progress;
        let poll = |seq: u64, ahead: u64| progress.poll_after(Seq(seq), ahead, NOW).as_millis();
        assert!(poll(1, 0) >= 1_000);
        assert!(poll(1, 100) < poll(1, 2_000) && poll(1, 2_000) < poll(1, 15_000));
        assert!(poll(1, 10_000_000) <= 60_000);
        assert_ne!(poll(1, 5_000), poll(2, 5_000));
    }
}
