//! How far queues have numbered their visitors, for queues that live where they can be lost: what only the program itself
//! calls.

use crate::context::Context;
use crate::ids::SaleId;
use crate::sale::Numbering;
use crate::store::{CommitError, Freshness, Unavailable, Version};

/// What is recorded of a sale's queue; none if it was never opened.
pub async fn recorded_numbering(cx: &Context, sale: SaleId) -> Result<Option<Numbering>, Unavailable> {
    let numbering = cx.load::<Numbering>((sale,), Freshness::Fresh).await?;
    Ok(numbering.map(|(numbering, _)| numbering))
}

/// Records a numbering in place of the one that was recorded, and says whether it did: not if somebody else was first.
pub async fn replace_numbering(
    cx: &Context,
    recorded: Option<&Numbering>,
    numbering: Numbering,
) -> Result<bool, Unavailable> {
    let found = cx.load::<Numbering>((numbering.sale,), Freshness::Fresh).await?;
    if found.as_ref().map(|(found, _)| found) != recorded {
        return Ok(false);
    }
    let version = found.map_or(Version::ABSENT, |(_, version)| version);
    match cx.commit(cx.changes().write(numbering, version)).await {
        Ok(()) => Ok(true),
        Err(CommitError::Conflict(_)) => Ok(false),
        Err(CommitError::Unavailable(error)) => Err(error),
    }
}
