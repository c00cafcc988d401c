//! One run: what is planned is done, a table after another.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::plan::{Planned, Step};
use crate::adapter::sql::{Counted, NoStatistics, Statistics};
use crate::limits;

/// How a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Without a pause: no sale is disturbed, and all is over in a second.
    Straight,
    /// Beside a sale, to which the processors belong: after each table there is a rest as long as several counts of it.
    Gentle,
}

/// Counts the tables that are to be counted, and tells of each what became of it and how long that took; of those that
/// are left alone, nothing. A store that does not answer ends it.
pub async fn count_planned(
    statistics: &Statistics,
    planned: &[Planned],
    pace: Pace,
    mut tell: impl FnMut(&Planned, Option<Counted>, Duration),
) -> Result<(), NoStatistics> {
    let mut pause = Duration::ZERO;
    for planned in planned {
        if let Step::Leave(_) = planned.step {
            tell(planned, None, Duration::ZERO);
            continue;
        }
        sleep(pause).await;
        let begun = Instant::now();
        let counted = statistics.count(planned.table).await?;
        let took = begun.elapsed();
        tell(planned, Some(counted), took);
        pause = pace.rest_after(took);
    }
    Ok(())
}

impl Pace {
    fn rest_after(self, took: Duration) -> Duration {
        match self {
            Self::Straight => Duration::ZERO,
            Self::Gentle => (took * (limits::ANALYZE_SHARE - 1)).min(limits::ANALYZE_PAUSE_MAX),
        }
    }
}
