//! A sale's waiting room, as whoever runs the sale sees it.

pub(super) mod announce;
pub(super) mod change_queue;
pub(super) mod queue;

use serde::Serialize;
use ticketon_core::ids::SaleId;
use ticketon_core::{Refusal, Timestamp};

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
    /// As it stands now.
    async fn of(http: &Http, room: &Room) -> Result<Self, Refusal> {
        let standing = room.standing(&http.shop.cx).await?;
        let (counters, settings) = (standing.counters, standing.settings);
        Ok(Self {
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
        })
    }
}
