//! Giving tickets back: a quote first, then lines, void tickets and free seats in the commit that asks for the
//! money.

use super::find_purchase::may_serve;
use crate::caller::Caller;
use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::event::{Event, Performance};
use crate::fact::{Fact, Priced, SeatMark, Stream, What};
use crate::ids::{PurchaseId, RefundId, TicketId};
use crate::limits;
use crate::money::Won;
use crate::payment::{PaidBy, Payment, PaymentState, Refund, RefundState};
use crate::purchase::{Line, LineKind, Purchase, PurchaseState};
use crate::row::RowId;
use crate::seat::{Seat, SeatState};
use crate::store::{Changes, Freshness, Versioned};
use crate::ticket::{Ticket, TicketState};
use crate::time::Timestamp;

/// What a refund would give back now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Quote {
    /// By ticket.
    pub tickets: Vec<QuoteLine>,
    /// What stays as fee.
    pub fee: Won,
    /// What goes back.
    pub amount: Won,
}

/// What one ticket would give back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct QuoteLine {
    /// Which.
    pub ticket: TicketId,
    /// What it cost.
    pub price: Won,
    /// What stays as fee.
    pub fee: Won,
}

/// A wish to give tickets back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// Which tickets; none named means all that are still good.
    pub tickets: Vec<TicketId>,
    /// The quote that was agreed to; refused if it has changed.
    pub expected_amount: Option<Won>,
    /// Why.
    pub reason: String,
}

/// Says what giving tickets back would cost now, to their buyer or the box office.
pub async fn quote_refund(
    cx: &Context,
    caller: &Caller,
    purchase: PurchaseId,
    tickets: &[TicketId],
) -> Result<Quote, Refusal> {
    let mut tries = Tries::default();
    loop {
        match Giving::load(cx, caller, purchase, tickets, tries.freshness()).await {
            Ok(giving) => return Ok(giving.quote),
            Err(refusal) => tries.after_refusal(refusal)?,
        }
    }
}

/// Asks for the money of tickets, for their buyer or by the box office: they are void and their seats free from here on.
pub async fn request_refund(
    cx: &Context,
    caller: &Caller,
    purchase: PurchaseId,
    request: RefundRequest,
) -> Result<Refund, Refusal> {
    if request.reason.is_empty() || request.reason.len() > limits::REASON_BYTES_MAX {
        return Err(Refusal::field("reason", "say why, in 1 to 200 bytes"));
    }
    let outcome = request_once(cx, caller, purchase, &request).await;
    let Err(refusal) = outcome else { return outcome };
    match cx.first_answer(caller).await? {
        Some(RowId::Refund(refund)) => answered_refund(cx, refund).await,
        _ => Err(refusal),
    }
}

async fn request_once(
    cx: &Context,
    caller: &Caller,
    purchase: PurchaseId,
    request: &RefundRequest,
) -> Result<Refund, Refusal> {
    let mut tries = Tries::default();
    loop {
        let giving = Giving::load(cx, caller, purchase, &request.tickets, tries.freshness()).await;
        let giving = match giving {
            Ok(giving) => giving,
            Err(refusal) => {
                tries.after_refusal(refusal)?;
                continue;
            }
        };
        if request
            .expected_amount
            .is_some_and(|expected| expected != giving.quote.amount)
        {
            let message = format!("{} would go back now: ask for a new quote", giving.quote.amount);
            return Err(Refusal::new(Code::QuoteChanged, message));
        }
        let refund = giving.refund(cx, &request.reason);
        let changes = giving.changes(cx, caller, &refund, tries.freshness()).await?;
        match cx.commit(changes).await {
            Ok(()) => return Ok(refund),
            Err(error) => {
                if let Some(RowId::Refund(refund)) = tries.after(error, caller)? {
                    return answered_refund(cx, refund).await;
                }
            }
        }
    }
}

async fn answered_refund(cx: &Context, refund: RefundId) -> Result<Refund, Refusal> {
    Ok(cx.need::<Refund>((refund,), Freshness::Cached, "refund").await?.0)
}

