//! `PATCH /sales/{sale}/queue`: admits more or fewer, faster or slower, or nobody for now. Passes already given keep
//! their end. Whoever sends the `ETag` that they saw as `If-Match` hears when somebody else was first (412).

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use ticketon_core::ids::SaleId;
use ticketon_core::{Code, Refusal};
use ticketon_queue::{Policy, Settings};

use super::{RoomView, tag};
use crate::http::caller::LoggedIn;
use crate::http::expected::Expected;
use crate::http::input::{Input, Named};
use crate::http::problem::Answer;
use crate::http::{Http, find};
use crate::limits;
use crate::rooms::Room;

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
    expected: Expected,
    change: Input<RoomChange>,
) -> Answer<Response> {
    let room = find::room_to_run(&http, &caller, sale).await?;
    changed(&http, &room, &expected, &change.alone()).await?;
    Ok(RoomView::answer(&http, &room).await?)
}

/// All of it or nothing. Who expects no version is not refused for somebody else's change, but changes what it left.
async fn changed(http: &Http, room: &Room, expected: &Expected, change: &RoomChange) -> Result<(), Refusal> {
    let now = http.shop.cx.now();
    let mut tries = 1;
    loop {
        let seen = room.settings(now).await?;
        expected.check(&tag(&seen)?)?;
        match room.replace(&seen, &change.of(seen.clone()), now).await {
            Err(refusal)
                if refusal.code() == Code::ChangedMeanwhile
                    && expected.is_any()
                    && tries < limits::ROOM_CHANGE_TRIES =>
            {
                tries += 1;
            }
            outcome => return outcome,
        }
    }
}

impl RoomChange {
    fn of(&self, settings: Settings) -> Settings {
        Settings {
            policy: Policy {
                capacity: self.capacity.unwrap_or(settings.policy.capacity),
                per_minute: self.per_minute.unwrap_or(settings.policy.per_minute),
                ..settings.policy
            },
            paused: self.paused.unwrap_or(settings.paused),
            ..settings
        }
    }
}
