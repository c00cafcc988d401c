//! Seats kept for one person until a deadline.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::PriceName;
use crate::ids::{EntryId, EventId, HoldId, PerformanceId, Person, PurchaseId, SaleId};
use crate::limits;
use crate::money::Won;
use crate::plan::{SeatKey, SeatNumber};
use crate::time::Timestamp;

/// Seats kept for one person until a deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The identifier.
    pub id: HoldId,
    /// The event.
    pub event: EventId,
    /// The performance whose seats it keeps.
    pub performance: PerformanceId,
    /// The sale whose limits count it.
    pub sale: SaleId,
    /// For whom.
    pub person: Person,
    /// The admission it was made with, if the sale has a queue.
    pub entry: Option<EntryId>,
    /// The seats, with the prices of the moment.
    pub items: Vec<HoldItem>,
    /// When it was made.
    pub made_at: Timestamp,
    /// The deadline.
    pub until: Timestamp,
    /// Where it stands.
    pub state: HoldState,
}

/// One seat of a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldItem {
    /// The seat's number.
    pub number: SeatNumber,
    /// The plan's own name of it.
    pub seat: SeatKey,
    /// The price's name.
    pub price: PriceName,
    /// What it cost when it was held.
    pub amount: Won,
}

/// Where a hold stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldState {
    /// Keeps its seats until the deadline.
    Active,
    /// A purchase keeps them.
    Taken(PurchaseId),
    /// Let go.
    Released,
    /// Ran out.
    Expired,
}

impl Hold {
    /// The seats' numbers.
    pub fn numbers(&self) -> impl Iterator<Item = SeatNumber> {
        self.items.iter().map(|item| item.number)
    }

    /// The sum of its prices.
    pub fn amount(&self) -> Won {
        self.items.iter().map(|item| item.amount).sum()
    }

    /// The hold in another state.
    #[must_use]
    pub fn becoming(self, state: HoldState) -> Self {
        Self { state, ..self }
    }

    /// When its seats go back on sale by themselves. Holds that end together come back spread over a window,
    /// so that they make no second stampede.
    pub fn due_at(&self) -> Option<Timestamp> {
        match self.state {
            HoldState::Active => Some(self.until + self.spread()),
            HoldState::Taken(_) | HoldState::Released | HoldState::Expired => None,
        }
    }

    /// Up to ten seconds, or a tenth of a shorter hold; the same for the same hold.
    fn spread(&self) -> Duration {
        let window = limits::EXPIRY_SPREAD.min(self.until.since(self.made_at) / 10);
        let random = u32::from(self.id.as_bytes()[15]);
        window * random / 255
    }
}
