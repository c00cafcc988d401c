//! `GET /holds/{hold}`: a hold of one's own.

use axum::Json;
use axum::extract::State;
use ticketon_core::Refusal;
use ticketon_core::caller::Right;
use ticketon_core::hold::Hold;
use ticketon_core::ids::HoldId;

use super::HoldView;
use crate::http::caller::LoggedIn;
use crate::http::input::Named;
use crate::http::problem::Answer;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(id): Named<HoldId>,
) -> Answer<Json<HoldView>> {
    let hold = find::row::<Hold>(&http, (id,), "hold").await?;
    caller
        .may(Right::ActFor(&hold.person))
        .map_err(|_| Refusal::not_found("hold", &id))?;
    Ok(Json(HoldView::load(&http, hold).await?))
}
