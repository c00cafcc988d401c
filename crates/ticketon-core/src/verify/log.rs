//! Going through the facts of a snapshot page by page.

use crate::fact::{Position, Recorded};
use crate::limits;
use crate::store::{Snapshot, Unavailable};

/// The facts of the log, page by page, in their order.
#[derive(Default)]
pub(super) struct Log {
    after: Position,
    is_done: bool,
}

impl Log {
    /// The next page; `None` after the last.
    pub(super) async fn next(
        &mut self,
        snapshot: &mut dyn Snapshot,
    ) -> Result<Option<Vec<Recorded>>, Unavailable> {
        if self.is_done {
            return Ok(None);
        }
        let page = snapshot.facts(self.after, limits::READ_AT_ONCE).await?;
        self.is_done = page.len() < limits::READ_AT_ONCE;
        if let Some(last) = page.last() {
            self.after = last.position;
        }
        Ok(Some(page))
    }
}
