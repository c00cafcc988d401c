//! `DELETE /events/{event}/queue`: gives the place or the pass up. Leaving twice is no error. A pass is marked as used up
//! before its slot goes to the next, so that never both can shop.

use axum::Json;
use axum::extract::State;
use ticketon_core::ids::EntryId;
use ticketon_core::{Refusal, spend_admission};
use ticketon_queue::EntryState;

use super::QueueView;
use super::position::not_in_queue;
use crate::http::caller::LoggedIn;
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
    let place = room.find(&person, now).await?.ok_or_else(not_in_queue)?;
    if let EntryState::Admitted { .. } | EntryState::Claimed { .. } = place.entry.state {
        let entry = EntryId::new(place.entry.id.to_string()).map_err(Refusal::internal)?;
        spend_admission(&http.shop.cx, &caller, sale.id, &person, entry).await?;
    }
    let place = room.leave(&person, now).await?.ok_or_else(not_in_queue)?;
    Ok(Json(QueueView::of(&http, sale.id, &place, now)))
}
