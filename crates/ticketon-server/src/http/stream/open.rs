//! `GET /stream?queue=EVENT`: the caller's place in the queue as server-sent events. `position` while waiting,
//! `admitted` (ask the queue for the pass), `ended` with its reason, `notice`. Login by bearer token or by a ticket of
//! `POST /stream/tickets`.
//!
//! An event's `id` is the log position at which the stream was opened: what the queue says is not from the log, and is
//! said anew whenever a stream is opened.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use ticketon_core::{Caller, Code, Refusal};
use ticketon_queue::EntryState;

use super::waiting::Waiting;
use crate::http::asker::Anyone;
use crate::http::input::Asked;
use crate::http::problem::Answer;
use crate::http::queue::position::not_in_queue;
use crate::http::{Http, find};
use crate::limits;
use crate::rooms::to_queue;

const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// What to listen to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Query {
    /// An event: the queue of the sale that is open.
    queue: String,
    /// From `POST /stream/tickets`, where no header can be sent.
    ticket: Option<String>,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    Anyone(caller): Anyone,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Answer<Response> {
    let caller = by_ticket(&http, caller, query.ticket.as_deref())?;
    let person = caller.buyer()?.clone();
    let now = http.shop.cx.now();
    let (_, room) = find::room(&http, &caller, &query.queue, now).await?;
    let room =
        room.ok_or_else(|| Refusal::new(Code::NotFound, "this sale has no queue: hold seats at once"))?;
    let place = room.find(&person, now).await?.ok_or_else(not_in_queue)?;
    let is_over = matches!(place.entry.state.at(to_queue(now)), EntryState::Ended { .. });
    if is_over && headers.contains_key("last-event-id") {
        // Told before: the browser need not come again.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let slot = Arc::clone(&http.streams).try_acquire_owned().map_err(|_| {
        Refusal::new(
            Code::Unavailable,
            "many people are listening: ask the queue instead",
        )
    })?;
    let head = http.shop.cx.reads.head().await?;
    let events = Waiting::new(&http, room, person, place, head, slot).events();
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(limits::STREAM_COMMENT_EVERY));
    let about = [(CACHE_CONTROL, "no-store"), (ACCEL_BUFFERING, "no")];
    Ok((about, stream).into_response())
}

fn by_ticket(http: &Http, caller: Caller, ticket: Option<&str>) -> Result<Caller, Refusal> {
    match ticket {
        Some(ticket) => http.stream_tickets.take(ticket, http.shop.cx.now()),
        None => Ok(caller),
    }
}
