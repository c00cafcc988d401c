//! What a room publishes after each tick: one small record from which everybody who waits computes their own place.
//! Publishing costs the same for ten who wait and for 200,000; who subscribes keeps an entry and subtracts.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::entry::Seq;
use crate::limits::{POLL_MAX, POLL_MIN};
use crate::line::{GivenUp, ahead_of};
use crate::names::RoomName;
use crate::policy::Settings;
use crate::time::{Timestamp, whole_ms};

/// How far a room has come. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Whose progress.
    pub room: RoomName,
    /// The room's epoch: part of every receipt.
    pub epoch: u32,
    /// Numbers up to this one were given before the queue was last lost; 0 if it never was. Their owners come back one
    /// by one, so that only the queue knows how many of them are before whom: each of them asks.
    pub lost_up_to: Seq,
    /// As of when.
    pub at: Timestamp,
    /// Up to this number nobody waits any more: who has it or a lower one and has not heard, asks.
    pub served: Seq,
    /// The last number given.
    pub last: Seq,
    /// Places given up behind `served`, by mark.
    pub given_up: Arc<[GivenUp]>,
    /// Admissions of the last minute.
    pub pace: u64,
    /// How the room is run.
    pub settings: Arc<Settings>,
}

/// How long it may still take.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Eta {
    /// At the room's full rate.
    pub min: u64,
    /// At the pace of the last minute; when nobody was admitted, if everybody inside stays to the end.
    pub max: u64,
}

impl Progress {
    /// How many are before this number. Never too low, and it never grows.
    pub fn ahead_of(&self, seq: Seq) -> u64 {
        ahead_of(seq, self.served, &self.given_up)
    }

    /// Whether this number has had its turn or was given up, or cannot be told from here: its owner asks.
    pub fn has_served(&self, seq: Seq) -> bool {
        seq <= self.served.max(self.lost_up_to)
    }

    /// The time that `ahead` others and oneself take; none while the room is paused, for nobody knows.
    pub fn eta(&self, ahead: u64, now: Timestamp) -> Option<Eta> {
        if self.settings.paused {
            return None;
        }
        let policy = self.settings.policy;
        let until_open = whole_ms(self.settings.opens_at.since(now));
        let turns = ahead + 1;
        let min = turns * 60_000 / u64::from(policy.per_minute);
        let if_all_stay = turns.div_ceil(u64::from(policy.capacity)) * whole_ms(policy.claim + policy.stay);
        let max = (turns * 60_000).checked_div(self.pace).unwrap_or(if_all_stay);
        Some(Eta {
            min: until_open + min,
            max: until_open + max.max(min),
        })
    }

    /// When to ask again: an eighth of the time it takes at least, within bounds, and not all in the same second.
    pub fn poll_after(&self, seq: Seq, ahead: u64, now: Timestamp) -> Duration {
        let eta = self
            .eta(ahead, now)
            .map_or(POLL_MAX, |eta| Duration::from_millis(eta.min));
        let even = (eta / 8).clamp(POLL_MIN, POLL_MAX * 4 / 5);
        // Neighbours in line would ask together for ever: a quarter of the time is spread by number.
        let spread = u32::try_from(seq.0 * 7 % 32).unwrap_or(0);
        even + even / 4 * spread / 32
    }
}
