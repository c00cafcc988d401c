//! What somebody in a queue is told, as it happens. It costs a subtraction a waiter: the room publishes one small record
//! a tick. Who is near watches every tick, who is far looks now and then, and what concerns everybody wakes all.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::Event;
use futures_util::Stream;
use futures_util::stream::unfold;
use serde_json::{Value, json};
use ticketon_core::fact::Position;
use ticketon_core::ids::Person;
use ticketon_core::{Refusal, Timestamp};
use ticketon_queue::{EndReason, Entry, EntryState, Place, Progress};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::http::Http;
use crate::limits;
use crate::rooms::{Room, to_queue};

/// Somebody who listens.
pub(super) struct Waiting {
    http: Http,
    room: Arc<Room>,
    person: Person,
    entry: Entry,
    /// The queue's epoch when the entry was last seen.
    epoch: u32,
    progress: watch::Receiver<Option<Progress>>,
    news: watch::Receiver<()>,
    stopping: watch::Receiver<bool>,
    head: Position,
    stage: Stage,
    notice: Option<String>,
}

/// What was told last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing yet.
    New,
    /// A place in line.
    InLine { ahead: u64 },
    /// Admitted.
    Inside,
    /// The end: nothing more is told.
    Over,
}

/// What came first.
enum Woken {
    ToLook,
    ToStop,
}

impl Waiting {
    /// Listens on behalf of the person whose place it is.
    pub(super) fn new(http: &Http, room: Arc<Room>, person: Person, place: Place, head: Position) -> Self {
        Self {
            http: Arc::clone(http),
            progress: room.progress(),
            news: room.news(),
            stopping: http.shop.stopping(),
            room,
            person,
            entry: place.entry,
            epoch: place.progress.epoch,
            head,
            stage: Stage::New,
            notice: None,
        }
    }

    /// Whether there is nothing to tell but the end.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        matches!(self.entry.state.at(to_queue(now)), EntryState::Ended { .. })
    }

    /// Everything that is told, from where the person stands now to the end.
    pub(super) fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        unfold(self, |mut waiting| async move {
            let event = waiting.next().await?;
            Some((Ok(event), waiting))
        })
    }

    async fn next(&mut self) -> Option<Event> {
        if self.stage == Stage::Over {
            return None;
        }
        loop {
            if self.stage != Stage::New && matches!(self.woken().await, Woken::ToStop) {
                self.stage = Stage::Over;
                return Some(self.come_back());
            }
            match self.look().await {
                Ok(Some(event)) => return Some(event),
                Ok(None) => {}
                Err(refusal) => {
                    tracing::warn!(sale.id = %self.room.sale.id, "a stream ends: {refusal}");
                    self.stage = Stage::Over;
                    return Some(self.come_back());
                }
            }
        }
    }

    /// What is to be told now, if anything.
    async fn look(&mut self) -> Result<Option<Event>, Refusal> {
        let now = self.http.shop.cx.now();
        let progress = self.progress.borrow_and_update().clone();
        let progress = match progress {
            Some(progress) if self.is_in_line() && !progress.has_served(self.entry.seq) => progress,
            // Something has happened to this entry, or may have.
            _ => {
                let place = match self.room.find(&self.person, now).await? {
                    Some(place) => place,
                    None => self.put_back().await?,
                };
                self.entry = place.entry;
                self.epoch = place.progress.epoch;
                place.progress
            }
        };
        if progress.settings.notice != self.notice {
            self.notice.clone_from(&progress.settings.notice);
            return Ok(Some(self.event("notice", &json!({ "notice": self.notice }))));
        }
        Ok(match self.entry.state.at(to_queue(now)) {
            EntryState::Waiting => self.in_line(&progress, now),
            EntryState::Admitted { .. } | EntryState::Claimed { .. } => self.inside(),
            EntryState::Ended { reason, .. } => Some(self.ended(reason)),
        })
    }

    /// The queue has forgotten this visitor; what is known here is as good as a receipt.
    async fn put_back(&self) -> Result<Place, Refusal> {
        let cx = &self.http.shop.cx;
        self.room
            .put_back(cx, &self.person, &self.entry, self.epoch)
            .await
    }

    fn in_line(&mut self, progress: &Progress, now: Timestamp) -> Option<Event> {
        let ahead = progress.ahead_of(self.entry.seq);
        if self.stage == (Stage::InLine { ahead }) {
            return None;
        }
        self.stage = Stage::InLine { ahead };
        let eta = progress.eta(ahead, to_queue(now));
        let data = json!({
            "position": ahead + 1, "ahead": ahead, "eta_ms": eta, "seq": self.entry.seq,
            "sale": self.room.sale.id,
        });
        Some(self.event("position", &data))
    }

    fn inside(&mut self) -> Option<Event> {
        if self.stage == Stage::Inside {
            return None;
        }
        self.stage = Stage::Inside;
        Some(self.event("admitted", &json!({ "sale": self.room.sale.id })))
    }

    fn ended(&mut self, reason: EndReason) -> Event {
        self.stage = Stage::Over;
        self.event("ended", &json!({ "reason": reason, "sale": self.room.sale.id }))
    }

    fn event(&self, name: &str, data: &Value) -> Event {
        Event::default()
            .event(name)
            .id(self.head.0.to_string())
            .retry(self.retry())
            .data(data.to_string())
    }

    /// Says when to come back, which costs nothing while the stream lasts.
    fn come_back(&self) -> Event {
        Event::default().retry(self.retry()).comment("come back")
    }

    /// Spread by number, so that not everybody comes back at once.
    fn retry(&self) -> Duration {
        let spread = u32::try_from(self.entry.seq.0 * 7 % 64).unwrap_or(0);
        limits::STREAM_RETRY + limits::STREAM_RETRY * spread / 64
    }

    fn is_in_line(&self) -> bool {
        matches!(self.stage, Stage::InLine { .. })
    }

    /// Waits until there may be something to tell.
    async fn woken(&mut self) -> Woken {
        let (every, is_near) = match self.stage {
            Stage::InLine { ahead } => (limits::STREAM_PLACE_EVERY, self.is_near(ahead)),
            Stage::New | Stage::Inside | Stage::Over => (limits::STREAM_INSIDE_EVERY, false),
        };
        tokio::select! {
            biased;
            _ = self.stopping.wait_for(|stopping| *stopping) => Woken::ToStop,
            _ = self.news.changed() => Woken::ToLook,
            _ = self.progress.changed(), if is_near => Woken::ToLook,
            () = sleep(every) => Woken::ToLook,
        }
    }

    fn is_near(&self, ahead: u64) -> bool {
        let per_minute = u64::from(self.room.sale.queue.per_minute);
        ahead.saturating_mul(60) <= per_minute.saturating_mul(limits::STREAM_NEAR.as_secs())
    }
}
