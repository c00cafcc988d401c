//! A sale's waiting room, as whoever runs the sale sees it.

pub(super) mod announce;
pub(super) mod change_queue;
pub(super) mod queue;

use axum::Json;
use axum::http::header::ETAG;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use ticketon_core::ids::SaleId;
use ticketon_core::{Refusal, Timestamp};
use ticketon_queue::Settings;

use super::Http;
use crate::rooms::{Room, from_queue};

/// How a waiting room stands.
#[derive(Debug, Serialize)]
pub(super) struct RoomView {
    sale: SaleId,
    opens_at: Timestamp,
    /// Nobody is admitted while it is.
    paused: bool,
    /// What those who wait are told.
    notice: Option<String>,
    /// Most shoppers inside at once.
    capacity: u32,
    /// Most admissions a minute.
    per_minute: u32,
    /// How many wait.
    waiting: u64,
    /// How many are inside.
    active: u64,
    /// How many ever came.
    entered: u64,
    /// How many were ever admitted.
    admitted: u64,
    /// How many were admitted in the last minute.
    admitted_last_minute: u64,
    /// What decides now how many are admitted, in words.
    because: String,
}

impl RoomView {
    /// As it stands now. Its tag is that of how it is run, which is all that can be changed.
    async fn answer(http: &Http, room: &Room) -> Result<Response, Refusal> {
        let standing = room.standing(&http.shop.cx).await?;
        let (counters, settings) = (standing.counters, standing.settings);
        let tag = [(ETAG, tag(&settings)?)];
        let view = Self {
            sale: room.sale.id,
            opens_at: from_queue(settings.opens_at),
            paused: settings.paused,
            notice: settings.notice,
            capacity: settings.policy.capacity,
            per_minute: settings.policy.per_minute,
            waiting: counters.waiting,
            active: counters.active,
            entered: counters.entered,
            admitted: counters.admitted,
            admitted_last_minute: counters.pace,
            because: standing.decision.because.to_string(),
        };
        Ok((tag, Json(view)).into_response())
    }
}

/// The version of how a room is run.
fn tag(settings: &Settings) -> Result<String, Refusal> {
    let text = serde_json::to_vec(settings).map_err(Refusal::internal)?;
    let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..12]);
    Ok(format!("\"{hash}\""))
}
