//! `replay_gives_same_state`, the figures: rebuilt from the facts up to their cursor they equal their rows.

use std::collections::BTreeMap;

use super::log::Log;
use super::{Audit, Promise};
use crate::fact::Position;
use crate::figures::Figures;
use crate::ids::EventId;
use crate::row::{Cursor, Reader, RowId};
use crate::store::{Pages, Unavailable};

const PROMISE: Promise = Promise::ReplayGivesSameState;

impl Audit<'_> {
    /// Rebuilds the figures of all events, and compares.
    pub(super) async fn check_figures(&mut self) -> Result<(), Unavailable> {
        let mut rebuilt = self.rebuilt_figures().await?;
        let mut pages = Pages::<Figures>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            self.findings.checked(PROMISE, page.len());
            for (figures, _) in page {
                let event = figures.event;
                if rebuilt.remove(&event) != Some(figures) {
                    let message = "the sales figures are not what the facts make";
                    self.findings.broken(PROMISE, message, [RowId::Figures(event)]);
                }
            }
        }
        for event in rebuilt.into_keys() {
            let message = "facts were counted into sales figures that have no row";
            self.findings.broken(PROMISE, message, [RowId::Figures(event)]);
        }
        Ok(())
    }

    async fn rebuilt_figures(&mut self) -> Result<BTreeMap<EventId, Figures>, Unavailable> {
        let counted = self.counted_up_to().await?;
        let mut rebuilt: BTreeMap<EventId, Figures> = BTreeMap::new();
        let mut log = Log::default();
        while let Some(page) = log.next(&mut *self.snapshot).await? {
            for recorded in page {
                if recorded.position > counted {
                    return Ok(rebuilt);
                }
                if let Some(event) = Figures::event_of(&recorded.fact) {
                    rebuilt
                        .entry(event)
                        .or_insert_with(|| Figures::none(event))
                        .count(&recorded.fact);
                }
            }
        }
        Ok(rebuilt)
    }

    async fn counted_up_to(&mut self) -> Result<Position, Unavailable> {
        let mut pages = Pages::<Cursor>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            if let Some((cursor, _)) = page
                .into_iter()
                .find(|(cursor, _)| cursor.reader == Reader::Figures)
            {
                return Ok(cursor.position);
            }
        }
        Ok(Position::default())
    }
}
