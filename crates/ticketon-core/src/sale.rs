//! One round of selling: its window, its limits, its queue.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::{EntryId, EventId, Person, SaleId};
use crate::limits;
use crate::time::{Timestamp, length};

/// One round of selling of all performances of its event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// The identifier.
    pub id: SaleId,
    /// The event.
    pub event: EventId,
    /// *general*, *presale*, …
    pub name: String,
    /// When selling begins.
    pub opens_at: Timestamp,
    /// When selling ends.
    pub closes_at: Timestamp,
    /// How long before `opens_at` people may come to the lobby.
    #[serde(with = "length")]
    pub lobby: Duration,
    /// How its waiting room works.
    pub queue: QueueSettings,
    /// How many seats one may have.
    pub limits: SaleLimits,
}

/// How a sale's waiting room works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueueSettings {
    /// Whether there is one.
    pub mode: QueueMode,
    /// How many may shop at once.
    pub capacity: u32,
    /// How many are admitted a minute.
    pub per_minute: u32,
}

/// Whether a sale has a waiting room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueMode {
    /// None: everybody may hold seats at once.
    Off,
    /// First come, first served, straight in while there is room.
    Auto,
}

/// How many seats one may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SaleLimits {
    /// Seats in one hold.
    pub per_order: u32,
    /// Seats of one person in this sale, held or bought.
    pub per_person: u32,
}

/// Where a sale stands; computed from the time, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SalePhase {
    /// Not yet.
    Before,
    /// People may come and wait.
    Lobby,
    /// Selling.
    OnSale,
    /// Over.
    Ended,
}

/// What a person has of a sale: the guard row that every hold, release, payment and refund of that person
/// writes, so that two tabs cannot each take the last two of four.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// The sale.
    pub sale: SaleId,
    /// The person.
    pub person: Person,
    /// Seats held or bought.
    pub seats: u32,
    /// The admissions that were used up, the latest last: a pass may outlive what was bought with it.
    pub spent: Vec<SpentEntry>,
}

/// An entry whose admission was used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpentEntry {
    /// Which.
    pub entry: EntryId,
    /// Its passes have ended by then, and it need not be remembered.
    pub until: Timestamp,
}

/// How far a sale's queue may have numbered its visitors: recorded before the numbers are given, by a queue that lives
/// where it can be lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbering {
    /// The sale.
    pub sale: SaleId,
    /// How often its queue has begun: 1 unless it was lost.
    pub epoch: u32,
    /// When this epoch began.
    pub since: Timestamp,
    /// No higher number was given.
    pub up_to: u64,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self {
            mode: QueueMode::Auto,
            capacity: 500,
            per_minute: 3_000,
        }
    }
}

impl Default for SaleLimits {
    fn default() -> Self {
        Self {
            per_order: 4,
            per_person: 4,
        }
    }
}

impl Sale {
    /// Where the sale stands at `now`.
    pub fn phase(&self, now: Timestamp) -> SalePhase {
        if now >= self.closes_at {
            SalePhase::Ended
        } else if now >= self.opens_at {
            SalePhase::OnSale
        } else if now >= self.opens_at - self.lobby {
            SalePhase::Lobby
        } else {
            SalePhase::Before
        }
    }

    /// Until when it stands where it stands at `now`; an ended sale stays so.
    pub fn phase_ends(&self, now: Timestamp) -> Option<Timestamp> {
        match self.phase(now) {
            SalePhase::Before => Some(self.opens_at - self.lobby),
            SalePhase::Lobby => Some(self.opens_at),
            SalePhase::OnSale => Some(self.closes_at),
            SalePhase::Ended => None,
        }
    }
}

impl Allowance {
    /// Nothing yet.
    pub fn none(sale: SaleId, person: Person) -> Self {
        Self {
            sale,
            person,
            seats: 0,
            spent: Vec::new(),
        }
    }

    /// With this many seats fewer.
    #[must_use]
    pub fn without(self, seats: usize) -> Self {
        Self {
            seats: self
                .seats
                .saturating_sub(u32::try_from(seats).unwrap_or(u32::MAX)),
            ..self
        }
    }

    /// Whether the admission of an entry was used up.
    pub fn has_spent(&self, entry: &EntryId) -> bool {
        self.spent.iter().any(|spent| spent.entry == *entry)
    }

    /// With an entry's admission used up.
    #[must_use]
    pub fn spending(mut self, entry: Option<EntryId>, now: Timestamp) -> Self {
        let Some(entry) = entry.filter(|entry| !self.has_spent(entry)) else {
            return self;
        };
        self.spent.retain(|spent| spent.until > now);
        if self.spent.len() == limits::SPENT_ENTRIES_MAX {
            self.spent.remove(0);
        }
        let until = now + limits::ADMISSION_TIME_MAX;
        self.spent.push(SpentEntry { entry, until });
        self
    }
}
