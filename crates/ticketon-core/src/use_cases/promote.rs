//! Putting rows that were made anew in the place of a projection's own.

use crate::context::Context;
use crate::limits;
use crate::projection::{Projected, Projection};
use crate::row::RowId;
use crate::store::{CommitError, Unavailable, Version};

use super::projections::load_cursor;

/// Why rows were not, or not all, put in place. Those that were are right all the same.
#[derive(Debug, thiserror::Error)]
pub enum NotPromoted {
    /// The projection counts on while somebody wants to replace it.
    #[error("the {0} have gone on meanwhile: replay again")]
    GoneOn(Projection),
    /// A row that no fact makes cannot be made right by writing it.
    #[error("no fact makes `{0}`: rows are never taken away, so a person must look at it")]
    Surplus(RowId),
    /// The store.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The store.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Puts the rows in place of those that differ, if they are of the position at which the projection stands; answers how
/// many differed.
pub async fn promote(cx: &Context, rebuilt: &Projected) -> Result<usize, NotPromoted> {
    let projection = rebuilt.projection;
    let (cursor, mut version) = load_cursor(cx, projection.reader()).await?;
    if cursor.position != rebuilt.position {
        return Err(NotPromoted::GoneOn(projection));
    }
    let live = Projected::live(&mut *cx.reads.snapshot().await?, projection).await?;
    let names = rebuilt.differences(&live);
    for names in names.chunks(limits::PROJECTED_AT_ONCE) {
        // Writing the cursor as it is makes everybody stale who counts at this moment.
        let mut changes = cx.changes().write(cursor.clone(), version);
        let stored = cx.reads.rows(names, crate::store::Freshness::Fresh).await?;
        for (name, stored) in names.iter().zip(stored) {
            let row = rebuilt.rows.get(name);
            let row = row.ok_or_else(|| NotPromoted::Surplus(name.clone()))?;
            let version = stored.map_or(Version::ABSENT, |(_, version)| version);
            changes = changes.write(row.clone(), version);
        }
        cx.commit(changes).await?;
        version = version.next();
    }
    Ok(names.len())
}
