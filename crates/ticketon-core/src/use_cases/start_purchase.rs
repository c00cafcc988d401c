//! A hold becomes an order, with its first payment in the same commit.

use std::collections::BTreeSet;

use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::event::Event;
use crate::fact::{Fact, Stream, What};
use crate::hold::{Hold, HoldState};
use crate::ids::{Consent, HoldId, PurchaseCode, PurchaseId};
use crate::limits;
use crate::payment::{Payment, PaymentState};
use crate::purchase::{Line, LineKind, Purchase, PurchaseState};
use crate::row::RowId;
use crate::store::Freshness;
use crate::time::Timestamp;

/// What an order is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPurchase {
    /// The hold whose seats it takes.
    pub hold: HoldId,
    /// What to call the buyer.
    pub buyer: Option<String>,
    /// What the buyer agrees to; kept with the purchase.
    pub consents: BTreeSet<Consent>,
}

impl From<HoldId> for NewPurchase {
    fn from(hold: HoldId) -> Self {
        Self {
            hold,
            buyer: None,
            consents: BTreeSet::new(),
        }
    }
}

/// Makes the hold an order. Asked again while it is open, the same order is the answer.
pub async fn start_purchase(
    cx: &Context,
    caller: &Caller,
    new: impl Into<NewPurchase>,
) -> Result<Purchase, Refusal> {
    let new = new.into();
    if new.consents.len() > limits::CONSENTS_MAX {
        return Err(Refusal::field("consents", "at most 16 are kept"));
    }
    let outcome = start_once(cx, caller, new).await;
    let Err(refusal) = outcome else { return outcome };
    // The hold may have ended since a first answer that was lost.
    match cx.first_answer(caller).await? {
        Some(RowId::Purchase(purchase)) => open_purchase(cx, purchase).await,
        _ => Err(refusal),
    }
}

async fn start_once(cx: &Context, caller: &Caller, new: NewPurchase) -> Result<Purchase, Refusal> {
    let mut tries = Tries::default();
    loop {
        let freshness = tries.freshness();
        let (hold, version) = cx.need::<Hold>((new.hold,), freshness, "hold").await?;
        caller
            .may(Right::ActFor(&hold.person))
            .map_err(|_| Refusal::not_found("hold", &hold.id))?;
        let now = cx.now();
        match hold.state {
            HoldState::Active if now < hold.until => {}
            HoldState::Taken(purchase) => {
                let purchase = open_purchase(cx, purchase).await?;
                if has_taken(&purchase) {
                    return Ok(purchase);
                }
                // It has ended since the hold was read, which is free again, or over.
                tries.again()?;
                continue;
            }
            HoldState::Active | HoldState::Expired => {
                return Err(Refusal::new(
                    Code::HoldEnded,
                    "this hold has run out: hold seats again",
                ));
            }
            HoldState::Released => {
                return Err(Refusal::new(
                    Code::HoldEnded,
                    "this hold was let go: hold seats again",
                ));
            }
        }
        let (event, event_version) = cx.need::<Event>((hold.event,), freshness, "event").await?;
        let purchase = new_purchase(cx, &event, &hold, &new, now);
        let changes = cx
            .changes()
            .rely(RowId::Event(event.id), event_version)
            .write(hold.becoming(HoldState::Taken(purchase.id)), version)
            .create(purchase.clone())
            .create(new_payment(&purchase, now))
            .answer(caller.answer(RowId::Purchase(purchase.id), now))
            .record(Fact {
                stream: Stream::Event(purchase.event),
                at: now,
                what: What::PurchaseStarted {
                    purchase: purchase.id,
                    hold: purchase.hold,
                    amount: purchase.amount(),
                },
            });
        match cx.commit(changes).await {
            Ok(()) => return Ok(purchase),
            Err(error) => {
                if let Some(RowId::Purchase(purchase)) = tries.after(error, caller)? {
                    return open_purchase(cx, purchase).await;
                }
            }
        }
    }
}

async fn open_purchase(cx: &Context, purchase: PurchaseId) -> Result<Purchase, Refusal> {
    Ok(cx
        .need::<Purchase>((purchase,), Freshness::Cached, "purchase")
        .await?
        .0)
}

/// Whether a purchase keeps its hold's seats, or has made tickets of them.
fn has_taken(purchase: &Purchase) -> bool {
    match purchase.state {
        PurchaseState::AwaitingPayment
        | PurchaseState::Approving
        | PurchaseState::Paid
        | PurchaseState::Refunded => true,
        PurchaseState::Cancelled | PurchaseState::Expired => false,
    }
}

fn new_purchase(cx: &Context, event: &Event, hold: &Hold, new: &NewPurchase, now: Timestamp) -> Purchase {
    let lines = hold.items.iter().map(|item| Line {
        seat: item.seat.clone(),
        number: item.number,
        price: item.price.clone(),
        kind: LineKind::Seat,
        amount: item.amount,
    });
    Purchase {
        id: PurchaseId::new(now, &*cx.entropy),
        code: PurchaseCode::random(event.test, &*cx.entropy),
        hold: hold.id,
        event: hold.event,
        performance: hold.performance,
        sale: hold.sale,
        person: hold.person.clone(),
        entry: hold.entry.clone(),
        buyer: new.buyer.clone(),
        consents: new.consents.clone(),
        state: PurchaseState::AwaitingPayment,
        lines: lines.collect(),
        made_at: now,
        pay_until: now + event.policy.pay_within,
        attempts: 1,
        paid_by: None,
        tickets: Vec::new(),
        refunds: Vec::new(),
        policy: event.policy.clone(),
        test: event.test,
    }
}

/// The payment of a purchase's latest attempt.
pub(super) fn new_payment(purchase: &Purchase, now: Timestamp) -> Payment {
    Payment {
        order_id: purchase.order_id(),
        purchase: purchase.id,
        amount: purchase.amount(),
        made_at: now,
        state: PaymentState::Ready,
    }
}
