//! The names of states, as columns hold them: what people search by, checked by the schema.

use ticketon_core::event::EventState;
use ticketon_core::hold::HoldState;
use ticketon_core::ids::HoldId;
use ticketon_core::ids::TicketId;
use ticketon_core::payment::{PaymentState, RefundState};
use ticketon_core::purchase::PurchaseState;
use ticketon_core::seat::SeatState;
use ticketon_core::ticket::TicketState;

use super::value::{Part as _, Value};

pub(super) fn event(state: EventState) -> Value<'static> {
    Value::Text(event_text(state))
}

pub(super) fn event_text(state: EventState) -> &'static str {
    match state {
        EventState::Draft => "draft",
        EventState::Published => "published",
        EventState::Deleted => "deleted",
    }
}

pub(super) fn hold(state: HoldState) -> Value<'static> {
    Value::Text(match state {
        HoldState::Active => "active",
        HoldState::Taken(_) => "taken",
        HoldState::Released => "released",
        HoldState::Expired => "expired",
    })
}

pub(super) fn purchase(state: PurchaseState) -> Value<'static> {
    Value::Text(match state {
        PurchaseState::AwaitingPayment => "awaiting_payment",
        PurchaseState::Approving => "approving",
        PurchaseState::Paid => "paid",
        PurchaseState::Cancelled => "cancelled",
        PurchaseState::Expired => "expired",
        PurchaseState::Refunded => "refunded",
    })
}

pub(super) fn payment(state: &PaymentState) -> Value<'static> {
    Value::Text(match state {
        PaymentState::Ready => "ready",
        PaymentState::Approving(_) => "approving",
        PaymentState::Paid(_) => "paid",
        PaymentState::Declined { .. } => "declined",
        PaymentState::NotCharged => "not_charged",
        PaymentState::Replaced => "replaced",
    })
}

pub(super) fn refund(state: &RefundState) -> Value<'static> {
    Value::Text(match state {
        RefundState::Requested { .. } => "requested",
        RefundState::Done { .. } => "done",
        RefundState::Failed { .. } => "failed",
    })
}

pub(super) fn ticket(state: TicketState) -> Value<'static> {
    Value::Text(match state {
        TicketState::Issued => "issued",
        TicketState::Void => "void",
    })
}

pub(super) fn seat(state: SeatState) -> Value<'static> {
    Value::Text(match state {
        SeatState::Free => "free",
        SeatState::Held(_) => "held",
        SeatState::Sold(_) => "sold",
        SeatState::OffSale => "off_sale",
    })
}

/// The hold or ticket whose a seat is.
pub(super) fn seat_holder(state: &SeatState) -> Value<'_> {
    match state {
        SeatState::Held(hold) => hold.value(),
        SeatState::Sold(ticket) => ticket.value(),
        SeatState::Free | SeatState::OffSale => Value::Null,
    }
}

/// A seat's state from its two columns; the only state that is not read from JSON.
pub(super) fn seat_of(state: &str, holder: Option<[u8; 16]>) -> Option<SeatState> {
    match (state, holder) {
        ("free", None) => Some(SeatState::Free),
        ("held", Some(hold)) => Some(SeatState::Held(HoldId::from_bytes(hold))),
        ("sold", Some(ticket)) => Some(SeatState::Sold(TicketId::from_bytes(ticket))),
        ("off_sale", None) => Some(SeatState::OffSale),
        _ => None,
    }
}
