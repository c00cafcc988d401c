//! `GET /events/{event}/queue`: where the caller stands. Whoever was admitted fetches the pass by asking; whom the queue
//! has forgotten is put back by the receipt.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use ticketon_core::{Code, Refusal};

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
    let place = match (
        room.claim(&person, now).await?,
        header(&headers, "ticketon-receipt")?,
    ) {
        (Some(place), _) => place,
        (None, None) => return Err(not_in_queue().into()),
        (None, receipt) => {
            let (rooms, cx) = (&http.shop.rooms, &http.shop.cx);
            rooms.enter(cx, &room, &person, receipt).await?
        }
    };
    Ok(Json(QueueView::of(&http, sale.id, &place, now)))
}

/// Who never came has no place.
pub(in crate::http) fn not_in_queue() -> Refusal {
    Refusal::new(Code::NotFound, "you are not in this queue: enter it first")
}
