//! `GET /events/{event}/queue`: where the caller stands. Whoever was admitted fetches the pass by asking.

use axum::Json;
use axum::extract::State;
use ticketon_core::{Code, Refusal};

use super::QueueView;
use crate::http::asker::LoggedIn;
use crate::http::input::Named;
use crate::http::problem::Answer;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, person }: LoggedIn,
    Named(event): Named<String>,
) -> Answer<Json<QueueView>> {
    let now = http.shop.cx.now();
    let (sale, room) = find::room(&http, &caller, &event, now).await?;
    let Some(room) = room else {
        return Ok(Json(QueueView::without_queue(sale.id)));
    };
    let place = room.claim(&person, now).await?.ok_or_else(not_in_queue)?;
    Ok(Json(QueueView::of(&http, sale.id, &place, now)))
}

/// Who never came has no place.
pub(in crate::http) fn not_in_queue() -> Refusal {
    Refusal::new(Code::NotFound, "you are not in this queue: enter it first")
}
