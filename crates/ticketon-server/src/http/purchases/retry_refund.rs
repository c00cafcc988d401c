//! `POST /refunds/{refund}/retry`: the box office has the provider asked again for a refund that it refused. Where it is
//! being asked, or the money went back, nothing changes.

use axum::Json;
use axum::extract::State;
use ticketon_core::ids::RefundId;
use ticketon_core::retry_refund;

use super::refund::RefundView;
use crate::http::Http;
use crate::http::asker::LoggedIn;
use crate::http::input::Named;
use crate::http::problem::Answer;

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(refund): Named<RefundId>,
) -> Answer<Json<RefundView>> {
    let refund = retry_refund(&http.shop.cx, &caller, refund).await?;
    Ok(Json(RefundView::from(refund)))
}
