//! Refunds whose every try has a key of its own: the provider takes a try that follows a lost answer for a new wish.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use ticketon_server::pay::{Attempt, Outcome, PaymentKey, Refund, RefundOutcome};
use ticketon_server::provider::Provider;

/// A provider that is asked for refunds under fresh keys.
pub(super) struct FreshKeys {
    provider: Arc<dyn Provider>,
    tries: AtomicU64,
}

impl FreshKeys {
    pub(super) fn new(provider: Arc<dyn Provider>) -> Self {
        Self {
            provider,
            tries: AtomicU64::new(0),
        }
    }

    /// The same refund under the name of this try, from which its key and its mark are made.
    fn renamed(&self, refund: &Refund) -> Option<Refund> {
        let id = format!("try-{}", self.tries.fetch_add(1, Ordering::Relaxed));
        let key = refund.payment_key().clone();
        match refund.amount() {
            Some(amount) => Refund::part(key, amount, id, "ticket refund").ok(),
            None => Refund::whole(key, id, "ticket refund").ok(),
        }
    }
}

#[async_trait]
impl Provider for FreshKeys {
    async fn confirm(&self, attempt: &Attempt, key: &PaymentKey) -> Outcome {
        self.provider.confirm(attempt, key).await
    }

    async fn settle(&self, attempt: &Attempt, at_most: Duration) -> Outcome {
        self.provider.settle(attempt, at_most).await
    }

    async fn cancel(&self, refund: &Refund) -> RefundOutcome {
        match self.renamed(refund) {
            Some(renamed) => self.provider.cancel(&renamed).await,
            None => self.provider.cancel(refund).await,
        }
    }

    fn client_key(&self) -> &str {
        self.provider.client_key()
    }

    fn is_live(&self) -> bool {
        self.provider.is_live()
    }
}
