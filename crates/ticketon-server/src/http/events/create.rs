//! `POST /events`: drafts an event. The body is the event's file as JSON; its seat plans come by themselves
//! (`PUT /performances/{performance}/seat-plan`).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use serde_json::Value;
use ticketon_core::{NewEvent, create_event};

use super::EventView;
use crate::http::Http;
use crate::http::caller::LoggedIn;
use crate::http::input::Input;
use crate::http::problem::Answer;
use crate::limits;

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    file: Input<Value, { limits::EVENT_BYTES_MAX }>,
) -> Answer<impl IntoResponse> {
    let (caller, file) = file.by(caller);
    let created = create_event(&http.shop.cx, &caller, NewEvent::from_json(&file)?).await?;
    let event = EventView::load(&http, created.event).await?;
    Ok((StatusCode::CREATED, [(LOCATION, event.address())], Json(event)))
}
