//! The worker: ends what ran out, looks up what nobody knows, asks for refunds, forgets old answers and
//! old runs of jobs.

use std::sync::Arc;

use ticketon_core::limits::ANSWER_KEPT;
use ticketon_core::store::Unavailable;
use ticketon_core::{Swept, sweep};

use super::Stop;
use crate::journal::forget_ended;
use crate::limits;
use crate::shop::Shop;

/// Ends holds and purchases past their deadlines.
pub(super) async fn expire(shop: Arc<Shop>, mut stop: Stop) {
    while stop.pause(limits::WORK_EVERY).await {
        loop {
            match sweep(&shop.background, limits::SWEPT_AT_ONCE).await {
                Ok(swept) if swept == Swept::default() => break,
                Ok(swept) => tracing::debug!(holds = swept.holds, purchases = swept.purchases, "ran out"),
                Err(refusal) => {
                    tracing::error!("a sweep failed: {refusal}");
                    break;
                }
            }
        }
    }
}

/// Looks up payments whose outcome nobody was told, and first of all what a process before this one left behind.
pub(super) async fn look_up(shop: Arc<Shop>, mut stop: Stop) {
    if let Err(refusal) = shop.payments.look_up_left_behind().await {
        tracing::error!("could not look up what was left behind: {refusal}");
    }
    while stop.pause(limits::WORK_EVERY).await {
        if let Err(refusal) = shop.payments.look_up_due().await {
            tracing::error!("could not look up payments: {refusal}");
        }
    }
}

/// Asks the provider for refunds.
pub(super) async fn refund(shop: Arc<Shop>, mut stop: Stop) {
    while stop.pause(limits::WORK_EVERY).await {
        if let Err(refusal) = shop.payments.refund_due().await {
            tracing::error!("could not ask for refunds: {refusal}");
        }
    }
}

/// Forgets what requests were answered, once their keys are too old to be repeated, what jobs did long ago, and how the
/// lines of sales went that closed long ago.
pub(super) async fn prune(shop: Arc<Shop>, mut stop: Stop) {
    let mut journals_due = shop.cx.now();
    loop {
        if journals_due <= shop.cx.now() {
            journals_due = shop.cx.now() + limits::JOURNALS_PRUNED_EVERY;
            forget_journals(&shop).await;
        }
        if let Err(error) = forget_what_is_old(&shop).await {
            tracing::error!("could not forget old answers and runs: {error}");
        }
        if !stop.pause(limits::PRUNE_EVERY).await {
            return;
        }
    }
}

async fn forget_what_is_old(shop: &Shop) -> Result<(), Unavailable> {
    let Some(upkeep) = &shop.upkeep else {
        return Ok(());
    };
    let (now, limit) = (shop.cx.now(), limits::PRUNED_AT_ONCE);
    while upkeep.forget_answers(now - ANSWER_KEPT, limit).await? == u64::from(limit) {}
    while upkeep.forget_job_runs(now - limits::RUNS_KEPT, limit).await? == u64::from(limit) {}
    Ok(())
}

async fn forget_journals(shop: &Shop) {
    let Some(upkeep) = &shop.upkeep else {
        return;
    };
    match forget_ended(&shop.cx, upkeep).await {
        Ok(0) => {}
        Ok(lines) => tracing::info!(lines, "forgot how the lines of old sales went"),
        Err(refusal) => tracing::error!("could not forget the journals of old sales: {refusal}"),
    }
}

/// Gives facts their positions where a commit does not: readers of the log see them after that.
pub(super) async fn number(shop: Arc<Shop>, mut stop: Stop) {
    let Some(upkeep) = &shop.upkeep else {
        return;
    };
    while stop.pause(limits::NUMBER_EVERY).await {
        loop {
            match upkeep.number_facts().await {
                // What came meanwhile waits for its turn: few at a time cost more each.
                Ok(numbered) if numbered < limits::NUMBERED_AT_ONCE => break,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!("could not number facts: {error}");
                    break;
                }
            }
        }
    }
}
