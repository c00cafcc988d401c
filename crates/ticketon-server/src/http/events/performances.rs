//! `GET /events/{event}/performances`: the dates of an event, in the order they were added.

use axum::Json;
use axum::extract::State;
use ticketon_core::store::Freshness;

use super::PerformanceView;
use crate::http::caller::Anyone;
use crate::http::input::Named;
use crate::http::page::Page;
use crate::http::problem::Answer;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    Anyone(caller): Anyone,
    Named(name): Named<String>,
) -> Answer<Json<Page<PerformanceView>>> {
    let event = find::event(&http, &caller, &name).await?;
    Ok(Json(Page::whole(
        super::performances(&http, &event, Freshness::Cached).await?,
    )))
}
