//! `replay_gives_same_state`, the projections: made anew from the facts up to their cursors they equal their rows.

use super::log::Log;
use super::{Audit, Promise};
use crate::projection::{Projected, Projection};
use crate::store::Unavailable;

const PROMISE: Promise = Promise::ReplayGivesSameState;

impl Audit<'_> {
    /// Makes every projection anew, and compares.
    pub(super) async fn check_projections(&mut self) -> Result<(), Unavailable> {
        let mut pairs = Vec::with_capacity(Projection::ALL.len());
        for projection in Projection::ALL {
            let live = Projected::live(&mut *self.snapshot, projection).await?;
            pairs.push((live, Projected::nothing(projection)));
        }
        let mut log = Log::default();
        while let Some(page) = log.next(&mut *self.snapshot).await? {
            for (live, rebuilt) in &mut pairs {
                let counted = page.iter().filter(|it| it.position <= live.position);
                counted.for_each(|recorded| rebuilt.count(recorded));
            }
        }
        for (live, rebuilt) in pairs {
            self.findings.checked(PROMISE, live.rows.len());
            for name in rebuilt.differences(&live) {
                let message = match (rebuilt.rows.get(&name), live.rows.get(&name)) {
                    (Some(_), None) => "facts make a row that is not there",
                    (None, _) => "no fact makes this row",
                    (Some(_), Some(_)) => "the row is not what the facts make",
                };
                self.findings.broken(PROMISE, message, [name]);
            }
        }
        Ok(())
    }
}
