//! `PATCH /sales/{sale}/queue`: admits more or fewer, faster or slower, or nobody for now. Passes already given keep
//! their end.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use ticketon_core::ids::SaleId;
use ticketon_queue::{Change, Policy};

use super::RoomView;
use crate::http::caller::LoggedIn;
use crate::http::input::{Input, Named};
use crate::http::problem::Answer;
use crate::http::{Http, find};

/// What changes; what is not named stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RoomChange {
    /// Most shoppers inside at once.
    capacity: Option<u32>,
    /// Most admissions a minute.
    per_minute: Option<u32>,
    /// Admit nobody for now.
    paused: Option<bool>,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(sale): Named<SaleId>,
    change: Input<RoomChange>,
) -> Answer<Json<RoomView>> {
    let room = find::room_to_run(&http, &caller, sale).await?;
    let (change, now) = (change.alone(), http.shop.cx.now());
    if change.capacity.is_some() || change.per_minute.is_some() {
        let policy = room.settings(now).await?.policy;
        let policy = Policy {
            capacity: change.capacity.unwrap_or(policy.capacity),
            per_minute: change.per_minute.unwrap_or(policy.per_minute),
            ..policy
        };
        room.change(&Change::Policy(policy), now).await?;
    }
    if let Some(paused) = change.paused {
        let change = if paused { Change::Pause } else { Change::Resume };
        room.change(&change, now).await?;
    }
    Ok(Json(RoomView::of(&http, &room).await?))
}
