//! `POST /sales/{sale}/queue/announce`: tells everybody who waits something, or stops telling it.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use ticketon_core::ids::SaleId;
use ticketon_queue::Change;

use super::RoomView;
use crate::http::caller::LoggedIn;
use crate::http::input::{Input, Named};
use crate::http::problem::Answer;
use crate::http::{Http, find};

/// What is told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Announcement {
    /// A sentence; null tells nothing any more.
    notice: Option<String>,
}

pub(in crate::http) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
    Named(sale): Named<SaleId>,
    told: Input<Announcement>,
) -> Answer<Response> {
    let room = find::room_to_run(&http, &caller, sale).await?;
    let notice = told.alone().notice.filter(|notice| !notice.is_empty());
    room.change(&Change::Notice(notice), http.shop.cx.now()).await?;
    Ok(RoomView::answer(&http, &room).await?)
}
