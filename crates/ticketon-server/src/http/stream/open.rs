//! `GET /stream?queue=EVENT&seats=PERFORMANCE`: one stream of server-sent events a tab.
//!
//! `queue`: the caller's place, as `position` while waiting, `admitted` (ask the queue for the pass), `ended` with its
//! reason, `notice`. Login by bearer token or by a ticket of `POST /stream/tickets`.
//!
//! `seats`: what changes on the seat map, as `seats` with `{from, to, changes: [[number, state]…]}`, for anybody. The
//! first says where the changes begin: a map whose `version` is older than its `from` is fetched anew.
//!
//! An event's `id` is a log position, and whoever comes back with it (`Last-Event-ID`) hears the changes after it. What
//! the queue says is not from the log, and is said anew whenever a stream is opened.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use futures_util::stream::{iter, select};
use serde::Deserialize;
use ticketon_core::fact::Position;
use ticketon_core::ids::PerformanceId;
use ticketon_core::{Caller, Code, Refusal};

use super::waiting::Waiting;
use super::watching::Looking;
use crate::http::caller::Anyone;
use crate::http::input::{Asked, header};
use crate::http::problem::Answer;
use crate::http::queue::position::not_in_queue;
use crate::http::{Http, find};
use crate::limits;

const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// What to listen to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Query {
    /// An event: the queue of the sale that is open.
    queue: Option<String>,
    /// A performance: its seat map.
    seats: Option<PerformanceId>,
    /// From `POST /stream/tickets`, where no header can be sent.
    ticket: Option<String>,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    Anyone(caller): Anyone,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Answer<Response> {
    let seen = last_seen(&headers)?;
    let caller = by_ticket(&http, caller, query.ticket.as_deref())?;
    if query.queue.is_none() && query.seats.is_none() {
        let message = "say what to listen to: `queue=EVENT`, `seats=PERFORMANCE` or both";
        return Err(Refusal::field("query", message).into());
    }
    let waiting = match &query.queue {
        Some(event) => Some(in_queue(&http, &caller, event).await?),
        None => None,
    };
    let is_over = waiting
        .as_ref()
        .is_some_and(|waiting| waiting.is_over(http.shop.cx.now()));
    if is_over && query.seats.is_none() && seen.is_some() {
        // Told before: the browser need not come again.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let looking = match query.seats {
        Some(performance) => {
            let (performance, _) = find::performance(&http, &caller, performance).await?;
            Some(Looking::new(&http, performance.id, seen))
        }
        None => None,
    };
    let slot = Arc::clone(&http.streams).try_acquire_owned().map_err(|_| {
        Refusal::new(
            Code::Unavailable,
            "many people are listening: ask the queue instead",
        )
    })?;
    let events = select(
        iter(waiting.map(Waiting::events)).flatten(),
        iter(looking.map(Looking::events)).flatten(),
    );
    // Of the streams that may be open it takes one, until it ends.
    let events = events.inspect(move |_| {
        let _taken = &slot;
    });
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(limits::STREAM_COMMENT_EVERY));
    let about = [(CACHE_CONTROL, "no-store"), (ACCEL_BUFFERING, "no")];
    Ok((about, stream).into_response())
}

async fn in_queue(http: &Http, caller: &Caller, event: &str) -> Result<Waiting, Refusal> {
    let person = caller.buyer()?.clone();
    let now = http.shop.cx.now();
    let (_, room) = find::room(http, caller, event, now).await?;
    let room =
        room.ok_or_else(|| Refusal::new(Code::NotFound, "this sale has no queue: hold seats at once"))?;
    let place = room.find(&person, now).await?.ok_or_else(not_in_queue)?;
    let head = http.shop.cx.reads.head().await?;
    Ok(Waiting::new(http, room, person, place, head))
}

fn by_ticket(http: &Http, caller: Caller, ticket: Option<&str>) -> Result<Caller, Refusal> {
    match ticket {
        Some(ticket) => http.stream_tickets.take(ticket, http.shop.cx.now()),
        None => Ok(caller),
    }
}

/// The position of the last event that the browser saw.
fn last_seen(headers: &HeaderMap) -> Result<Option<Position>, Refusal> {
    const NAME: &str = "last-event-id";
    let Some(text) = header(headers, NAME)? else {
        return Ok(None);
    };
    let position = text.parse().map(Position);
    let none = "must be the `id` of an event of this stream";
    Ok(Some(position.map_err(|_| Refusal::field(NAME, none))?))
}
