//! `DELETE /events/{event}`: takes a draft away, and gives its slug back. A published event stays.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use ticketon_core::delete_event;
use ticketon_core::event::EventState;
use ticketon_core::ids::{EventId, Slug};

use crate::http::caller::LoggedIn;
use crate::http::input::Named;
use crate::http::problem::Answer;
use crate::http::{Http, find};

/// What was taken away.
#[derive(Serialize)]
pub(in crate::http) struct DeletedView {
    id: EventId,
    /// The slug that it had, free for another event.
    slug: Slug,
    state: EventState,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(name): Named<String>,
) -> Answer<Json<DeletedView>> {
    let event = find::event(&http, &caller, &name).await?;
    let deleted = delete_event(&http.shop.cx, &caller, event.id).await?;
    Ok(Json(DeletedView {
        id: event.id,
        slug: event.slug,
        state: deleted.state,
    }))
}
