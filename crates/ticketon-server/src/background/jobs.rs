//! The jobs of this process: looked for by the clock, and drained when the process stops.

use std::sync::Arc;

use super::Stop;
use crate::jobs::Scheduler;
use crate::limits;
use crate::shop::Shop;

/// Runs jobs that are due, and those that somebody asks for.
pub(super) async fn by_the_clock(shop: Arc<Shop>, mut stop: Stop) {
    let mut scheduler = Scheduler::new(shop);
    let mut is_failing = false;
    while stop.pause(limits::JOBS_LOOKED_FOR).await {
        match scheduler.look().await {
            Ok(()) => is_failing = false,
            Err(refusal) if !is_failing => {
                tracing::error!("could not look for jobs: {refusal}");
                is_failing = true;
            }
            Err(_) => {}
        }
    }
    scheduler.stop().await;
}

/// Runs jobs that somebody asks for.
pub(super) async fn on_request(shop: Arc<Shop>, mut stop: Stop) {
    let mut scheduler = Scheduler::new(shop);
    while stop.pause(limits::REQUESTS_LOOKED_FOR).await {
        if let Err(refusal) = scheduler.look_for_requests().await {
            tracing::error!("could not look for jobs: {refusal}");
        }
    }
    scheduler.stop().await;
}
