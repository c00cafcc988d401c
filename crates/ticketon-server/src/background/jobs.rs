//! The jobs of this process: looked for by the clock, and drained when the process stops.

use std::sync::Arc;

use ticketon_core::Refusal;

use super::Stop;
use crate::jobs::Scheduler;
use crate::limits;
use crate::shop::Shop;

/// Runs jobs that are due, and those that somebody asks for.
pub(super) async fn by_the_clock(shop: Arc<Shop>, mut stop: Stop) {
    let mut scheduler = Scheduler::new(shop);
    let mut is_failing = false;
    while stop.pause(limits::JOBS_LOOKED_FOR).await {
        is_failing = has_failed(&scheduler.look().await, is_failing);
    }
    scheduler.stop().await;
}

/// Whether a look has failed; told once, however often it fails after that.
fn has_failed(look: &Result<(), Refusal>, was_failing: bool) -> bool {
    if let (Err(refusal), false) = (look, was_failing) {
        tracing::error!("could not look for jobs: {refusal}");
    }
    look.is_err()
}
