//! What may have broken a promise since some moment: the events of which a fact tells since then, and those that have
//! something open, which time alone can break. A line that moves is no fact, so that a sale which was open counts, too.
//! To be looked at changes nothing that is promised: views are facts of the system.

use std::collections::BTreeSet;

use super::log::Log;
use crate::fact::Stream;
use crate::hold::{Hold, HoldState};
use crate::ids::EventId;
use crate::purchase::Purchase;
use crate::sale::Sale;
use crate::store::{Pages, Reads, Unavailable};
use crate::time::Timestamp;

/// Events that have changed since a moment, had a sale open, or have seats held or payments under way. To look at these alone misses what
/// somebody did to the others' rows past the shop: nothing tells when.
pub async fn changed_since(reads: &dyn Reads, since: Timestamp) -> Result<BTreeSet<EventId>, Unavailable> {
    let mut snapshot = reads.snapshot().await?;
    let mut changed = BTreeSet::new();
    let mut log = Log::default();
    while let Some(page) = log.next(&mut *snapshot).await? {
        let facts = page.into_iter().map(|recorded| recorded.fact);
        changed.extend(
            facts
                .filter(|fact| fact.at >= since)
                .filter_map(|fact| match fact.stream {
                    Stream::Event(event) => Some(event),
                    Stream::System | Stream::Organization(_) | Stream::User(_) => None,
                }),
        );
    }
    let mut pages = Pages::<Sale>::all();
    while let Some(page) = pages.next(&mut *snapshot).await? {
        let open = page.iter().filter(|(sale, _)| sale.closes_at >= since);
        changed.extend(open.map(|(sale, _)| sale.event));
    }
    let mut pages = Pages::<Hold>::all();
    while let Some(page) = pages.next(&mut *snapshot).await? {
        let active = page.iter().filter(|(hold, _)| hold.state == HoldState::Active);
        changed.extend(active.map(|(hold, _)| hold.event));
    }
    let mut pages = Pages::<Purchase>::all();
    while let Some(page) = pages.next(&mut *snapshot).await? {
        let open = page.iter().filter(|(purchase, _)| purchase.state.is_open());
        changed.extend(open.map(|(purchase, _)| purchase.event));
    }
    Ok(changed)
}
