//! `every_fact_published_in_order`: positions are dense from 1, and no reader of the log is ahead of it.

use super::log::Log;
use super::{Audit, Lag, Promise};
use crate::fact::Position;
use crate::row::{Cursor, RowId};
use crate::store::{Pages, Unavailable};

const PROMISE: Promise = Promise::EveryFactPublishedInOrder;

impl Audit<'_> {
    /// Goes through the whole log, then through its readers.
    pub(super) async fn check_facts(&mut self) -> Result<(), Unavailable> {
        let head = self.check_positions().await?;
        let mut pages = Pages::<Cursor>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            for (cursor, _) in page {
                self.check_cursor(&cursor, head);
            }
        }
        Ok(())
    }

    async fn check_positions(&mut self) -> Result<Position, Unavailable> {
        let mut last = Position::default();
        let mut log = Log::default();
        while let Some(page) = log.next(&mut *self.snapshot).await? {
            self.findings.checked(PROMISE, page.len());
            for recorded in page {
                if recorded.position != last.next() {
                    let message = format!(
                        "the log has a gap: position {} follows {}",
                        recorded.position.0, last.0
                    );
                    self.findings.broken(PROMISE, message, []);
                }
                last = recorded.position;
            }
        }
        Ok(last)
    }

    fn check_cursor(&mut self, cursor: &Cursor, head: Position) {
        if cursor.position > head {
            let message = format!(
                "reader `{}` stands at {}, past the log's end at {}",
                cursor.reader, cursor.position.0, head.0
            );
            self.findings
                .broken(PROMISE, message, [RowId::Cursor(cursor.reader)]);
        }
        let lag = Lag {
            position: cursor.position,
            behind: head.0.saturating_sub(cursor.position.0),
        };
        self.findings.reader(cursor.reader, lag);
    }
}
