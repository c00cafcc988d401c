//! One place of one performance.

use serde::{Deserialize, Serialize};

use crate::ids::{HoldId, PerformanceId, TicketId};
use crate::plan::SeatNumber;

/// One place of one performance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// The performance.
    pub performance: PerformanceId,
    /// Its number, given in plan order, never changed or reused.
    pub number: SeatNumber,
    /// Whose it is.
    pub state: SeatState,
}

/// Whose a seat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatState {
    /// Anybody's.
    Free,
    /// Kept by a hold, or by the purchase that took it.
    Held(HoldId),
    /// A ticket's.
    Sold(TicketId),
    /// Not for sale.
    OffSale,
}

impl Seat {
    /// The seat in another state.
    #[must_use]
    pub fn becoming(&self, state: SeatState) -> Self {
        Self { state, ..*self }
    }

    /// Whether this hold keeps it.
    pub fn is_held_by(&self, hold: HoldId) -> bool {
        self.state == SeatState::Held(hold)
    }
}
