//! Settling how an attempt at paying ended: tickets, another try, or money back.

use super::end_unpaid::end_unpaid;
use super::freed_seats::held_seats;
use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::fact::{Fact, Priced, SeatMark, Spent, Stream, What};
use crate::hold::Hold;
use crate::ids::{OrderId, PurchaseId, RefundId, TicketId};
use crate::money::Won;
use crate::payment::{PaidBy, Payment, PaymentState, Refund, RefundState};
use crate::purchase::{LineKind, Purchase, PurchaseState};
use crate::seat::{Seat, SeatState};
use crate::store::{Changes, Freshness, Versioned};
use crate::ticket::{Ticket, TicketState};
use crate::time::Timestamp;

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The provider took the money.
    Paid {
        /// Which attempt.
        order_id: OrderId,
        /// The provider's key.
        payment_key: String,
        /// When the provider approved it.
        approved_at: Timestamp,
    },
    /// The provider said no.
    Declined {
        /// Which attempt.
        order_id: OrderId,
        /// The provider's code.
        code: String,
        /// The provider's words.
        message: String,
    },
    /// The provider never charged it.
    NotCharged {
        /// Which attempt.
        order_id: OrderId,
    },
    /// Paid over the counter.
    Cash {
        /// Where.
        till: String,
    },
    /// Nothing is owed.
    Free,
}

impl Settled {
    /// Paid over the counter.
    pub fn cash(till: &str) -> Self {
        Self::Cash {
            till: till.to_owned(),
        }
    }
}

