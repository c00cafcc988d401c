//! `GET /performances/{performance}/seat-plan`: the hall's plan in its canonical form. It never changes once seeded, so
//! it may be kept for a day.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::response::{IntoResponse as _, Response};
use ticketon_core::Refusal;
use ticketon_core::event::EventState;
use ticketon_core::ids::PerformanceId;
use ticketon_core::plan::Plan;

use crate::http::caller::Anyone;
use crate::http::input::Named;
use crate::http::known::Known;
use crate::http::problem::Answer;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    Anyone(caller): Anyone,
    Named(performance): Named<PerformanceId>,
    known: Known,
) -> Answer<Response> {
    let (performance, event) = find::performance(&http, &caller, performance).await?;
    let plan = performance
        .plan
        .ok_or_else(|| Refusal::not_found("seat plan of performance", &performance.id))?;
    let cache = match event.state {
        EventState::Draft | EventState::Deleted => "no-store",
        EventState::Published => "public, max-age=86400",
    };
    let tag = format!("\"{plan}\"");
    if known.has(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    let plan = find::row::<Plan>(&http, (plan,), "seat plan").await?;
    let kind = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, cache)];
    Ok((kind, [(ETAG, tag)], plan.to_json()).into_response())
}
