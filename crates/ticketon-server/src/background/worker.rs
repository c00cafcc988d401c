//! The worker: ends what ran out, looks up what nobody knows, asks for refunds.

use std::sync::Arc;

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

/// Looks up payments whose outcome nobody was told.
pub(super) async fn look_up(shop: Arc<Shop>, mut stop: Stop) {
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
