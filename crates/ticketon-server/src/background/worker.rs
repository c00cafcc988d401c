//! The worker: ends what ran out, looks up what nobody knows, asks for refunds, forgets old answers.

use std::sync::Arc;

use ticketon_core::limits::ANSWER_KEPT;
use ticketon_core::store::Unavailable;
use ticketon_core::{Swept, sweep};

use super::Stop;
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

/// Forgets what requests were answered, once their keys are too old to be repeated.
pub(super) async fn prune(shop: Arc<Shop>, mut stop: Stop) {
    loop {
        if let Err(error) = forget_answers(&shop).await {
            tracing::error!("could not forget old answers: {error}");
        }
        if !stop.pause(limits::PRUNE_EVERY).await {
            return;
        }
    }
}

async fn forget_answers(shop: &Shop) -> Result<(), Unavailable> {
    let Some(pruning) = &shop.pruning else {
        return Ok(());
    };
    let old = shop.cx.now() - ANSWER_KEPT;
    while pruning.answers(old, limits::PRUNED_AT_ONCE).await? == u64::from(limits::PRUNED_AT_ONCE) {}
    Ok(())
}
