//! `GET /bus`: how far the relay is, and what Kafka holds of ours.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use ticketon_core::caller::Right;
use ticketon_core::fact::Position;
use ticketon_core::row::Reader;
use ticketon_core::{Code, Refusal, load_cursor};

use super::Http;
use super::caller::LoggedIn;
use super::problem::Answer;
use crate::adapter::kafka::{TopicStatus, status};
use crate::settings::Bus;

/// How publishing stands.
#[derive(Debug, Serialize)]
pub(super) struct Standing {
    /// Where facts are published; nothing if nowhere.
    bus: Option<String>,
    /// The log's last position.
    head: Position,
    /// The last that was published.
    published: Position,
    /// How many are to be published.
    behind: u64,
    /// What Kafka holds, by topic.
    topics: BTreeMap<String, TopicStatus>,
}

pub(super) async fn handler(
    State(http): State<Http>,
    LoggedIn { caller, .. }: LoggedIn,
) -> Answer<Json<Standing>> {
    caller.may(Right::Administer)?;
    let head = http.shop.cx.reads.head().await?;
    let published = load_cursor(&http.shop.cx, Reader::Relay).await?.0.position;
    let Bus::Kafka(address) = &http.settings.bus else {
        return Ok(Json(Standing {
            bus: None,
            head,
            published,
            behind: 0,
            topics: BTreeMap::new(),
        }));
    };
    let topics = status(address).await;
    Ok(Json(Standing {
        bus: Some(address.to_string()),
        head,
        published,
        behind: head.0.saturating_sub(published.0),
        topics: topics.map_err(|error| Refusal::new(Code::Unavailable, error.to_string()))?,
    }))
}
