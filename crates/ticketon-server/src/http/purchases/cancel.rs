//! `POST /purchases/{purchase}/cancel`: ends an order before it is paid; the hold lives on while its deadline lies
//! ahead. Cancelling twice is no error.

use axum::Json;
use axum::extract::State;
use ticketon_core::cancel_purchase;

use super::PurchaseView;
use crate::http::caller::LoggedIn;
use crate::http::input::Named;
use crate::http::problem::Answer;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(name): Named<String>,
) -> Answer<Json<PurchaseView>> {
    let purchase = find::purchase(&http, &caller, &name).await?;
    let purchase = cancel_purchase(&http.shop.cx, &caller, purchase.id).await?;
    Ok(Json(PurchaseView::load(&http, purchase).await?))
}
