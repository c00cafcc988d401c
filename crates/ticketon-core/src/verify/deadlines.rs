//! `no_hold_outlives_deadline`: what ran out is ended within one sweep.

use super::{Audit, Promise};
use crate::hold::Hold;
use crate::limits;
use crate::purchase::Purchase;
use crate::row::{RowId, Stored};
use crate::store::{Freshness, Pages, Unavailable};
use crate::time::Timestamp;

const PROMISE: Promise = Promise::NoHoldOutlivesDeadline;

impl Audit<'_> {
    /// Checks the holds that keep seats by themselves, and the unpaid orders that keep them for their buyers.
    pub(super) async fn check_deadlines(&mut self) -> Result<(), Unavailable> {
        let mut pages = Pages::<Hold>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            self.findings.checked(PROMISE, page.len());
            for (hold, _) in page {
                if self.is_overdue(hold.due_at())
                    && let Some(hold) = self.as_it_stands::<Hold>((hold.id,)).await?
                    && self.is_overdue(hold.due_at())
                {
                    let message = format!("keeps its seats since it ran out at {}", hold.until);
                    self.findings.broken(PROMISE, message, [RowId::Hold(hold.id)]);
                }
            }
        }
        let mut pages = Pages::<Purchase>::all();
        while let Some(page) = pages.next(&mut *self.snapshot).await? {
            for (purchase, _) in page {
                if self.is_overdue(purchase.due_at())
                    && let Some(purchase) = self.as_it_stands::<Purchase>((purchase.id,)).await?
                    && self.is_overdue(purchase.due_at())
                {
                    let message = format!(
                        "keeps its seats though it had to be paid by {}",
                        purchase.pay_until
                    );
                    let rows = [RowId::Purchase(purchase.id), RowId::Hold(purchase.hold)];
                    self.findings.broken(PROMISE, message, rows);
                }
            }
        }
        Ok(())
    }

    fn is_overdue(&self, due_at: Option<Timestamp>) -> bool {
        due_at.is_some_and(|due_at| due_at + limits::SWEPT_WITHIN < self.now)
    }

    /// A suspect's row now: a sweep or an answer may have come since the snapshot.
    pub(super) async fn as_it_stands<T: Stored>(&self, key: T::Key) -> Result<Option<T>, Unavailable> {
        let row = self.reads.load::<T>(key, Freshness::Fresh).await?;
        Ok(row.map(|(row, _)| row))
    }
}
