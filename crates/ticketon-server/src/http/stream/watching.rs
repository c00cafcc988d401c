//! What somebody who looks at a hall is told: which seats changed, a few times a second.

use std::convert::Infallible;

use axum::response::sse::Event;
use futures_util::Stream;
use futures_util::stream::unfold;
use serde_json::json;
use ticketon_core::fact::Position;
use ticketon_core::ids::PerformanceId;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::http::Http;
use crate::limits;
use crate::seat_feed::{SeatNews, Watching};

/// Somebody who looks at a hall.
pub(super) struct Looking {
    http: Http,
    performance: PerformanceId,
    watching: Watching,
    stopping: watch::Receiver<bool>,
    /// Whether it was said from where on changes are told.
    has_begun: bool,
}

impl Looking {
    /// From the position that was seen, if it is not too long ago.
    pub(super) fn new(http: &Http, performance: PerformanceId, seen: Option<Position>) -> Self {
        Self {
            http: Http::clone(http),
            performance,
            watching: http.shop.seat_feeds.watch(performance, seen),
            stopping: http.shop.stopping(),
            has_begun: false,
        }
    }

    /// The changes, to the end of the shop.
    pub(super) fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        unfold(self, |mut looking| async move {
            let event = looking.next().await?;
            Some((Ok(event), looking))
        })
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.has_begun && !self.goes_on().await {
                return None;
            }
            let news = self.http.shop.seat_feeds.news(&mut self.watching)?;
            if !self.has_begun || !news.changes.is_empty() {
                self.has_begun = true;
                return Some(self.event(&news));
            }
        }
    }

    /// Waits until there may be something to tell; no, if the shop stops.
    async fn goes_on(&mut self) -> bool {
        let is_stopping = tokio::select! {
            biased;
            _ = self.stopping.wait_for(|is_stopping| *is_stopping) => true,
            () = self.watching.changed() => false,
        };
        if !is_stopping {
            sleep(limits::STREAM_SEATS_EVERY).await;
        }
        !is_stopping
    }

    fn event(&self, news: &SeatNews) -> Event {
        let changes = news
            .changes
            .iter()
            .map(|(number, shown)| (number.0, shown.bits()));
        let data = json!({
            "performance": self.performance, "from": news.from, "to": news.to,
            "changes": changes.collect::<Vec<_>>(),
        });
        Event::default()
            .event("seats")
            .id(news.to.0.to_string())
            .retry(limits::STREAM_RETRY)
            .data(data.to_string())
    }
}
