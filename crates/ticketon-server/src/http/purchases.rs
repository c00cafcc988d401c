//! Purchases: orders for the seats of a hold, from the first attempt at paying to the last refund.

pub(super) mod cancel;
pub(super) mod create;
pub(super) mod list;
pub(super) mod pay;
pub(super) mod quote;
pub(super) mod refund;
pub(super) mod retry_refund;
pub(super) mod show;

use std::collections::BTreeSet;

use serde::Serialize;
use ticketon_core::event::{Currency, Event, PriceName};
use ticketon_core::ids::{Consent, EventId, HoldId, PerformanceId, PurchaseCode, PurchaseId, SaleId};
use ticketon_core::payment::{Payment, Refund};
use ticketon_core::plan::SeatKey;
use ticketon_core::purchase::{Line, LineKind, Purchase, PurchaseState};
use ticketon_core::row::RowId;
use ticketon_core::ticket::Ticket;
use ticketon_core::{Refusal, Timestamp, Won};

use self::refund::RefundView;
use super::payments::PaymentView;
use super::tickets::TicketView;
use super::{Http, find};

/// A purchase as its buyer sees it.
#[derive(Debug, Serialize)]
pub(super) struct PurchaseView {
    id: PurchaseId,
    /// The short name, readable aloud.
    code: PurchaseCode,
    state: PurchaseState,
    event: EventId,
    performance: PerformanceId,
    sale: SaleId,
    hold: HoldId,
    /// What to call the buyer.
    buyer: Option<String>,
    /// What the buyer agreed to.
    consents: BTreeSet<Consent>,
    /// What is owed: they add up to `amount`.
    lines: Vec<LineView>,
    amount: Won,
    currency: Currency,
    made_at: Timestamp,
    /// Until when it must be paid.
    pay_until: Timestamp,
    /// The attempts, oldest first.
    payments: Vec<PaymentView>,
    tickets: Vec<TicketView>,
    refunds: Vec<RefundView>,
    channel: Channel,
    /// Play money.
    test: bool,
}

/// A purchase among others.
#[derive(Debug, Serialize)]
pub(super) struct PurchaseLine {
    id: PurchaseId,
    code: PurchaseCode,
    state: PurchaseState,
    event: EventId,
    performance: PerformanceId,
    seats: Vec<SeatKey>,
    amount: Won,
    currency: Option<Currency>,
    made_at: Timestamp,
    pay_until: Timestamp,
    channel: Channel,
    test: bool,
}

/// How it was sold.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Channel {
    /// By this interface.
    Web,
}

#[derive(Debug, Serialize)]
struct LineView {
    seat: SeatKey,
    price: PriceName,
    kind: LineKind,
    amount: Won,
}

impl PurchaseView {
    /// With everything that belongs to it.
    pub(super) async fn load(http: &Http, purchase: Purchase) -> Result<Self, Refusal> {
        let event = find::row::<Event>(http, (purchase.event,), "event").await?;
        let payments = find::rows::<Payment>(http, purchase.order_ids().map(RowId::Payment)).await?;
        let payments = payments
            .into_iter()
            .map(|payment| PaymentView::of(http, payment, &purchase, &event))
            .collect();
        let tickets = purchase.tickets.iter().map(|id| RowId::Ticket(*id));
        let tickets = find::rows::<Ticket>(http, tickets).await?;
        let refunds = purchase.refunds.iter().map(|id| RowId::Refund(*id));
        let refunds = find::rows::<Refund>(http, refunds).await?;
        Ok(Self {
            id: purchase.id,
            state: purchase.state,
            event: purchase.event,
            performance: purchase.performance,
            sale: purchase.sale,
            hold: purchase.hold,
            amount: purchase.amount(),
            currency: event.currency,
            made_at: purchase.made_at,
            pay_until: purchase.pay_until,
            payments,
            tickets: tickets.into_iter().map(TicketView::from).collect(),
            refunds: refunds
                .into_iter()
                .map(|refund| RefundView::of(refund, event.currency))
                .collect(),
            channel: Channel::Web,
            test: purchase.test,
            code: purchase.code,
            buyer: purchase.buyer,
            consents: purchase.consents,
            lines: purchase.lines.into_iter().map(LineView::from).collect(),
        })
    }

    /// Where the address of a purchase is.
    pub(super) fn address(id: PurchaseId) -> String {
        format!("/api/v1/purchases/{id}")
    }
}

impl PurchaseLine {
    /// A purchase in the currency of its event, if that is known.
    fn of(purchase: Purchase, currency: Option<Currency>) -> Self {
        let amount = purchase.amount();
        let seats = purchase
            .lines
            .into_iter()
            .filter(|line| line.kind == LineKind::Seat)
            .map(|line| line.seat);
        Self {
            id: purchase.id,
            state: purchase.state,
            event: purchase.event,
            performance: purchase.performance,
            seats: seats.collect(),
            amount,
            currency,
            made_at: purchase.made_at,
            pay_until: purchase.pay_until,
            channel: Channel::Web,
            test: purchase.test,
            code: purchase.code,
        }
    }
}

impl From<Line> for LineView {
    fn from(line: Line) -> Self {
        Self {
            seat: line.seat,
            price: line.price,
            kind: line.kind,
            amount: line.amount,
        }
    }
}
