//! `GET /bus`: how far the relay is, and what Kafka holds of ours.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use ticketon_core::caller::Right;
use ticketon_core::fact::Position;
use ticketon_core::load_cursor;
use ticketon_core::row::Reader;

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
    /// What Kafka holds, by topic; nothing where it does not say.
    topics: BTreeMap<String, TopicStatus>,
    /// Why Kafka does not say what it holds.
    trouble: Option<String>,
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
            trouble: None,
        }));
    };
    // How far behind publishing is, is asked most when Kafka is away.
    let (topics, trouble) = match status(address).await {
        Ok(topics) => (topics, None),
        Err(error) => (BTreeMap::new(), Some(error.to_string())),
    };
    Ok(Json(Standing {
        bus: Some(address.to_string()),
        head,
        published,
        behind: head.0.saturating_sub(published.0),
        topics,
        trouble,
    }))
}
