//! The shelf: what everybody is shown of events and of lists of events, written once and kept in memory.
//!
//! It promises: what is kept is the same for whoever asks, never anybody's own; it is bounded; of many who ask for what is
//! not there one loads it, and the others wait for that; what was loaded before a change is never shown after it, in
//! this process from the change's own answer on, in others once the log has told them (`editions`). Where the
//! log tells nothing, because nobody numbers facts, it is forgotten after a while all the same.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LINK};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moka::future::Cache;
use sha2::{Digest as _, Sha256};
use ticketon_core::ids::{EventId, OrganizationId};
use ticketon_core::{Refusal, Timestamp};

use super::known::Known;
use crate::editions::{Edition, Editions};
use crate::limits;

/// What is kept.
pub(super) struct Shelf {
    /// None where an event is not for everybody.
    events: Cache<(EventId, Edition), Option<Arc<EventShown>>>,
    /// By path and query.
    lists: Cache<(String, Edition), Shown>,
    editions: Arc<Editions>,
}

/// An event as everybody is shown it.
pub(super) struct EventShown {
    pub(super) id: EventId,
    pub(super) organization: OrganizationId,
    /// A sale is somewhere else then; none where none will ever be.
    pub(super) until: Option<Timestamp>,
    pub(super) shown: Shown,
}

/// An answer as everybody gets it.
#[derive(Clone)]
pub(super) struct Shown {
    body: Bytes,
    tag: HeaderValue,
    link: Option<HeaderValue>,
}

impl Shelf {
    pub(super) fn new(editions: Arc<Editions>) -> Self {
        let events = Cache::builder()
            .weigher(|_, event: &Option<Arc<EventShown>>| weight(event.as_ref().map(|event| &event.shown)))
            .max_capacity(limits::SHELF_EVENTS_BYTES)
            .time_to_live(limits::EVENTS_SHOWN);
        let lists = Cache::builder()
            .weigher(|(path, _): &(String, Edition), list| {
                weight(Some(list)).saturating_add(size(path.len()))
            })
            .max_capacity(limits::SHELF_LISTS_BYTES)
            .time_to_live(limits::LISTS_SHOWN);
        Self {
            events: events.build(),
            lists: lists.build(),
            editions,
        }
    }

    /// An event as everybody is shown it now; none where not everybody may see it.
    pub(super) async fn event<L>(
        &self,
        id: EventId,
        now: Timestamp,
        load: impl FnOnce() -> L,
    ) -> Result<Option<Arc<EventShown>>, Refusal>
    where
        L: Future<Output = Result<Option<EventShown>, Refusal>>,
    {
        let edition = self.editions.of_event(id);
        if let Some(event) = self.events.get(&(id, edition)).await {
            if event.as_ref().is_none_or(|event| event.is_of(now)) {
                self.editions.found();
                return Ok(event);
            }
            self.editions.outdate(id, edition);
        }
        self.editions.made();
        // Before anything is read: a change from here on makes another edition.
        let edition = self.editions.of_event(id);
        // Loading takes kilobytes, which nobody moves about who finds it here.
        let load = Box::pin(async { Ok(load().await?.map(Arc::new)) });
        let loaded = self.events.try_get_with((id, edition), load).await;
        loaded.map_err(|refusal: Arc<Refusal>| Refusal::clone(&refusal))
    }

    /// A list as everybody is shown it, by path and query.
    pub(super) async fn list<L>(&self, path: &str, load: impl FnOnce() -> L) -> Result<Shown, Refusal>
    where
        L: Future<Output = Result<Shown, Refusal>>,
    {
        let key = (path.to_owned(), self.editions.of_lists());
        if let Some(list) = self.lists.get(&key).await {
            self.editions.found();
            return Ok(list);
        }
        self.editions.made();
        let loaded = self.lists.try_get_with(key, Box::pin(load())).await;
        loaded.map_err(|refusal: Arc<Refusal>| Refusal::clone(&refusal))
    }
}