/// Tickets on their way back.
struct Giving {
    purchase: Versioned<Purchase>,
    tickets: Vec<Versioned<Ticket>>,
    quote: Quote,
    now: Timestamp,
    payment: Payment,
}

impl Giving {
    async fn load(
        cx: &Context,
        caller: &Caller,
        purchase: PurchaseId,
        tickets: &[TicketId],
        freshness: Freshness,
    ) -> Result<Self, Refusal> {
        let purchase = cx.need::<Purchase>((purchase,), freshness, "purchase").await?;
        may_serve(cx, caller, &purchase.0).await?;
        let (PurchaseState::Paid, Some(paid_by)) = (purchase.0.state, purchase.0.paid_by.clone()) else {
            return Err(purchase.0.ended());
        };
        let (payment, _) = cx.need::<Payment>((paid_by,), freshness, "payment").await?;
        let tickets = wanted_tickets(cx, &purchase.0, tickets, freshness).await?;
        let now = cx.now();
        let quote = quote(cx, &purchase.0, &tickets, now, freshness).await?;
        Ok(Self {
            purchase,
            tickets,
            quote,
            now,
            payment,
        })
    }

    fn refund(&self, cx: &Context, reason: &str) -> Refund {
        let payment_key = match &self.payment.state {
            PaymentState::Paid(PaidBy::Provider { payment_key, .. }) => Some(payment_key.clone()),
            _ => None,
        };
        // What the provider did not take, it is not asked for: cash and nothing go back by themselves.
        let state = if payment_key.is_none() || self.quote.amount == Won::ZERO {
            RefundState::Done { at: self.now }
        } else {
            RefundState::Requested {
                ask_at: self.now,
                asked: 0,
            }
        };
        Refund {
            id: RefundId::new(self.now, &*cx.entropy),
            purchase: self.purchase.0.id,
            payment: self.payment.order_id.clone(),
            payment_key,
            amount: self.quote.amount,
            reason: reason.to_owned(),
            made_at: self.now,
            tries: 1,
            state,
        }
    }

    async fn changes(
        &self,
        cx: &Context,
        caller: &Caller,
        refund: &Refund,
        freshness: Freshness,
    ) -> Result<Changes, Refusal> {
        let (purchase, version) = self.purchase.clone();
        let (allowance, allowance_version) = cx.allowance(purchase.sale, &purchase.person, freshness).await?;
        let mut changes = cx
            .changes()
            .by(caller)
            .write(allowance.without(self.tickets.len()), allowance_version)
            .create(refund.clone())
            .answer(caller.answer(RowId::Refund(refund.id), self.now));
        let mut marks: Vec<SeatMark> = Vec::new();
        let ids = self
            .tickets
            .iter()
            .map(|(ticket, _)| RowId::Seat(ticket.performance, ticket.number));
        let seats = cx.load_all::<Seat>(ids, freshness).await?;
        for ((ticket, ticket_version), seat) in self.tickets.iter().zip(seats) {
            let (seat, seat_version) = seat
                .filter(|(seat, _)| seat.state == SeatState::Sold(ticket.id))
                .ok_or_else(|| {
                    Refusal::new(Code::TicketVoid, "this ticket's seat is not its own any more")
                })?;
            marks.push((seat.number, seat_version.next()));
            changes = changes
                .write(
                    Ticket {
                        state: TicketState::Void,
                        ..ticket.clone()
                    },
                    *ticket_version,
                )
                .write(seat.becoming(SeatState::Free), seat_version);
        }
        let purchase = self.after(purchase, refund.id);
        let fact = Fact {
            stream: Stream::Event(purchase.event),
            at: self.now,
            what: What::RefundRequested {
                purchase: purchase.id,
                performance: purchase.performance,
                refund: refund.id,
                amount: refund.amount,
                fee: self.quote.fee,
                tickets: self.tickets.iter().map(|(ticket, _)| ticket.id).collect(),
                prices: self.prices(),
                seats: marks,
            },
        };
        Ok(changes.write(purchase, version).record(fact))
    }

