//! Whose a purchase is to look at: its buyer's, and the box office's of its event.

use crate::caller::{Caller, Right};
use crate::context::Context;
use crate::error::{Code, Refusal};
use crate::event::Event;
use crate::ids::PurchaseId;
use crate::organization::Role;
use crate::purchase::Purchase;
use crate::store::Freshness;

/// A purchase as it stands, for its buyer or the box office; to anybody else there is none. Whoever has just paid sees that,
/// whichever process answers.
pub async fn find_purchase(cx: &Context, caller: &Caller, id: PurchaseId) -> Result<Purchase, Refusal> {
    let (purchase, _) = cx.need::<Purchase>((id,), Freshness::Fresh, "purchase").await?;
    may_serve(cx, caller, &purchase).await?;
    Ok(purchase)
}

/// Refuses whoever is neither the buyer nor the box office.
pub(super) async fn may_serve(cx: &Context, caller: &Caller, purchase: &Purchase) -> Result<(), Refusal> {
    if caller.may(Right::ActFor(&purchase.person)).is_ok() {
        return Ok(());
    }
    let (event, _) = cx
        .need::<Event>((purchase.event,), Freshness::Cached, "event")
        .await?;
    match caller.may(Right::ActAs(event.organization, Role::BoxOffice)) {
        Err(refusal) if refusal.code() != Code::LoginRequired => {
            Err(Refusal::not_found("purchase", &purchase.code))
        }
        allowed_or_nobody => allowed_or_nobody,
    }
}
