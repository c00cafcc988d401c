//! Tickets: the rights to seats.

pub(super) mod list;
pub(super) mod show;

use serde::Serialize;
use ticketon_core::Timestamp;
use ticketon_core::event::PriceName;
use ticketon_core::ids::{EventId, PerformanceId, PurchaseId, TicketId};
use ticketon_core::plan::SeatKey;
use ticketon_core::ticket::{Ticket, TicketState};

/// A ticket as its owner sees it.
#[derive(Debug, Serialize)]
pub(super) struct TicketView {
    id: TicketId,
    state: TicketState,
    event: EventId,
    performance: PerformanceId,
    purchase: PurchaseId,
    seat: SeatKey,
    price: PriceName,
    issued_at: Timestamp,
    /// Play money: opens no door.
    test: bool,
}

impl From<Ticket> for TicketView {
    fn from(ticket: Ticket) -> Self {
        Self {
            id: ticket.id,
            state: ticket.state,
            event: ticket.event,
            performance: ticket.performance,
            purchase: ticket.purchase,
            seat: ticket.seat,
            price: ticket.price,
            issued_at: ticket.issued_at,
            test: ticket.test,
        }
    }
}
