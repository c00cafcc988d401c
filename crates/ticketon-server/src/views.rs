//! The port of view counts: who looked at which event, counted until it is added to the event's views in the store.
//!
//! It promises: each viewer counts once a window, and what was taken to be added is added exactly once, whoever is
//! killed in between: a batch has its name from the first view on, stays until it is confirmed, and the store knows the
//! name again. Counting waits for nothing and fails nothing: what cannot be counted is lost, and said. It knows no
//! address and no user, only what [`Viewers`] makes of them.

mod memory;
mod viewers;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use ticketon_core::entropy::Entropy;
use ticketon_core::ids::{ChangesId, EventId};
use ticketon_core::store::Unavailable;
use ticketon_core::{Context, Refusal, Timestamp, add_views};

use crate::limits;

pub use memory::ViewsInMemory;
pub use viewers::{View, Viewers, Who};

/// Where views are counted.
#[async_trait]
pub trait ViewCounts: Send + Sync {
    /// Counts a view, unless the viewer has seen the event in this window already.
    fn count(&self, view: View, now: Timestamp, entropy: &dyn Entropy);

    /// Ready once all that this process counted so far is where views are counted, or lost.
    async fn carried(&self);

    /// Whether there is anything to be taken.
    async fn has_any(&self) -> Result<bool, Unavailable>;

    /// What is to be added: the batches that were taken before and are not confirmed, and otherwise what was counted
    /// since. It stays until it is confirmed.
    async fn take(&self) -> Result<Vec<Batch>, Unavailable>;

    /// Forgets a batch that was added.
    async fn confirm(&self, batch: &Batch) -> Result<(), Unavailable>;

    /// How many views could not be counted, since the process began.
    fn lost(&self) -> u64;
}

/// Views under one name, by event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its name, which the changes that add it bear.
    pub id: ChangesId,
    /// How often each event was looked at.
    pub seen: BTreeMap<EventId, u64>,
}

/// How many views were lost; the first is said in the log, the others would only fill it.
#[derive(Debug, Default)]
pub(crate) struct Lost(AtomicU64);

/// Adds to the events' views what was counted; says how many views that were. What a process took that was killed is
/// finished first. Several may do it at once, and a failure is mended by doing it again.
pub async fn flush_views(cx: &Context, counts: &dyn ViewCounts) -> Result<u64, Refusal> {
    let mut added = 0;
    for batch in counts.take().await? {
        add_views(cx, batch.id, &batch.seen).await?;
        counts.confirm(&batch).await?;
        added += batch.seen.values().sum::<u64>();
    }
    Ok(added)
}

/// The part of the events in which this one is counted. Each has a batch of its own, so that a batch has few enough
/// events to be added by one decision.
pub(crate) fn part_of(event: EventId) -> usize {
    let [.., last] = *event.as_bytes();
    usize::from(last) % limits::VIEW_PARTS
}

impl Batch {
    fn begun(id: ChangesId) -> Self {
        Self {
            id,
            seen: BTreeMap::new(),
        }
    }

    /// Counts one more view, if there is room for its event.
    fn count(&mut self, event: EventId) -> bool {
        let has_room = self.seen.len() < limits::VIEWED_EVENTS_MAX;
        if !has_room && !self.seen.contains_key(&event) {
            return false;
        }
        *self.seen.entry(event).or_default() += 1;
        true
    }
}

impl Lost {
    pub(crate) fn lose(&self, views: u64, why: &str) {
        if views > 0 && self.0.fetch_add(views, Ordering::Relaxed) == 0 {
            tracing::warn!("views are not counted: {why}");
        }
    }

    pub(crate) fn so_far(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
