//! `GET /events/{event}`: an event by slug, id or unique prefix, and a view of it. A draft is shown to its staff alone.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use ticketon_core::event::{Event, EventState};
use ticketon_core::ids::EventId;
use ticketon_core::store::Freshness;
use ticketon_core::{Caller, Refusal};

use super::EventView;
use crate::http::caller::Anyone;
use crate::http::input::Named;
use crate::http::known::Known;
use crate::http::problem::Answer;
use crate::http::shelf::{EventShown, Shown};
use crate::http::visitor::Visitor;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    Anyone(caller): Anyone,
    Named(name): Named<String>,
    visitor: Visitor,
    known: Known,
) -> Answer<Response> {
    let id = find::event_id(&http, &caller, &name).await?;
    let now = http.shop.cx.now();
    let load = || for_everybody(&http, id, &name);
    if let Some(event) = http.shelf.event(id, now, load).await? {
        visitor.looks_at(&event, &caller, &http);
        return Ok(event.shown.answer(&known));
    }
    Ok(Box::pin(for_its_staff(&http, &caller, &name)).await?)
}

/// The event as it stands, if the caller prepares it.
async fn for_its_staff(http: &Http, caller: &Caller, name: &str) -> Result<Response, Refusal> {
    let event = find::event(http, caller, name).await?;
    Ok(Json(EventView::load(http, event).await?).into_response())
}

/// The event as everybody is shown it, if it is on the shelf.
async fn for_everybody(http: &Http, id: EventId, name: &str) -> Result<Option<EventShown>, Refusal> {
    let found = http.shop.cx.load::<Event>((id,), Freshness::Fresh).await?;
    let (event, _) = found.ok_or_else(|| Refusal::not_found("event", &name))?;
    if event.state != EventState::Published {
        return Ok(None);
    }
    let organization = event.organization;
    let view = EventView::load(http, event).await?;
    let body = serde_json::to_vec(&view).map_err(Refusal::internal)?;
    Ok(Some(EventShown {
        id,
        organization,
        until: view.until(),
        shown: Shown::new(body, None),
    }))
}
