//! Adding to an event's views what was counted elsewhere: what only the program itself calls.

use std::collections::BTreeMap;

use crate::context::{Context, Tries};
use crate::error::Refusal;
use crate::fact::{Fact, Stream, What};
use crate::ids::{ChangesId, EventId};
use crate::row::RowId;
use crate::store::{Changes, Freshness, Unavailable, Version, Versioned};
use crate::views::Views;

/// Adds a batch of views, at most [`CHANGES_ROWS_MAX`](crate::limits::CHANGES_ROWS_MAX) events; under the same `batch` they
/// are added once, however often this is called.
pub async fn add_views(cx: &Context, batch: ChangesId, seen: &BTreeMap<EventId, u64>) -> Result<(), Refusal> {
    let mut tries = Tries::default();
    loop {
        let mut changes = Changes::new(batch).record(Fact {
            stream: Stream::System,
            at: cx.now(),
            what: What::EventsViewed { views: seen.clone() },
        });
        for (views, (row, version)) in seen.values().zip(views_of(cx, seen.keys()).await?) {
            let count = row.count.saturating_add(*views);
            changes = changes.write(Views { count, ..row }, version);
        }
        match cx.commit(changes).await {
            Ok(()) => return Ok(()),
            Err(error) => tries.after_conflict(error)?,
        }
    }
}

/// The events' views as they stand, in this order.
async fn views_of(
    cx: &Context,
    events: impl Iterator<Item = &EventId> + Clone,
) -> Result<Vec<Versioned<Views>>, Unavailable> {
    let names = events.clone().map(|event| RowId::Views(*event));
    let rows = cx.load_all::<Views>(names, Freshness::Fresh).await?;
    let rows = rows.into_iter().zip(events);
    let rows = rows.map(|(row, event)| row.unwrap_or_else(|| (Views::none(*event), Version::ABSENT)));
    Ok(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits;

    #[test]
    fn a_batch_is_one_fact_of_at_most_64_kilobytes() {
        let events = (0..limits::CHANGES_ROWS_MAX as u128).map(|n| EventId::from_bytes(n.to_be_bytes()));
        let what = What::EventsViewed {
            views: events.map(|event| (event, u64::MAX)).collect(),
        };
        assert!(serde_json::to_vec(&what).unwrap().len() < 64 * 1024);
    }
}
