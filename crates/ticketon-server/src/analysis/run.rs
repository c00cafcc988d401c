//! One run: what is planned is done, a table after another, with rests between them.

use std::time::Duration;

use ticketon_core::store::Unavailable;
use tokio::time::{Instant, sleep};

use super::plan::{Planned, Step};
use crate::adapter::sql::{Counted, Statistics};
use crate::limits;

/// Counts the tables that are to be counted, and tells of each what became of it and how long that took; of those that
/// are left alone, nothing. A store that does not answer ends it.
pub async fn count_planned(
    statistics: &Statistics,
    planned: &[Planned],
    mut tell: impl FnMut(&Planned, Option<Counted>, Duration),
) -> Result<(), Unavailable> {
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
        pause = (took * (limits::ANALYZE_SHARE - 1)).min(limits::ANALYZE_PAUSE_MAX);
    }
    Ok(())
}
