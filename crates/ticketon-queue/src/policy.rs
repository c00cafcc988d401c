//! How a room is run: its policy and what an operator may change while people wait.
//!
//! The policy is fixed until an operator changes it; no controller moves the rate by itself.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::limits::{NOTICE_BYTES_MAX, POLICY_MAX, POLICY_TIME_MAX};
use crate::time::Timestamp;

/// How many are let in, how fast, and for how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Policy {
    /// Most visitors inside at once.
    pub capacity: u32,
    /// Most admissions a minute.
    pub per_minute: u32,
    /// How long an admitted visitor has to fetch the pass before the slot goes back.
    pub claim: Duration,
    /// How long a fetched pass lives.
    pub stay: Duration,
}

impl Policy {
    /// First come, first served: 500 inside, 3,000 a minute, two minutes to claim, a quarter of an hour to stay.
    pub const fn fifo() -> Self {
        Self {
            capacity: 500,
            per_minute: 3_000,
            claim: Duration::from_mins(2),
            stay: Duration::from_mins(15),
        }
    }

    /// The same policy with another capacity.
    #[must_use]
    pub const fn capacity(self, capacity: u32) -> Self {
        Self { capacity, ..self }
    }

    /// The same policy with another rate.
    #[must_use]
    pub const fn per_minute(self, per_minute: u32) -> Self {
        Self { per_minute, ..self }
    }

    /// The same policy with another claim time.
    #[must_use]
    pub const fn claim(self, claim: Duration) -> Self {
        Self { claim, ..self }
    }

    /// The same policy with another stay.
    #[must_use]
    pub const fn stay(self, stay: Duration) -> Self {
        Self { stay, ..self }
    }

    fn validate(&self) -> Result<(), SettingsError> {
        let counts = 1..=POLICY_MAX;
        if !counts.contains(&self.capacity) || !counts.contains(&self.per_minute) {
            return Err(SettingsError::Count);
        }
        let times = Duration::from_secs(1)..=POLICY_TIME_MAX;
        if !times.contains(&self.claim) || !times.contains(&self.stay) {
            return Err(SettingsError::Time);
        }
        Ok(())
    }
}

/// Everything an operator says about a room.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// Nobody is admitted before.
    pub opens_at: Timestamp,
    /// From when on one may come and wait for the opening; without a lobby one may come when the room opens.
    pub lobby_opens_at: Option<Timestamp>,
    /// How many, how fast, how long.
    pub policy: Policy,
    /// While paused, places are kept and passes live on, but nobody is admitted.
    pub paused: bool,
    /// A sentence shown to everybody who waits.
    pub notice: Option<String>,
}

impl Settings {
    /// A room without a lobby that opens at a moment.
    pub const fn opening(opens_at: Timestamp, policy: Policy) -> Self {
        Self {
            opens_at,
            lobby_opens_at: None,
            policy,
            paused: false,
            notice: None,
        }
    }

    /// The same room with a lobby.
    #[must_use]
    pub const fn with_lobby(mut self, lobby_opens_at: Timestamp) -> Self {
        self.lobby_opens_at = Some(lobby_opens_at);
        self
    }

    /// The moment from which one may come.
    pub fn entry_from(&self) -> Timestamp {
        self.lobby_opens_at
            .map_or(self.opens_at, |lobby| lobby.min(self.opens_at))
    }

    /// Refuses numbers that no room can be run by.
    pub fn validate(&self) -> Result<(), SettingsError> {
        self.policy.validate()?;
        if self
            .notice
            .as_ref()
            .is_some_and(|notice| notice.len() > NOTICE_BYTES_MAX)
        {
            return Err(SettingsError::Notice);
        }
        Ok(())
    }

    /// The settings after a change.
    #[must_use]
    pub fn changed(mut self, change: Change) -> Self {
        match change {
            Change::Pause => self.paused = true,
            Change::Resume => self.paused = false,
            Change::Policy(policy) => self.policy = policy,
            Change::Times {
                opens_at,
                lobby_opens_at,
            } => {
                self.opens_at = opens_at;
                self.lobby_opens_at = lobby_opens_at;
            }
            Change::Notice(notice) => self.notice = notice,
        }
        self
    }
}

/// What an operator may change while people wait. No change moves anybody's place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// Admit nobody for now.
    Pause,
    /// Go on admitting.
    Resume,
    /// Another capacity, rate, claim time or stay; passes already given keep their end.
    Policy(Policy),
    /// Open at another time.
    Times {
        /// Nobody is admitted before.
        opens_at: Timestamp,
        /// From when on one may come and wait.
        lobby_opens_at: Option<Timestamp>,
    },
    /// Tell those who wait something, or stop telling it.
    Notice(Option<String>),
}

/// Why settings are refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SettingsError {
    /// Capacity or rate out of range; a room that shall admit nobody is paused instead.
    #[error("capacity and rate lie between 1 and {POLICY_MAX}; to admit nobody, pause the room")]
    Count,
    /// Claim time or stay out of range.
    #[error("claim time and stay lie between a second and a day")]
    Time,
    /// The notice is too long.
    #[error("a notice has at most {NOTICE_BYTES_MAX} bytes")]
    Notice,
}
