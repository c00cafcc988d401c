//! `POST /refunds/{refund}/retry`: the box office has the provider asked again for a refund that it refused. Where it is
//! being asked, or the money went back, nothing changes.

use axum::Json;
use axum::extract::State;
use ticketon_core::ids::RefundId;
use ticketon_core::purchase::Purchase;
use ticketon_core::retry_refund;

use super::refund::RefundView;
use crate::http::caller::LoggedIn;
use crate::http::input::Named;
use crate::http::problem::Answer;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(refund): Named<RefundId>,
) -> Answer<Json<RefundView>> {
    let refund = retry_refund(&http.shop.cx, &caller, refund).await?;
    let purchase = find::row::<Purchase>(&http, (refund.purchase,), "purchase").await?;
    let currency = find::currency(&http, purchase.event).await?;
    Ok(Json(RefundView::of(refund, currency)))
}
