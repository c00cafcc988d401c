//! The dispatcher's step, for a loop of the caller's own: about once a second, from as many places as one likes.

use crate::decision::{Because, Counters, Decision};
use crate::entry::Entry;
use crate::error::QueueError;
use crate::progress::Progress;
use crate::queue::Queue;
use crate::record::Closing;
use crate::time::Timestamp;

/// What a tick did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tick {
    /// Who was let in, first in line first; each has until `claim_by` to fetch the pass.
    pub admitted: Vec<Entry>,
    /// Whose claim time or pass ran out.
    pub ended: Vec<Entry>,
    /// How many were told at once that all is sold.
    pub told_sold_out: u64,
    /// How many were admitted, and why not more.
    pub decision: Decision,
    /// The room after the tick.
    pub counters: Counters,
    /// To be published to everybody who waits.
    pub progress: Progress,
}

/// Ends what ran out and admits as many as slots, rate and stock allow; once nothing is left to sell, everybody who
/// waits in an open room is told so. `sellable` counts what is free, held or being paid for: while it is not 0 somebody
/// may be lucky.
pub async fn tick(queue: &dyn Queue, sellable: u64, now: Timestamp) -> Result<Tick, QueueError> {
    let mut tick = queue.admit(sellable, now).await?;
    if tick.decision.because == Because::SoldOut && tick.counters.waiting > 0 {
        tick.told_sold_out = queue.close(Closing::SoldOut, now).await?;
        tick.counters = queue.counters(now).await?;
        tick.progress = queue.progress(now).await?;
    }
    Ok(tick)
}
