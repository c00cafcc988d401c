//! Ending an order before it is paid: the hold lives on while its deadline lies ahead.

use super::end_unpaid::end_unpaid;
use crate::caller::{Caller, Right};
use crate::context::{Context, Tries};
use crate::error::{Code, Refusal};
use crate::ids::PurchaseId;
use crate::purchase::{Purchase, PurchaseState};

/// Cancels an unpaid purchase. Cancelling it again is no error.
pub async fn cancel_purchase(
    cx: &Context,
    caller: &Caller,
    purchase: PurchaseId,
) -> Result<Purchase, Refusal> {
    let mut tries = Tries::default();
    loop {
        let purchase = cx
            .need::<Purchase>((purchase,), tries.freshness(), "purchase")
            .await?;
        let not_found = |_| Refusal::not_found("purchase", &purchase.0.code);
        caller.may(Right::ActFor(&purchase.0.person)).map_err(not_found)?;
        match purchase.0.state {
            PurchaseState::AwaitingPayment => {}
            PurchaseState::Cancelled => return Ok(purchase.0),
            PurchaseState::Approving => {
                let message = "the provider is being asked: wait for the outcome, then ask for a refund";
                tries.after_refusal(Refusal::new(Code::PaymentInProgress, message))?;
                continue;
            }
            PurchaseState::Paid | PurchaseState::Expired | PurchaseState::Refunded => {
                return Err(purchase.0.ended());
            }
        }
        let now = cx.now();
        let ended = end_unpaid(cx, purchase, PurchaseState::Cancelled, now, tries.freshness()).await?;
        let Some((changes, cancelled)) = ended else {
            tries.again()?;
            continue;
        };
        match cx.commit(changes).await {
            Ok(()) => return Ok(cancelled),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}