    /// What goes back of each ticket.
    fn prices(&self) -> Vec<Priced> {
        let tickets = self.tickets.iter().zip(&self.quote.tickets);
        tickets
            .map(|((ticket, _), quoted)| (ticket.price.clone(), quoted.price - quoted.fee))
            .collect()
    }

    /// The purchase with the lines of this refund.
    fn after(&self, mut purchase: Purchase, refund: RefundId) -> Purchase {
        for ((ticket, _), quoted) in self.tickets.iter().zip(&self.quote.tickets) {
            let line = |kind, amount| Line {
                seat: ticket.seat.clone(),
                number: ticket.number,
                price: ticket.price.clone(),
                kind,
                amount,
            };
            purchase.lines.push(line(LineKind::Refund, -quoted.price));
            if quoted.fee != Won::ZERO {
                purchase.lines.push(line(LineKind::RefundFee, quoted.fee));
            }
        }
        let given_back = purchase
            .lines
            .iter()
            .filter(|line| line.kind == LineKind::Refund)
            .count();
        if given_back == purchase.tickets.len() {
            purchase.state = PurchaseState::Refunded;
        }
        purchase.refunds.push(refund);
        purchase
    }
}

async fn wanted_tickets(
    cx: &Context,
    purchase: &Purchase,
    wanted: &[TicketId],
    freshness: Freshness,
) -> Result<Vec<Versioned<Ticket>>, Refusal> {
    if let Some(foreign) = wanted.iter().find(|ticket| !purchase.tickets.contains(ticket)) {
        return Err(Refusal::not_found("ticket", foreign));
    }
    let ids: Vec<TicketId> = if wanted.is_empty() {
        purchase.tickets.clone()
    } else {
        wanted.to_vec()
    };
    let rows = cx
        .load_all::<Ticket>(ids.into_iter().map(RowId::Ticket), freshness)
        .await?;
    let mut tickets: Vec<Versioned<Ticket>> = rows.into_iter().flatten().collect();
    if wanted.is_empty() {
        tickets.retain(|(ticket, _)| ticket.state == TicketState::Issued);
    } else if let Some((void, _)) = tickets
        .iter()
        .find(|(ticket, _)| ticket.state == TicketState::Void)
    {
        return Err(Refusal::new(
            Code::TicketVoid,
            format!("ticket `{}` was given back before", void.id),
        ));
    }
    tickets.sort_by_key(|(ticket, _)| ticket.number);
    tickets.dedup_by_key(|(ticket, _)| ticket.id);
    Ok(tickets)
}

async fn quote(
    cx: &Context,
    purchase: &Purchase,
    tickets: &[Versioned<Ticket>],
    now: Timestamp,
    freshness: Freshness,
) -> Result<Quote, Refusal> {
    let (performance, _) = cx
        .need::<Performance>((purchase.performance,), freshness, "performance")
        .await?;
    let (event, _) = cx.need::<Event>((purchase.event,), freshness, "event").await?;
    let fee = purchase
        .policy
        .refund_fee(purchase.made_at, now, performance.starts_at, &event.time_zone);
    let mut lines = Vec::with_capacity(tickets.len());
    for (ticket, _) in tickets {
        let price = purchase
            .lines
            .iter()
            .find(|line| line.kind == LineKind::Seat && line.number == ticket.number)
            .map_or(Won::ZERO, |line| line.amount);
        let fee = fee
            .on(price)
            .ok_or_else(|| Refusal::new(Code::NoRefund, "the event's terms give nothing back any more"))?;
        lines.push(QuoteLine {
            ticket: ticket.id,
            price,
            fee,
        });
    }
    let fee: Won = lines.iter().map(|line| line.fee).sum();
    let price: Won = lines.iter().map(|line| line.price).sum();
    Ok(Quote {
        tickets: lines,
        fee,
        amount: price - fee,
    })
}
