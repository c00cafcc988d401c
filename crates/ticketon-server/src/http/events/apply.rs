//! `PUT /events/{event}`: makes the event of that slug what the body says, and answers what changed. The body is the one of
//! `POST /events`; a draft is made where there is no such event. Of a published event what is safe may change, and the
//! rest is refused with every place that cannot. A date's `plan` names the plan that it was seeded from, or is going to be.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ticketon_core::{ApplyOutcome, Caller, Code, Difference, NewEvent, Refusal, apply_event};

use super::EventView;
use crate::http::caller::LoggedIn;
use crate::http::input::{Asked, Input, Named};
use crate::http::problem::Answer;
use crate::http::{Http, find};
use crate::limits;

/// How it is applied.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Query {
    /// Say only what would change.
    #[serde(default)]
    dry_run: bool,
}

/// What applying it did, or would do.
#[derive(Debug, Serialize)]
struct AppliedView {
    /// *made*, *changed* or *unchanged*.
    outcome: ApplyOutcome,
    dry_run: bool,
    /// Where the body said something else; empty for a new event.
    differences: Vec<Difference>,
    /// The event as it stands now; none where it would be made.
    event: Option<EventView>,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(name): Named<String>,
    Asked(query): Asked<Query>,
    file: Input<Value, { limits::EVENT_BYTES_MAX }>,
) -> Answer<Response> {
    let (caller, file) = file.by(caller);
    let new = NewEvent::from_json(&file)?;
    check_name(&http, &caller, &name, &new).await?;
    let applied = apply_event(&http.shop.cx, &caller, new, query.dry_run).await?;
    let event = match applied.event {
        Some(event) => Some(EventView::load(&http, event).await?),
        None => None,
    };
    let address = event.as_ref().map(EventView::address);
    let view = Json(AppliedView {
        outcome: applied.outcome,
        dry_run: query.dry_run,
        differences: applied.differences,
        event,
    });
    Ok(match (applied.outcome, address) {
        (ApplyOutcome::Made, Some(address)) => {
            (StatusCode::CREATED, [(LOCATION, address)], view).into_response()
        }
        _ => view.into_response(),
    })
}

/// Refuses a body that is about another event than the address.
async fn check_name(http: &Http, caller: &Caller, name: &str, new: &NewEvent) -> Result<(), Refusal> {
    if new.slug.as_str() == name {
        return Ok(());
    }
    let slug = match find::event(http, caller, name).await {
        Ok(event) => event.slug.to_string(),
        Err(refusal) if refusal.code() == Code::NotFound => name.to_owned(),
        Err(refusal) => return Err(refusal),
    };
    if new.slug.as_str() == slug {
        return Ok(());
    }
    let message = format!(
        "is `{}`, and the address is that of `{slug}`: a slug stays",
        new.slug
    );
    Err(Refusal::field("slug", message))
}