impl EventShown {
    fn is_of(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl Shown {
    /// A body of JSON, and the way on.
    pub(super) fn new(body: Vec<u8>, link: Option<HeaderValue>) -> Self {
        let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(&body)[..12]);
        let tag = HeaderValue::from_str(&format!("\"{hash}\"")).expect("base64 in quotes is visible ASCII");
        Self {
            body: body.into(),
            tag,
            link,
        }
    }

    /// The answer, for whoever knows this or something else already.
    pub(super) fn answer(&self, known: &Known) -> Response {
        let mut response = if known.has(self.tag.to_str().unwrap_or_default()) {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            Response::new(Body::from(self.body.clone()))
        };
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ETAG, self.tag.clone());
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Some(link) = &self.link {
            headers.insert(LINK, link.clone());
        }
        response
    }
}

fn weight(shown: Option<&Shown>) -> u32 {
    let bytes = shown.map_or(0, |shown| shown.body.len());
    size(bytes + limits::SHELF_ENTRY_BYTES)
}

fn size(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use ticketon_core::contract::sample;
    use tokio::sync::oneshot;

    use super::*;
    use crate::editions::ShelfCounters;

    fn shelf() -> Arc<Shelf> {
        Arc::new(Shelf::new(Arc::default()))
    }

    fn shown(body: &str, until: Option<Timestamp>) -> EventShown {
        EventShown {
            id: sample::event_id(),
            organization: sample::organization_id(),
            until,
            shown: Shown::new(body.into(), None),
        }
    }

    async fn sees(shelf: &Shelf, now: Timestamp, load: &str) -> Bytes {
        let load = shown(load, Some(sample::NOW + Duration::from_mins(1)));
        let event = shelf
            .event(sample::event_id(), now, async || Ok(Some(load)))
            .await;
        event.unwrap().unwrap().shown.body.clone()
    }

    #[tokio::test]
    async fn what_was_loaded_before_a_change_is_not_shown_after_it() {
        let shelf = shelf();
        let (may_end, ends) = oneshot::channel::<()>();
        let slow = tokio::spawn({
            let shelf = Arc::clone(&shelf);
            async move {
                let load = async || {
                    ends.await.unwrap();
                    Ok(Some(shown("old", None)))
                };
                shelf
                    .event(sample::event_id(), sample::NOW, load)
                    .await
                    .unwrap()
                    .unwrap()
            }
        });
        tokio::task::yield_now().await;
        shelf.editions.follow(&sample::fact());
        may_end.send(()).unwrap();
        assert_eq!(
            slow.await.unwrap().shown.body,
            "old",
            "who asked before may hear it"
        );
        assert_eq!(sees(&shelf, sample::NOW, "new").await, "new");
        assert_eq!(sees(&shelf, sample::NOW, "newer").await, "new");
    }

    #[tokio::test]
    async fn of_many_who_ask_at_once_one_loads() {
        let shelf = shelf();
        let loads = AtomicU64::new(0);
        let ask = || {
            shelf.event(sample::event_id(), sample::NOW, async || {
                loads.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                Ok(Some(shown("it", None)))
            })
        };
        futures_util::future::join_all((0..20).map(|_| ask())).await;
        assert_eq!(loads.into_inner(), 1);
    }

    #[tokio::test]
    async fn what_the_clock_changes_is_written_anew() {
        let shelf = shelf();
        let opens = sample::NOW + Duration::from_mins(1);
        assert_eq!(sees(&shelf, sample::NOW, "before").await, "before");
        assert_eq!(
            sees(&shelf, opens - Duration::from_millis(1), "early").await,
            "before"
        );
        assert_eq!(sees(&shelf, opens, "open").await, "open");
        let counters = ShelfCounters {
            found: 1,
            made: 2,
            turned: 1,
        };
        assert_eq!(shelf.editions.counters(), counters);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let shelf = shelf();
        let refused = shelf
            .list("/events", async || Err(Refusal::internal("the store is away")))
            .await;
        assert!(refused.is_err());
        let list = shelf.list("/events", async || Ok(Shown::new(b"[]".into(), None)));
        assert_eq!(list.await.unwrap().body, "[]");
    }
}