/// Settles how an attempt ended. Settling the same outcome again changes nothing; money that came for seats
/// that cannot be given is refunded by itself.
pub async fn settle_payment(
    cx: &Context,
    purchase: PurchaseId,
    settled: Settled,
) -> Result<Purchase, Refusal> {
    let mut tries = Tries::default();
    loop {
        let freshness = tries.freshness();
        let purchase = cx.need::<Purchase>((purchase,), freshness, "purchase").await?;
        let order_id = settled
            .order_id()
            .cloned()
            .unwrap_or_else(|| purchase.0.order_id());
        let payment = cx
            .need::<Payment>((order_id.clone(),), freshness, "payment")
            .await?;
        if payment.0.purchase != purchase.0.id {
            return Err(Refusal::not_found("payment", &order_id));
        }
        let outcome = match settled.paid_by(cx.now()) {
            Ok(paid_by) => paid(cx, purchase, payment, paid_by, freshness).await?,
            Err(failure) => failed(cx, purchase, payment, failure, freshness).await?,
        };
        let (changes, purchase) = match outcome {
            Outcome::Nothing(purchase) => return Ok(purchase),
            Outcome::LookAgain => {
                tries.again()?;
                continue;
            }
            Outcome::Change(changes, purchase) => (*changes, purchase),
        };
        match cx.commit(changes).await {
            Ok(()) => return Ok(purchase),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

enum Outcome {
    /// It was settled so before.
    Nothing(Purchase),
    /// Seats do not stand as a cached row says: no money is given back, and nothing ended, because of that.
    LookAgain,
    Change(Box<Changes>, Purchase),
}

async fn paid(
    cx: &Context,
    (purchase, version): Versioned<Purchase>,
    (payment, payment_version): Versioned<Payment>,
    paid_by: PaidBy,
    freshness: Freshness,
) -> Result<Outcome, Refusal> {
    if matches!(payment.state, PaymentState::Paid(_)) {
        return Ok(Outcome::Nothing(purchase));
    }
    may_take(&payment, &paid_by)?;
    let hold = cx.need::<Hold>((purchase.hold,), freshness, "hold").await?;
    let seats = match purchase.state {
        PurchaseState::AwaitingPayment => held_seats(cx, &hold.0, freshness).await?,
        // While another attempt is being asked about, this one's money cannot have the seats.
        PurchaseState::Approving if payment.order_id == purchase.order_id() => {
            held_seats(cx, &hold.0, freshness).await?
        }
        PurchaseState::Approving
        | PurchaseState::Paid
        | PurchaseState::Cancelled
        | PurchaseState::Expired
        | PurchaseState::Refunded => None,
    };
    let paying = Paying {
        purchase: (purchase, version),
        payment: (payment, payment_version),
        paid_by,
        now: cx.now(),
    };
    match seats {
        Some(seats) => paying.issue_tickets(cx, seats, freshness).await,
        None if freshness == Freshness::Cached => Ok(Outcome::LookAgain),
        None if matches!(paying.paid_by, PaidBy::Provider { .. }) => Ok(paying.give_back(cx)),
        None => Err(paying.purchase.0.ended()),
    }
}

/// What the provider took it has taken. Cash is refused for an attempt that the provider may still charge, or
/// may turn out to have charged; nothing is no payment for something.
fn may_take(payment: &Payment, paid_by: &PaidBy) -> Result<(), Refusal> {
    match paid_by {
        PaidBy::Provider { .. } => return Ok(()),
        PaidBy::Free if payment.amount != Won::ZERO => {
            let message = format!("{} is owed: it is not free", payment.amount);
            return Err(Refusal::new(Code::AmountMismatch, message));
        }
        PaidBy::Cash { .. } | PaidBy::Free => {}
    }
    match payment.state {
        PaymentState::Ready | PaymentState::Paid(_) => Ok(()),
        PaymentState::Approving(_) => Err(Refusal::new(
            Code::PaymentInProgress,
            "the provider is being asked: wait for the outcome",
        )),
        PaymentState::Declined { .. } | PaymentState::NotCharged | PaymentState::Replaced => Err(
            Refusal::new(Code::PaymentEnded, "this attempt has ended: begin another"),
        ),
    }
}

/// Money that was taken, and what it was taken for.
struct Paying {
    purchase: Versioned<Purchase>,
    payment: Versioned<Payment>,
    paid_by: PaidBy,
    now: Timestamp,
}

impl Paying {
    async fn issue_tickets(
        self,
        cx: &Context,
        seats: Vec<Versioned<Seat>>,
        freshness: Freshness,
    ) -> Result<Outcome, Refusal> {
        let now = self.now;
        let (purchase, version) = self.purchase;
        let (payment, payment_version) = self.payment;
        let (allowance, allowance_version) = cx.allowance(purchase.sale, &purchase.person, freshness).await?;
        let mut changes = cx
            .changes()
            .write(allowance.spending(purchase.entry.clone(), now), allowance_version);
        let mut marks: Vec<SeatMark> = Vec::with_capacity(seats.len());
        let mut tickets: Vec<TicketId> = Vec::with_capacity(seats.len());
        for (seat, seat_version) in seats {
            let ticket = new_ticket(cx, &purchase, &seat, now)?;
            marks.push((seat.number, seat_version.next()));
            tickets.push(ticket.id);
            changes = changes
                .write(seat.becoming(SeatState::Sold(ticket.id)), seat_version)
                .create(ticket);
        }
        let fact = Fact {
            stream: Stream::Event(purchase.event),
            at: now,
            what: What::PurchasePaid {
                purchase: purchase.id,
                sale: purchase.sale,
                performance: purchase.performance,
                order_id: payment.order_id.clone(),
                amount: payment.amount,
                spent: Spent::of(&purchase.person, purchase.entry.as_ref()),
                prices: prices_of(&purchase, &marks),
                tickets: tickets.clone(),
                seats: marks,
            },
        };
        let purchase = Purchase {
            state: PurchaseState::Paid,
            paid_by: Some(payment.order_id.clone()),
            tickets,
            ..purchase
        };
        let changes = changes
            .write(
                payment.becoming(PaymentState::Paid(self.paid_by)),
                payment_version,
            )
            .write(purchase.clone(), version)
            .record(fact);
        Ok(Outcome::Change(Box::new(changes), purchase))
    }

    /// The seats cannot be given: the money goes back by itself.
    fn give_back(self, cx: &Context) -> Outcome {
        let now = self.now;
        let (mut purchase, version) = self.purchase;
        let (payment, payment_version) = self.payment;
        let payment_key = match &self.paid_by {
            PaidBy::Provider { payment_key, .. } => Some(payment_key.clone()),
            PaidBy::Cash { .. } | PaidBy::Free => None,
        };
        let refund = Refund {
            id: RefundId::new(now, &*cx.entropy),
            purchase: purchase.id,
            payment: payment.order_id.clone(),
            payment_key,
            amount: payment.amount,
            reason: "paid, but the seats could not be given".to_owned(),
            made_at: now,
            tries: 1,
            state: RefundState::Requested {
                ask_at: now,
                asked: 0,
            },
        };
        purchase.refunds.push(refund.id);
        let fact = Fact {
            stream: Stream::Event(purchase.event),
            at: now,
            what: What::PaidTwice {
                purchase: purchase.id,
                order_id: payment.order_id.clone(),
                amount: payment.amount,
                refund: refund.id,
            },
        };
        let changes = cx
            .changes()
            .write(
                payment.becoming(PaymentState::Paid(self.paid_by)),
                payment_version,
            )
            .write(purchase.clone(), version)
            .create(refund)
            .record(fact);
        Outcome::Change(Box::new(changes), purchase)
    }
}

async fn failed(
    cx: &Context,
    purchase: Versioned<Purchase>,
    (payment, payment_version): Versioned<Payment>,
    failure: PaymentState,
    freshness: Freshness,
) -> Result<Outcome, Refusal> {
    if !matches!(payment.state, PaymentState::Approving(_)) {
        return Ok(Outcome::Nothing(purchase.0));
    }
    let now = cx.now();
    let code = match &failure {
        PaymentState::Declined { code, .. } => code.clone(),
        _ => "not_charged".to_owned(),
    };
    let fact = Fact {
        stream: Stream::Event(purchase.0.event),
        at: now,
        what: What::PaymentFailed {
            purchase: purchase.0.id,
            order_id: payment.order_id.clone(),
            code,
        },
    };
    let (changes, purchase) = if purchase.0.confirm_until() <= now {
        // No other card can be tried any more: the seats do not wait for the next sweep.
        match end_unpaid(cx, purchase, PurchaseState::Expired, now, freshness).await? {
            Some(ended) => ended,
            None => return Ok(Outcome::LookAgain),
        }
    } else {
        let (purchase, version) = purchase;
        let purchase = Purchase {
            state: PurchaseState::AwaitingPayment,
            ..purchase
        };
        (cx.changes().write(purchase.clone(), version), purchase)
    };
    let changes = changes
        .write(payment.becoming(failure), payment_version)
        .record(fact);
    Ok(Outcome::Change(Box::new(changes), purchase))
}

fn new_ticket(cx: &Context, purchase: &Purchase, seat: &Seat, now: Timestamp) -> Result<Ticket, Refusal> {
    let line = purchase.lines.iter().find(|line| line.number == seat.number);
    let line = line
        .ok_or_else(|| Refusal::internal(format!("purchase `{}` has no line for its seat", purchase.code)))?;
    Ok(Ticket {
        id: TicketId::new(now, &*cx.entropy),
        event: purchase.event,
        performance: purchase.performance,
        purchase: purchase.id,
        person: purchase.person.clone(),
        number: seat.number,
        seat: line.seat.clone(),
        price: line.price.clone(),
        issued_at: now,
        state: TicketState::Issued,
        test: purchase.test,
    })
}

/// What each seat cost.
fn prices_of(purchase: &Purchase, seats: &[SeatMark]) -> Vec<Priced> {
    let mut prices = Vec::with_capacity(seats.len());
    for line in purchase.lines.iter().filter(|line| line.kind == LineKind::Seat) {
        if seats.iter().any(|(number, _)| *number == line.number) {
            prices.push((line.price.clone(), line.amount));
        }
    }
    prices
}

impl Settled {
    fn order_id(&self) -> Option<&OrderId> {
        match self {
            Self::Paid { order_id, .. } | Self::Declined { order_id, .. } | Self::NotCharged { order_id } => {
                Some(order_id)
            }
            Self::Cash { .. } | Self::Free => None,
        }
    }

    /// How it was paid, or the state of the payment that was not.
    fn paid_by(&self, now: Timestamp) -> Result<PaidBy, PaymentState> {
        match self {
            Self::Paid {
                payment_key,
                approved_at,
                ..
            } => Ok(PaidBy::Provider {
                payment_key: payment_key.clone(),
                approved_at: *approved_at,
            }),
            Self::Cash { till } => Ok(PaidBy::Cash {
                till: till.clone(),
                paid_at: now,
            }),
            Self::Free => Ok(PaidBy::Free),
            Self::Declined { code, message, .. } => Err(PaymentState::Declined {
                code: code.clone(),
                message: message.clone(),
            }),
            Self::NotCharged { .. } => Err(PaymentState::NotCharged),
        }
    }
}
