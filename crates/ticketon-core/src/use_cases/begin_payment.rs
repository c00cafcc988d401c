//! Beginning to ask the provider: one commit before the call, another settles its answer. Nothing spans the call.

use std::time::Duration;

use super::settle_payment::{Settled, settle_payment};
use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::fact::{Fact, Stream, What};
use crate::ids::OrderId;
use crate::limits;
use crate::money::Won;
use crate::payment::{Approving, Payment, PaymentState};
use crate::purchase::{Purchase, PurchaseState};
use crate::row::RowId;
use crate::store::Freshness;
use crate::time::Timestamp;

/// What beginning a payment found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Ask the provider now, with what the payment keeps, and settle its answer.
    Ask(Payment),
    /// Somebody is asking already.
    Asking(Payment),
    /// The attempt has its outcome.
    Settled(Payment),
}

/// Begins asking the provider about an attempt: the payment is *approving* from here on, whatever becomes of
/// this process. Where nothing is owed nobody is asked: it is settled at once.
pub async fn begin_payment(
    cx: &Context,
    caller: &Caller,
    order_id: &OrderId,
    payment_key: &str,
    amount: Won,
) -> Result<Begun, Refusal> {
    if payment_key.is_empty() || payment_key.len() > limits::PAYMENT_KEY_BYTES_MAX {
        return Err(Refusal::field(
            "payment_key",
            "must be the key that the provider gave, 1 to 200 bytes",
        ));
    }
    let mut tries = Tries::default();
    loop {
        let freshness = tries.freshness();
        let (payment, version) = cx
            .need::<Payment>((order_id.clone(),), freshness, "payment")
            .await?;
        let (purchase, purchase_version) = cx
            .need::<Purchase>((payment.purchase,), freshness, "purchase")
            .await?;
        caller
            .may(Right::ActFor(&purchase.person))
            .map_err(|_| Refusal::not_found("payment", order_id))?;
        if amount != payment.amount {
            let message = format!("{} is owed, not {amount}: nothing was charged", payment.amount);
            return Err(Refusal::new(Code::AmountMismatch, message));
        }
        match &payment.state {
            PaymentState::Ready => {}
            PaymentState::Approving(_) => return Ok(Begun::Asking(payment)),
            PaymentState::Paid(_) | PaymentState::Declined { .. } => return Ok(Begun::Settled(payment)),
            PaymentState::NotCharged | PaymentState::Replaced => {
                return Err(Refusal::new(
                    Code::PaymentEnded,
                    "this attempt has ended: begin another",
                ));
            }
        }
        let now = cx.now();
        if let Err(refusal) = may_begin(&purchase, now) {
            // This very click's first may be on its way to the store, begun in time: the one door says whether
            // what was read still stands behind it.
            let still = cx.changes().rely(RowId::Payment(order_id.clone()), version);
            match cx.commit(still).await {
                Ok(()) => return Err(refusal),
                Err(error) => tries.after_conflict(error)?,
            }
            continue;
        }
        if payment.amount == Won::ZERO {
            // No provider takes nothing: an order that was to be settled as it was made, and was not.
            settle_payment(cx, purchase.id, Settled::Free).await?;
            let settled = cx.need::<Payment>((order_id.clone(),), Freshness::Fresh, "payment");
            return Ok(Begun::Settled(settled.await?.0));
        }
        let approving = payment.becoming(PaymentState::Approving(Approving {
            payment_key: payment_key.to_owned(),
            since: now,
            look_up_at: now + limits::LOOK_UP_AFTER,
            look_ups: 0,
        }));
        let fact = Fact {
            stream: Stream::Event(purchase.event),
            at: now,
            what: What::PaymentApproving {
                purchase: purchase.id,
                order_id: order_id.clone(),
            },
        };
        let changes = cx
            .changes()
            .write(approving.clone(), version)
            .write(
                Purchase {
                    state: PurchaseState::Approving,
                    ..purchase
                },
                purchase_version,
            )
            .record(fact);
        match cx.commit(changes).await {
            Ok(()) => return Ok(Begun::Ask(approving)),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

fn may_begin(purchase: &Purchase, now: Timestamp) -> Result<(), Refusal> {
    if purchase.state != PurchaseState::AwaitingPayment {
        return Err(purchase.ended());
    }
    if now > purchase.confirm_until() {
        let message = "its time to pay is over: hold seats again";
        return Err(Refusal::new(Code::PurchaseEnded, message));
    }
    Ok(())
}

/// Asks again later about an attempt whose outcome nobody knows yet.
pub async fn postpone_look_up(cx: &Context, order_id: &OrderId, after: Duration) -> Result<(), Refusal> {
    let mut tries = Tries::default();
    loop {
        let (payment, version) = cx
            .need::<Payment>((order_id.clone(),), Freshness::Fresh, "payment")
            .await?;
        let PaymentState::Approving(approving) = payment.state.clone() else {
            return Ok(());
        };
        let look_up_at = cx.now() + after;
        let later = Approving {
            look_up_at,
            look_ups: approving.look_ups + 1,
            ..approving
        };
        let changes = cx
            .changes()
            .write(payment.becoming(PaymentState::Approving(later)), version);
        match cx.commit(changes).await {
            Ok(()) => return Ok(()),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}
