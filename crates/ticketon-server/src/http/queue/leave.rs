//! `DELETE /events/{event}/queue`: gives the place or the pass up. Leaving twice is no error.

use axum::Json;
use axum::extract::State;

use super::QueueView;
use super::position::not_in_queue;
use crate::http::asker::LoggedIn;
use crate::http::input::Named;
use crate::http::problem::Answer;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, person }: LoggedIn,
    Named(event): Named<String>,
) -> Answer<Json<QueueView>> {
    let event = find::event(&http, &caller, &event).await?;
    let sale = find::sale_now(&http, &event).await?;
    let now = http.shop.cx.now();
    let Some(room) = http.shop.rooms.room(&event, &sale, now).await? else {
        return Ok(Json(QueueView::without_queue(sale.id)));
    };
    let place = room.leave(&person, now).await?.ok_or_else(not_in_queue)?;
    Ok(Json(QueueView::of(&http, sale.id, &place, now)))
}
