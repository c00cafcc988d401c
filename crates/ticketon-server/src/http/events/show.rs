//! `GET /events/{event}`: an event by slug, id or unique prefix. A draft is shown to its staff alone.

use axum::Json;
use axum::extract::State;

use super::EventView;
use crate::http::caller::Anyone;
use crate::http::input::Named;
use crate::http::problem::Answer;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    Anyone(caller): Anyone,
    Named(name): Named<String>,
) -> Answer<Json<EventView>> {
    let event = find::event(&http, &caller, &name).await?;
    Ok(Json(EventView::load(&http, event).await?))
}
