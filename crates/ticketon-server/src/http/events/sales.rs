//! `GET /events/{event}/sales`: the rounds of selling of an event, and where each stands now.

use axum::Json;
use axum::extract::State;
use ticketon_core::store::Freshness;

use super::SaleView;
use crate::http::caller::Anyone;
use crate::http::input::Named;
use crate::http::page::Page;
use crate::http::problem::Answer;
use crate::http::{Http, find};

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    Anyone(caller): Anyone,
    Named(name): Named<String>,
) -> Answer<Json<Page<SaleView>>> {
    let event = find::event(&http, &caller, &name).await?;
    Ok(Json(Page::whole(
        super::sales(&http, &event, Freshness::Cached).await?,
    )))
}
