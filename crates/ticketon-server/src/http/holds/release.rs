//! `DELETE /holds/{hold}`: lets the seats go. The pass stays good; letting go twice is no error.

use axum::Json;
use axum::extract::State;
use ticketon_core::ids::HoldId;
use ticketon_core::release_hold;

use super::HoldView;
use crate::http::Http;
use crate::http::caller::LoggedIn;
use crate::http::input::Named;
use crate::http::problem::Answer;

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(hold): Named<HoldId>,
) -> Answer<Json<HoldView>> {
    let hold = release_hold(&http.shop.cx, &caller, hold).await?;
    Ok(Json(HoldView::load(&http, hold).await?))
}
