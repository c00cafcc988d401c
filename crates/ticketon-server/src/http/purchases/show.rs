//! `GET /purchases/{purchase}`: a purchase of one's own, by code or id.

use axum::Json;
use axum::extract::State;

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
    Ok(Json(PurchaseView::load(&http, purchase).await?))
}
