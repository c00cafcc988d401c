//! The right to one seat.

use serde::{Deserialize, Serialize};

use crate::event::PriceName;
use crate::ids::{EventId, PerformanceId, Person, PurchaseId, TicketId};
use crate::plan::{SeatKey, SeatNumber};
use crate::time::Timestamp;

/// The right to one seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The identifier.
    pub id: TicketId,
    /// The event.
    pub event: EventId,
    /// The performance.
    pub performance: PerformanceId,
    /// The purchase that paid it.
    pub purchase: PurchaseId,
    /// Whose.
    pub person: Person,
    /// The seat's number.
    pub number: SeatNumber,
    /// The plan's own name of the seat.
    pub seat: SeatKey,
    /// The price's name.
    pub price: PriceName,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Whether it is still good.
    pub state: TicketState,
    /// Play money: opens no door.
    pub test: bool,
}

/// Whether a ticket is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketState {
    /// Good for its seat.
    Issued,
    /// No longer: its seat may have another ticket.
    Void,
}
