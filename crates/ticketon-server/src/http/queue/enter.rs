//! `POST /events/{event}/queue`: enters the queue of the sale that is open, or its lobby. Entering again, from any
//! device, finds the same place.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;

use super::QueueView;
use crate::http::caller::LoggedIn;
use crate::http::input::{Named, header};
use crate::http::problem::Answer;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, person }: LoggedIn,
    Named(event): Named<String>,
    headers: HeaderMap,
) -> Answer<Json<QueueView>> {
    let now = http.shop.cx.now();
    let (sale, room) = find::room(&http, &caller, &event, now).await?;
    let Some(room) = room else {
        return Ok(Json(QueueView::without_queue(sale.id)));
    };
    let receipt = header(&headers, "ticketon-receipt")?;
    let place = http
        .shop
        .rooms
        .enter(&http.shop.cx, &room, &person, receipt)
        .await?;
    Ok(Json(QueueView::of(&http, sale.id, &place, now)))
}
