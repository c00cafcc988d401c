//! Another attempt at paying: a declined card does not cost the seats.

use super::start_purchase::new_payment;
use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::fact::{Fact, Stream, What};
use crate::ids::{OrderId, PurchaseId};
use crate::payment::{Payment, PaymentState};
use crate::purchase::{Purchase, PurchaseState};
use crate::row::RowId;
use crate::store::Freshness;
use crate::time::Timestamp;

/// Makes the next payment of a purchase; one that nobody has confirmed is replaced.
pub async fn next_payment(
    cx: &Context,
    caller: &Caller,
    purchase: PurchaseId,
) -> Result<(Purchase, Payment), Refusal> {
    let outcome = next_once(cx, caller, purchase).await;
    let Err(refusal) = outcome else { return outcome };
    // The provider may be asked already about the attempt whose first answer was lost.
    match cx.first_answer(caller).await? {
        Some(RowId::Payment(order_id)) => answered_payment(cx, order_id).await,
        _ => Err(refusal),
    }
}

async fn next_once(
    cx: &Context,
    caller: &Caller,
    purchase: PurchaseId,
) -> Result<(Purchase, Payment), Refusal> {
    let mut tries = Tries::default();
    loop {
        let (mut purchase, version) = cx
            .need::<Purchase>((purchase,), tries.freshness(), "purchase")
            .await?;
        let not_found = |_| Refusal::not_found("purchase", &purchase.code);
        caller.may(Right::ActFor(&purchase.person)).map_err(not_found)?;
        let now = cx.now();
        if let Err(refusal) = may_be_tried(&purchase, now) {
            tries.after_refusal(refusal)?;
            continue;
        }
        let latest = cx
            .need::<Payment>((purchase.order_id(),), tries.freshness(), "payment")
            .await?;
        let mut changes = cx.changes();
        if latest.0.state == PaymentState::Ready {
            changes = changes.write(latest.0.becoming(PaymentState::Replaced), latest.1);
        }
        purchase.attempts += 1;
        let payment = new_payment(&purchase, now);
        let changes = changes
            .write(purchase.clone(), version)
            .create(payment.clone())
            .answer(caller.answer(RowId::Payment(payment.order_id.clone()), now))
            .record(Fact {
                stream: Stream::Event(purchase.event),
                at: now,
                what: What::PaymentStarted {
                    purchase: purchase.id,
                    order_id: payment.order_id.clone(),
                },
            });
        match cx.commit(changes).await {
            Ok(()) => return Ok((purchase, payment)),
            Err(error) => {
                if let Some(RowId::Payment(order_id)) = tries.after(error, caller)? {
                    return answered_payment(cx, order_id).await;
                }
            }
        }
    }
}

async fn answered_payment(cx: &Context, order_id: OrderId) -> Result<(Purchase, Payment), Refusal> {
    let (payment, _) = cx
        .need::<Payment>((order_id,), Freshness::Cached, "payment")
        .await?;
    let (purchase, _) = cx
        .need::<Purchase>((payment.purchase,), Freshness::Cached, "purchase")
        .await?;
    Ok((purchase, payment))
}

fn may_be_tried(purchase: &Purchase, now: Timestamp) -> Result<(), Refusal> {
    match purchase.state {
        PurchaseState::AwaitingPayment if purchase.attempts >= purchase.policy.payment_tries => {
            let message = format!(
                "{} attempts are the most for one purchase",
                purchase.policy.payment_tries
            );
            Err(Refusal::new(Code::NoTriesLeft, message))
        }
        PurchaseState::AwaitingPayment if now > purchase.pay_until => Err(Refusal::new(
            Code::PurchaseEnded,
            "its time to pay is over: hold seats again",
        )),
        PurchaseState::AwaitingPayment => Ok(()),
        PurchaseState::Approving => Err(Refusal::new(
            Code::PaymentInProgress,
            "the provider is still being asked about the last attempt: wait for its outcome",
        )),
        PurchaseState::Paid | PurchaseState::Cancelled | PurchaseState::Expired | PurchaseState::Refunded => {
            Err(purchase.ended())
        }
    }
}
