//! `GET /sales/{sale}/queue`: how the waiting room stands, and why so many are admitted.

use axum::extract::State;
use axum::response::Response;
use ticketon_core::ids::SaleId;

use super::RoomView;
use crate::http::caller::LoggedIn;
use crate::http::input::Named;
use crate::http::problem::Answer;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(sale): Named<SaleId>,
) -> Answer<Response> {
    let room = find::room_to_run(&http, &caller, sale).await?;
    Ok(RoomView::answer(&http, &room).await?)
}
