//! The waiting room of an event's current sale, as its visitor sees it.

pub(super) mod enter;
pub(super) mod leave;
pub(super) mod position;

use serde::Serialize;
use ticketon_core::Timestamp;
use ticketon_core::ids::SaleId;
use ticketon_queue::{EndReason, Eta, Place, ViewState};

use super::Http;

/// Where a visitor stands.
#[derive(Debug, Serialize)]
pub(super) struct QueueView {
    /// *lobby*, *waiting*, *admitted*, *ended*.
    state: ViewState,
    /// Why it ended.
    reason: Option<EndReason>,
    /// The place's number; it never changes. None where the sale has no queue.
    seq: Option<u64>,
    /// Place in line, counted from 1, while waiting.
    position: Option<u64>,
    /// How many are before, while waiting.
    ahead: Option<u64>,
    /// How long it may take, in milliseconds.
    eta_ms: Option<Eta>,
    /// When to ask again, in milliseconds.
    poll_after_ms: Option<u64>,
    /// The signed proof of the place.
    receipt: Option<String>,
    /// The signed proof of admission: the header `Ticketon-Pass` of a hold.
    pass: Option<String>,
    /// What the staff tell those who wait.
    notice: Option<String>,
    /// Which sale.
    sale: SaleId,
}

impl QueueView {
    /// A place in line, or inside.
    pub(super) fn of(http: &Http, sale: SaleId, place: &Place, now: Timestamp) -> Self {
        let view = http.shop.rooms.view(place, now);
        Self {
            state: view.state,
            reason: view.reason,
            seq: Some(view.seq),
            position: view.position,
            ahead: view.ahead,
            eta_ms: view.eta_ms,
            poll_after_ms: view.poll_after_ms,
            receipt: Some(view.receipt),
            pass: view.pass,
            notice: view.notice,
            sale,
        }
    }

    /// A sale without a queue: everybody may hold seats, without a pass.
    pub(super) fn without_queue(sale: SaleId) -> Self {
        Self {
            state: ViewState::Admitted,
            reason: None,
            seq: None,
            position: None,
            ahead: None,
            eta_ms: None,
            poll_after_ms: None,
            receipt: None,
            pass: None,
            notice: None,
            sale,
        }
    }
}
